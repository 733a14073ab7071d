// What belongs to each rollout, found by owner once for many: whoever shows 500 of them may not search all for each.
import type { Rollout } from '../api/rollout.ts'
import type { KubeObject } from '../kube/object.ts'
import type { RolloutParts } from '../view/rollout-view.ts'

export function ownParts(parts: RolloutParts): (rollout: Rollout) => RolloutParts {
  const replicaSets = byOwner(parts.replicaSets)
  const pods = byOwner(parts.pods)
  const experiments = byOwner(parts.experiments)
  const analysisRuns = byOwner(parts.analysisRuns)
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
    for (const uid of new Set(one.metadata.ownerReferences?.map(ref => ref.uid))) {
      const list = found.get(uid)
      if (list === undefined) found.set(uid, [one])
      else list.push(one)
    }
  }
  return owner => found.get(owner.metadata.uid ?? '') ?? []
}
