// A moment in time as a plain number, and RFC 3339 at the wire. The one pure file that may use Date, to read and print.

/** Milliseconds since the epoch, UTC. */
export type Instant = number

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/** The instant that an RFC 3339 text names, or undefined when it is not one. Digits beyond milliseconds are cut off. */
export function parseInstant(text: string): Instant | undefined {
  if (!RFC3339.test(text)) return undefined
  const at = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(at) ? undefined : at
}

/** RFC 3339 in UTC with whole seconds, as Kubernetes' metav1.Time: `2026-08-01T12:00:00Z`. */
export function printInstant(at: Instant): string {
  return `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}Z`
}

/** RFC 3339 in UTC with six decimals, as Kubernetes' metav1.MicroTime. */
export function printInstantMicro(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 23)}000Z`
}
