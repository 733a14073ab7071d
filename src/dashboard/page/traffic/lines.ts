// From the gateway's counts to what is drawn: requests a second, shares, errors and durations by revision, within one
// route. Whoever asks a preview Service directly is not of that route, and never counts for its shares.
import type { TrafficSeries } from '../../traffic-feed.ts'
import type { Durations, Traffic } from './feed.ts'

/** A route of the rollout, and how much it served. */
export interface RouteChoice {
  readonly id: string
  readonly route: string
  readonly host: string
  readonly requests: number
  /** Named by one of the rollout's Services that do not stand for all users. */
  readonly isDirect: boolean
}

export interface Lines {
  /** Seconds, ascending, without gaps. */
  readonly at: readonly number[]
  /** By hash, a value a second. */
  readonly requests: Readonly<Record<string, readonly number[]>>
  readonly seen: Readonly<Record<string, readonly (number | null)[]>>
  readonly wished: Readonly<Record<string, readonly (number | null)[]>>
}

export interface Figures {
  readonly hash: string
  readonly requestsPerSecond: number
  /** From 0 to 1, of all of the route; undefined without requests. */
  readonly share: number | undefined
  readonly wished: number | undefined
  readonly errorShare: number | undefined
  /** Seconds. */
  readonly p50: number | undefined
  readonly p99: number | undefined
}

export interface Choice {
  /** Of a RouteChoice. */
  readonly id: string
  readonly withLoad: boolean
  /** The last so many seconds. */
  readonly seconds: number
}

const routeId = ({ route, host }: { readonly route: string; readonly host: string }) => `${route} ${host}`

/** Those that stand for all users first, then by requests. `direct`: routes such as `services/shop-preview`. */
export function routesOf(traffic: Traffic, direct: ReadonlySet<string>): readonly RouteChoice[] {
  const requests = new Map<number, number>()
  for (const rows of Object.values(traffic.slots))
    for (const [series, count] of rows) requests.set(series, (requests.get(series) ?? 0) + count)
  const found = new Map<string, RouteChoice>()
  const add = (of: Pick<TrafficSeries, 'route' | 'host'>, count: number) => {
    const id = routeId(of)
    const before = found.get(id)?.requests ?? 0
    found.set(id, {
      id,
      route: of.route,
      host: of.host,
      requests: before + count,
      isDirect: direct.has(of.route),
    })
  }
  for (const series of traffic.series) if (series.route !== '') add(series, requests.get(series.id) ?? 0)
  for (const wished of traffic.wished) add(wished, 0)
  return [...found.values()].toSorted(
    (a, b) => Number(a.isDirect) - Number(b.isDirect) || b.requests - a.requests || (a.id < b.id ? -1 : 1),
  )
}

function chosenSeries({ series }: Traffic, { id, withLoad }: Choice): ReadonlyMap<number, TrafficSeries> {
  const chosen = series.filter(one => routeId(one) === id && (withLoad || one.source === 'user'))
  return new Map(chosen.map(one => [one.id, one]))
}

/** `smooth`: over how many seconds a share is seen. */
export function linesOf(traffic: Traffic, choice: Choice, smooth = 3): Lines {
  const series = chosenSeries(traffic, choice)
  const end = Math.floor(traffic.now / 1000)
  const at = Array.from({ length: choice.seconds }, (_, i) => end - choice.seconds + 1 + i)
  const hashes = [...new Set([...series.values()].map(({ hash }) => hash))].filter(hash => hash !== '')
  const requests = Object.fromEntries(hashes.map(hash => [hash, at.map(() => 0)]))
  for (const [i, second] of at.entries())
    for (const [id, count] of traffic.slots[String(second)] ?? []) {
      const line = requests[series.get(id)?.hash ?? '']
      if (line !== undefined) line[i] = (line[i] ?? 0) + count
    }
  const sums = at.map((_, i) =>
    hashes.reduce((sum, hash) => sum + windowSum(requests[hash] ?? [], i, smooth), 0),
  )
  const seen = Object.fromEntries(
    hashes.map(hash => [
      hash,
      at.map((_, i) => (sums[i] === 0 ? null : windowSum(requests[hash] ?? [], i, smooth) / (sums[i] ?? 1))),
    ]),
  )
  return { at, requests, seen, wished: wishedLines(traffic, choice, at) }
}

