// What the gateway has answered, by route, revision, pod and status: for pictures of live traffic, and as Prometheus
// text that analysis can ask for. A row ends when its pod, or the pod's role, is no longer in the route table: what was
// the canary before never lends its good past to the next one.
import type { Instant } from '../std/instant.ts'
import type { SeriesLabels } from './history/series.ts'
import type { RouteTable } from './routes/route.ts'

export interface CountLabels extends SeriesLabels {
  readonly app: string
  readonly role: string
  readonly version: string
  readonly pod: string
  /** The HTTP status as text. */
  readonly status: string
}

export interface CountRow extends CountLabels {
  readonly count: number
  /** The sum of the answers' durations. */
  readonly seconds: number
  /** How many answers took no longer than each of `BUCKETS`, and longer than the one before. */
  readonly buckets: readonly number[]
  /** Since when it counts; whoever comes back begins anew. */
  readonly begunAt: Instant
  /** Since when it counts no more. */
  readonly endedAt?: Instant | undefined
}

/** Upper bounds in seconds. */
export const BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Infinity]

export interface Counts {
  /** The row of these labels, to be added to again and again. */
  counter(labels: CountLabels): Counter
  /** As they stand with the table that is in force. */
  rows(table: RouteTable, now: Instant): readonly CountRow[]
}

interface Counter {
  add(seconds: number, now: Instant): void
}

interface Row {
  readonly labels: CountLabels
  readonly place: string
  count: number
  seconds: number
  buckets: number[]
  begunAt: Instant | undefined
  endedAt: Instant | undefined
  /** The row without the pod's name that has its counts now. */
  foldedInto: Row | undefined
}

const ROWS_MAX = 10_000
/** So long an ended row can still be read, with what its last requests have added. */
const ENDED_MS = 10_000

/** Counters only grow. When there are too many, those of the oldest pods are kept without the pod's name. */
export function createCounts(): Counts {
  const rows = new Map<string, Row>()
  const rowOf = (labels: CountLabels): Row => {
    const key = keyOf(labels)
    const row = rows.get(key) ?? newRow(labels)
    rows.set(key, row)
    return row
  }
  const fold = (): void => {
    const oldest = [...rows].find(([, row]) => row.labels.pod !== '')
    if (oldest === undefined) return
    const [key, row] = oldest
    rows.delete(key)
    const rest = rowOf({ ...row.labels, pod: '' })
    row.foldedInto = rest
    rest.count += row.count
    rest.seconds += row.seconds
    rest.buckets = rest.buckets.map((count, i) => count + (row.buckets[i] as number))
    rest.begunAt ??= row.begunAt
  }
  return {
    counter(labels) {
      const row = rowOf(labels)
      if (rows.size > ROWS_MAX) fold()
      return { add: (seconds, now) => add(row.foldedInto ?? row, seconds, now) }
    },
    rows(table, now) {
      const places = placesOf(table)
      for (const [key, row] of rows) if (isGone(row, places, now)) rows.delete(key)
      return [...rows.values()].flatMap(row => toldOf(row))
    },
  }
}

function newRow(labels: CountLabels): Row {
  return {
    labels,
    place: placeOf(labels),
    count: 0,
    seconds: 0,
    buckets: BUCKETS.map(() => 0),
    begunAt: undefined,
    endedAt: undefined,
    foldedInto: undefined,
  }
}

function add(row: Row, seconds: number, now: Instant): void {
  row.begunAt ??= now
  row.count++
  row.seconds += seconds
  const bucket = BUCKETS.findIndex(bound => seconds <= bound)
  row.buckets[bucket] = (row.buckets[bucket] as number) + 1
}

/** Ends a row whose place is no longer in the table, and begins one anew that is back. */
function isGone(row: Row, places: ReadonlySet<string>, now: Instant): boolean {
  const isThere = row.labels.route === '' || places.has(row.place)
  if (!isThere) {
    row.endedAt ??= now
    return now >= row.endedAt + ENDED_MS
  }
  if (row.endedAt === undefined) return false
  Object.assign(row, newRow(row.labels))
  return false
}

function toldOf({ labels, count, seconds, buckets, begunAt, endedAt }: Row): readonly CountRow[] {
  if (begunAt === undefined) return []
  const row = { ...labels, count, seconds, buckets: [...buckets], begunAt }
  return [endedAt === undefined ? row : { ...row, endedAt }]
}

type Place = Omit<CountLabels, 'status' | 'source'>

/** Every pod of every route in its role; the same without the pod's name; and each Service, for when it has none. */
function placesOf({ routes }: RouteTable): ReadonlySet<string> {
  const places = new Set<string>()
  for (const route of routes) {
    for (const { namespace, service, endpoints } of route.backends) {
      const nobody = { ...NOBODY, ...labelsOfRoute(route), namespace, service }
      places.add(placeOf(nobody))
      for (const { host: _, port: __, pod, ...who } of endpoints) {
        places.add(placeOf({ ...nobody, ...who, pod }))
        places.add(placeOf({ ...nobody, ...who }))
      }
    }
  }
  return places
}

export const NOBODY = { rollout: '', hash: '', app: '', role: '', version: '', pod: '' }

/** `from` is a key `group/plural/namespace/name`. */
export function labelsOfRoute({ from, host }: { readonly from: string; readonly host: string }) {
  const [, plural = '', , name = ''] = from.split('/')
  return { route: `${plural}/${name}`, host }
}

function placeOf(one: Place): string {
  const { namespace, route, host, service, rollout, hash, app, role, version, pod } = one
  return [namespace, route, host, service, rollout, hash, app, role, version, pod].join('\n')
}

function keyOf(labels: CountLabels): string {
  return `${placeOf(labels)}\n${labels.status}\n${labels.source}`
}
