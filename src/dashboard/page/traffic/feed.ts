// The gateway's counts as the stream tells them (docs/dashboard.md, Live traffic), kept for the last fifteen minutes.
import type { Json } from '../../../std/json.ts'
import type {
  TrafficLine,
  TrafficMissing,
  TrafficRow,
  TrafficSeries,
  TrafficWished,
} from '../../traffic-feed.ts'

export type Durations = TrafficRow[3]

export interface Traffic {
  readonly now: number
  /** This cluster has no gateway of ours. */
  readonly isMissing?: true
  /** Of the gateway, on the cluster's machine. */
  readonly gatewayPort?: number
  /** Upper bounds of the buckets, in seconds. */
  readonly bounds: readonly number[]
  readonly series: readonly TrafficSeries[]
  /** By second. */
  readonly slots: Readonly<Record<string, readonly TrafficRow[]>>
  readonly wished: readonly TrafficWished[]
}

export const WINDOW_S = 900
const NOTHING: Traffic = { now: 0, bounds: [], series: [], slots: {}, wished: [] }
const WISHED_MAX = 2000

export function withTraffic(state: Json | undefined, data: Json): Json {
  const line = data as unknown as TrafficLine | TrafficMissing
  const before = (state ?? NOTHING) as unknown as Traffic
  if (line.type === 'MISSING') return { ...NOTHING, isMissing: true } as unknown as Json
  const oldest = Math.floor(line.now / 1000) - WINDOW_S
  const kept = Object.entries(before.slots).filter(([at]) => Number(at) >= oldest)
  const slots: Record<string, readonly TrafficRow[]> = Object.fromEntries(kept)
  for (const { at, rows } of line.slots ?? []) slots[String(at)] = merged(slots[String(at)] ?? [], rows)
  const traffic: Traffic = {
    now: line.now,
    ...gatewayIn(line, before),
    bounds: line.bounds ?? before.bounds,
    series: [...before.series, ...(line.series ?? [])],
    slots,
    wished: [...before.wished, ...(line.wished ?? [])].slice(-WISHED_MAX),
  }
  return traffic as unknown as Json
}

function gatewayIn(line: TrafficLine, before: Traffic): Pick<Traffic, 'gatewayPort'> {
  const gatewayPort = line.gatewayPort ?? before.gatewayPort
  return gatewayPort === undefined ? {} : { gatewayPort }
}

/** A row that is told again replaces the one of its series. */
function merged(before: readonly TrafficRow[], rows: readonly TrafficRow[]): readonly TrafficRow[] {
  const told = new Set(rows.map(([series]) => series))
  return [...before.filter(([series]) => !told.has(series)), ...rows]
}
