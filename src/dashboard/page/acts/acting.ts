// What can be asked of a rollout, and the question that is open: whoever shows a button opens it here.
import { signal } from '@preact/signals'
import type { ActAnswer, ActAsked, ActName, Detail, RevisionDetail } from '../../wire.ts'
import { AT } from '../live/live.ts'
import type { Word } from '../words/english.ts'

export const ACT_WORDS: Readonly<Record<ActName, Word>> = {
  promote: 'promote',
  'promote-full': 'promoteFull',
  'skip-step': 'skipStep',
  abort: 'abort',
  retry: 'retry',
  restart: 'restart',
  undo: 'undo',
  'set-image': 'setImage',
  pause: 'pause',
  resume: 'resume',
}

/** What is asked back before it is done. */
export const question = signal<ActAsked | undefined>(undefined)

/** Which acts make sense now, the one that most people want first. */
export function possibleActs(detail: Detail): readonly ActName[] {
  const { phase, currentHash, stableHash, isPaused, isAborted, plan, step, strategy } = detail
  const isUpdating = currentHash !== stableHash && stableHash !== ''
  const hasSteps = strategy === 'Canary' && step !== undefined && step < plan.length
  return [
    ...(isPaused ? (['resume'] as const) : []),
    ...(isUpdating && !isAborted ? (['promote', 'abort'] as const) : []),
    ...(isAborted ? (['retry'] as const) : []),
    ...(isUpdating && !isAborted && hasSteps ? (['skip-step'] as const) : []),
    ...(isUpdating && !isAborted ? (['promote-full'] as const) : []),
    ...(isPaused || phase === 'Degraded' ? [] : (['pause'] as const)),
    'restart',
  ]
}

export function askedOf(detail: Detail, act: ActName, more: Partial<ActAsked> = {}): ActAsked {
  const { namespace, name, currentHash, step, phase, plan } = detail
  const at = plan.length === 0 ? null : (step ?? 0)
  return { act, namespace, name, seen: { hash: currentHash, step: at, phase }, ...more }
}

export function askUndo(detail: Detail, to: RevisionDetail): void {
  question.value = askedOf(detail, 'undo', { revision: to.revision })
}

/** What was done, or would be; throws why it was not. */
export async function send(asked: ActAsked): Promise<ActAnswer> {
  const answer = await fetch(`${AT}act`, { method: 'POST', body: JSON.stringify(asked) })
  const body = (await answer.json()) as ActAnswer & { readonly message?: string }
  if (!answer.ok) throw new Error(body.message ?? `HTTP ${answer.status}`)
  return body
}
