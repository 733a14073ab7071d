// Live traffic over real HTTPS: who is told of it, how much, for how long, and what ends it.
import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../runtime/system.ts'
import { aServer } from './api-server.suite.ts'
import type { TestedServer } from './api-server.suite.ts'
import type { TrafficSource } from './request.ts'
import type { ApiServerOptions } from './server.ts'

const PATH = '/crossfade/v1/traffic'
const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

async function served(options: Partial<ApiServerOptions>): Promise<TestedServer> {
  const server = await aServer(options)
  opened.push(() => server.close())
  return server
}

type Asked = Parameters<TrafficSource>[0]

/** Says what it was asked, goes on while it is followed, and tells who has gone. */
function aSource() {
  const asked: Asked[] = []
  let gone = (): void => {}
  const hasGone = new Promise<void>(resolve => (gone = resolve))
  async function* source(one: Asked, signal: AbortSignal): AsyncGenerator<string> {
    asked.push(one)
    yield '{"type":"SNAP'
    yield 'SHOT"}\n'
    if (!one.isFollowing) return
    try {
      yield '{"type":"CHANGES"}\n'
      if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve))
    } finally {
      gone()
    }
  }
  return { source, asked, hasGone }
}

/** An answer as it comes. */
function follow({ port, ca, token }: TestedServer, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    const options = { host: '127.0.0.1', port, ca, path, headers, agent: false, servername: 'localhost' }
    request(options, resolve).once('error', reject).end()
  })
}

async function firstText(answer: IncomingMessage, length: number): Promise<string> {
  let text = ''
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    text += chunk.toString()
    if (text.length >= length) break
  }
  return text
}

describe('live traffic', () => {
  test('is told once, or followed until the client goes', async () => {
    const { source, asked, hasGone } = aSource()
    const server = await served({ traffic: () => source })
    const once = await server.ask('GET', `${PATH}?namespace=shop&rollout=web`)
    expect([once.status, once.headers['content-type'], once.text]).toEqual([
      200,
      'application/json',
      '{"type":"SNAPSHOT"}\n',
    ])
    const text = '{"type":"SNAPSHOT"}\n{"type":"CHANGES"}\n'
    expect(await firstText(await follow(server, `${PATH}?watch=true`), text.length)).toBe(text)
    await hasGone
    expect(asked).toEqual([
      { namespace: 'shop', rollout: 'web', isFollowing: false },
      { namespace: undefined, rollout: undefined, isFollowing: true },
    ])
  })

  test('is for those alone who may read the cluster, and only to be read', async () => {
    const { source, asked } = aSource()
    const server = await served({ traffic: () => source })
    const status = async (method: string, headers: Record<string, string>) =>
      (await server.ask(method, PATH, { headers })).status
    expect(await status('GET', { authorization: 'Bearer wrong' })).toBe(401)
    expect(await status('GET', { host: 'evil.example' })).toBeGreaterThanOrEqual(400)
    expect(await status('GET', { 'impersonate-user': 'reader' })).toBe(403)
    expect(await status('POST', {})).toBe(405)
    expect(asked).toEqual([])
  })

  test('is no page where there is no gateway, and comes later where there is none yet', async () => {
    const none = await served({})
    expect(await none.ask('GET', PATH)).toMatchObject({ status: 404, text: '404 page not found\n' })
    const early = await served({ traffic: () => undefined })
    expect(await early.ask('GET', PATH)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  })

  test('has room for so many at once, and one who goes makes room', async () => {
    const { source, hasGone } = aSource()
    const server = await served({ traffic: () => source, limits: { looking: 1 } })
    const first = await follow(server, `${PATH}?watch=true`)
    const status = async () => (await server.ask('GET', PATH)).status
    expect(await status()).toBe(429)
    first.destroy()
    await hasGone
    expect(await status()).toBe(200)
  })

  test('ends when the server closes', async () => {
    const { source, hasGone } = aSource()
    const server = await aServer({ traffic: () => source })
    const answer = await follow(server, `${PATH}?watch=true`)
    answer.on('error', () => {}).resume()
    await server.close()
    await hasGone
  })

  test('is cut for a client that does not take it, and is asked for no more than it takes', async () => {
    let pieces = 0
    let ended = (): void => {}
    const hasEnded = new Promise<void>(resolve => (ended = resolve))
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) {
          pieces++
          yield 'x'.repeat(1024 * 1024)
        }
      } finally {
        ended()
      }
    }
    /** Time is over as soon as the sockets hold no more. */
    const soon = { ...systemClock, sleepUntil: idle }
    const server = await served({ traffic: () => endless, clock: soon })
    const answer = await follow(server, `${PATH}?watch=true`)
    answer.pause().on('error', () => {})
    await hasEnded
    expect(pieces).toBeLessThan(64)
  })
})

/** Resolves when nothing has happened for some turns of the loop. */
async function idle(_: number, signal: AbortSignal): Promise<void> {
  for (let turns = 0; turns < 2000 && !signal.aborted; turns++)
    await new Promise(resolve => setImmediate(resolve))
}