function windowSum(line: readonly number[], end: number, length: number): number {
  let sum = 0
  for (let i = Math.max(0, end - length + 1); i <= end; i++) sum += line[i] ?? 0
  return sum
}

function wishedLines({ wished }: Traffic, { id }: Choice, at: readonly number[]): Lines['wished'] {
  const changes = wished.filter(one => routeId(one) === id).toSorted((a, b) => a.at - b.at)
  const hashes = [...new Set(changes.flatMap(({ shares }) => Object.keys(shares)))].filter(
    hash => hash !== '',
  )
  let next = 0
  let shares: Readonly<Record<string, number>> | undefined
  const inForce = at.map(second => {
    for (let one = changes[next]; one !== undefined && one.at < (second + 1) * 1000; one = changes[++next])
      shares = one.shares
    return shares
  })
  return Object.fromEntries(
    hashes.map(hash => [hash, inForce.map(one => (one === undefined ? null : (one[hash] ?? 0)))]),
  )
}

/** Of each revision over the last `seconds`. */
export function figuresOf(traffic: Traffic, choice: Choice): readonly Figures[] {
  const series = chosenSeries(traffic, choice)
  const end = Math.floor(traffic.now / 1000)
  const counted = new Map<string, { requests: number; errors: number; durations: Map<number, number> }>()
  for (let second = end - choice.seconds; second < end; second++)
    for (const [id, requests, errors, durations] of traffic.slots[String(second)] ?? []) {
      const hash = series.get(id)?.hash ?? ''
      if (hash === '') continue
      const one = counted.get(hash) ?? { requests: 0, errors: 0, durations: new Map<number, number>() }
      counted.set(hash, one)
      one.requests += requests
      one.errors += errors
      addDurations(one.durations, durations)
    }
  const all = [...counted.values()].reduce((sum, one) => sum + one.requests, 0)
  const wished = wishedNow(traffic, choice)
  return [...new Set([...counted.keys(), ...Object.keys(wished)])].map(hash => {
    const one = counted.get(hash)
    const requests = one?.requests ?? 0
    return {
      hash,
      requestsPerSecond: requests / choice.seconds,
      share: all === 0 ? undefined : requests / all,
      wished: wished[hash],
      errorShare: one === undefined || requests === 0 ? undefined : one.errors / requests,
      p50: one === undefined ? undefined : quantile(one.durations, traffic.bounds, 0.5),
      p99: one === undefined ? undefined : quantile(one.durations, traffic.bounds, 0.99),
    }
  })
}

function wishedNow({ wished }: Traffic, { id }: Choice): Readonly<Record<string, number>> {
  const { shares = {} } = wished.filter(one => routeId(one) === id).toSorted((a, b) => b.at - a.at)[0] ?? {}
  return Object.fromEntries(Object.entries(shares).filter(([hash]) => hash !== ''))
}

function addDurations(sum: Map<number, number>, durations: Durations): void {
  for (const [bucket, count] of Object.entries(durations))
    sum.set(Number(bucket), (sum.get(Number(bucket)) ?? 0) + count)
}

/** The middle, by ratio, of the bucket in which the share `q` of all durations is reached. */
export function quantile(
  durations: ReadonlyMap<number, number>,
  bounds: readonly number[],
  q: number,
): number | undefined {
  const all = [...durations.values()].reduce((sum, count) => sum + count, 0)
  if (all === 0) return undefined
  let below = 0
  for (const [bucket, count] of [...durations].toSorted(([a], [b]) => a - b)) {
    below += count
    if (below < q * all) continue
    const upper = bounds[bucket]
    const lower = bounds[bucket - 1]
    if (upper === undefined || !Number.isFinite(upper)) return lower
    return lower === undefined ? upper : Math.sqrt(lower * upper)
  }
  return undefined
}
