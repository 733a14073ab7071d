// The list of the embedded cluster's small controllers. A new one is a file and a line here.
import type { Reconciler } from '../../kube/reconciler.ts'
import { disruption } from './disruption.ts'
import { endpoints } from './endpoints.ts'
import { jobs } from './jobs.ts'
import { replicaSets } from './replica-sets.ts'

export function clusterControllers(): readonly Reconciler<unknown, unknown>[] {
  return [replicaSets, jobs, endpoints, disruption]
}
