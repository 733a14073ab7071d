// What clients and pods once broke the gateway with: whatever they say, a request ends, the others are answered, and no
// two servers read it differently.
import { request as ask } from 'node:http'
import { connect, createServer as createRawServer } from 'node:net'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { aPod, aProxy, deadEndpoint, echo, get, listenOn, raw } from './proxy.suite.ts'
import { aRoute } from './routes/route.suite.ts'
import type { Endpoint } from './routes/route.ts'
import { routeTable } from './routes/table.ts'

/** A pod that gives these bytes to whoever has asked it anything. */
async function saying(text: string, then: (socket: Socket) => void = socket => socket.end()) {
  const server = createRawServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(text, 'latin1')
      then(socket)
    })
  })
  return listenOn(server)
}

const through = async (endpoint: Endpoint, more: Parameters<typeof aRoute>[1] = {}) =>
  aProxy([aRoute([endpoint], more)])

const closing = 'Host: web.test\r\nConnection: close\r\n\r\n'

describe('a pod’s words', () => {
  test.each([
    ['in latin1', '403 Acc\xe8s refus\xe9', 'Forbidden'],
    ['with a control character', '200 O\x01K', undefined],
    ['with an escape', '200 \x1b[2J', undefined],
    ['that are missing', '200 ', 'OK'],
    ['that are long', `200 ${'x'.repeat(5000)}`, undefined],
  ])('for its status %s end nothing', async (_, line, reason) => {
    const { port, proxy } = await through(await saying(`HTTP/1.1 ${line}\r\nContent-Length: 2\r\n\r\nok`))
    const answer = await raw(port, `POST / HTTP/1.1\r\nContent-Length: 0\r\n${closing}`)
    expect(answer).toMatch(/^HTTP\/1\.1 (403|200|502) [\x20-\x7e]*\r\n/)
    if (reason !== undefined) expect(answer).toContain(` ${reason}\r\n`)
    expect(proxy.counts()).toMatchObject([{ count: 1 }])
  })

  test.each([
    ['a value with a NUL', 'X-A: a\x00b'],
    ['a value in latin1', 'X-A: \xe9'],
    ['a value with an escape', 'X-A: \x1b[2J'],
    ['a name with a space', 'X A: 1'],
    ['no name', ': 1'],
  ])('in headers end nothing: %s', async (_, header) => {
    const { port } = await through(
      await saying(`HTTP/1.1 200 OK\r\n${header}\r\nContent-Length: 2\r\n\r\nok`),
    )
    expect(await raw(port, `POST / HTTP/1.1\r\nContent-Length: 0\r\n${closing}`)).toMatch(
      /^HTTP\/1\.1 (200|502) /,
    )
  })

  test.each(['204 No Content', '304 Not Modified'])('behind a %s are no answer to anything', async status => {
    for (const body of [
      'Content-Length: 5\r\n\r\nhello',
      'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    ]) {
      const { port } = await through(await saying(`HTTP/1.1 ${status}\r\n${body}`))
      const answer = await raw(port, `GET / HTTP/1.1\r\n${closing}`)
      expect(answer).toMatch(/^HTTP\/1\.1 (204|304|502) /)
      expect(answer).not.toContain('hello')
      if (answer.includes(' 204 ')) expect(answer).not.toMatch(/content-length/i)
    }
  })

  test.each(['304 Not Modified', '204 No Content'])(
    'about the body that a %s leaves out are right',
    async status => {
      const { port, proxy } = await through(
        await saying(`HTTP/1.1 ${status}\r\nContent-Length: 1234\r\n\r\n`),
      )
      expect((await get(port)).status).toBe(Number(status.slice(0, 3)))
      expect(proxy.counts()).toMatchObject([{ status: status.slice(0, 3), count: 1 }])
    },
  )

  test.each([
    ['that are not HTTP', 'hello\r\n\r\n'],
    ['with too many headers', `HTTP/1.1 200 OK\r\nX-A: ${'x'.repeat(40_000)}\r\n\r\n`],
    [
      'in a coding that we do not undo',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('%s are asked for once, and are a 502 in plain words', async (_, text) => {
    let asked = 0
    const { port } = await through(
      await saying(text, socket => {
        asked++
        socket.end()
      }),
    )
    const { status, body } = await get(port)
    expect([status, body]).toEqual([
      502,
      'a pod of Service shop/web gave an answer that is not well-formed HTTP/1.1\n',
    ])
    expect(asked).toBe(1)
  })

  test('in a first chunk that is none are a 502', async () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    const { port, proxy } = await through(await saying(`${head}zz\r\nhello\r\n0\r\n\r\n`))
    expect((await get(port, { method: 'POST' }, 'x')).status).toBe(502)
    expect(proxy.counts()).toMatchObject([{ status: '502', count: 1 }])
  })

  test('in two Connection headers count, both of them', async () => {
    const hops = 'Connection: x-hop\r\nConnection: x-other\r\nX-Hop: 1\r\nX-Other: 1\r\nX-Mine: 1\r\n'
    const { port } = await through(await saying(`HTTP/1.1 200 OK\r\n${hops}Content-Length: 2\r\n\r\nok`))
    const { headers } = await get(port)
    expect(headers).toMatchObject({ 'x-mine': '1' })
    expect(headers).not.toHaveProperty('x-hop')
    expect(headers).not.toHaveProperty('x-other')
  })

  test('to an upgrade are read like all others', async () => {
    const hops = 'Connection: x-hop\r\nX-Hop: 1\r\nTrailer: x\r\n'
    const endpoint = await saying(
      `HTTP/1.1 403 Acc\xe8s\r\n${hops}X-Mine: \xe9\r\nContent-Length: 2\r\n\r\nok`,
    )
    const { port } = await through(endpoint)
    const answer = await raw(
      port,
      'GET / HTTP/1.1\r\nHost: web.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
    expect(answer).not.toMatch(/x-hop|trailer/i)
    expect(answer).toContain('X-Mine: \xe9\r\n')
    expect(answer.endsWith('\r\n\r\nok')).toBe(true)
  })
})

describe('a client’s words', () => {
  const seenBy = async (
    text: string,
  ): Promise<{ url: string; headers: Record<string, string> } | undefined> => {
    const { endpoint } = await aPod(echo)
    const { port } = await through(endpoint)
    const answer = await raw(port, text)
    const [, body = ''] = answer.split('\r\n\r\n')
    return answer.startsWith('HTTP/1.1 200 ') ? JSON.parse(/\{.*\}/.exec(body)?.[0] ?? '') : undefined
  }

  test('the host that a pod sees is the one that the route was found by', async () => {
    const seen = await seenBy(
      `GET http://web.test:80/x HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n`,
    )
    expect(seen?.headers).toMatchObject({ host: 'web.test:80', 'x-forwarded-host': 'web.test:80' })
  })

  test('two Connection headers count, both of them', async () => {
    const hops = 'Connection: x-hop\r\nConnection: close, x-other\r\nX-Hop: 1\r\nX-Other: 1\r\n'
    const seen = await seenBy(`GET / HTTP/1.1\r\nHost: web.test\r\n${hops}\r\n`)
    expect(seen?.headers).not.toHaveProperty('x-hop')
    expect(seen?.headers).not.toHaveProperty('x-other')
  })

  test('who forwarded it before stays in order', async () => {
    const seen = await seenBy(
      `GET / HTTP/1.1\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n${closing}`,
    )
    expect(seen?.headers['x-forwarded-for']).toBe('1.1.1.1, 2.2.2.2, 127.0.0.1')
  })

  test('HTTP/2 without TLS is not asked for', async () => {
    const h2c =
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAA\r\n\r\n'
    const seen = await seenBy(`GET /h2c HTTP/1.1\r\nHost: web.test\r\n${h2c}`)
    expect(seen).toMatchObject({ url: '/h2c' })
    expect(seen?.headers).not.toHaveProperty('upgrade')
    expect(seen?.headers).not.toHaveProperty('http2-settings')
  })

  test('a body beside a wish for HTTP/2 goes on in HTTP/1.1', async () => {
    const h2c = 'Connection: X-Hop, Upgrade\r\nX-Hop: 1\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\nbody'
    const seen = await seenBy(`POST /h2c?q HTTP/1.1\r\nHost: web.test\r\n${h2c}`)
    expect(seen).toMatchObject({ method: 'POST', url: '/h2c?q', body: 'body' })
    expect(seen?.headers).not.toHaveProperty('upgrade')
    expect(seen?.headers).not.toHaveProperty('x-hop')
  })

  test('a body beside any other upgrade goes on without it', async () => {
    const wish = 'Connection: Upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n\r\n'
    const seen = await seenBy(`POST / HTTP/1.1\r\nHost: web.test\r\n${wish}4\r\nbody\r\n0\r\n\r\n`)
    expect(seen).toMatchObject({ method: 'POST', body: 'body' })
  })

  test('too long a head is a 431, one that never ends a 408', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([aRoute([endpoint])], { headersMs: 50 })
    expect(await raw(port, `GET / HTTP/1.1\r\nX-A: ${'x'.repeat(20_000)}\r\n${closing}`)).toMatch(
      /^HTTP\/1\.1 431 /,
    )
    expect(await raw(port, 'GET / HTTP/1.1\r\nHost: web.test\r\n')).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('TRACE is a 405', async () => {
    const { endpoint } = await aPod(echo)
    const { port, proxy } = await through(endpoint)
    expect(await raw(port, `TRACE / HTTP/1.1\r\n${closing}`)).toMatch(/^HTTP\/1\.1 405 /)
    expect(proxy.counts()).toMatchObject([{ status: '405' }])
  })

  test.each(['/public/../private', '/public/%2e%2e/private', '/public/%2E./private?q=/../x'])(
    '%s is what it leads to, for the route and for the pod',
    async path => {
      const open = await aPod((_, response) => response.end('public'))
      const shut = await aPod((request, response) => response.end(`private ${request.url}`))
      const { port } = await aProxy([
        aRoute([open.endpoint], { id: 'open', path: { how: 'prefix', value: '/public' } }),
        aRoute([shut.endpoint], { id: 'shut', path: { how: 'prefix', value: '/private' } }),
      ])
      expect((await get(port, { path })).body).toMatch(/^private \/private(\?q=\/\.\.\/x)?$/)
    },
  )

  test.each(['/public#/../private', '/public?a#b', '/public/..%2fprivate', '/public/..;/private'])(
    '%s is refused',
    async path =>
      expect(await raw((await aProxy([])).port, `GET ${path} HTTP/1.1\r\n${closing}`)).toContain(' 400 '),
  )

  test('a route’s own path is read in the same way', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await through(endpoint, {
      path: { how: 'prefix', value: '/%7euser' },
      filters: { rewrite: { how: 'text', to: '/home' } },
    })
    expect(JSON.parse((await get(port, { path: '/%7Euser/x' })).body).url).toBe('/home/x')
  })

  test.each([
    ['/foo../secret', '/static/'],
    ['/foo../secret', '/'],
    ['/foo./x', '/static/'],
    ['/foo..', '/static/'],
    ['/foo..%2fx', '/static/'],
  ])('%s leads nowhere when a route puts %s in the place of its beginning', async (path, to) => {
    const { endpoint } = await aPod(echo)
    const filters = { rewrite: { how: 'text' as const, to } }
    const { port } = await through(endpoint, { path: { how: 'text-prefix', value: '/foo' }, filters })
    expect((await get(port, { path })).status).toBe(400)
    expect(JSON.parse((await get(port, { path: '/foo/x..y' })).body).url).toBe(`${to}x..y`)
  })
})

describe('patterns', () => {
  const large = `${'(.?){0,999}'.repeat(80)}x`
  const header = (value: string) => [{ name: 'x-a', how: 'regex' as const, value }]

  test('one that is too large matches nothing, and costs nobody anything', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([aRoute([endpoint], { headers: header(large) })])
    expect((await get(port, { headers: { 'x-a': 'a'.repeat(2000) } })).status).toBe(404)
  })

  test('a header that is too long for a host’s patterns together is a 431', async () => {
    const { endpoint } = await aPod(echo)
    const routes = Array.from({ length: 10 }, (_, i) =>
      aRoute([endpoint], { id: String(i), headers: header(`${i}(.?){0,300}y`) }),
    )
    const { port, proxy } = await aProxy(routes)
    expect((await get(port, { headers: { 'x-a': 'a'.repeat(8000) } })).status).toBe(431)
    expect((await get(port, { headers: { 'x-a': '3y' } })).status).toBe(200)
    expect(proxy.counts().map(row => row.status)).toEqual(['431', '200'])
  })
})

describe('time', () => {
  test('a pod that never answers is asked once, by any method, and the client gets a 504', async () => {
    let asked = 0
    const { endpoint } = await aPod(() => void asked++)
    const { port, proxy } = await aProxy([aRoute([endpoint, await deadEndpoint()])], { idleMs: 50 })
    for (const method of ['GET', 'POST', 'PUT']) expect((await get(port, { method })).status).toBe(504)
    expect(asked).toBe(3)
    expect(proxy.counts().every(row => row.status === '504')).toBe(true)
  })

  test('waiting for a connection to a pod is waiting as well', async () => {
    const { endpoint } = await aPod(() => {})
    const { port } = await aProxy([aRoute([endpoint])], { idleMs: 50, connectionsPerPod: 1 })
    const answers = await Promise.all([1, 2, 3].map(() => get(port)))
    expect(answers.map(answer => answer.status)).toEqual([504, 504, 504])
  })

  test('a pod that goes silent behind its head is a 504', async () => {
    const endpoint = await saying('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', () => {})
    const { port } = await aProxy([aRoute([endpoint])], { idleMs: 50 })
    expect((await get(port)).status).toBe(504)
  })

  test('a pod that breaks off behind its head leaves the next one no more time than any', async () => {
    const breaking = await saying('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n')
    const silent = await saying('', () => {})
    const { port } = await aProxy([aRoute([breaking, silent])], { idleMs: 100 })
    expect((await get(port)).status).toBe(504)
    expect((await get(port)).status).toBe(504)
  })

  test('an upgrade that no pod answers is a 504', async () => {
    const { endpoint, server } = await aPod(() => {})
    server.on('upgrade', () => {})
    const { port, proxy } = await aProxy([aRoute([endpoint])], { idleMs: 50 })
    const head = 'GET / HTTP/1.1\r\nHost: web.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    expect(await raw(port, head)).toMatch(/^HTTP\/1\.1 504 /)
    expect(proxy.counts()).toMatchObject([{ status: '504', count: 1 }])
  })
})

describe('a body that nobody wants', () => {
  const upload = (port: number, bytes: number, path = '/') =>
    new Promise<{ status: number; isSent: boolean }>((resolve, reject) => {
      const headers = { host: 'web.test', connection: 'keep-alive', 'content-length': bytes }
      const sent = ask({ host: '127.0.0.1', port, path, method: 'POST', agent: false, headers })
      let status = 0
      sent.once('response', answer => {
        status = answer.statusCode ?? 0
        answer.resume()
      })
      sent.once('finish', () => status > 0 && resolve({ status, isSent: true }))
      sent.once('close', () => resolve({ status, isSent: sent.writableFinished }))
      sent.once('error', error => (status > 0 ? resolve({ status, isSent: false }) : reject(error)))
      sent.end(Buffer.alloc(bytes))
    })

  test('is read to its end when the pod has answered at once', async () => {
    const endpoint = await saying('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', socket => socket.pause())
    const { port } = await through(endpoint)
    expect(await upload(port, 20_000_000)).toEqual({ status: 200, isSent: true })
  })

  test('is read to its end when the gateway has refused it', async () => {
    expect(await upload((await aProxy([])).port, 20_000_000)).toEqual({ status: 404, isSent: true })
  })

  test('is cut off when it has no end, and the answer has come', async () => {
    const { endpoint } = await aPod((_, response) => response.end('at once'))
    const { port } = await aProxy([aRoute([endpoint])], { drainBytes: 100_000 })
    const piece = Buffer.alloc(65_536)
    const status = await new Promise<number>(resolve => {
      const headers = { host: 'web.test', connection: 'keep-alive' }
      const sent = ask({ host: '127.0.0.1', port, method: 'POST', agent: false, headers })
      let got = 0
      const more = () =>
        void (!sent.destroyed && sent.write(piece) ? setImmediate(more) : sent.once('drain', more))
      sent.once('response', answer => {
        got = answer.statusCode ?? 0
        answer.resume()
      })
      sent.once('error', () => resolve(got))
      sent.once('close', () => resolve(got))
      more()
    })
    expect(status).toBe(200)
  })

  test('is cut off when it does not come', async () => {
    const { endpoint } = await aPod((_, response) => response.end('at once'))
    const { port } = await aProxy([aRoute([endpoint])], { drainMs: 50 })
    const answer = await raw(port, 'POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 9\r\n\r\nonly')
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  test('does not keep the next request from its answer', async () => {
    const { endpoint } = await aPod((_, response) => response.end('at once'))
    const { port } = await through(endpoint)
    const body = 'x'.repeat(300_000)
    const answers = await raw(
      port,
      `POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: ${body.length}\r\n\r\n${body}GET / HTTP/1.1\r\n${closing}`,
    )
    expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  })
})

describe('what goes wrong in the gateway itself', () => {
  test('is a 502 of that request alone, and is counted', async () => {
    const broken = { ...(await deadEndpoint()), host: 'no host' }
    const { endpoint } = await aPod(echo)
    const { port, proxy } = await aProxy([aRoute([broken])])
    const head = 'GET / HTTP/1.1\r\nHost: web.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    expect((await get(port)).status).toBe(502)
    expect(await raw(port, head)).toMatch(/^HTTP\/1\.1 502 /)
    proxy.setTable(routeTable([aRoute([endpoint])]))
    expect((await get(port)).status).toBe(200)
    expect(proxy.counts().map(({ status, count }) => [status, count])).toEqual([
      ['502', 1],
      ['502', 1],
      ['200', 1],
    ])
  })

  test('a client that is gone before its upgrade is refused ends nothing', async () => {
    const { port } = await aProxy([])
    const head = 'GET / HTTP/1.1\r\nHost: web.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    for (let i = 0; i < 20; i++)
      await new Promise<void>(resolve => {
        const socket = connect(port, '127.0.0.1', () => socket.write(head, () => socket.resetAndDestroy()))
        socket.on('error', () => {})
        socket.once('close', () => resolve())
      })
    expect((await get(port)).status).toBe(404)
  })
})

test('a lone backend without weight gets nothing', async () => {
  const { endpoint } = await aPod(echo)
  const backends = [{ namespace: 'shop', service: 'web', weight: 0, endpoints: [endpoint] }]
  const { port } = await aProxy([aRoute([], { backends })])
  const answer = await get(port)
  expect(answer).toMatchObject({ status: 503 })
  expect(answer.body).toContain('shop/web')
})

describe('at the limit of connections', () => {
  const opened = async (port: number, text: string): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    await new Promise<void>(resolve => socket.once('connect', resolve))
    if (text !== '') await new Promise(resolve => socket.write(text, resolve))
    return socket
  }

  test('those who say nothing, or half of it, keep nobody out', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([aRoute([endpoint])], { connections: 4 })
    const silent: Socket[] = []
    for (let i = 0; i < 6; i++)
      silent.push(await opened(port, i % 2 === 0 ? '' : 'GET / HTTP/1.1\r\nHost: web.te'))
    expect((await get(port)).status).toBe(200)
    for (const socket of silent) socket.destroy()
  })

  test('whoever waits for an answer is not sent away', async () => {
    let arrived: (end: () => void) => void = () => {}
    const there = new Promise<() => void>(resolve => {
      arrived = resolve
    })
    const { endpoint } = await aPod((_, response) => arrived(() => response.end('at last')))
    const { port } = await aProxy([aRoute([endpoint])], { connections: 2 })
    const first = get(port)
    const answer = await there
    const silent: Socket[] = []
    for (let i = 0; i < 4; i++) silent.push(await opened(port, 'GET'))
    answer()
    expect((await first).body).toBe('at last')
    for (const socket of silent) socket.destroy()
  })
})
