// Whom a rollout waits for: it is broken, it waits for a person, it moves by itself, or it rests.
import type { Rollout } from '../api/rollout.ts'
import { currentStep } from '../rollout/steps.ts'
import type { Attention } from './wire.ts'

export function attentionOf(rollout: Rollout, phase: string): Attention {
  if (phase === 'Degraded') return 'broken'
  if (phase === 'Paused') return isTimed(rollout) ? 'moving' : 'person'
  return phase === 'Healthy' ? 'none' : 'moving'
}

/** Whether the pause ends by itself. */
export function isTimed({ spec, status, ...rest }: Rollout): boolean {
  if (spec.paused === true || status?.controllerPause !== true) return false
  const reasons = (status.pauseConditions ?? []).map(({ reason }) => reason)
  if (reasons.includes('BlueGreenPause')) return (spec.strategy?.blueGreen?.autoPromotionSeconds ?? 0) > 0
  return (
    reasons.includes('CanaryPauseStep') &&
    currentStep({ spec, status, ...rest })?.pause?.duration !== undefined
  )
}
