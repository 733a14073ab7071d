// What the history of live traffic costs: a request counted with it and without it in the same run, the memory of one
// that is full, and how long its thread is held by a snapshot of it. Prints a line each.
//   NODE_OPTIONS=--expose-gc npm run script -- bench/live-traffic.ts
import type { IncomingMessage } from 'node:http'
import { counting } from '../src/gateway/counting.ts'
import type { Counted } from '../src/gateway/counting.ts'
import { createCounts } from '../src/gateway/counts.ts'
import { createTrafficHistory } from '../src/gateway/history/history.ts'
import type { TrafficHistory } from '../src/gateway/history/history.ts'
import { createLooks } from '../src/gateway/history/looks.ts'
import { createWishedHistory } from '../src/gateway/history/wished-history.ts'
import { aRoute, endpointAt } from '../src/gateway/routes/route.suite.ts'
import type { RouteBackend } from '../src/gateway/routes/route.ts'

const ROUNDS = 9
const REQUESTS = 300_000
const SERIES = 2048
/** Requests a second that `bench/gateway.ts` sees at best: what a request costs in all follows from it. */
const REQUEST_NS = 1e9 / 20_000
const HELD_MAX_MS = 50

const NO_HISTORY: TrafficHistory = {
  counter: () => ({ add: () => {} }),
  series: () => [],
  mark: () => ({ request: 0, series: 0 }),
  bytes: () => 0,
}

/** Nanoseconds a request, over some pods whose answers take turns, at 20,000 a second. */
function costOf(history: TrafficHistory): number {
  let elapsedMs = 0
  const clock = { now: () => 1_000_000 + Math.floor(elapsedMs), sleepUntil: () => Promise.resolve() }
  const stopwatch = () => elapsedMs
  const count = counting({ counts: createCounts(), history, clock, stopwatch })
  const route = aRoute(Array.from({ length: 8 }, (_, i) => ({ ...endpointAt(i), hash: `hash-${i % 2}` })))
  const [backend] = route.backends as readonly [RouteBackend]
  const request = { headers: {} } as IncomingMessage
  const all: Counted[] = backend.endpoints.map(endpoint => ({
    request,
    route,
    backend,
    endpoint,
    startedAt: 0,
  }))
  const began = process.hrtime.bigint()
  for (let i = 0; i < REQUESTS; i++) {
    elapsedMs += 0.05
    count({ ...(all[i & 7] as Counted), startedAt: elapsedMs - ((i * 7) % 100) / 10 }, 200)
  }
  return Number(process.hrtime.bigint() - began) / REQUESTS
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

function cost(): void {
  costOf(createTrafficHistory())
  costOf(NO_HISTORY)
  const rounds = Array.from({ length: ROUNDS }, () => ({
    without: costOf(NO_HISTORY),
    with: costOf(createTrafficHistory()),
  }))
  const [without, all] = [median(rounds.map(one => one.without)), median(rounds.map(one => one.with))]
  process.stdout.write(
    `live traffic: counting a request takes ${all.toFixed(0)} ns with the history, ${without.toFixed(0)} ns without; ` +
      `${(((all - without) / REQUEST_NS) * 100).toFixed(2)} % of a request\n`,
  )
}

/** As full as it gets: every series in every second, answers of all lengths. */
function fullHistory(buckets: number) {
  const history = createTrafficHistory()
  const counters = Array.from({ length: SERIES }, (_, i) =>
    history.counter({
      namespace: `namespace-${i % 50}`,
      route: `httproutes/web-${i}`,
      host: `web-${i}.example.com`,
      service: `web-${i}`,
      rollout: `web-${i}`,
      hash: `hash-${i}`,
      source: 'user',
    }),
  )
  const seconds = Math.ceil(900 / buckets)
  for (let second = 0; second < seconds; second++) {
    for (const counter of counters) {
      for (let i = 0; i < buckets; i++) counter.add(0.0001 * 1.2 ** i, false, second * 1000)
    }
  }
  return { history, now: seconds * 1000 }
}

async function full(buckets: number): Promise<void> {
  await collected()
  const before = process.memoryUsage().heapUsed
  const { history, now } = fullHistory(buckets)
  await collected()
  const heap = process.memoryUsage().heapUsed - before
  let text = 0
  const held: number[] = []
  const sent = { isLast: false }
  const looks = createLooks({
    world: { history, wished: createWishedHistory(), port: () => 0 },
    clock: { now: () => now, sleepUntil: () => Promise.resolve() },
    send(piece) {
      text += piece.text.length
      sent.isLast = piece.isLast
    },
  })
  const timed = (work: () => void) => {
    const began = process.hrtime.bigint()
    work()
    held.push(Number(process.hrtime.bigint() - began) / 1e6)
  }
  timed(() => looks.look(1, { isFollowing: false }))
  while (!sent.isLast) timed(() => looks.more(1))
  const longest = Math.max(...held)
  process.stdout.write(
    `live traffic, ${SERIES} series with ${buckets} buckets a second: ${mb(heap)} of heap, ` +
      `${mb(history.bytes())} by its own count; a snapshot is ${mb(text)} in ${held.length} pieces, the longest ` +
      `${longest.toFixed(1)} ms (need <= ${HELD_MAX_MS})\n`,
  )
  if (longest > HELD_MAX_MS) process.exitCode = 1
}

/** With `NODE_OPTIONS=--expose-gc`; what a turn of the loop still holds goes with the next. */
async function collected(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise(resolve => setImmediate(resolve))
    global.gc?.()
  }
}

function mb(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

cost()
for (const buckets of [1, 5, 20, 74]) await full(buckets)
