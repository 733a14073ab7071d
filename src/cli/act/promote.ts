// `promote`: end a pause, or skip the step in progress; `--full`: skip everything that is left.
import type { Rollout } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import { refOf } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { currentStepIndex, stepsOf } from '../../rollout/steps.ts'
import type { JsonObject } from '../../std/json.ts'
import { shownPhase } from '../../view/phase.ts'
import { mergePatch } from './act.ts'
import type { Planned } from './act.ts'

export interface PromoteOptions {
  readonly full?: boolean
  /** Deprecated, as are the next. */
  readonly skipCurrentStep?: boolean
  readonly skipAllSteps?: boolean
  /** Of the revision that is updated to: for the words to people alone. */
  readonly newest?: ReplicaSet | undefined
}

export function promote(rollout: Rollout, options: PromoteOptions): Planned {
  const problem = skipProblem(rollout, options)
  if (problem !== undefined) return { refused: problem }
  const { name } = rollout.metadata
  return {
    // The status first: a spec that says "go on" must not meet a status that still says "wait".
    writes: [...statusWrites(rollout, statusPatch(rollout, options)), ...specWrites(rollout, options)],
    text: options.full === true ? `rollout '${name}' fully promoted\n` : `rollout '${name}' promoted\n`,
    detail: detailOf(rollout, options),
  }
}

/** What a promotion does, seen from where the rollout stands. */
function detailOf(rollout: Rollout, options: PromoteOptions): string {
  const { full, skipCurrentStep, skipAllSteps, newest } = options
  const { currentPodHash, stableRS, pauseConditions = [] } = rollout.status ?? {}
  if (currentPodHash !== undefined && currentPodHash === stableRS) {
    return rollout.spec.paused === true ? 'resumed' : 'nothing to promote: the newest revision is stable'
  }
  if (full === true || skipAllSteps === true) return 'skips the analyses, pauses and steps that are left'
  const index = currentStepIndex(rollout)
  const count = stepsOf(rollout).length
  const isPaused = pauseConditions.length > 0
  if (index !== undefined && index < count) {
    const isResumed = isPaused && skipCurrentStep !== true && !isInconclusive(rollout)
    const did = isResumed ? 'resumed at' : 'skipped'
    return `${did} step ${index + 1} of ${count}`
  }
  if (isPaused || rollout.spec.paused === true) return 'resumed'
  const { phase, message } = shownPhase(rollout)
  const words = [phase, message, podsReady(newest)].filter(word => word !== '')
  return `nothing is paused: ${words.join(', ')}`
}

function podsReady(newest: ReplicaSet | undefined): string {
  if (newest === undefined) return ''
  const { spec, status } = newest
  return `${status?.readyReplicas ?? 0} of ${spec.replicas ?? 1} new pods ready`
}

function skipProblem(rollout: Rollout, options: PromoteOptions): string | undefined {
  const { skipCurrentStep = false, skipAllSteps = false } = options
  if (!skipCurrentStep && !skipAllSteps) return undefined
  if (skipCurrentStep && skipAllSteps) {
    return 'Cannot use skip-current-step and skip-all-steps flags at the same time'
  }
  if (rollout.spec.strategy?.blueGreen !== undefined) {
    return 'Cannot skip steps of a bluegreen rollout. Run without a flags'
  }
  return stepsOf(rollout).length === 0 ? 'Cannot skip steps of a rollout without steps' : undefined
}

function statusPatch(rollout: Rollout, options: PromoteOptions): JsonObject | undefined {
  const { status = {} } = rollout
  if (options.skipCurrentStep === true) return { ...nextStep(rollout) }
  if (options.skipAllSteps === true) return { currentStepIndex: stepsOf(rollout).length }
  if (options.full === true) {
    return status.currentPodHash === status.stableRS ? undefined : { promoteFull: true }
  }
  const isPaused = (status.pauseConditions ?? []).length > 0
  if (isPaused && isInconclusive(rollout)) {
    return { pauseConditions: null, controllerPause: false, ...nextStep(rollout) }
  }
  if (isPaused) return { pauseConditions: null }
  const next = nextStep(rollout)
  return next === undefined ? undefined : { pauseConditions: null, ...next }
}

/** The analysis of its step is: then the step is left behind. */
function isInconclusive({ status }: Rollout): boolean {
  return status?.canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive'
}

/** Undefined where there are no steps. */
function nextStep(rollout: Rollout): { currentStepIndex: number } | undefined {
  const index = currentStepIndex(rollout)
  return index === undefined ? undefined : { currentStepIndex: Math.min(index + 1, stepsOf(rollout).length) }
}

function statusWrites(rollout: Rollout, status: JsonObject | undefined): Write[] {
  if (status === undefined) return []
  const why = `promote rollout ${rollout.metadata.name}: ${Object.keys(status).join(', ')}`
  return [mergePatch(refOf(ROLLOUT, rollout), { why, patch: { status }, subresource: 'status' })]
}

function specWrites(rollout: Rollout, options: PromoteOptions): Write[] {
  const { skipCurrentStep = false, skipAllSteps = false } = options
  if (rollout.spec.paused !== true || skipCurrentStep || skipAllSteps) return []
  const why = `promote rollout ${rollout.metadata.name}: end the pause that a user asked for`
  return [mergePatch(refOf(ROLLOUT, rollout), { why, patch: { spec: { paused: false } } })]
}
