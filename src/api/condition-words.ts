// What conditions say, word for word as users' scripts and dashboards know it: type, status, reason, message.
import type { Refusal } from '../kube/refusal.ts'
import type { RolloutCondition } from './rollout.ts'

export type Said = Pick<RolloutCondition, 'type' | 'status' | 'reason' | 'message'>

const quoted = (replicaSet: string) => `ReplicaSet "${replicaSet}"`
const yesNo = (is: boolean) => (is ? 'True' : 'False')

/** `problem`: the text of the first FieldError. */
export function invalidSpec(rollout: string, problem: string): Said {
  const message = `The Rollout "${rollout}" is invalid: ${problem}`
  return { type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message }
}

export function available(is: boolean): Said {
  const message = is ? 'Rollout has minimum availability' : 'Rollout does not have minimum availability'
  return { type: 'Available', status: yesNo(is), reason: 'AvailableReason', message }
}

/** Compat: the message is the same whether it is paused or not. */
export function paused(is: boolean): Said {
  return { type: 'Paused', status: yesNo(is), reason: 'RolloutPaused', message: 'Rollout is paused' }
}

export function completed(is: boolean): Said {
  return { type: 'Completed', status: yesNo(is), reason: 'RolloutCompleted', message: 'RolloutCompleted' }
}

export function healthy(is: boolean): Said {
  const message = is ? 'Rollout is healthy' : 'Rollout is not healthy'
  return { type: 'Healthy', status: yesNo(is), reason: 'RolloutHealthy', message }
}

/** Ours alone. */
export function writeRefused({ reason, message }: Refusal): Said {
  return { type: 'WriteRefused', status: 'True', reason, message }
}

/** Ours alone: what stands in the way of its routes although all of it is valid. */
export type RouteNotice = Extract<RolloutCondition['type'], 'RouteContested' | 'IngressClassNotListed'>

export function routeNotice(type: RouteNotice, message: string): Said {
  return { type, status: 'True', reason: type, message }
}

type ProgressReason =
  | 'ReplicaSetUpdated'
  | 'NewReplicaSetCreated'
  | 'FoundNewReplicaSet'
  | 'ReplicaSetNotAvailable'
  | 'NewReplicaSetAvailable'
  | 'RolloutPaused'
  | 'RolloutResumed'
  | 'RolloutRetry'
  | 'RolloutAborted'
  | 'ProgressDeadlineExceeded'
  | 'ReplicaSetCreateError'

function progressing(status: Said['status'], reason: ProgressReason, message: string): Said {
  return { type: 'Progressing', status, reason, message }
}

export const PROGRESS = {
  updated: (replicaSet: string) =>
    progressing('True', 'ReplicaSetUpdated', `${quoted(replicaSet)} is progressing.`),
  created: (replicaSet: string) =>
    progressing('True', 'NewReplicaSetCreated', `Created new replica set "${replicaSet}"`),
  found: (replicaSet: string) =>
    progressing('True', 'FoundNewReplicaSet', `Found new replica set "${replicaSet}"`),
  notAvailable: progressing('True', 'ReplicaSetNotAvailable', 'Rollout does not have minimum availability'),
  done: (replicaSet: string) =>
    progressing('True', 'NewReplicaSetAvailable', `${quoted(replicaSet)} has successfully progressed.`),
  paused: progressing('Unknown', 'RolloutPaused', 'Rollout is paused'),
  resumed: progressing('Unknown', 'RolloutResumed', 'Rollout is resumed'),
  retry: progressing('Unknown', 'RolloutRetry', 'Retrying Rollout after abort'),
  aborted: (revision: number, why = '') =>
    progressing('False', 'RolloutAborted', abortedMessage(revision, why)),
  timedOut: (replicaSet: string) =>
    progressing('False', 'ProgressDeadlineExceeded', timedOutMessage(replicaSet)),
  createError: (message: string) => progressing('False', 'ReplicaSetCreateError', message),
} as const

function abortedMessage(revision: number, why = ''): string {
  return `Rollout aborted update to revision ${revision}${why === '' ? '' : `: ${why}`}`
}

export function timedOutMessage(replicaSet: string): string {
  return `${quoted(replicaSet)} has timed out progressing.`
}
