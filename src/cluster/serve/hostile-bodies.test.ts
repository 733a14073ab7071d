// Bodies that were made to hurt: too long, too deep, with names that every object has by birth. Each gets its
// refusal, in time and readable.
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aServer, type TestedServer } from './api-server.suite.ts'

let server: TestedServer

beforeAll(async () => {
  server = await aServer()
})
afterAll(() => server.close())

const MAPS = '/api/v1/namespaces/default/configmaps'
const JSON_TYPE = 'application/json'

async function asked(method: string, path: string, type: string, body: string) {
  const { status, text } = await server.ask(method, path, { body, headers: { 'content-type': type } })
  return { ...(JSON.parse(text) as { message?: string; code?: number }), http: status }
}

const make = (name: string, data: object = { a: '1' }) =>
  asked('POST', MAPS, JSON_TYPE, JSON.stringify({ metadata: { name }, data }))

/** A client that reads nothing before all that it has to say is written. */
async function writesFirst(head: readonly string[], body: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: server.port, ca: server.ca })
  const lines = [...head, 'host: localhost', `authorization: Bearer ${server.token}`]
  socket.pause()
  await written(socket, `${lines.join('\r\n')}\r\n\r\n${body}`)
  const answer = new Promise<string>((resolve, reject) => {
    let heard = ''
    socket.on('data', data => {
      heard += data.toString()
      if (/\r\n\r\n.*\}\s*$/s.test(heard)) resolve(heard)
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`the connection was closed after ${JSON.stringify(heard)}`)))
  })
  socket.resume()
  return answer.finally(() => socket.destroy())
}

function written(socket: TLSSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.write(text, error => (error ? reject(error) : resolve()))
  })
}

describe('a body that is too long', () => {
  const body = 'x'.repeat(5_000_000)
  test.each([
    ['told in its header', [`content-length: ${body.length}`], body],
    ['in one chunk', ['transfer-encoding: chunked'], `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
  ])('gets its 413 read by a client that writes first: %s', async (_, headers, text) => {
    const heard = await writesFirst([`POST ${MAPS} HTTP/1.1`, ...headers], text)
    expect(heard).toMatch(/^HTTP\/1\.1 413 /)
    expect(heard).toContain('Request entity too large: limit is 3145728')
  })
  test('nor does a client without credentials lose its 401', async () => {
    const head = [`POST ${MAPS} HTTP/1.1`, 'authorization: Bearer wrong', `content-length: ${body.length}`]
    expect(await writesFirst(head, body)).toMatch(/^HTTP\/1\.1 401 /)
  })
})

describe('nesting 100,000 deep', () => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  test.each([
    ['JSON', JSON_TYPE, `{"metadata":{"name":"deep"},"data":${deep}}`],
    ['YAML', 'application/yaml', `metadata: {name: deep}\ndata: ${'['.repeat(100_000)}`],
    [
      'YAML by aliases',
      'application/yaml',
      `${Array.from({ length: 20_000 }, (_, i) => `a${i}: &a${i} [${i === 0 ? '' : `*a${i - 1}`}]`).join('\n')}\n`,
    ],
  ])('is refused in a body: %s', async (_, type, body) => {
    expect(await asked('POST', MAPS, type, body)).toMatchObject({ http: 400, code: 400 })
    expect(await asked('PUT', `${MAPS}/deep`, type, body)).toMatchObject({ http: 400, code: 400 })
    expect(await asked('DELETE', `${MAPS}/deep`, type, body)).toMatchObject({ http: 400, code: 400 })
  })
  test.each([
    ['merge', 'application/merge-patch+json', `{"data":${deep}}`],
    ['strategic', 'application/strategic-merge-patch+json', `{"data":${deep}}`],
    ['JSON', 'application/json-patch+json', `[{"op":"add","path":"/data/x","value":${deep}}]`],
    ['apply', 'application/apply-patch+yaml', `data: ${'{a: '.repeat(100_000)}`],
  ])('is refused in a patch: %s', async (name, type, body) => {
    await make(`deep-${name.toLowerCase()}`)
    const query = name === 'apply' ? '?fieldManager=test' : ''
    const said = await asked('PATCH', `${MAPS}/deep-${name.toLowerCase()}${query}`, type, body)
    expect(said).toMatchObject({ http: 400, code: 400 })
  })
})

describe('names that every object has by birth', () => {
  test.each([
    '/metadata/labels/__proto__/x',
    '/data/constructor/prototype/x',
    '/data/prototype/x',
    '/data/toString/x',
  ])('lead a JSON patch nowhere: %s', async path => {
    await make('by-birth')
    const body = JSON.stringify([{ op: 'add', path, value: 'x' }])
    const said = await asked('PATCH', `${MAPS}/by-birth`, 'application/json-patch+json', body)
    expect(said).toMatchObject({ http: 422, code: 422 })
  })
  test.each([
    ['json-patch', '[{"op":"add","path":"/data/__proto__","value":"x"}]'],
    ['merge-patch', '{"data":{"__proto__":"x"}}'],
    ['strategic-merge-patch', '{"data":{"__proto__":"x"}}'],
  ])('may be keys of data: %s', async (type, body) => {
    await make(type)
    await asked('PATCH', `${MAPS}/${type}`, `application/${type}+json`, body)
    const { text } = await server.ask('GET', `${MAPS}/${type}`)
    expect(text).toContain('"data":{"a":"1","__proto__":"x"}')
  })
})

test('50,000 finalizers are put in the order of 4,000, and lose 4,000, from end to end', async () => {
  const finalizers = Array.from({ length: 50_000 }, (_, i) => `test/${i}`)
  await asked('POST', MAPS, JSON_TYPE, JSON.stringify({ metadata: { name: 'held', finalizers } }))
  const some = finalizers.slice(0, 4_000).toReversed()
  const patch = (metadata: object) =>
    asked('PATCH', `${MAPS}/held`, 'application/strategic-merge-patch+json', JSON.stringify({ metadata }))
  const ordered = await patch({ '$setElementOrder/finalizers': some })
  expect(ordered).toMatchObject({
    http: 200,
    metadata: { finalizers: expect.arrayContaining(['test/3999']) },
  })
  const left = await patch({ '$deleteFromPrimitiveList/finalizers': some })
  expect((left as unknown as { metadata: { finalizers: string[] } }).metadata.finalizers).toHaveLength(46_000)
})

test('after all of this the server is well, and nothing is under way but who asks', async () => {
  const { status, text } = await server.ask('GET', '/metrics')
  expect(status).toBe(200)
  expect(text).toMatch(/^apiserver_current_inflight_requests\{\} 1$/m)
  expect(text).toMatch(/^crossfade_watch_waiting_bytes\{\} 0$/m)
  expect(await server.ask('GET', '/readyz')).toMatchObject({ status: 200, text: 'ok' })
})
