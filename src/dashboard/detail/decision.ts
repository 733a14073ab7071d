// What the controller would decide, from the very code that decides: why a rollout waits, and what an action would do.
import type { Rollout } from '../../api/rollout.ts'
import type { Cache } from '../../kube/cache.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import { asJson } from '../../kube/object.ts'
import type { Key } from '../../kube/object.ts'
import { applyJsonPatch } from '../../kube/json-patch.ts'
import { applyMergePatch } from '../../kube/patch.ts'
import type { Write } from '../../kube/write.ts'
import { decide } from '../../rollout/decide.ts'
import { gather } from '../../rollout/gather.ts'
import { printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { list } from '../../std/json-parts.ts'
import type { Json } from '../../std/json.ts'
import type { WaitDetail } from '../wire.ts'
import { templateDifferences } from './template-differences.ts'

export interface Seen {
  readonly cache: Cache
  readonly key: Key
  readonly now: Instant
}

export function waitsOf({ cache, key, now }: Seen): readonly WaitDetail[] {
  const snapshot = gather(key, cache, now, { answers: {} })
  if (snapshot === undefined) return []
  return (decide(snapshot).waits ?? []).map(({ for: what, since, until, cure }) => ({
    for: what,
    since: printInstant(since),
    ...(until === undefined || !Number.isFinite(until) ? {} : { until: printInstant(until) }),
    ...(cure === undefined ? {} : { cure }),
  }))
}

export interface Foretold {
  /** What the controller's next pass would do, a sentence each. */
  readonly will: readonly string[]
  /** Of the pod template, a line a field. */
  readonly differences: readonly string[]
}

/** What would follow if these writes to the Rollout were made. */
export function consequences({ cache, key, now }: Seen, writes: readonly Write[]): Foretold {
  const [before, after] = [cache, changedBy(writes, cache)].map(one => gather(key, one, now, { answers: {} }))
  if (before === undefined || after === undefined) return { will: [], differences: [] }
  return {
    will: decide(after).writes.map(({ why }) => why),
    differences: templateDifferences(asJson(before.template), asJson(after.template)),
  }
}

/** The cache as it would be with these writes to Rollouts. */
function changedBy(writes: readonly Write[], cache: Cache): Cache {
  return {
    ...cache,
    get(ref) {
      const found = cache.get<Rollout>(ref)
      if (found === undefined || ref.kind.kind !== ROLLOUT.kind) return found as never
      return writes.reduce(written, asJson(found) as Json) as never
    },
  }
}

function written(object: Json, write: Write): Json {
  if (write.verb !== 'patch' || write.target.kind.kind !== ROLLOUT.kind) return object
  if (write.type !== 'json') return applyMergePatch(object, write.patch)
  const patched = applyJsonPatch(object, list(write.patch))
  return 'problem' in patched ? object : patched.value
}
