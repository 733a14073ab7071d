// A moment in time as a plain number, and RFC 3339 at the wire. The one pure file that may use Date, to read and print.
import { remembered } from './remembered.ts'

/** Milliseconds since the epoch, UTC. */
export type Instant = number

/** Whether `now` is less than that long after `since`; not before it, as when a clock was set back. */
export function isWithin(ms: number, since: Instant, now: Instant): boolean {
  return since <= now && now < since + ms
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/** A pass reads and prints the same few instants again and again; what is longer is hardly one. */
const MOST = 1000
const LONGEST = 40

/** The instant that an RFC 3339 text names, or undefined when it is not one. Digits beyond milliseconds are cut off. */
export function parseInstant(text: string): Instant | undefined {
  return text.length > LONGEST ? read(text) : known(text)
}

const known = remembered(MOST, read)

function read(text: string): Instant | undefined {
  const [, year, month, day] = RFC3339.exec(text) ?? []
  if (day === undefined || Number(day) > daysIn(Number(year), Number(month))) return undefined
  const at = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(at) ? undefined : at
}

/** What Date would take for a day of the next month is none. */
function daysIn(year: number, month: number): number {
  const next = new Date(0)
  next.setUTCFullYear(year, month, 0)
  return next.getUTCDate()
}

/** RFC 3339 in UTC with whole seconds, as Kubernetes' metav1.Time: `2026-08-01T12:00:00Z`. */
export const printInstant = remembered(
  MOST,
  (at: Instant) => `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}Z`,
)

/** RFC 3339 in UTC with six decimals, as Kubernetes' metav1.MicroTime. */
export function printInstantMicro(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 23)}000Z`
}
