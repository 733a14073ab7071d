// The last 15 minutes of what the gateway has answered, by the second and the series. Bounded by series and by
// bytes: what is too much reaches less far back, and what is silent for 15 minutes is gone.
import type { Instant } from '../../std/instant.ts'
import { add, forgetBefore, isEmpty, newSeries, turn } from './series.ts'
import type { Series, SeriesLabels } from './series.ts'

export const HISTORY_SECONDS = 900

export interface TrafficHistory {
  /** What is answered with these labels, to be added to again and again. */
  counter(labels: SeriesLabels): TrafficCounter
  /** Those that have anything to show. */
  series(now: Instant): readonly Series[]
  /** What has been seen when one has seen all up to now. */
  mark(): TrafficMark
  /** What the slots take. */
  bytes(): number
}

interface TrafficCounter {
  add(seconds: number, isError: boolean, now: Instant): void
}

interface TrafficMark {
  /** The serial number of the last request. */
  readonly request: number
  /** The id that the next new series gets. */
  readonly series: number
}

interface HistoryLimits {
  readonly series: number
  readonly bytes: number
}

/** Of more series than these the newest are not counted until others have gone. */
const LIMITS: HistoryLimits = { series: 2048, bytes: 24 * 1024 * 1024 }
const SWEEP_SECONDS = 60
/** How much more of the past goes at once when there is too much. */
const CUT_SECONDS = 30
/** A clock that was set back by less goes on in the second that it was in. */
const BACK_SECONDS = 5

interface Kept {
  readonly limits: HistoryLimits
  readonly byKey: Map<string, Series>
  bytes: number
  nextId: number
  sweptAt: number
}

export function createTrafficHistory(limits: Partial<HistoryLimits> = {}): TrafficHistory {
  const kept: Kept = { limits: { ...LIMITS, ...limits }, byKey: new Map(), bytes: 0, nextId: 0, sweptAt: 0 }
  let serial = 0
  return {
    counter(labels) {
      const key = keyOf(labels)
      let series = kept.byKey.get(key)
      return {
        add(seconds, isError, now) {
          if (series?.isKept !== true) series = found(kept, key, labels)
          if (series === undefined) return
          const second = Math.floor(now / 1000)
          if (second !== series.second) begin(kept, series, second)
          add(series, { seconds, isError, serial: ++serial })
        },
      }
    },
    series(now) {
      sweep(kept, Math.floor(now / 1000))
      return [...kept.byKey.values()]
    },
    mark: () => ({ request: serial, series: kept.nextId }),
    bytes: () => kept.bytes,
  }
}

function keyOf({ namespace, route, host, service, rollout, hash, source }: SeriesLabels): string {
  return [namespace, route, host, service, rollout, hash, source].join('\n')
}

function found(kept: Kept, key: string, labels: SeriesLabels): Series | undefined {
  const known = kept.byKey.get(key)
  if (known !== undefined || kept.byKey.size >= kept.limits.series) return known
  const series = newSeries(kept.nextId++, labels)
  kept.byKey.set(key, series)
  return series
}

function begin(kept: Kept, series: Series, second: number): void {
  const back = series.second - second
  if (back > 0 && back <= BACK_SECONDS) return
  kept.bytes += turn(series, second)
  // What a clock that was set back has called the future was never.
  kept.bytes -= forgetBefore(series, back > 0 ? Infinity : second - HISTORY_SECONDS + 1)
  if (Math.abs(second - kept.sweptAt) >= SWEEP_SECONDS) sweep(kept, second)
  while (kept.bytes > kept.limits.bytes) cut(kept)
}

/** All series, since one that is silent never sweeps itself. */
function sweep(kept: Kept, second: number): void {
  kept.sweptAt = second
  const oldest = second - HISTORY_SECONDS + 1
  for (const [key, series] of kept.byKey) {
    if (series.second < oldest) kept.bytes += turn(series, series.second)
    kept.bytes -= forgetBefore(series, oldest)
    if (series.second === second || !isEmpty(series)) continue
    series.isKept = false
    kept.byKey.delete(key)
  }
}

function cut(kept: Kept): void {
  const all = [...kept.byKey.values()]
  const oldest = all.reduce((first, series) => Math.min(first, series.slots[0]?.at ?? first), Infinity)
  for (const series of all) kept.bytes -= forgetBefore(series, oldest + CUT_SECONDS)
}
