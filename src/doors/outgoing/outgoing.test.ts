// The way out over real sockets: what is sent, by which way, and what is said when it does not come to an end.
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { readUrl } from '../../std/go/url.ts'
import { systemConnections } from './connect.ts'
import { followed } from './followed.ts'
import { hopHeaders } from './hop.ts'
import type { Hop } from './hop.ts'
import { createOutgoing } from './outgoing.ts'
import type { OutgoingOptions, TransportWish } from './outgoing.ts'

const NEVER = new AbortController().signal

describe('the way out', () => {
  const stops: (() => void)[] = []
  afterEach(() => stops.splice(0).forEach(stop => stop()))

  async function listen(answer: RequestListener) {
    const seen: IncomingMessage[] = []
    let connections = 0
    const server = createServer((request, response) => {
      seen.push(request)
      answer(request, response)
    })
    server.on('connection', () => connections++)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    stops.push(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    return { url: `http://127.0.0.1:${port}`, port, seen, connections: () => connections, server }
  }
  function open(options: Partial<OutgoingOptions> = {}) {
    const outgoing = createOutgoing({ ...systemConnections(), env: {}, userAgent: 'test', ...options })
    stops.push(() => outgoing.close())
    return (url: string, more: Partial<Hop> = {}, wish?: TransportWish) => {
      const read = readUrl(url)
      if ('problem' in read) throw new Error(read.problem)
      const hop: Hop = { method: 'GET', url: read.url, headers: {}, body: undefined, ...more }
      return followed(outgoing.transport(wish), hop, NEVER)
    }
  }

  test('an answer that is packed is unpacked, and the limit is that of what comes out', async () => {
    const { url } = await listen((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000)))
    })
    const get = open()
    expect(await (await get(url)).text(100_000)).toHaveLength(100_000)
    await expect((await get(url)).text(1000)).rejects.toThrow('the answer is larger than 1000 bytes')
  })

  test('headers go by their canonical names, the host and the length are not to be chosen', async () => {
    const { url, seen } = await listen((_, response) => response.end())
    const headers = hopHeaders([
      { key: 'x-scope-orgid', value: 'blue' },
      { key: 'host', value: 'other' },
      { key: 'Content-Length', value: '99' },
      { key: 'user-agent', value: 'me' },
    ])
    await open()(url, { method: 'POST', headers, body: 'ü' })
    expect(seen[0]?.rawHeaders.join(' ')).toContain('X-Scope-Orgid blue')
    expect(seen[0]?.headers).toMatchObject({ 'content-length': '2', 'user-agent': 'me', host: url.slice(7) })
  })

  test('a login goes to nobody else by a redirect', async () => {
    const other = await listen((_, response) => response.end('yes'))
    const { url } = await listen((_, response) => {
      response.writeHead(307, { location: `http://localhost:${other.port}/x` }).end()
    })
    const headers = { Authorization: 'Bearer a', Cookie: 'b', 'X-A': '1' }
    await open()(url, { method: 'POST', headers, body: 'form' })
    expect(other.seen[0]?.headers).toMatchObject({ 'x-a': '1', referer: url })
    expect(Object.keys(other.seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']))
    expect(other.seen[0]?.headers.cookie).toBeUndefined()
  })

  test('a kept connection that had ended costs no error where the request may be sent again', async () => {
    let isCutting = false
    const { url, connections } = await listen((request, response) => {
      if (!isCutting) return void response.end('yes')
      isCutting = false
      request.socket.destroy()
    })
    const get = open()
    const wish = { isKept: true, isReplayable: true }
    await (await get(url, { method: 'POST', body: 'a' }, wish)).text(10)
    isCutting = true
    expect(await (await get(url, { method: 'POST', body: 'a' }, wish)).text(10)).toBe('yes')
    expect(connections()).toBe(2)
    isCutting = true
    await expect(get(url, { method: 'POST', body: 'a' })).rejects.toThrow(`Post "${url}": EOF`)
  })

  test('a proxy is asked for hosts far away, never for those that only we know', async () => {
    const proxy = await listen((_, response) => response.end('by the proxy'))
    const here = await listen((_, response) => response.end('direct'))
    const connections = systemConnections()
    const get = open({
      env: { HTTP_PROXY: proxy.url.replace('http://', 'http://joe:pw@') },
      isNear: host => host.endsWith('.svc'),
      connect: (target, signal) =>
        connections.connect(
          target.host.endsWith('.svc') ? { ...target, host: '127.0.0.1', port: here.port } : target,
          signal,
        ),
    })
    expect(await (await get('http://far.test/a?b')).text(99)).toBe('by the proxy')
    expect(proxy.seen[0]).toMatchObject({ url: 'http://far.test/a?b', headers: { host: 'far.test' } })
    expect(proxy.seen[0]?.headers['proxy-authorization']).toBe('Basic am9lOnB3')
    expect(await (await get('http://shop.default.svc/')).text(99)).toBe('direct')
    expect(here.seen[0]?.headers.host).toBe('shop.default.svc')
  })

  test('a proxy that opens no way is named by what it said', async () => {
    const proxy = await listen(() => {})
    proxy.server.on('connect', (_, socket: Socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
    const get = open({ env: { HTTPS_PROXY: proxy.url } })
    await expect(get('https://far.test/')).rejects.toThrow('Get "https://far.test/": Forbidden')
    const nowhere = open({ env: { HTTP_PROXY: 'socks5://127.0.0.1:1' } })
    await expect(nowhere('http://far.test/')).rejects.toThrow('SOCKS proxies are not supported here')
  })

  test.each([
    ['hello\r\n', 'malformed HTTP response "hello"'],
    ['HTTP/1.1 ok\r\n\r\n', 'malformed HTTP status code "ok"'],
    ['FTP/1.0 200 OK\r\n\r\n', 'malformed HTTP version "FTP/1.0"'],
  ])('an answer that is no HTTP, %j, is quoted', async (answer, words) => {
    const server = createTcpServer(socket => socket.once('data', () => socket.end(answer)))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    stops.push(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    await expect(open()(url)).rejects.toThrow(
      `Get "${url}": net/http: HTTP/1.x transport connection broken: ${words}`,
    )
  })

  test('nobody listens, and nobody speaks TLS', async () => {
    const { url, port } = await listen((_, response) => response.end())
    await expect(open()('http://127.0.0.1:1/')).rejects.toThrow(
      'Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused',
    )
    await expect(open()(url.replace('http', 'https'))).rejects.toThrow('gave HTTP response to HTTPS client')
    expect(port).toBeGreaterThan(0)
  })

  test.each([
    [{ headers: { 'X-A': 'a\nb' } }, 'net/http: invalid header field value for "X-A"'],
    [{ headers: { 'a b': '' } }, 'net/http: invalid header field name "a b"'],
    [{ method: 'GE T' }, 'net/http: invalid method "GE T"'],
  ])('%j is not sent', async (more, problem) => {
    await expect(open()('http://127.0.0.1:1/', more)).rejects.toThrow(problem)
  })
})
