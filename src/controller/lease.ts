// The lease of Argo Rollouts' own controller, under its name and in its namespace: it and ours never act at once.
import type { Stopwatch } from '../doors/clock.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Election } from './run.ts'
import { LEASE_TIMES } from '../runtime/leader.ts'
import type { LeaseTimes } from '../runtime/leader.ts'

/** Whatever the instance id: there it is one name. */
const LEASE = 'argo-rollouts-controller-lock'
const NAMESPACE = 'argo-rollouts'

export interface Candidate {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The namespace of the pod that we are in, if we are in one. */
  readonly pod: string | undefined
  readonly identity: string
  readonly stopwatch: Stopwatch
  readonly client?: Client
  readonly times?: LeaseTimes
}

/** In the namespace that POD_NAMESPACE names, else the service account's, else `argo-rollouts`. */
export function peerElection({ env, pod, times = LEASE_TIMES, ...own }: Candidate): Election {
  const namespace = env['POD_NAMESPACE'] || (pod ?? NAMESPACE)
  return { ...own, times, name: LEASE, namespace }
}
