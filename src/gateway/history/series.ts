// One line of the picture of live traffic: the second that is being counted as numbers, the seconds before it as
// the very text that is sent of them. A text is small, never changes, and costs nothing to send again.
import { BUCKET_COUNT, bucketOf } from './buckets.ts'

export interface SeriesLabels {
  readonly namespace: string
  /** The object that asked for the route, `httproutes/web`; empty where there was none. */
  readonly route: string
  /** Of the route, not of the request. */
  readonly host: string
  readonly service: string
  readonly rollout: string
  /** The pod-template-hash. */
  readonly hash: string
  /** `load` for the demo's own load generator, `user` for everybody else. */
  readonly source: string
}

/** A second that is over. */
interface Slot {
  /** Unix seconds. */
  readonly at: number
  /** The serial number of its last request. */
  readonly last: number
  /** `REQUESTS,ERRORS,{"BUCKET":COUNT,…}` */
  readonly text: string
}

export interface Series {
  readonly id: number
  readonly labels: SeriesLabels
  /** False once it has gone: whoever adds looks for the one that has come in its place. */
  isKept: boolean
  /** What is being counted: Unix seconds. */
  second: number
  requests: number
  errors: number
  readonly buckets: Uint32Array
  /** The serial number of the last request. */
  last: number
  /** Oldest first. */
  slots: Slot[]
}

/** What a slot takes beside its text. */
const SLOT_BYTES = 64

export function newSeries(id: number, labels: SeriesLabels): Series {
  const buckets = new Uint32Array(BUCKET_COUNT)
  return { id, labels, isKept: true, second: 0, requests: 0, errors: 0, buckets, last: 0, slots: [] }
}

export interface Answered {
  readonly seconds: number
  readonly isError: boolean
  /** Counts all requests of all series. */
  readonly serial: number
}

export function add(series: Series, { seconds, isError, serial }: Answered): void {
  series.requests++
  if (isError) series.errors++
  const bucket = bucketOf(seconds)
  series.buckets[bucket] = (series.buckets[bucket] as number) + 1
  series.last = serial
}

/** The second that was counted becomes text, and another one begins. Gives back how many bytes that takes. */
export function turn(series: Series, second: number): number {
  const bytes = seal(series)
  series.second = second
  return bytes
}

function seal(series: Series): number {
  if (series.requests === 0) return 0
  const slot = { at: series.second, last: series.last, text: textOf(series) }
  series.slots.push(slot)
  series.requests = 0
  series.errors = 0
  series.buckets.fill(0)
  return bytesOf(slot)
}

/** Forgets what is older. Gives back how many bytes that frees. */
export function forgetBefore(series: Series, second: number): number {
  let bytes = 0
  let gone = 0
  for (const slot of series.slots) {
    if (slot.at >= second) break
    bytes += bytesOf(slot)
    gone++
  }
  if (gone > 0) series.slots = series.slots.slice(gone)
  return bytes
}

function bytesOf({ text }: Slot): number {
  // Twice: it is sent as well, and a line of all of them has a limit.
  return SLOT_BYTES + 2 * text.length
}

export function isEmpty({ slots, requests }: Series): boolean {
  return slots.length === 0 && requests === 0
}

/** The first second that it has anything of. */
export function firstSecond({ slots, requests, second }: Series): number {
  return slots[0]?.at ?? (requests > 0 ? second : Infinity)
}

/** `REQUESTS,ERRORS,{…}` of that second; undefined: nothing happened in it. */
export function textAt(series: Series, at: number): string | undefined {
  if (series.second === at && series.requests > 0) return textOf(series)
  const { slots } = series
  let [low, high] = [0, slots.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((slots[middle] as Slot).at < at) low = middle + 1
    else high = middle
  }
  return slots[low]?.at === at ? slots[low]?.text : undefined
}

/** The seconds in which something was counted after that request, newest first. */
export function* changedSince(
  series: Series,
  serial: number,
): Generator<readonly [at: number, text: string]> {
  if (series.last <= serial) return
  if (series.requests > 0) yield [series.second, textOf(series)]
  for (let i = series.slots.length - 1; i >= 0; i--) {
    const { at, last, text } = series.slots[i] as Slot
    if (last <= serial) return
    yield [at, text]
  }
}

function textOf({ requests, errors, buckets }: Series): string {
  const parts = [`${requests}`, `${errors}`]
  let before = '{'
  for (let i = 0; i < buckets.length; i++) {
    if (buckets[i] === 0) continue
    parts.push(`${before}"${i}":${buckets[i]}`)
    before = ''
  }
  parts.push(`${parts.pop()}}`)
  // Joined it is one flat text; put together by pieces it would hold them all.
  return parts.join(',')
}
