// The phase that people see. What the controller wrote holds only if it speaks of the present spec.
import { WORKLOAD_GENERATION } from '../api/words.ts'
import { phaseOf } from '../rollout/phase.ts'
import type { Rollout, RolloutStatus } from '../api/rollout.ts'

export interface ShownPhase {
  readonly phase: string
  readonly message: string
}

/** The rollout's own phase, or Progressing while the controller has yet to see what was last asked of it. */
export function shownPhase(rollout: Rollout): ShownPhase {
  const { status = {} } = rollout
  if (isOlder(status.observedGeneration, rollout.metadata.generation)) {
    return progressing('waiting for rollout spec update to be observed')
  }
  if (isUnpausing(status) && !isInvalid(status)) {
    return progressing('waiting for rollout to unpause')
  }
  if (hasUnseenWorkload(rollout)) {
    return progressing('waiting for rollout spec update to be observed for the reference workload')
  }
  const { phase = '', message = '' } = status
  // Controllers before 0.10 left it to the client; and nothing stands there before the first pass.
  return phase === '' ? phaseOf(rollout.spec, status) : { phase, message }
}

function progressing(message: string): ShownPhase {
  return { phase: 'Progressing', message }
}

function isUnpausing({ controllerPause, pauseConditions = [] }: RolloutStatus): boolean {
  return controllerPause === true && pauseConditions.length === 0
}

/** What stands in the way is said, and not that somebody asked to go on. */
function isInvalid({ conditions = [] }: RolloutStatus): boolean {
  return conditions.some(({ type, status }) => type === 'InvalidSpec' && status === 'True')
}

/** A generation that is no number (very old controllers wrote a hash) says nothing. */
function isOlder(observed: string | undefined, generation: number | undefined): boolean {
  return isNumber(observed) && generation !== undefined && Number(observed) < generation
}

function hasUnseenWorkload(rollout: Rollout): boolean {
  const generation = rollout.metadata.annotations?.[WORKLOAD_GENERATION]
  const observed = rollout.status?.workloadObservedGeneration
  if (rollout.spec.workloadRef === undefined || !isNumber(generation) || !isNumber(observed)) return false
  return Number(observed) !== Number(generation)
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d+$/.test(text)
}
