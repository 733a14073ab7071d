// What a list shows of each rollout, and the difference between two looks: our page's stream sends a row whole
// once, and then only the fields that changed.
import type { Rollout } from '../api/rollout.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { REPLICA_SET, ROLLOUT } from '../kube/kinds.ts'
import type { Cache } from '../kube/cache.ts'
import { asJson } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Selection } from '../kube/reconciler.ts'
import type { PlannedWatch } from '../runtime/mirror/watches.ts'
import { mergeDiff } from '../kube/diff.ts'
import type { Json, JsonObject } from '../std/json.ts'
import { wellFormed } from '../rollout/gather/well-formed.ts'
import { rolloutView } from '../view/rollout-view.ts'
import { attentionOf } from './attention.ts'
import { wholeWatches } from './live.ts'
import { ownSetsIn } from './own-parts.ts'
import { bareRollout, short } from './showable.ts'
import type { Row } from './wire.ts'

/** No row shows a pod: a list of hundreds is not looked at again for each of theirs. */
export function listWatches(selection: Selection): readonly PlannedWatch[] {
  return wholeWatches([ROLLOUT, REPLICA_SET], selection)
}

/** By `namespace/name`. */
export type Rows = ReadonlyMap<string, JsonObject>

/** A merge patch: fields that changed; `null` is a field, or a row, that has gone. */
export type RowChanges = JsonObject

/** Looks at a copy with OWNER_INDICES again and again: a row whose objects are the same objects is not made anew. */
export function rowsOf(cache: Cache, namespace: string): () => Rows {
  let known = new Map<string, { readonly from: readonly KubeObject[]; readonly row: JsonObject }>()
  const own = ownSetsIn(cache)
  const place = namespace === '' ? undefined : namespace
  return () => {
    const rollouts = cache.list<Rollout>(ROLLOUT, place)
    known = new Map(
      rollouts.map(rollout => {
        const key = `${rollout.metadata.namespace ?? ''}/${rollout.metadata.name}`
        const sets = own(rollout)
        const from = [rollout, ...sets]
        const before = known.get(key)
        const isSame = before?.from.length === from.length && from.every((one, i) => one === before.from[i])
        return [key, isSame ? before : { from, row: asJson(rowOrWhy(rollout, sets)) }] as const
      }),
    )
    return new Map([...known].map(([key, { row }]) => [key, row]))
  }
}

function rowOrWhy(rollout: Rollout, sets: readonly ReplicaSet[]): Row {
  try {
    return rowOf(wellFormed(rollout), sets)
  } catch (error) {
    return rowOf(bareRollout(rollout, error), [])
  }
}

export function rowOf(rollout: Rollout, replicaSets: readonly ReplicaSet[]): Row {
  const { namespace, name, phase, message, strategy, canary, replicas, revisions } = rolloutView(rollout, {
    replicaSets,
    pods: [],
    experiments: [],
    analysisRuns: [],
  })
  return {
    namespace,
    name,
    phase,
    message: short(message),
    attention: attentionOf(rollout, phase),
    strategy,
    labels: rollout.metadata.labels ?? {},
    ...(canary === undefined ? {} : { ...canary }),
    ...replicas,
    revisions: revisions.flatMap(one =>
      one.replicaSets
        .filter(set => set.replicas > 0 || set.tags.length > 0)
        .map(({ revision, tags, replicas: size, available, images }) => ({
          revision,
          tags: [...tags],
          replicas: size,
          available,
          images: images.map(image => short(image)),
        })),
    ),
  }
}

export function changesBetween(before: Rows, now: Rows): RowChanges {
  const changes: [string, Json][] = []
  for (const [key, row] of now) {
    const old = before.get(key)
    const fields = row === old ? undefined : mergeDiff(old, row)
    if (fields !== undefined) changes.push([key, fields])
  }
  for (const key of before.keys()) if (!now.has(key)) changes.push([key, null])
  return Object.fromEntries(changes)
}
