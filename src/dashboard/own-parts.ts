// What belongs to each rollout, found by owner: whoever shows 500 of them may not search all for each. In a local copy
// indices have it ready, since there it is asked for at each change.
import type { AnalysisRun } from '../api/analysis.ts'
import type { Experiment } from '../api/experiment.ts'
import type { Rollout } from '../api/rollout.ts'
import { PART_KINDS } from '../cli/get/parts.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Cache } from '../kube/cache.ts'
import type { Pod } from '../kube/core.ts'
import { ANALYSIS_RUN, EXPERIMENT, POD, REPLICA_SET } from '../kube/kinds.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import type { IndexDeclaration } from '../kube/reconciler.ts'
import type { RolloutParts } from '../view/rollout-view.ts'

type PartsOf = (rollout: Rollout) => RolloutParts

export const OWNER_INDICES: Readonly<Record<string, IndexDeclaration>> = Object.fromEntries(
  PART_KINDS.map(kind => [ownedOf(kind), { of: kind, values: ownersOf }]),
)

/** The copy has OWNER_INDICES. */
export function ownPartsIn(cache: Cache): PartsOf {
  return partsBy({
    replicaSets: ownSetsIn(cache),
    pods: ownedIn<Pod>(cache, POD),
    experiments: ownedIn<Experiment>(cache, EXPERIMENT),
    analysisRuns: ownedIn<AnalysisRun>(cache, ANALYSIS_RUN),
  })
}

export function ownSetsIn(cache: Cache): (owner: KubeObject) => readonly ReplicaSet[] {
  return ownedIn<ReplicaSet>(cache, REPLICA_SET)
}

function ownedIn<T extends KubeObject>(cache: Cache, kind: Kind): (owner: KubeObject) => readonly T[] {
  const index = ownedOf(kind)
  return owner => cache.by<T>(kind, index, owner.metadata.uid ?? '')
}

/** Of what was read once. */
export function ownParts(parts: RolloutParts): PartsOf {
  return partsBy({
    replicaSets: byOwner(parts.replicaSets),
    pods: byOwner(parts.pods),
    experiments: byOwner(parts.experiments),
    analysisRuns: byOwner(parts.analysisRuns),
  })
}

function ownedOf({ plural }: Kind): string {
  return `${plural}-owned-by`
}

function ownersOf({ metadata }: KubeObject): readonly string[] {
  const uids = metadata.ownerReferences?.map(ref => ref.uid) ?? []
  return uids.length < 2 ? uids : [...new Set(uids)]
}

type Owned = {
  readonly [Part in keyof RolloutParts]: (owner: KubeObject) => RolloutParts[Part]
}

function partsBy({ replicaSets, pods, experiments, analysisRuns }: Owned): PartsOf {
  return rollout => {
    const ownExperiments = experiments(rollout)
    const owners = [rollout, ...ownExperiments]
    const ownSets = owners.flatMap(replicaSets)
    return {
      experiments: ownExperiments,
      replicaSets: ownSets,
      pods: ownSets.flatMap(pods),
      analysisRuns: owners.flatMap(analysisRuns),
    }
  }
}

function byOwner<T extends KubeObject>(objects: readonly T[]): (owner: KubeObject) => readonly T[] {
  const found = new Map<string, T[]>()
  for (const one of objects) {
    for (const uid of ownersOf(one)) {
      const list = found.get(uid)
      if (list === undefined) found.set(uid, [one])
      else list.push(one)
    }
  }
  return owner => found.get(owner.metadata.uid ?? '') ?? []
}
