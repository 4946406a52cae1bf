// Drives Irori with the client library that CoolKit's document names. Expects HTTP, APP_ID, APP_SECRET, EMAIL, PASSWORD, DEVICE in the
// environment, and on the other side a device that obeys and, after the line "listening", reports switch "off" by itself.
import assert from 'node:assert/strict'
import eWeLink from 'ewelink-api-next'

const { HTTP, APP_ID, APP_SECRET, EMAIL, PASSWORD, DEVICE } = process.env
const limit = setTimeout(() => { console.error('The client did not end in time'); process.exit(1) }, 60_000)

const http = new eWeLink.WebAPI({ appId: APP_ID, appSecret: APP_SECRET, region: 'eu' })
http.request.defaults.baseURL = HTTP

const login = await http.user.login({ account: EMAIL, password: PASSWORD, areaCode: '+49', lang: 'en' })
assert.equal(login.error, 0, JSON.stringify(login))
assert.equal(login.data.region, 'eu')

const profile = await http.user.getUserInfo()
assert.equal(profile.data.user.email, EMAIL)

const homes = await http.home.getFamily({ lang: 'en' })
assert.equal(homes.data.familyList[0].id, homes.data.currentFamilyId)

const things = await http.device.getAllThingsAllPages({ lang: 'en' })
assert.equal(things.error, 0, JSON.stringify(things))
const lamp = things.data.thingList.find(t => t.itemData.deviceid === DEVICE)
assert.ok(lamp, 'the lamp is in the list')
assert.equal(lamp.itemData.online, true)

const set = await http.device.setThingStatus({ type: 1, id: DEVICE, params: { switch: 'on' } })
assert.equal(set.error, 0, JSON.stringify(set))
const status = await http.device.getThingStatus({ type: 1, id: DEVICE, params: 'switch' })
assert.deepEqual(status.data.params, { switch: 'on' })

const ws = new eWeLink.Ws({ appId: APP_ID, appSecret: APP_SECRET, region: 'eu' })
ws.at = http.at
ws.userApiKey = http.userApiKey
const frames = []
const waiting = []
const take = wanted => new Promise(resolve => {
  const at = frames.findIndex(wanted)
  if (at >= 0) resolve(frames.splice(at, 1)[0])
  else waiting.push({ wanted, resolve })
})
const arrived = frame => {
  const at = waiting.findIndex(w => w.wanted(frame))
  if (at >= 0) waiting.splice(at, 1)[0].resolve(frame)
  else frames.push(frame)
}

const address = await ws.Connect.getDispatch({ fullUrl: `${HTTP}/dispatch/app` })
assert.match(address, /^wss:\/\/.+\/api\/ws$/)
const socket = await ws.Connect.create({ fullUrl: address, appId: APP_ID, at: http.at, userApiKey: http.userApiKey },
  () => {}, () => {}, error => { console.error(error); process.exit(1) },
  (_, message) => arrived(message.data === 'pong' ? 'pong' : JSON.parse(message.data)))

const online = await take(f => f.config)
assert.equal(online.error, 0)
assert.equal(online.config.hb, 1)
socket.send('ping')
assert.equal(await take(f => f === 'pong'), 'pong')

ws.Connect.updateState(DEVICE, { switch: 'off' }, 'update', 'app', http.userApiKey)
const answer = await take(f => f.error !== undefined)
assert.equal(answer.error, 0, JSON.stringify(answer))
assert.equal(answer.deviceid, DEVICE)
await take(f => f.action === 'update' && f.params.switch === 'off')

console.log('listening')
const push = await take(f => f.action === 'update' && f.params.switch === 'on')
assert.equal(push.deviceid, DEVICE)
assert.equal(push.apikey, http.userApiKey)

const out = await http.user.logout()
assert.equal(out.error, 0)
clearTimeout(limit)
console.log('done')
process.exit(0)
