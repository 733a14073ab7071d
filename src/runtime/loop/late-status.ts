// When a status may wait, and until when (station h): counts alone for a second after the last one; news for what this
// pass and the ones before it have caused, half a second at most, so that both are one write.
import type { Decision } from '../../kube/reconciler.ts'
import type { Write } from '../../kube/write.ts'
import { isWithin } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json } from '../../std/json.ts'
import type { Controller } from './controller.ts'
import type { Pass, Step } from './pass.ts'

const LAZY_STATUS_MS = 1000
const EFFECTS_MS = 500

type Noted = Pick<Controller, 'reportedAt' | 'effectsSince'>

/** Takes note of a write that has succeeded. */
export function noteWrite(noted: Noted, { pass, step }: { pass: Pass; step: Step }, now: Instant): void {
  const { key } = pass
  if (step.status) {
    noted.reportedAt.set(key, now)
    noted.effectsSince.delete(key)
  } else if (mayWait(noted, pass, now)) noted.effectsSince.set(key, noted.effectsSince.get(key) ?? now)
}

/** What a pass has asked is an effect, too: a quick answer shares the status write. */
export function noteQuestions(noted: Noted, pass: Pass, now: Instant): void {
  const { key, decision } = pass
  if ((decision.questions ?? []).length === 0 || !mayWait(noted, pass, now)) return
  noted.effectsSince.set(key, noted.effectsSince.get(key) ?? now)
}

/** Until when the status waits; undefined: it is written now. */
export function statusNotBefore(
  noted: Noted,
  pass: Pass,
  { write, now }: { write: Write; now: Instant },
): Instant | undefined {
  const { key, decision } = pass
  if (isLazy(decision, write)) return stillWaiting(noted.reportedAt.get(key), LAZY_STATUS_MS, now)
  if (!mayWait(noted, pass, now)) return undefined
  const isAboutToWrite = pass.done < decision.writes.length
  return stillWaiting(noted.effectsSince.get(key) ?? (isAboutToWrite ? now : undefined), EFFECTS_MS, now)
}

/** Counts that have waited for a second already wait no longer. */
function mayWait(noted: Noted, { key, decision }: Pass, now: Instant): boolean {
  if (decision.awaitsEffects !== true) return false
  return now >= (noted.reportedAt.get(key) ?? -Infinity) + LAZY_STATUS_MS
}

/** A clock that was set back does not hold a status up. */
function stillWaiting(since: Instant | undefined, forMs: number, now: Instant): Instant | undefined {
  return since !== undefined && isWithin(forMs, since, now) ? since + forMs : undefined
}

/** Whether only fields that the decision calls lazy have moved, and nothing is told of it. */
function isLazy(decision: Decision<unknown>, statusWrite: Write): boolean {
  if (statusWrite.verb !== 'patch' || (decision.events ?? []).length > 0) return false
  const { status } = statusWrite.patch as { status: Json }
  return isJsonObject(status) && Object.keys(status).every(field => decision.lazyStatus?.includes(field))
}
