// The gateway's counts as the stream tells them (docs/dashboard.md, Live traffic), kept for the last fifteen minutes.
import type { Json } from '../../../std/json.ts'

export interface Series {
  readonly id: number
  readonly namespace: string
  readonly route: string
  readonly host: string
  readonly service: string
  readonly rollout: string
  readonly hash: string
  /** `load`: the demo's own load generator. */
  readonly source: 'load' | 'user'
}

/** Of a series in one second; `durations`: how many fell into which bucket. */
export type SlotRow = readonly [series: number, requests: number, errors: number, durations: Durations]
export type Durations = Readonly<Record<string, number>>

export interface Wished {
  readonly at: number
  readonly namespace: string
  readonly route: string
  readonly host: string
  /** By hash, from 0 to 1. */
  readonly shares: Readonly<Record<string, number>>
}

interface Line {
  readonly now: number
  readonly bounds?: readonly number[]
  readonly series?: readonly Series[]
  readonly slots?: readonly { readonly at: number; readonly rows: readonly SlotRow[] }[]
  readonly wished?: readonly Wished[]
  /** Why there is no live traffic. */
  readonly missing?: string
}

export interface Traffic {
  readonly now: number
  readonly missing?: string
  /** Upper bounds of the buckets, in seconds. */
  readonly bounds: readonly number[]
  readonly series: readonly Series[]
  /** By second. */
  readonly slots: Readonly<Record<string, readonly SlotRow[]>>
  readonly wished: readonly Wished[]
}

export const WINDOW_S = 900
const WISHED_MAX = 2000

export function withTraffic(state: Json | undefined, data: Json): Json {
  const line = data as unknown as Line
  const before = (state ?? { bounds: [], series: [], slots: {}, wished: [] }) as unknown as Traffic
  const oldest = Math.floor(line.now / 1000) - WINDOW_S
  const kept = Object.entries(before.slots).filter(([at]) => Number(at) >= oldest)
  const slots: Record<string, readonly SlotRow[]> = Object.fromEntries(kept)
  for (const { at, rows } of line.slots ?? []) slots[String(at)] = merged(slots[String(at)] ?? [], rows)
  const traffic: Traffic = {
    now: line.now,
    ...(line.missing === undefined ? {} : { missing: line.missing }),
    bounds: line.bounds ?? before.bounds,
    series: [...before.series, ...(line.series ?? [])],
    slots,
    wished: [...before.wished, ...(line.wished ?? [])].slice(-WISHED_MAX),
  }
  return traffic as unknown as Json
}

/** A row that is told again replaces the one of its series. */
function merged(before: readonly SlotRow[], rows: readonly SlotRow[]): readonly SlotRow[] {
  const told = new Set(rows.map(([series]) => series))
  return [...before.filter(([series]) => !told.has(series)), ...rows]
}
