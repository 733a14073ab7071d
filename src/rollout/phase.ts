// The one word and the one sentence that say where a Rollout stands: what `get`, `status`, Argo CD and
// dashboards show. Called last in a pass (station g), on the status that is about to be written.
import { replicas } from '../api/defaults.ts'
import type { RolloutPhase, RolloutSpec, RolloutStatus } from '../api/rollout.ts'
import { parseInstant } from '../std/instant.ts'

export interface PhaseAndMessage {
  readonly phase: RolloutPhase
  readonly message: string
}

const say = (phase: RolloutPhase, message = ''): PhaseAndMessage => ({ phase, message })

/** The first rule that holds says it. Compat: the order of the rules, and every word. */
export function phaseOf(spec: RolloutSpec, status: RolloutStatus): PhaseAndMessage {
  return (
    degraded(status) ??
    paused(spec, status) ??
    unfinishedPods(spec, status) ??
    unfinishedStrategy(spec, status) ??
    say('Healthy')
  )
}

/** Argo Rollouts does not count the last of them, and calls what can not be made Healthy. */
const FAILURES = ['RolloutAborted', 'ProgressDeadlineExceeded', 'ReplicaSetCreateError']

function degraded({ conditions = [] }: RolloutStatus): PhaseAndMessage | undefined {
  for (const { type, reason, message } of conditions) {
    if (type === 'InvalidSpec') return say('Degraded', `InvalidSpec: ${message}`)
    if (FAILURES.includes(reason)) {
      return say('Degraded', `${reason}: ${message}`)
    }
  }
  return undefined
}

function paused(spec: RolloutSpec, status: RolloutStatus): PhaseAndMessage | undefined {
  if (spec.paused === true) return say('Paused', 'manually paused')
  const why = status.pauseConditions?.[0]?.reason
  return why === undefined ? undefined : say('Paused', why)
}

function unfinishedPods(spec: RolloutSpec, status: RolloutStatus): PhaseAndMessage | undefined {
  const updated = status.updatedReplicas ?? 0
  if (isRestarting(spec, status)) return say('Progressing', 'rollout is restarting')
  if (updated < replicas(spec)) return say('Progressing', 'more replicas need to be updated')
  if ((status.availableReplicas ?? 0) < updated) {
    return say('Progressing', 'updated replicas are still becoming available')
  }
  return undefined
}

function unfinishedStrategy(
  { strategy = {} }: RolloutSpec,
  status: RolloutStatus,
): PhaseAndMessage | undefined {
  const isPromoted = status.stableRS !== undefined && status.stableRS === status.currentPodHash
  if (strategy.blueGreen !== undefined) return unfinishedSwitch(status, isPromoted)
  if (strategy.canary === undefined) return undefined
  const older = (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  if (strategy.canary.trafficRouting === undefined && older > 0) {
    return say('Progressing', 'old replicas are pending termination')
  }
  return isPromoted && !hasUndone(status)
    ? undefined
    : say('Progressing', 'waiting for all steps to complete')
}

/** Users are still with what was undone. */
function hasUndone({ canary, stableRS }: RolloutStatus): boolean {
  const { weight, podTemplateHash } = canary?.weights?.canary ?? { weight: 0 }
  return weight > 0 && podTemplateHash !== stableRS
}

function unfinishedSwitch(status: RolloutStatus, isPromoted: boolean): PhaseAndMessage | undefined {
  const { activeSelector = '' } = status.blueGreen ?? {}
  if (activeSelector === '' || activeSelector !== status.currentPodHash) {
    return say('Progressing', 'active service cutover pending')
  }
  return isPromoted ? undefined : say('Progressing', 'waiting for analysis to complete')
}

function isRestarting(spec: RolloutSpec, status: RolloutStatus): boolean {
  const asked = parseInstant(spec.restartAt ?? '')
  return asked !== undefined && asked !== parseInstant(status.restartedAt ?? '')
}
