// Drives the MQTT endpoint with the most used client library, over any of its transports. Expects URL, VERSION and CA in the environment,
// and on the other side a dialect that hands every message to all who subscribe, takes the password "right" and grants nothing below "secret".
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import mqtt from 'mqtt'

const { URL, VERSION, CA } = process.env
const limit = setTimeout(() => { console.error('The client did not end in time'); process.exit(1) }, 60_000)
const version = Number(VERSION)
const five = version === 5
const base = {
  protocolVersion: version,
  protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
  ca: [readFileSync(CA)],
  wsOptions: { ca: [readFileSync(CA)] },
  username: 'user',
  password: 'right',
  reconnectPeriod: 0,
}
// Said so that a failure shows how far it came.
const step = name => console.log(name)
const dial = options => mqtt.connectAsync(URL, { ...base, ...options })
const next = (client, event) => new Promise(resolve => client.once(event, (...values) => resolve(values)))
// Messages that come before somebody waits for them.
const collect = client => {
  const seen = []
  let wake = () => {}
  client.on('message', (topic, payload, packet) => { seen.push({ topic, text: payload.toString(), packet }); wake() })
  return async () => {
    while (seen.length === 0) await new Promise(resolve => { wake = resolve })
    return seen.shift()
  }
}

// Refused.
step('refused')
await assert.rejects(dial({ clientId: 'stranger', username: 'stranger', password: 'wrong' }), error => error.code === (five ? 0x86 : 4))

// Subscribing, and messages of every quality both ways.
step('messages')
const ear = await dial({ clientId: 'ear', username: 'ear' })
const hear = collect(ear)
const granted = await ear.subscribeAsync({ 'house/+/lamp': { qos: 2 }, 'other/#': { qos: 1 } })
assert.deepEqual(granted.map(g => g.qos), [2, 1])
if (version !== 3) await assert.rejects(ear.subscribeAsync('secret/x', { qos: 1 }))
const mouth = await dial({ clientId: 'mouth', username: 'mouth' })
for (const qos of [0, 1, 2]) {
  await mouth.publishAsync('house/1/lamp', `word ${qos}`, { qos })
  const { topic, text, packet } = await hear()
  assert.deepEqual([topic, text, packet.qos, packet.dup, packet.retain], ['house/1/lamp', `word ${qos}`, qos, false, false])
}

// A subscription lowers the quality.
step('lowered')
await mouth.publishAsync('other/a/b', 'low', { qos: 2 })
assert.equal((await hear()).packet.qos, 1)

// Large, empty, binary and many.
step('large and many')
const large = 'x'.repeat(200_000)
await mouth.publishAsync('house/2/lamp', large, { qos: 1 })
assert.equal((await hear()).text, large)
await mouth.publishAsync('house/2/lamp', '', { qos: 1 })
assert.equal((await hear()).text, '')
// No more at once than the server takes: the library does not look at its receive maximum.
for (let from = 0; from < 200; from += 50) {
  await Promise.all(Array.from({ length: 50 }, (_, i) => mouth.publishAsync('house/3/lamp', `${from + i}`, { qos: (from + i) % 3 })))
}
const numbers = []
for (let i = 0; i < 200; i++) numbers.push(Number((await hear()).text))
for (const qos of [0, 1, 2]) {
  const ofQuality = numbers.filter(n => n % 3 === qos)
  assert.deepEqual(ofQuality, [...ofQuality].sort((a, b) => a - b), `order of QoS ${qos}`)
}
assert.equal(new Set(numbers).size, 200)

if (five) {
  // What MQTT 5 says of messages and subscriptions.
  step('properties')
  await ear.subscribeAsync('five/#', { qos: 1, nl: true, properties: { subscriptionIdentifier: 42 } })
  await mouth.publishAsync('five/a', 'p', {
    qos: 1,
    properties: { contentType: 'text', responseTopic: 'back', correlationData: Buffer.from([1, 2]), userProperties: { a: ['1', '2'] }, payloadFormatIndicator: true, messageExpiryInterval: 60 },
  })
  const { packet } = await hear()
  assert.equal(packet.properties.contentType, 'text')
  assert.equal(packet.properties.responseTopic, 'back')
  assert.deepEqual([...packet.properties.correlationData], [1, 2])
  assert.deepEqual({ ...packet.properties.userProperties }, { a: ['1', '2'] })
  assert.equal(packet.properties.payloadFormatIndicator, true)
  assert.ok(packet.properties.messageExpiryInterval <= 60)
  assert.equal(packet.properties.subscriptionIdentifier, 42)
  // No local.
  step('no local')
  await ear.publishAsync('five/own', 'own', { qos: 1 })
  await mouth.publishAsync('five/b', 'b', { qos: 1 })
  assert.equal((await hear()).text, 'b')
  // Aliases.
  step('aliases')
  const short = await dial({ clientId: 'short', username: 'short', autoAssignTopicAlias: true })
  for (let i = 0; i < 3; i++) {
    await short.publishAsync('five/alias', `${i}`, { qos: 1 })
    const { topic, text } = await hear()
    assert.deepEqual([topic, text], ['five/alias', `${i}`])
  }
  await short.endAsync()
  // Shared subscriptions and retained messages are announced as unavailable, and refused.
  step('unavailable')
  const told = await mqtt.connect(URL, { ...base, clientId: 'told', username: 'told' })
  const [connack] = await next(told, 'connect')
  assert.equal(connack.properties.retainAvailable, false)
  assert.equal(connack.properties.sharedSubscriptionAvailable, false)
  await assert.rejects(told.subscribeAsync('$share/g/a'))
  const gone = next(told, 'disconnect')
  told.publish('a', 'b', { qos: 1, retain: true }, () => {})
  assert.equal((await gone)[0].reasonCode, 0x9a)
  told.end(true)
}

// Unsubscribing.
step('unsubscribing')
await ear.unsubscribeAsync('other/#')
await mouth.publishAsync('other/x', 'unheard', { qos: 1 })
await mouth.publishAsync('house/4/lamp', 'heard', { qos: 1 })
assert.equal((await hear()).text, 'heard')

// A kept session: what was not acknowledged comes again.
step('kept session')
const keep = { clientId: 'kept', username: 'kept', clean: false, properties: five ? { sessionExpiryInterval: 100 } : undefined }
const first = await dial(keep)
await first.subscribeAsync('kept/#', { qos: 1 })
// The client does not acknowledge: it is cut off as soon as it has the message.
const cut = new Promise(resolve => {
  first.handleMessage = () => { first.stream.destroy(); resolve() }
})
await mouth.publishAsync('kept/a', 'again', { qos: 1 })
await cut
await new Promise(resolve => first.stream.closed ? resolve() : first.once('close', resolve))
first.end(true)
const second = mqtt.connect(URL, { ...base, ...keep })
const hearAgain = collect(second)
const [present] = await next(second, 'connect')
if (version !== 3) assert.equal(present.sessionPresent, true)
const again = await hearAgain()
assert.deepEqual([again.text, again.packet.dup], ['again', true])
await second.endAsync()

// Taken over.
step('taken over')
const older = await dial({ clientId: 'twice', username: 'twice' })
const over = next(older, 'close')
const newer = await dial({ clientId: 'twice', username: 'twice' })
await over

for (const client of [older, newer, ear, mouth]) await client.endAsync(client === older)
clearTimeout(limit)
console.log('done')
process.exit(0)
