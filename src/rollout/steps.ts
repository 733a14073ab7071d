// Folds over the steps of a canary: which step is it, and which weight holds there?
import type { CanaryStep, Rollout } from '../api/rollout.ts'

const DEFAULT_MAX_WEIGHT = 100

export function stepsOf(rollout: Rollout): readonly CanaryStep[] {
  return rollout.spec.strategy?.canary?.steps ?? []
}

/** What all weights add up to. */
export function maxTrafficWeight(rollout: Rollout): number {
  return rollout.spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? DEFAULT_MAX_WEIGHT
}

/** The step in progress, counted from 0; the number of steps when all are done; undefined without steps. */
export function currentStepIndex(rollout: Rollout): number | undefined {
  return stepsOf(rollout).length === 0 ? undefined : (rollout.status?.currentStepIndex ?? 0)
}

/** Undefined without steps, and when all are done. */
export function currentStep(rollout: Rollout): CanaryStep | undefined {
  const index = currentStepIndex(rollout)
  return index === undefined ? undefined : stepsOf(rollout)[index]
}

/**
 * The nearest `setWeight` at or before a step; 0 when there is none. Beyond the last step everything is the
 * canary's.
 */
export function weightAt(rollout: Rollout, index: number | undefined): number {
  const steps = stepsOf(rollout)
  if (index === undefined || index >= steps.length) return maxTrafficWeight(rollout)
  return steps.slice(0, index + 1).findLast(step => step.setWeight !== undefined)?.setWeight ?? 0
}

/** The weight that the canary should have now: 0 while aborted. */
export function currentSetWeight(rollout: Rollout): number {
  return rollout.status?.abort === true ? 0 : weightAt(rollout, currentStepIndex(rollout))
}
