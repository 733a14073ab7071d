// The indices of the local copy that gathering a Rollout's snapshot needs: whatever belongs to a Rollout, or
// is named by one, is found without a scan.
import { MANAGED_BY_ROLLOUTS } from '../../api/words.ts'
import {
  ANALYSIS_RUN,
  ANALYSIS_TEMPLATE,
  CLUSTER_ANALYSIS_TEMPLATE,
  EXPERIMENT,
  POD,
  REPLICA_SET,
  ROLLOUT,
  SERVICE,
} from '../../kube/kinds.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { AnalysisTemplate } from '../../api/analysis.ts'
import { controllerKeys, controllerOf } from '../../kube/object.ts'
import type { IndexDeclaration } from '../../kube/reconciler.ts'
import type { Rollout } from '../../api/rollout.ts'
import { ROUTE_MARKS } from '../../traffic/registry.ts'
import { namedKeys } from './named.ts'
import { wellFormed } from './well-formed.ts'

/** By the uid of their controller. */
export const REPLICA_SETS_OF = 'replica-sets-of'
export const PODS_OF = 'pods-of'
/** ReplicaSets that nobody controls, by namespace. */
export const ORPHANS_IN = 'orphans-in'
/** Services by the key of the Rollout that says it manages them. */
export const SERVICES_MANAGED_BY = 'services-managed-by'

/** AnalysisRuns and Experiments by the key of the Rollout that controls them, or that one of its name did. */
export const RUNS_OF = 'runs-of'
export const EXPERIMENTS_OF = 'experiments-of'
/** Templates by `scope/name` of those that they include. */
export const INCLUDED_BY = 'templates-including'
export const CLUSTER_INCLUDED_BY = 'cluster-templates-including'

/** Objects of users by the key of the Rollout that has left its mark there. */
export function markedBy({ group, plural }: Kind): string {
  return `marked-by/${group}/${plural}`
}

const MARKED = ROUTE_MARKS.map(({ kind, ownersIn }): readonly [string, IndexDeclaration] => [
  markedBy(kind),
  { of: kind, values: object => ownersIn(object).map(name => `${object.metadata.namespace ?? ''}/${name}`) },
])

/** Rollouts by the objects that their strategy names. */
export const NAMED_BY = 'rollouts-naming'

function owners(object: KubeObject): readonly string[] {
  const owner = controllerOf(object)
  return owner === undefined ? [] : [owner.uid]
}

function included(object: KubeObject): readonly string[] {
  const { templates = [] } = (object as Partial<AnalysisTemplate>).spec ?? {}
  return templates.map(one => inclusion(one.clusterScope === true, one.templateName ?? ''))
}

export function inclusion(isClusterWide: boolean, name: string): string {
  return `${isClusterWide ? 'cluster' : 'namespace'}/${name}`
}

export const INDICES: Readonly<Record<string, IndexDeclaration>> = {
  [REPLICA_SETS_OF]: { of: REPLICA_SET, values: owners },
  [PODS_OF]: { of: POD, values: owners },
  [ORPHANS_IN]: {
    of: REPLICA_SET,
    values: object => (controllerOf(object) === undefined ? [object.metadata.namespace ?? ''] : []),
  },
  ...Object.fromEntries(MARKED),
  [NAMED_BY]: { of: ROLLOUT, values: object => namedKeys(wellFormed(object as Rollout)) },
  [RUNS_OF]: {
    of: ANALYSIS_RUN,
    values: object => controllerKeys(object, ROLLOUT),
  },
  [EXPERIMENTS_OF]: {
    of: EXPERIMENT,
    values: object => controllerKeys(object, ROLLOUT),
  },
  [INCLUDED_BY]: { of: ANALYSIS_TEMPLATE, values: included },
  [CLUSTER_INCLUDED_BY]: { of: CLUSTER_ANALYSIS_TEMPLATE, values: included },
  [SERVICES_MANAGED_BY]: {
    of: SERVICE,
    values: object => {
      const manager = object.metadata.annotations?.[MANAGED_BY_ROLLOUTS]
      return manager === undefined ? [] : [`${object.metadata.namespace ?? ''}/${manager}`]
    },
  },
}
