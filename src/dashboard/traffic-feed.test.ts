// The page's live traffic over a real API server: lines as they come, another stream when one breaks off, and a word
// when the server has none.
import { afterEach, expect, test } from 'vitest'
import { aServer } from '../cluster/serve/api-server.suite.ts'
import type { ApiServerOptions } from '../cluster/serve/server.ts'
import type { TrafficSource } from '../cluster/serve/request.ts'
import { connect, findAccess } from '../runtime/network/connection.ts'
import { createHttpClient } from '../runtime/network/http-client.ts'
import { systemClock, systemRandom } from '../runtime/system.ts'
import { followTraffic } from './traffic-feed.ts'
import type { TrafficLine, TrafficMissing } from './traffic-feed.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

/** A client of such a server, whose back-off takes no time but is noted. */
async function aFeed(options: Partial<ApiServerOptions>) {
  const server = await aServer(options)
  const connection = connect(findAccess(server.kubeconfig), systemClock)
  opened.push(async () => {
    connection.close()
    await server.close()
  })
  const waits: number[] = []
  const clock = {
    now: () => 0,
    async sleepUntil(at: number) {
      waits.push(at)
    },
  }
  const client = createHttpClient({ connection, clock: systemClock, random: systemRandom, userAgent: 'test' })
  const stop = new AbortController()
  const follow = (told: (line: TrafficLine | TrafficMissing) => void) =>
    followTraffic({ client, clock, namespace: 'shop', rollout: 'web', signal: stop.signal }, told)
  return { follow, waits, stop: () => stop.abort() }
}

const snapshot = { type: 'SNAPSHOT', now: 1, bounds: [1], series: [], wished: [], slots: [] }
const changes = { type: 'CHANGES', now: 2, slots: [{ at: 0, rows: [[0, 1, 0, { '3': 1 }]] }] }
const text = (line: object) => `${JSON.stringify(line)}\n`

test('lines come as they are told, and a stream that breaks off is asked for again', async () => {
  const asked: unknown[] = []
  const source: TrafficSource = async function* (one, signal) {
    asked.push(one)
    const whole = text(snapshot)
    yield whole.slice(0, 20)
    yield `${whole.slice(20)}${text({ type: 'OTHER' })}no JSON\n`
    yield text(changes)
    yield '{"type":"CHAN'
    if (asked.length < 3 || signal.aborted) return
    await new Promise(resolve => signal.addEventListener('abort', resolve))
  }
  const { follow, waits, stop } = await aFeed({ traffic: () => source })
  const lines: unknown[] = []
  await follow(line => {
    lines.push(line)
    if (lines.length === 6) stop()
  })
  expect(lines).toEqual([snapshot, changes, snapshot, changes, snapshot, changes])
  expect(asked[0]).toEqual({ namespace: 'shop', rollout: 'web', isFollowing: true })
  expect(waits.slice(0, 2)).toEqual([500, 500])
})

test('whoever tells nothing is asked ever more seldom', async () => {
  let asked = 0
  let end = (): void => {}
  const source: TrafficSource = async function* () {
    asked++
    if (asked === 9) end()
    yield ''
  }
  const { follow, waits, stop } = await aFeed({ traffic: () => source })
  end = stop
  await follow(() => expect.unreachable())
  expect(waits.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
})

test('a server without live traffic is said to have none, once, and is left alone', async () => {
  const { follow, waits } = await aFeed({})
  const lines: unknown[] = []
  await follow(line => lines.push(line))
  expect([lines, waits]).toEqual([[{ type: 'MISSING' }], []])
})
