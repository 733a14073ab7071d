// Reads what the trees show: all ReplicaSets, pods, experiments and analyses of a namespace, at the same
// time. The views pick what belongs to the object; a kind that the server does not have gives nothing.
import type { AnalysisRun } from '../../api/analysis.ts'
import type { Experiment } from '../../api/experiment.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Cache } from '../../kube/cache.ts'
import type { Pod } from '../../kube/core.ts'
import { KubeError } from '../../kube/errors.ts'
import { ANALYSIS_RUN, EXPERIMENT, POD, REPLICA_SET } from '../../kube/kinds.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { RolloutParts } from '../../view/rollout-view.ts'
import type { Connection } from '../command.ts'

/** What has to be watched for the trees, besides the object at the root. */
export const PART_KINDS: readonly Kind[] = [REPLICA_SET, POD, EXPERIMENT, ANALYSIS_RUN]

export async function readParts(connection: Connection): Promise<RolloutParts> {
  const [replicaSets, pods, experiments, analysisRuns] = await Promise.all([
    listAll<ReplicaSet>(connection, REPLICA_SET),
    listAll<Pod>(connection, POD),
    listAll<Experiment>(connection, EXPERIMENT),
    listAll<AnalysisRun>(connection, ANALYSIS_RUN),
  ])
  return { replicaSets, pods, experiments, analysisRuns }
}

/** Without a namespace: of all. */
export function partsIn(cache: Cache, namespace?: string): RolloutParts {
  return {
    replicaSets: cache.list<ReplicaSet>(REPLICA_SET, namespace),
    pods: cache.list<Pod>(POD, namespace),
    experiments: cache.list<Experiment>(EXPERIMENT, namespace),
    analysisRuns: cache.list<AnalysisRun>(ANALYSIS_RUN, namespace),
  }
}

async function listAll<T extends KubeObject>(
  { client, namespace }: Connection,
  kind: Kind,
): Promise<readonly T[]> {
  try {
    return (await client.list(kind, { namespace })).items as readonly T[]
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'NotFound') return []
    throw error
  }
}
