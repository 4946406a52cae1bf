// Drives Irori's CoolKit v1 with the most used client library of it. Expects HTTP, APP_ID, APP_SECRET, EMAIL, PASSWORD, DEVICE in the
// environment, and on the other side a device that obeys twice, tells its energy, and after the line "listening" reports switch "on" by itself.
// The library asks for arpping from a git address; package.json takes it from the registry instead. It is not used here.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const eWeLink = createRequire(import.meta.url)('ewelink-api')
const { HTTP, APP_ID, APP_SECRET, EMAIL, PASSWORD, DEVICE } = process.env
const limit = setTimeout(() => { console.error('The client did not end in time'); process.exit(1) }, 60_000)

// Only the addresses are other ones.
class Client extends eWeLink {
  getApiUrl() { return `${HTTP}/api` }
  getApiWebSocket() { return `${HTTP.replace('http', 'ws')}/api/ws` }
}

const stranger = new Client({ region: 'eu', email: EMAIL, password: 'Wrong1password', APP_ID, APP_SECRET })
assert.equal((await stranger.getCredentials()).error, 406)

const client = new Client({ region: 'eu', email: EMAIL, password: PASSWORD, APP_ID, APP_SECRET })
assert.deepEqual(await client.getRegion(), { email: EMAIL, region: 'eu' })

const devices = await client.getDevices()
const lamp = devices.find(d => d.deviceid === DEVICE)
assert.ok(lamp, JSON.stringify(devices))
assert.equal(lamp.online, true)
assert.equal((await client.getDevice(DEVICE)).name, lamp.name)
assert.equal((await client.getDevice('10ffffffff')).error, 404)
assert.equal((await client.getDevicePowerState(DEVICE)).state, 'off')

assert.deepEqual(await client.setDevicePowerState(DEVICE, 'on'), { status: 'ok', state: 'on', channel: 1 })
assert.equal((await client.getDevicePowerState(DEVICE)).state, 'on')
assert.equal((await client.toggleDevice(DEVICE)).status, 'ok')
assert.equal((await client.getDevicePowerState(DEVICE)).state, 'off')

// A meter answers beside its answer; the library takes the second message for it.
const days = '010203'.repeat(100)
assert.deepEqual(await client.getDevicePowerUsageRaw(DEVICE), { status: 'ok', data: { hundredDaysKwhData: days } })

const frames = []
let wake = () => {}
await client.openWebSocket(frame => { frames.push(frame); wake() })
const take = async wanted => {
  for (;;) {
    const found = frames.find(wanted)
    if (found) return found
    await new Promise(resolve => { wake = resolve })
  }
}

const welcome = await take(f => f.config)
assert.equal(welcome.error, 0)
console.log('listening')
const push = await take(f => f.action === 'update' && f.params.switch === 'on')
assert.equal(push.deviceid, DEVICE)
clearTimeout(limit)
console.log('done')
process.exit(0)
