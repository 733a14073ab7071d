// The gateway's proxy under decent and indecent clients and pods: real sockets, in process.
import { request as ask } from 'node:http'
import type { RequestListener } from 'node:http'
import { connect, createServer as createRawServer } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { aPod, aProxy, deadEndpoint, echo, get, listenOn, raw } from './proxy.suite.ts'
import { aRoute } from './routes/route.suite.ts'
import type { Endpoint } from './routes/route.ts'
import { cookieSession } from './routes/session.ts'
import type { ProxyLimits } from './listener.ts'
import { routeTable } from './routes/table.ts'

/** As long as so many turns of the event loop take. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(resolve => setImmediate(resolve))
}

const SESSION = cookieSession({ name: 'mine' })

describe('a request', () => {
  test('reaches the pod as it is, with X-Forwarded headers and without hop-by-hop ones', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([aRoute([endpoint])])
    const headers = {
      'x-mine': 'kept',
      connection: 'keep-alive, x-secret',
      'x-secret': 'hop',
      te: 'trailers',
      'x-forwarded-for': '9.9.9.9',
      'x-forwarded-proto': 'https',
      'x-crossfade-service': 'forged',
    }
    const answer = await get(port, { method: 'POST', path: '/cart?x=1&y=%20', headers }, 'hello')
    const seen = JSON.parse(answer.body)
    expect(seen).toMatchObject({ method: 'POST', url: '/cart?x=1&y=%20', body: 'hello' })
    expect(seen.headers).toMatchObject({
      host: 'web.test',
      'x-mine': 'kept',
      'x-forwarded-for': '9.9.9.9, 127.0.0.1',
      'x-forwarded-host': 'web.test',
      'x-forwarded-proto': 'http',
      'x-crossfade-service': 'web',
    })
    expect(seen.headers).not.toHaveProperty('x-secret')
    expect(seen.headers).not.toHaveProperty('te')
  })

  test('may have a body of any size, with a length or in chunks', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([aRoute([endpoint])])
    const large = 'x'.repeat(3_000_000)
    const sized = await get(port, { method: 'PUT', headers: { 'content-length': large.length } }, large)
    expect(JSON.parse(sized.body).body).toHaveLength(large.length)
    const chunked = await get(port, { method: 'POST' }, ['one ', 'two ', 'three'])
    expect(JSON.parse(chunked.body).body).toBe('one two three')
    expect(JSON.parse(chunked.body).headers).toMatchObject({ 'transfer-encoding': 'chunked' })
  })

  test('with Expect: 100-continue is let in', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([aRoute([endpoint])])
    const answer = await get(port, { method: 'POST', headers: { expect: '100-continue' } }, 'after all')
    expect(JSON.parse(answer.body).body).toBe('after all')
  })

  test('gets the pod’s answer: status, reason, repeated headers, no hop-by-hop', async () => {
    const { endpoint } = await aPod((_, response) => {
      response.writeHead(418, 'Short And Stout', [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['connection', 'x-inner'],
        ['x-inner', 'secret'],
      ] as never)
      response.end('tea')
    })
    const { port } = await aProxy([aRoute([endpoint])])
    const answer = await get(port)
    expect(answer).toMatchObject({ status: 418, body: 'tea' })
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(answer.headers).not.toHaveProperty('x-inner')
    expect(await raw(port, 'GET / HTTP/1.1\r\nHost: web.test\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 418 Short And Stout\r\n/,
    )
  })

  test('HEAD, 204 and 304 have no body and keep the connection', async () => {
    const { endpoint } = await aPod((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { 'x-n': request.url ?? '' })
      response.end()
    })
    const { port } = await aProxy([aRoute([endpoint])])
    const three = await raw(
      port,
      'GET /204 HTTP/1.1\r\nHost: web.test\r\n\r\nGET /304 HTTP/1.1\r\nHost: web.test\r\n\r\n' +
        'HEAD /200 HTTP/1.1\r\nHost: web.test\r\nConnection: close\r\n\r\n',
    )
    expect(three.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 304', 'HTTP/1.1 200'])
  })

  test('is answered piece by piece as the pod speaks', async () => {
    let more: () => void = () => {}
    const { endpoint } = await aPod((_, response) => {
      response.write('first')
      more = () => response.end('last')
    })
    const { port } = await aProxy([aRoute([endpoint])])
    const parts: string[] = []
    await new Promise<void>(resolve => {
      ask({ host: '127.0.0.1', port, agent: false, headers: { host: 'web.test' } }, answer => {
        answer.on('data', part => parts.push(String(part)))
        answer.once('data', () => more())
        answer.once('end', resolve)
      }).end()
    })
    expect(parts).toEqual(['first', 'last'])
  })

  test('that opens a stream of events is told so before the first event', async () => {
    const { endpoint } = await aPod((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders()
    })
    const { port } = await aProxy([aRoute([endpoint])])
    const status = await new Promise((resolve, reject) => {
      const sent = ask({ host: '127.0.0.1', port, agent: false, headers: { host: 'web.test' } }, answer => {
        resolve(answer.statusCode)
        answer.on('error', () => {}).destroy()
      })
      sent.once('error', reject).end()
    })
    expect(status).toBe(200)
  })

  test('in absolute form goes where its URL says, not where a header says', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([aRoute([endpoint])])
    const answer = await raw(
      port,
      'GET http://web.test/a?b HTTP/1.1\r\nHost: other.test\r\nConnection: close\r\n\r\n',
    )
    expect(answer).toContain('"url":"/a?b"')
  })

  test('for a host that nobody serves is a 404 that names it', async () => {
    const { port } = await aProxy([])
    const answer = await get(port, { headers: { host: 'nobody.test:8080' } })
    expect(answer.status).toBe(404)
    expect(answer.body).toContain('nobody.test')
  })

  test('for a Service without a ready pod is a 503 that names it', async () => {
    const { port, proxy } = await aProxy([aRoute([])])
    const answer = await get(port, { headers: { accept: 'application/json' } })
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body)).toEqual({ status: 503, error: 'Service shop/web has no ready endpoint' })
    expect(answer.headers['retry-after']).toBe('1')
    expect(proxy.counts()).toMatchObject([{ namespace: 'shop', service: 'web', status: '503', count: 1 }])
  })

  test('a prefix that the route rewrites is gone for the pod', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([
      aRoute([endpoint], {
        path: { how: 'text-prefix', value: '/api/' },
        filters: { rewrite: { how: 'text', to: '/' } },
      }),
    ])
    expect(JSON.parse((await get(port, { path: '/api/v1?q=1' })).body).url).toBe('/v1?q=1')
  })
})

describe('indecent requests are refused, and no pod sees them', () => {
  const seen: string[] = []
  const attack = async (text: string, limits: Partial<ProxyLimits> = {}) => {
    const { endpoint } = await aPod((request, response) => {
      seen.push(request.url ?? '')
      request.resume().once('end', () => response.end('ok'))
    })
    const { port } = await aProxy([aRoute([endpoint])], limits)
    seen.length = 0
    return raw(port, text)
  }
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: web.test\r\n\r\n'

  test.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6', 'hello'],
    ['two equal lengths', 'Content-Length: 5\r\nContent-Length: 5', 'hello'],
    ['length and chunks', `Content-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked`, '0\r\n\r\n'],
    ['chunks and length', 'Transfer-Encoding: chunked\r\nContent-Length: 4', '0\r\n\r\n'],
    ['an unknown coding', 'Transfer-Encoding: xchunked', '0\r\n\r\n'],
    ['a coding after chunked', 'Transfer-Encoding: chunked, identity', '0\r\n\r\n'],
    ['a coding before chunked', 'Transfer-Encoding: gzip, chunked', '0\r\n\r\n'],
    ['chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['a space before the colon', 'Transfer-Encoding : chunked', '0\r\n\r\n'],
    ['a vertical tab in the coding', 'Transfer-Encoding: \x0bchunked', '0\r\n\r\n'],
    ['a signed length', 'Content-Length: +5', 'hello'],
    ['a length in hexadecimal', 'Content-Length: 0x5', 'hello'],
    ['a list of lengths', 'Content-Length: 5, 5', 'hello'],
    ['a folded header', 'X-A: 1\r\n Content-Length: 5', 'hello'],
    ['a NUL in a header', 'X-A: a\x00b', ''],
    ['a bare CR in a header', 'X-A: a\rContent-Length: 5', 'hello'],
    ['a second host', 'Host: other.test', ''],
  ])('%s', async (_, headers, body) => {
    const answer = await attack(
      `POST /first HTTP/1.1\r\nHost: web.test\r\n${headers}\r\n\r\n${body}${smuggled}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(seen).toEqual([])
  })

  test.each([
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a host with a path', 'GET / HTTP/1.1\r\nHost: web.test/x\r\n\r\n'],
    ['a host with a user', 'GET / HTTP/1.1\r\nHost: a@web.test\r\n\r\n'],
    ['not HTTP', 'hello there\r\n\r\n'],
    ['another protocol', 'GET / HTTP/3.7\r\nHost: web.test\r\n\r\n'],
    ['a path without a slash', 'GET x HTTP/1.1\r\nHost: web.test\r\n\r\n'],
  ])('%s', async (_, text) => {
    expect(await attack(text)).toMatch(/^HTTP\/1\.1 400 /)
    expect(seen).toEqual([])
  })

  test('a chunk size that two servers could read differently', async () => {
    const head = 'POST /first HTTP/1.1\r\nHost: web.test\r\nTransfer-Encoding: chunked\r\n\r\n'
    for (const size of ['5;\nx', '0x5', '-5', '5 5', 'ffffffffffffffffff'])
      expect(await attack(`${head}${size}\r\nhello\r\n0\r\n\r\n`)).not.toMatch(/ 200 /)
  })

  test('headers without end', async () => {
    const answer = await attack(`GET / HTTP/1.1\r\nHost: web.test\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(seen).toEqual([])
  })

  test('CONNECT', async () => {
    expect(await attack('CONNECT web.test:80 HTTP/1.1\r\nHost: web.test\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /)
  })

  test('and the next client is served as ever', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([aRoute([endpoint])])
    await raw(port, 'POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n')
    expect((await get(port)).status).toBe(200)
  })
})

describe('an upgrade', () => {
  test('joins client and pod until either ends', async () => {
    const { endpoint, server } = await aPod((_, response) => response.end())
    server.on('upgrade', (request, socket, head) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n`)
      socket.write(`x-for: ${request.headers['x-forwarded-for']}\r\n\r\n`)
      socket.write(head)
      socket.on('data', part => (String(part).includes('bye') ? socket.end('bye') : socket.write(part)))
    })
    const { port, proxy } = await aProxy([aRoute([endpoint])])
    const start = 'GET /socket HTTP/1.1\r\nHost: web.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n'
    const talk = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`${start}early `))
      let got = ''
      socket.on('data', part => {
        got += String(part)
        if (got.includes('early ') && !got.includes('later')) socket.write('later ')
        if (got.endsWith('later ')) socket.write('bye')
      })
      socket.once('error', reject)
      socket.once('close', () => resolve(got))
    })
    expect(talk).toMatch(/^HTTP\/1\.1 101 /)
    expect(talk).toContain('x-for: 127.0.0.1')
    expect(talk.split('\r\n\r\n')[1]).toBe('early later bye')
    expect(proxy.counts()).toMatchObject([{ status: '101', count: 1 }])
  })

  const wish = 'GET / HTTP/1.1\r\nHost: web.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

  test('goes to the next pod when nobody listens at the first', async () => {
    const { endpoint } = await aPod((_, response) => response.end('plain'))
    const { port } = await aProxy([aRoute([await deadEndpoint(), endpoint, await deadEndpoint()])])
    for (let i = 0; i < 3; i++) expect(await raw(port, wish)).toMatch(/^HTTP\/1\.1 200 OK/)
    const { port: dead } = await aProxy([aRoute([await deadEndpoint(), await deadEndpoint()])])
    expect(await raw(dead, wish)).toMatch(
      /^HTTP\/1\.1 502 [\s\S]*a pod of Service shop\/web could not be asked: ECONNREFUSED\n$/,
    )
  })

  test('to another protocol than asked for is a 502', async () => {
    const { endpoint, server } = await aPod((_, response) => response.end())
    server.on('upgrade', (_, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nsecret')
    })
    const { port, proxy } = await aProxy([aRoute([endpoint])])
    const answer = await raw(port, wish)
    expect(answer).toMatch(/^HTTP\/1\.1 502 /)
    expect(answer).not.toContain('secret')
    expect(proxy.counts()).toMatchObject([{ status: '502', count: 1 }])
  })

  test('that the pod does not want gets the pod’s answer', async () => {
    const { endpoint } = await aPod((_, response) => response.end('plain'))
    const { port } = await aProxy([aRoute([endpoint])])
    const head = 'GET / HTTP/1.1\r\nHost: web.test\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'
    expect(await raw(port, head)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*plain$/)
  })
})

describe('pods that fail', () => {
  test('one that nobody listens for costs no request, of any method', async () => {
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([aRoute([await deadEndpoint(), endpoint, await deadEndpoint()])])
    for (let i = 0; i < 6; i++) {
      const answer = await get(port, { method: 'POST' }, ['part one, ', 'part two'])
      expect(answer.status).toBe(200)
      expect(JSON.parse(answer.body).body).toBe('part one, part two')
    }
  })

  test('a pod that hangs up before its answer costs no GET, and sees no POST twice', async () => {
    let posts = 0
    const { endpoint: rude } = await aPod((request, response) => {
      if (request.method === 'POST') posts++
      response.destroy()
    })
    const { endpoint } = await aPod(echo)
    const { port } = await aProxy([aRoute([rude, endpoint])])
    for (let i = 0; i < 4; i++) expect((await get(port)).status).toBe(200)
    const statuses: number[] = []
    for (let i = 0; i < 4; i++) statuses.push((await get(port, { method: 'POST' }, 'once')).status)
    expect(statuses.toSorted()).toEqual([200, 200, 502, 502])
    for (let i = 0; i < 4; i++) statuses.push((await get(port, { method: 'POST' })).status)
    expect(statuses.slice(4).toSorted()).toEqual([200, 200, 502, 502])
    expect(posts).toBe(4)
  })

  test('connections that pods close after each answer cost nothing', async () => {
    const { endpoint, server } = await aPod((_, response) => {
      response.end('ok')
      response.socket?.end()
    })
    server.keepAliveTimeout = 1
    const { port } = await aProxy([aRoute([endpoint])])
    const answers = await Promise.all(Array.from({ length: 300 }, () => get(port)))
    expect(answers.filter(answer => answer.status !== 200)).toEqual([])
  })

  test('all gone: the request waits a little for a new table before it gives up', async () => {
    const { endpoint } = await aPod(echo)
    const { port, proxy } = await aProxy([aRoute([await deadEndpoint()])])
    const answer = get(port)
    proxy.setTable(routeTable([aRoute([endpoint])]))
    expect((await answer).status).toBe(200)
    proxy.setTable(routeTable([aRoute([await deadEndpoint()])]))
    const refused = await get(port)
    expect(refused.status).toBe(502)
    expect(refused.body).toContain('shop/web')
  })

  test('an answer that breaks off in the middle is not passed for a whole one', async () => {
    const { endpoint } = await aPod((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('only so much')
      setImmediate(() => response.destroy())
    })
    const { port } = await aProxy([aRoute([endpoint])])
    await expect(get(port)).rejects.toThrow()
  })

  test('a request whose backend leaves the route meanwhile is answered by another one, as that is asked', async () => {
    const other = await aPod(echo)
    const backend = (service: string, endpoints: readonly Endpoint[], to: string) => ({
      namespace: 'shop',
      service,
      weight: 1,
      endpoints,
      filters: { rewrite: { how: 'full', to } as const },
    })
    const leaving = createRawServer(socket => {
      socket.on('error', () => {})
      proxy.setTable(routeTable([aRoute([], { backends: [backend('other', [other.endpoint], '/other')] })]))
      socket.destroy()
    })
    const gone = backend('gone', [await listenOn(leaving)], '/gone')
    const { port, proxy } = await aProxy([aRoute([], { backends: [gone], session: SESSION })])
    const answer = await get(port)
    expect([answer.status, JSON.parse(answer.body).url]).toEqual([200, '/other'])
  })

  test('one that never answers is a 504', async () => {
    const { endpoint } = await aPod(() => {})
    const { port } = await aProxy([aRoute([endpoint])], { idleMs: 300 })
    const answer = await get(port, { method: 'POST' }, 'x')
    expect(answer.status).toBe(504)
  })

  test('answers with broken headers become a 502', async () => {
    const server = createRawServer(socket => {
      socket.on('error', () => {})
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
      )
    })
    const { port } = await aProxy([aRoute([await listenOn(server)])])
    expect((await get(port, { method: 'POST' }, 'x')).status).toBe(502)
  })

  test('a client that goes away ends its request at the pod', async () => {
    let ended: () => void = () => {}
    const gone = new Promise<void>(resolve => (ended = resolve))
    let arrived: () => void = () => {}
    const there = new Promise<void>(resolve => (arrived = resolve))
    const { endpoint } = await aPod((_, response) => {
      arrived()
      response.once('close', ended)
    })
    const { port, proxy } = await aProxy([aRoute([endpoint])])
    const sent = ask({ host: '127.0.0.1', port, agent: false, headers: { host: 'web.test' } })
    sent.once('error', () => {})
    sent.end()
    await there
    sent.destroy()
    await gone
    await expect.poll(() => proxy.counts().map(row => row.status)).toEqual(['499'])
  })
})

describe('a new table', () => {
  test('a switch under load loses no request, and what was in flight ends where it began', async () => {
    const colour = (name: string): RequestListener => {
      return async (_, response) => {
        await turns(Math.random() * 50)
        response.end(name)
      }
    }
    const blue = await aPod(colour('blue'))
    const green = await aPod(colour('green'))
    const { port, proxy } = await aProxy([aRoute([blue.endpoint])])
    const bodies: string[] = []
    const failures: unknown[] = []
    const stop = new AbortController()
    const agent = new (await import('node:http')).Agent({ keepAlive: true, maxSockets: 20 })
    const client = async () => {
      while (!stop.signal.aborted) {
        await get(port, { agent }).then(
          answer => (answer.status === 200 ? bodies.push(answer.body) : failures.push(answer)),
          error => failures.push(error),
        )
      }
    }
    const clients = Array.from({ length: 20 }, client)
    for (let i = 0; i < 10; i++) {
      const enough = bodies.length + failures.length + 50
      await vi.waitUntil(() => bodies.length + failures.length >= enough)
      proxy.setTable(routeTable([aRoute([i % 2 === 0 ? green.endpoint : blue.endpoint])]))
    }
    stop.abort()
    await Promise.all(clients)
    agent.destroy()
    expect(failures).toEqual([])
    expect(new Set(bodies)).toEqual(new Set(['blue', 'green']))
  })

  test('weights: exactly 30 of every 100 requests, also across tables that leave them alone', async () => {
    const stable = await aPod((_, response) => response.end('stable'))
    const canary = await aPod((_, response) => response.end('canary'))
    const table = () =>
      routeTable([
        aRoute([], {
          backends: [
            { namespace: 'shop', service: 'canary', weight: 30, endpoints: [canary.endpoint] },
            { namespace: 'shop', service: 'stable', weight: 70, endpoints: [stable.endpoint] },
          ],
        }),
      ])
    const { port, proxy } = await aProxy(table().routes)
    const bodies: string[] = []
    for (let i = 0; i < 200; i++) {
      if (i % 37 === 0) proxy.setTable(table())
      bodies.push((await get(port)).body)
    }
    expect(bodies.slice(0, 100).filter(body => body === 'canary')).toHaveLength(30)
    expect(bodies.slice(100).filter(body => body === 'canary')).toHaveLength(30)
  })

  test('pods of a backend take turns', async () => {
    const pods = await Promise.all([1, 2, 3].map(n => aPod((_, response) => response.end(String(n)))))
    const { port } = await aProxy([aRoute(pods.map(pod => pod.endpoint))])
    const bodies: string[] = []
    for (let i = 0; i < 9; i++) bodies.push((await get(port)).body)
    for (const n of ['1', '2', '3']) expect(bodies.filter(body => body === n)).toHaveLength(3)
  })
})

describe('limits', () => {
  test('a client that never ends its headers is let go', async () => {
    const { port } = await aProxy([], { headersMs: 300 })
    const answer = await raw(port, 'GET / HTTP/1.1\r\nHost: web.test\r\nX-Slow: ')
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d .*|$)/s)
  })

  test('closing lets the request in flight end', async () => {
    let arrived: (end: () => void) => void = () => {}
    const there = new Promise<() => void>(resolve => (arrived = resolve))
    const { endpoint } = await aPod((_, response) => arrived(() => response.end('done')))
    const { port, proxy } = await aProxy([aRoute([endpoint])])
    const answer = get(port)
    const end = await there
    const closing = proxy.close(5000)
    end()
    expect((await answer).body).toBe('done')
    await closing
    await expect(get(port)).rejects.toThrow('ECONNREFUSED')
  })
})
