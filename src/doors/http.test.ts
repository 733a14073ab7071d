// The HTTP door over real sockets: what becomes of requests when connections end.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createHttp } from './http.ts'
import type { HttpOptions } from './http.ts'

const NEVER = new AbortController().signal

describe('the HTTP door', () => {
  const stops: (() => void)[] = []
  afterEach(() => stops.splice(0).forEach(stop => stop()))

  async function start(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    options: HttpOptions = {},
  ) {
    const requests: string[] = []
    const sockets = new Set<Socket>()
    let connections = 0
    const server: Server = createServer((request, response) => {
      requests.push(request.method ?? '')
      answer(request, response)
    })
    server.on('connection', socket => {
      connections++
      sockets.add(socket)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const door = createHttp(options)
    const cut = () => sockets.forEach(socket => socket.destroy())
    stops.push(() => {
      door.close()
      cut()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const ask = (method: string, mayTry?: () => void) =>
      door.http({ method, url: `http://127.0.0.1:${port}/`, mayTry }, NEVER)
    return { ask, door, cut, requests, connections: () => connections }
  }

  /** What may be tried until it is taken back. */
  function permission() {
    const lost = new Error('another leads')
    const own = {
      lost,
      isGiven: true,
      mayTry() {
        if (!own.isGiven) throw lost
      },
    }
    return own
  }

  test('a kept connection that the server has closed is replaced, except under a POST', async () => {
    let isCutting = false
    const { ask, connections } = await start((request, response) => {
      if (!isCutting) return void response.end('yes')
      isCutting = false
      request.socket.destroy()
    })
    await (await ask('PATCH')).text(100)
    isCutting = true
    expect(await (await ask('PATCH')).text(100)).toBe('yes')
    expect(connections()).toBe(2)
    isCutting = true
    await expect(ask('POST')).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  test('what may be tried no longer is not sent again when a kept connection breaks', async () => {
    const permitted = permission()
    let isCutting = false
    const { ask, requests } = await start((request, response) => {
      if (!isCutting) return void response.end('yes')
      permitted.isGiven = false
      request.socket.destroy()
    })
    await (await ask('PATCH', permitted.mayTry)).text(100)
    isCutting = true
    await expect(ask('PATCH', permitted.mayTry)).rejects.toBe(permitted.lost)
    expect(requests).toEqual(['PATCH', 'PATCH'])
  })

  test('what may be tried no longer when a connection is free for it is not sent', async () => {
    const permitted = permission()
    const { ask, requests } = await start(
      (_, response) => {
        permitted.isGiven = false
        response.end('yes')
      },
      { maxSockets: 1 },
    )
    const first = ask('GET')
    const second = ask('PATCH', permitted.mayTry).catch((error: unknown) => error)
    await (await first).text(100)
    expect(await second).toBe(permitted.lost)
    expect(requests).toEqual(['GET'])
  })

  test('closing it ends what is under way, and nothing is sent anew', async () => {
    let hang: (() => void) | undefined
    const { ask, door, connections } = await start((_, response) => {
      if (hang === undefined) response.end('yes')
      else hang()
    })
    await (await ask('PATCH')).text(100)
    const isHanging = new Promise<void>(resolve => (hang = resolve))
    const asked = ask('PATCH')
    await isHanging
    door.close()
    await expect(asked).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(connections()).toBe(1)
  })

  test('an answer that is larger than it may be is refused', async () => {
    const { ask } = await start((_, response) => response.end('x'.repeat(1000)))
    await expect((await ask('GET')).text(999)).rejects.toMatchObject({ code: 'ETOOLARGE' })
  })
})
