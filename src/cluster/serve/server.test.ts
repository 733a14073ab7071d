// The API server over real HTTPS: refusals in Kubernetes' words, limits, watches, logs; and it lives on after
// each.
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../runtime/system.ts'
import { inFlightLimit } from './in-flight.ts'
import { aServer, type AskOptions, type TestedServer } from './api-server.suite.ts'

let server: TestedServer

beforeAll(async () => {
  server = await aServer()
})
afterAll(() => server.close())

const MAPS = '/api/v1/namespaces/default/configmaps'
const TYPE = { 'content-type': 'application/json' }

async function status(method: string, path: string, options: AskOptions = {}) {
  const reply = await server.ask(method, path, options)
  return {
    http: reply.status,
    ...(JSON.parse(reply.text) as { reason?: string; message?: string; code?: number }),
  }
}

async function post(body: string, headers: Record<string, string> = TYPE) {
  return status('POST', MAPS, { body, headers })
}

describe('a request that makes no sense is refused, and the server lives on', () => {
  test.each([
    ['GET', '/api/v1/nope', 404, 'the server could not find the requested resource'],
    ['GET', '/apis/apps/v9', 404, 'the server could not find the requested resource'],
    ['GET', '/api/v1/namespaces/default/nodes', 404, 'the server could not find the requested resource'],
    [
      'GET',
      '/api/v1/namespaces/default/pods/x/nope',
      404,
      'the server could not find the requested resource',
    ],
    ['GET', '/api/v1/namespaces/default/pods/a%2fb', 404, 'the server could not find the requested resource'],
    ['POST', '/api/v1/configmaps', 405, 'the server does not allow this method on the requested resource'],
    ['PUT', MAPS, 405, 'the server does not allow this method on the requested resource'],
    ['DELETE', '/api/v1/namespaces', 405, 'the server does not allow this method on the requested resource'],
    ['OPTIONS', '/api/v1/pods', 405, 'the server does not allow this method on the requested resource'],
    ['GET', '/api/v1/pods?limit=abc', 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
    ['GET', '/api/v1/namespaces/default/pods/%2e%2e', 400, 'Name parameter invalid: "..": may not be \'..\''],
    ['GET', '/api/v1/namespaces/default/pods/%zz', 400, 'the path of the request is not properly encoded'],
    ['GET', '/api/v1/namespaces/default/pods/x', 404, 'pods "x" not found'],
    [
      'GET',
      '/api/v1/pods?watch=1&sendInitialEvents=true',
      422,
      'sendInitialEvents requires setting resourceVersionMatch',
    ],
    ['POST', '/api/v1/namespaces/default/pods/x/exec', 501, 'pods/exec is not implemented by this server'],
  ])('%s %s → %i', async (method, path, code, message) => {
    const said = await status(method, path)
    expect(said).toMatchObject({ http: code, code, kind: 'Status', status: 'Failure' })
    expect(said.message).toContain(message)
  })
  test.each(['/nope', '/apis/nope', '/apis/nope/v1/things', '//api', '/openapi'])(
    '%s is no page',
    async path => {
      expect(await server.ask('GET', path)).toMatchObject({ status: 404, text: '404 page not found\n' })
    },
  )
  test('bodies that are broken, empty, of another kind or of wrong types', async () => {
    const unrecognized = 'the object provided is unrecognized (must be of type ConfigMap): '
    expect(await post('{')).toMatchObject({
      http: 400,
      message: `${unrecognized}couldn't get version/kind; json parse error: unexpected end of JSON input`,
    })
    expect((await post('')).message).toContain('unexpected end of JSON input')
    expect((await post('[]')).http).toBe(400)
    expect((await post('"x"')).http).toBe(400)
    expect((await post('null')).http).toBe(400)
    expect((await post('{"kind":"Pod","apiVersion":"v1"}')).message).toContain(
      'cannot be handled as a ConfigMap',
    )
    expect((await post('{"metadata":{"name":"x"},"data":{"a":1}}')).message).toContain(
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    )
    expect((await post('a: [b', { 'content-type': 'application/yaml' })).message).toContain('yaml: ')
    expect(await post('{}', { 'content-type': 'text/plain' })).toMatchObject({
      http: 415,
      reason: 'UnsupportedMediaType',
    })
    expect((await post('zzzz', { 'content-type': 'application/vnd.kubernetes.protobuf' })).message).toContain(
      'expected prefix [107 56 115 0]',
    )
    expect(
      (await post('k8s\u0000\u0012', { 'content-type': 'application/vnd.kubernetes.protobuf' })).http,
    ).toBe(400)
  })
  test('YAML is as good as JSON', async () => {
    const body = 'metadata:\n  name: from-yaml\ndata:\n  a: "yes"\n'
    expect(
      await server.ask('POST', MAPS, { body, headers: { 'content-type': 'application/yaml' } }),
    ).toMatchObject({
      status: 201,
    })
  })
  test('a body of 5 MB is too large, told in its header or not', async () => {
    const body = JSON.stringify({ metadata: { name: 'big' }, data: { a: 'x'.repeat(5_000_000) } })
    const wanted = {
      http: 413,
      reason: 'RequestEntityTooLarge',
      message: 'Request entity too large: limit is 3145728',
    }
    expect(await post(body)).toMatchObject(wanted)
    expect(await post(body, { ...TYPE, 'transfer-encoding': 'chunked' })).toMatchObject(wanted)
  })
  test('nesting without end, and a YAML text that unfolds without end', async () => {
    const deep = `{"metadata":{"name":"deep"},"data":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    expect((await post(deep)).http).toBeGreaterThanOrEqual(400)
    const levels = Array.from(
      { length: 9 },
      (_, i) => `l${i}: &l${i} [${Array(10).fill(i === 0 ? 'x' : `*l${i - 1}`)}]`,
    )
    const said = await post(levels.join('\n'), { 'content-type': 'application/yaml' })
    expect(said.http).toBe(400)
  })
  test('patches of unknown types, and patches that are none', async () => {
    await post('{"metadata":{"name":"patched"}}')
    const patch = (type: string, body: string) =>
      status('PATCH', `${MAPS}/patched`, { body, headers: { 'content-type': type } })
    expect(await patch('application/json', '{}')).toMatchObject({
      http: 415,
      message: '415: Unsupported Media Type',
    })
    expect((await patch('application/merge-patch+json', '{')).message).toBe(
      'error decoding patch: unexpected end of JSON input',
    )
    expect((await patch('application/json-patch+json', '{}')).message).toContain('cannot unmarshal object')
    const many = JSON.stringify(
      Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'x' })),
    )
    expect((await patch('application/json-patch+json', many)).http).toBe(413)
    expect((await patch('application/apply-patch+yaml', '{}')).message).toContain(
      'fieldManager: Required value: is required for apply patch',
    )
  })
  test('options that nobody knows', async () => {
    const create = (query: string) =>
      status('POST', `${MAPS}?${query}`, { body: '{"metadata":{"name":"o"}}', headers: TYPE })
    expect((await create('dryRun=Some')).message).toBe(
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
    )
    expect((await create('fieldValidation=Foo')).http).toBe(422)
    const remove = (body: string) => status('DELETE', `${MAPS}/patched`, { body, headers: TYPE })
    expect((await remove('{"propagationPolicy":"Foo"}')).message).toContain(
      'supported values: "Foreground", "Background", "Orphan", "nil"',
    )
    expect((await remove('{"gracePeriodSeconds":"a"}')).http).toBe(400)
    expect((await remove('{"kind":"Foo","apiVersion":"v1"}')).http).toBe(400)
  })
  test('fields named twice are told, and refused when the client is strict', async () => {
    const body = '{"metadata":{"name":"twice"},"data":{"a":"1","a":"2"}}'
    expect(
      (await status('POST', `${MAPS}?fieldValidation=Strict`, { body, headers: TYPE })).message,
    ).toContain('strict decoding error: duplicate field "data.a"')
    const warned = await server.ask('POST', MAPS, { body, headers: TYPE })
    expect(warned.headers['warning']).toBe('299 - "duplicate field \\"data.a\\""')
  })
})

describe('who may come in', () => {
  const headers = (authorization: string | undefined) => ({
    headers: authorization === undefined ? { authorization: '' } : { authorization },
  })
  test('nobody with a wrong token, not even to see the health', async () => {
    for (const path of ['/api/v1/pods', '/healthz', '/version']) {
      expect(await status('GET', path, headers('Bearer wrong'))).toMatchObject({
        http: 401,
        reason: 'Unauthorized',
        message: 'Unauthorized',
      })
    }
    expect((await server.ask('GET', '/api', headers('Basic YTpi'))).status).toBe(401)
    expect((await server.ask('GET', '/api', headers('Bearer'))).status).toBe(401)
  })
  test('no page whose name was pointed at us', async () => {
    const said = await status('GET', '/api', { headers: { host: 'evil.example.com' } })
    expect(said).toMatchObject({ http: 403, reason: 'Forbidden' })
    const own = await server.ask('GET', '/api', { headers: { host: 'kubernetes.default.svc:443' } })
    expect(own.status).toBe(200)
  })
})

/** What the server says to bytes that are written to it as they are. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port: server.port, ca: server.ca }, () =>
      socket.write(bytes),
    )
    let heard = ''
    socket.on('data', data => (heard += data.toString()))
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
  })
}

describe('what is no proper HTTP loses its connection', () => {
  test('garbage', async () => expect(await raw('\u0001\u0002 hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /))
  test('headers without end', async () => {
    const line = `x-long: ${'a'.repeat(1000)}\r\n`
    expect(await raw(`GET /api HTTP/1.1\r\nhost: localhost\r\n${line.repeat(100)}`)).toMatch(
      /^HTTP\/1\.1 431 /,
    )
  })
  test('two lengths', async () => {
    const head =
      'POST /api HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n'
    expect(await raw(head)).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('forms of an answer', () => {
  test('YAML, a table, metadata alone, and 406 for anything else', async () => {
    await post('{"metadata":{"name":"shaped","labels":{"s":"1"}},"data":{"k":"v"}}')
    const get = (accept: string) => server.ask('GET', `${MAPS}/shaped`, { headers: { accept } })
    expect((await get('application/yaml')).text).toContain('data:\n  k: v\nkind: ConfigMap\n')
    expect(JSON.parse((await get('application/json;as=Table;g=meta.k8s.io;v=v1')).text)).toMatchObject({
      kind: 'Table',
      columnDefinitions: [{ name: 'Name', format: 'name' }, { name: 'Data' }, { name: 'Age' }],
      rows: [{ cells: ['shaped', 1, expect.any(String)], object: { kind: 'PartialObjectMetadata' } }],
    })
    const metadata = JSON.parse(
      (await get('application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1')).text,
    )
    expect(Object.keys(metadata)).toEqual(['kind', 'apiVersion', 'metadata'])
    const list = await server.ask('GET', `${MAPS}?labelSelector=s`, {
      headers: { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' },
    })
    expect(JSON.parse(list.text)).toMatchObject({
      kind: 'PartialObjectMetadataList',
      items: [{ metadata: { name: 'shaped' } }],
    })
    expect((await get('text/html')).status).toBe(406)
    expect((await get('application/json;as=Nope;g=meta.k8s.io;v=v1')).status).toBe(406)
    expect((await get('application/json;as=Nope;g=meta.k8s.io;v=v1,application/json')).status).toBe(200)
    expect((await get('application/vnd.kubernetes.protobuf,application/json')).status).toBe(200)
  })
  test('how much of the object a table carries', async () => {
    const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1'
    const row = async (include: string) => {
      const reply = await server.ask('GET', `${MAPS}/shaped?includeObject=${include}`, {
        headers: { accept },
      })
      return (JSON.parse(reply.text) as { rows?: { object: { kind: string } | null }[] }).rows?.[0]?.object
    }
    expect(await row('None')).toBeNull()
    expect(await row('Object')).toMatchObject({ kind: 'ConfigMap', data: { k: 'v' } })
    expect(await row('Nope')).toBeUndefined()
  })
  test('with line breaks for people', async () => {
    const reply = await server.ask('GET', `${MAPS}/shaped`, { headers: { 'user-agent': 'curl/8' } })
    expect(reply.text).toMatch(/^{\n {2}"apiVersion": "v1"/)
    expect((await server.ask('GET', `${MAPS}/shaped?pretty=1`)).text).toContain('\n  ')
  })
  test('discovery and OpenAPI are not sent twice', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
    const first = await server.ask('GET', '/apis', { headers: { accept } })
    expect(first.headers['content-type']).toBe(
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    )
    const again = await server.ask('GET', '/apis', {
      headers: { accept, 'if-none-match': String(first.headers.etag) },
    })
    expect(again).toMatchObject({ status: 304, text: '' })
  })
  test('a list of 3,000 objects comes whole', async () => {
    const body = (i: number) =>
      JSON.stringify({ metadata: { name: `many-${i}`, labels: { many: 'y' } }, data: { a: 'x'.repeat(500) } })
    const kind = server.resources.kind('', 'v1', 'configmaps')
    await Promise.all(
      Array.from({ length: 3_000 }, (_, i) =>
        server.resources.create(kind!, 'default', JSON.parse(body(i)), {}),
      ),
    )
    const reply = await server.ask('GET', `${MAPS}?labelSelector=many`)
    expect((JSON.parse(reply.text) as { items: unknown[] }).items).toHaveLength(3_000)
    expect(reply.headers['content-length']).toBe(String(Buffer.byteLength(reply.text)))
  })
})

interface Heard {
  readonly type: string
  readonly object: {
    readonly kind: string
    readonly metadata: Record<string, unknown>
    readonly [field: string]: unknown
  }
}

async function watched(query: string, headers: Record<string, string> = {}): Promise<Heard[]> {
  const reply = await server.ask('GET', `${MAPS}?watch=1&timeoutSeconds=1&${query}`, { headers })
  return reply.text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Heard)
}

describe('a watch', () => {
  test('tells the initial events, and where they end', async () => {
    await post('{"metadata":{"name":"w1","labels":{"w":"1"}}}')
    const heard = await watched(
      'labelSelector=w&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
    )
    expect(heard.map(one => one.type)).toEqual(['ADDED', 'BOOKMARK'])
    expect(heard[1]?.object).toMatchObject({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
    })
  })
  test('goes on from a version, and ends at its time', async () => {
    const list = JSON.parse((await server.ask('GET', `${MAPS}?labelSelector=w`)).text) as {
      metadata: { resourceVersion: string }
    }
    const from = list.metadata.resourceVersion
    await post('{"metadata":{"name":"w2","labels":{"w":"2"}}}')
    await server.ask('DELETE', `${MAPS}/w2`)
    const heard = await watched(`labelSelector=w&resourceVersion=${from}`)
    expect(heard.map(one => [one.type, one.object.metadata['name']])).toEqual([
      ['ADDED', 'w2'],
      ['DELETED', 'w2'],
    ])
  })
  test('as a table has its columns in the first event only', async () => {
    await post('{"metadata":{"name":"w3","labels":{"w":"3"}}}')
    const heard = await watched('labelSelector=w', { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' })
    const columns = heard.map(one => (one.object['columnDefinitions'] as unknown[] | null)?.length)
    expect(columns).toEqual([3, undefined])
  })
  test('from a version that is still to come is told so inside the stream', async () => {
    const [heard] = await watched('resourceVersion=999999999')
    expect(heard).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 504, reason: 'Timeout' } })
  })
  test('of one object by its name', async () => {
    const reply = await server.ask('GET', `/api/v1/watch/namespaces/default/configmaps/w1?timeoutSeconds=1`)
    expect(reply.text.trim().split('\n')).toHaveLength(1)
  })
})

describe('the eviction of a pod', () => {
  const pods = '/api/v1/namespaces/default/pods'
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evicted' } }
  const create = (path: string, object: object) =>
    status('POST', path, { body: JSON.stringify(object), headers: TYPE })

  test('takes it away, unless a disruption budget says no', async () => {
    const spec = { containers: [{ name: 'one', image: 'one:1' }] }
    const metadata = { name: 'evicted', labels: { app: 'evicted' } }
    const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
    await create(pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec })
    await status('PATCH', `${pods}/evicted/status`, {
      body: JSON.stringify({ status: running }),
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    const selector = { matchLabels: { app: 'evicted' } }
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'evicted' } }
    await create(budgets, { ...budget, spec: { minAvailable: 1, selector } })
    expect(await create(`${pods}/evicted/eviction`, eviction)).toMatchObject({ http: 429, code: 429 })
    await status('DELETE', `${budgets}/evicted`)
    expect(await create(`${pods}/evicted/eviction`, eviction)).toMatchObject({ http: 201, code: 201 })
    expect(await create(`${pods}/nobody/eviction`, eviction)).toMatchObject({ http: 404 })
    expect(await status('GET', `${pods}/evicted/eviction`)).toMatchObject({ http: 405 })
  })
})

describe('the logs of a pod', () => {
  const log = (query: string) => server.ask('GET', `/api/v1/namespaces/default/pods/talker/log?${query}`)
  beforeAll(async () => {
    const spec = {
      containers: [
        { name: 'a', image: 'a' },
        { name: 'b', image: 'b' },
      ],
    }
    const body = JSON.stringify({ metadata: { name: 'talker' }, spec })
    await server.ask('POST', '/api/v1/namespaces/default/pods', { body, headers: TYPE })
  })
  test('are those of the chosen container, as much as is asked for', async () => {
    expect(await log('container=a')).toMatchObject({
      status: 200,
      text: 'talker/a starts\ntalker/a listens\n',
    })
    expect((await log('container=b&tailLines=1')).text).toBe('talker/b listens\n')
    expect((await log('container=b&tailLines=0')).text).toBe('')
    expect((await log('container=a&limitBytes=8')).text).toBe('talker/a')
    expect((await log('container=a&sinceSeconds=1')).text).not.toContain('starts')
  })
  test('need a container when there are several, and options that make sense', async () => {
    const message = async (query: string) =>
      (JSON.parse((await log(query)).text) as { message: string }).message
    expect(await message('')).toBe('a container name must be specified for pod talker, choose one of: [a b]')
    expect(await message('container=c')).toBe('container c is not valid for pod talker')
    expect(await message('container=a&previous=1')).toContain(
      'previous terminated container "a" in pod "talker" not found',
    )
    expect(await message('container=a&tailLines=-1')).toContain('must be greater than or equal to 0')
    expect(await message('container=a&sinceSeconds=0')).toContain('must be greater than 0')
  })
})

const headOf = ({ token }: TestedServer) => `host: localhost\r\nauthorization: Bearer ${token}\r\n`

const abortOf = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Sends these bytes and no more. */
function open({ port, ca }: TestedServer, bytes: string) {
  const socket = connectTls({ host: '127.0.0.1', port, ca }, () => socket.write(bytes))
  let text = ''
  socket.on('data', data => (text += data.toString()))
  return {
    /** The first of an answer is there. */
    answers: new Promise(resolve => socket.once('data', resolve)),
    /** All that came before the connection was closed. */
    heard: new Promise<string>((resolve, reject) => {
      socket.on('error', reject)
      socket.on('close', () => resolve(text))
    }),
  }
}

describe('limits', () => {
  test('what comes on top of 400 requests at once is told to come back', () => {
    const limit = inFlightLimit(1)
    const leave = limit.enter()
    expect(() => limit.enter()).toThrow('too many requests, please try again later')
    leave()
    leave()
    expect(limit.count()).toBe(0)
  })
  test('closing ends watches and answers what is under way', async () => {
    // The grace of those under way never ends: a watch must not wait for it.
    const standing = { now: systemClock.now, sleepUntil: (_: number, signal: AbortSignal) => abortOf(signal) }
    const other = await aServer({ clock: standing })
    const watch = open(other, `GET /api/v1/pods?watch=1 HTTP/1.1\r\n${headOf(other)}\r\n`)
    await watch.answers
    await other.close()
    expect(await watch.heard).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('slow clients', () => {
  let slow: TestedServer
  beforeAll(async () => {
    slow = await aServer({
      limits: { headersTimeoutMs: 300, requestTimeoutMs: 600, watchWaitingBytes: 1_000_000 },
    })
  })
  afterAll(() => slow.close())

  test('whose headers do not come to an end lose their connection', async () => {
    const { heard } = open(slow, 'GET /api HTTP/1.1\r\nhost: localhost\r\n')
    expect(await heard).toMatch(/^HTTP\/1\.1 408 /)
  })
  test('that never begin their TLS handshake lose their connection', async () => {
    const socket = connectTcp(slow.port, '127.0.0.1')
    socket.on('error', () => undefined)
    await new Promise(resolve => socket.once('close', resolve))
    expect(socket.destroyed).toBe(true)
  })
  test('whose body does not come to an end lose their connection', async () => {
    const { heard } = open(slow, `POST ${MAPS} HTTP/1.1\r\n${headOf(slow)}content-length: 100\r\n\r\n{`)
    expect(await heard).not.toMatch(/^HTTP\/1\.1 2/)
  })
  test('that do not read their watch lose it, and hold no memory', async () => {
    const head = `GET ${MAPS}?watch=1 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${slow.token}\r\n\r\n`
    const socket = connectTls({ host: '127.0.0.1', port: slow.port, ca: slow.ca }, () => socket.write(head))
    const closed = new Promise<void>(resolve => socket.on('close', () => resolve()))
    socket.on('error', () => undefined)
    await new Promise(resolve => socket.once('readable', resolve))
    const kind = slow.resources.kind('', 'v1', 'configmaps')!
    for (let i = 0; i < 60; i++) {
      await slow.resources.create(
        kind,
        'default',
        { metadata: { name: `fat-${i}` }, data: { a: 'x'.repeat(500_000) } },
        {},
      )
      await new Promise(resolve => setImmediate(resolve))
    }
    let text = ''
    socket.on('data', data => (text += data.toString()))
    socket.resume()
    await closed
    const last = text.split('\n').findLast(line => line.startsWith('{')) ?? ''
    expect(JSON.parse(last)).toMatchObject({ type: 'ERROR', object: { reason: 'Expired', code: 410 } })
    expect(await slow.ask('GET', '/readyz')).toMatchObject({ status: 200 })
  })
})

test('after all of this the server is well', async () => {
  expect(await server.ask('GET', '/readyz')).toMatchObject({ status: 200, text: 'ok' })
})
