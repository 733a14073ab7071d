// What a client is told of live traffic: one line of JSON for all that there is, then lines of what has changed.
// They are made in small parts, so that nobody who is served by this thread waits for them.
import type { Instant } from '../../std/instant.ts'
import { BOUNDS } from './buckets.ts'
import type { TrafficHistory } from './history.ts'
import { changedSince, firstSecond, textAt } from './series.ts'
import type { Series } from './series.ts'
import type { WishedChange, WishedHistory } from './wished-history.ts'

/** Whose traffic; absent: everybody's. */
export interface TrafficAsked {
  readonly namespace?: string | undefined
  readonly rollout?: string | undefined
}

/** Up to where a client has been told all. */
export interface Told {
  readonly request: number
  readonly series: number
  readonly wished: number
}

export interface TrafficWorld {
  readonly history: TrafficHistory
  readonly wished: WishedHistory
  /** Where the gateway listens. */
  port(): number
}

export function toldNow({ history, wished }: TrafficWorld): Told {
  return { ...history.mark(), wished: wished.serial() }
}

/** So many are looked at before others have their turn. */
const ROWS_TOGETHER = 128

const BOUNDS_TEXT = JSON.stringify(BOUNDS)

/** The newest second may still grow: it comes again with the changes. */
export function* snapshotParts(world: TrafficWorld, asked: TrafficAsked, now: Instant): Generator<string> {
  const series = world.history.series(now).filter(({ labels }) => isAsked(labels, asked))
  const wished = world.wished.changes(now).filter(one => isAsked(one, asked))
  yield `{"type":"SNAPSHOT","now":${now},"gatewayPort":${world.port()},"bounds":${BOUNDS_TEXT},"series":[`
  yield* listed(series, seriesText)
  yield '],"wished":['
  yield* listed(wished, wishedText)
  yield '],"slots":['
  const first = series.reduce((least, one) => Math.min(least, firstSecond(one)), Infinity)
  yield* separated(seconds(first, now), at => slotParts(at, series, one => textAt(one, at)))
  yield ']}\n'
}

/** Nothing when nothing has changed. */
export function* changesParts(
  { history, wished }: TrafficWorld,
  asked: TrafficAsked,
  { told, now }: { readonly told: Told; readonly now: Instant },
): Generator<string> {
  const all = history.series(now).filter(({ labels }) => isAsked(labels, asked))
  const slots = changedSlots(all, told.request)
  const weights = wished.since(told.wished).filter(one => isAsked(one, asked))
  if (slots.length + weights.length === 0) return
  yield `{"type":"CHANGES","now":${now}`
  yield* field(
    'series',
    all.filter(({ id }) => id >= told.series),
    seriesText,
  )
  yield* field('wished', weights, wishedText)
  if (slots.length > 0) {
    yield ',"slots":['
    yield* separated(slots, ([at, rows]) => slotParts(at, rows, ({ text }) => text))
    yield ']'
  }
  yield '}\n'
}

function isAsked(
  one: { readonly namespace: string; readonly rollout: string },
  { namespace, rollout }: TrafficAsked,
): boolean {
  return (
    (namespace === undefined || one.namespace === namespace) &&
    (rollout === undefined || one.rollout === rollout)
  )
}

interface ChangedRow {
  readonly id: number
  readonly text: string
}

function changedSlots(all: readonly Series[], seen: number): readonly [at: number, rows: ChangedRow[]][] {
  const rows = new Map<number, ChangedRow[]>()
  for (const series of all) {
    const { id } = series
    for (const [at, text] of changedSince(series, seen)) {
      const known = rows.get(at)
      if (known === undefined) rows.set(at, [{ id, text }])
      else known.push({ id, text })
    }
  }
  return [...rows].toSorted(([a], [b]) => a - b)
}

function* seconds(first: number, now: Instant): Generator<number> {
  for (let at = first; at <= Math.floor(now / 1000); at++) yield at
}

function* field<T>(name: string, all: readonly T[], textOf: (one: T) => string): Generator<string> {
  if (all.length === 0) return
  yield `,"${name}":[`
  yield* listed(all, textOf)
  yield ']'
}

function* listed<T>(all: readonly T[], textOf: (one: T) => string): Generator<string> {
  let comma = ''
  for (const one of all) {
    yield comma + textOf(one)
    comma = ','
  }
}

/** As a list, each in parts; what has no text is left out. */
function* separated<T>(all: Iterable<T>, partsOf: (one: T) => Iterable<string>): Generator<string> {
  let comma = ''
  for (const one of all) {
    let before = comma
    for (const part of partsOf(one)) {
      yield part === '' ? '' : before + part
      if (part === '') continue
      before = ''
      comma = ','
    }
  }
}

/** One second; nothing but empty texts when nothing happened in it. */
function* slotParts<T extends { readonly id: number }>(
  at: number,
  all: readonly T[],
  textOf: (one: T) => string | undefined,
): Generator<string> {
  let before = `{"at":${at},"rows":[`
  for (let from = 0; from < all.length; from += ROWS_TOGETHER) {
    const rows: string[] = []
    for (let i = from; i < from + ROWS_TOGETHER && i < all.length; i++) {
      const one = all[i] as T
      const text = textOf(one)
      if (text !== undefined) rows.push(`[${one.id},${text}]`)
    }
    yield rows.length === 0 ? '' : before + rows.join(',')
    if (rows.length > 0) before = ','
  }
  if (before === ',') yield ']}'
}

function seriesText({ id, labels }: Series): string {
  return JSON.stringify({ id, ...labels })
}

function wishedText({ at, namespace, route, host, rollout, shares }: WishedChange): string {
  return JSON.stringify({ at, namespace, route, host, rollout, shares })
}
