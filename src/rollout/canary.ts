// The canary: what should be, from where we are (second step of a decision). Total: every Service, every
// ReplicaSet and every route has its answer. Sizes, selectors and weight follow the step that is recorded;
// status advances the step.
import type { CanaryStrategy, Rollout } from '../api/rollout.ts'
import { availableReplicas } from '../workload/availability.ts'
import type { CanarySelectors } from './canary/selectors.ts'
import { canarySelectors } from './canary/selectors.ts'
import type { CanarySizes } from './canary/sizes.ts'
import { canaryRetired, canarySizes } from './canary/sizes.ts'
import type { StepState } from './canary/step-state.ts'
import { stepState } from './canary/step-state.ts'
import type { Progress } from './progress.ts'
import type { CanaryRuns } from './runs.ts'
import { canaryRuns, runMoves } from './runs.ts'
import { selectedHash } from './services.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import { stepsOf } from './steps.ts'
import type { TrafficIntent } from '../traffic/router.ts'
import { trafficIntent } from './traffic.ts'
import type { Wanted } from './wanted.ts'

export interface CanaryView {
  readonly strategy: CanaryStrategy
  /** Its status says what this pass takes to be asked for: an abort that counts, a step that is skipped. */
  readonly rollout: Rollout
  readonly sizes: CanarySizes
  readonly selectors: CanarySelectors
  readonly intent: TrafficIntent | undefined
  readonly step: StepState
  readonly runs: CanaryRuns
}

export function canaryView(
  snapshot: RolloutSnapshot,
  progress: Progress,
  strategy: CanaryStrategy,
): CanaryView {
  const rollout = asAsked(snapshot.rollout, progress)
  const sizes = canarySizes(snapshot, progress, { strategy, rollout })
  const selectors = canarySelectors(snapshot, progress, strategy)
  const intent = trafficIntent(snapshot, progress, { strategy, rollout, sizes, selectors })
  const runs = canaryRuns(snapshot, progress)
  const step = stepState(snapshot, progress, { rollout, sizes, intent, run: runs.step })
  return { strategy, rollout, sizes, selectors, intent, step, runs }
}

function asAsked(rollout: Rollout, progress: Progress): Rollout {
  const { status = {} } = rollout
  const steps = stepsOf(rollout).length
  const skipsAll = progress.rollback === 'window' || progress.isFull || progress.isPromoted
  const index = skipsAll ? steps : progress.isAborted ? 0 : status.currentStepIndex
  return {
    ...rollout,
    status: {
      ...status,
      abort: progress.isAborted,
      promoteFull: progress.isFull,
      currentPodHash: progress.hash,
      ...(steps === 0 || index === undefined ? {} : { currentStepIndex: Math.min(index, steps) }),
    },
  }
}

export function canaryWanted(snapshot: RolloutSnapshot, progress: Progress, view: CanaryView): Wanted {
  const { strategy, sizes, selectors, intent } = view
  const retired = canaryRetired(snapshot, progress, { strategy, sizes })
  return {
    ...retired,
    selectors: {
      ...named(strategy.stableService, selectors.stable),
      ...named(strategy.canaryService, selectors.canary),
    },
    routing: intent,
    drains: drains(snapshot, view),
    runs: runMoves(snapshot, progress, [view.runs.step, view.runs.background]),
    waits: [...retired.waits, ...view.step.waits],
  }
}

function named(service: string | undefined, hash: string | undefined): Wanted['selectors'] {
  return service === undefined || hash === undefined ? {} : { [service]: hash }
}

/**
 * The canary's Service is about to select pods that can not carry what it is given now: its weight goes
 * first.
 */
function drains(snapshot: RolloutSnapshot, { strategy, rollout, selectors, intent }: CanaryView): boolean {
  const service = snapshot.services[strategy.canaryService ?? '']
  const before = rollout.status?.canary?.weights?.canary.weight ?? 0
  if (intent === undefined || service === undefined || intent.canary.weight >= before) return false
  if (selectors.canary === selectedHash(service)) return true
  const isStable = snapshot.stable !== undefined && selectors.canary === rollout.status?.stableRS
  const target = isStable ? snapshot.stable : snapshot.current
  const needed = Math.ceil((before * (rollout.spec.replicas ?? 1)) / intent.maxWeight)
  return availableReplicas(target) < needed
}
