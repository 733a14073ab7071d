// What a list shows of each rollout, and the difference between two looks: our page's stream sends a row whole
// once, and then only the fields that changed.
import type { Rollout } from '../api/rollout.ts'
import { ROLLOUT } from '../kube/kinds.ts'
import type { Cache } from '../kube/cache.ts'
import type { KubeObject } from '../kube/object.ts'
import { partsIn } from '../cli/get/parts.ts'
import { equal } from '../std/equal.ts'
import type { Json, JsonObject } from '../std/json.ts'
import { rolloutView } from '../view/rollout-view.ts'
import type { RolloutParts } from '../view/rollout-view.ts'
import { ownParts } from './own-parts.ts'

/** By `namespace/name`. */
export type Rows = ReadonlyMap<string, JsonObject>

/** Fields that changed; `null` is a field, or a row, that has gone. */
export type RowChanges = { readonly [key: string]: JsonObject | null }

/** Looks at a cache again and again: a row whose objects are the same objects is not made anew. */
export function rowsOf(cache: Cache, namespace: string): () => Rows {
  let known = new Map<string, { readonly from: readonly KubeObject[]; readonly row: JsonObject }>()
  return () => {
    const own = ownParts(partsIn(cache, namespace))
    const rollouts = cache.list<Rollout>(ROLLOUT, namespace === '' ? undefined : namespace)
    known = new Map(
      rollouts.map(rollout => {
        const key = `${rollout.metadata.namespace ?? ''}/${rollout.metadata.name}`
        const parts = own(rollout)
        const from = [rollout, ...parts.replicaSets, ...parts.pods]
        const before = known.get(key)
        const isSame = before?.from.length === from.length && from.every((one, i) => one === before.from[i])
        return [key, isSame ? before : { from, row: rowOf(rollout, parts) }] as const
      }),
    )
    return new Map([...known].map(([key, { row }]) => [key, row]))
  }
}

function rowOf(rollout: Rollout, parts: RolloutParts): JsonObject {
  const { namespace, name, phase, message, strategy, canary, replicas, revisions } = rolloutView(rollout, {
    ...parts,
    experiments: [],
    analysisRuns: [],
  })
  return {
    namespace,
    name,
    phase,
    message,
    strategy,
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
          images: [...images],
        })),
    ),
  }
}

export function changesBetween(before: Rows, now: Rows): RowChanges {
  const changes: [string, JsonObject | null][] = []
  for (const [key, row] of now) {
    const old = before.get(key)
    if (row === old) continue
    const fields = changedFields(old ?? {}, row)
    if (Object.keys(fields).length > 0) changes.push([key, fields])
  }
  for (const key of before.keys()) if (!now.has(key)) changes.push([key, null])
  return Object.fromEntries(changes)
}

function changedFields(before: JsonObject, now: JsonObject): JsonObject {
  const changed = Object.entries(now).filter(([name, value]) => !equal(before[name], value))
  const gone = Object.keys(before).filter(name => !(name in now))
  return Object.fromEntries([...changed, ...gone.map((name): [string, Json] => [name, null])])
}
