// A route that somebody else puts back again and again: a GitOps tool, another controller. After three writes alike it
// is written back once in ten seconds, and a condition says who does it and how it is ended. What takes weight from
// the canary is written back once a second: nobody waits for the way back. Called by route-writes.ts.
import { lastOther } from '../kube/managers.ts'
import { refKey } from '../kube/object.ts'
import type { KubeObject, ObjectRef } from '../kube/object.ts'
import type { Wait } from '../kube/reconciler.ts'
import { IN_A_ROW_MS, writeHash } from '../kube/repeats.ts'
import type { Repeat } from '../kube/repeats.ts'
import type { Write } from '../kube/write.ts'
import { isJsonObject } from '../std/json.ts'
import type { Json } from '../std/json.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import { conditionOf } from './status/conditions.ts'

/** A write of a route, and what it was decided on. */
export interface RouteWrite {
  readonly ref: ObjectRef
  readonly before: KubeObject | undefined
  readonly write: Write
}

export interface Contest {
  /** What is written in this pass. */
  readonly writes: readonly Write[]
  readonly waits: readonly Wait[]
  /** What people are told; undefined when nobody puts anything back. */
  readonly message: string | undefined
}

const ALIKE = 3
const AGAIN_MS = 10_000
const LESS_AGAIN_MS = 1000
const CURE = 'Let the tool that writes there ignore these fields.'

/** `lowers`: the writes take weight from the canary. */
export function contestOf(
  snapshot: RolloutSnapshot,
  planned: readonly RouteWrite[],
  lowers: boolean,
): Contest {
  const everyMs = lowers ? LESS_AGAIN_MS : AGAIN_MS
  const found = planned.map(one => ({ ...one, repeat: repeatOf(snapshot, one) }))
  const first = found.find(one => one.repeat !== undefined)
  if (first === undefined) return { writes: planned.map(one => one.write), ...lasting(snapshot) }
  const isHeld = ({ repeat }: { readonly repeat: Repeat | undefined }) =>
    repeat !== undefined && snapshot.now < repeat.lastAt + everyMs
  return {
    writes: found.filter(one => !isHeld(one)).map(one => one.write),
    waits: found.flatMap(({ ref, repeat }) =>
      repeat !== undefined && isHeld({ repeat }) ? [waitFor(ref, repeat.lastAt, everyMs)] : [],
    ),
    message: messageOf(first, everyMs),
  }
}

function waitFor({ kind, name }: ObjectRef, since: number, everyMs: number): Wait {
  const what = `the next write of ${kind.kind} ${name}, which somebody puts back`
  return { for: what, since, until: since + everyMs, cure: CURE }
}

/** The very write was made before, again and again. */
function repeatOf({ repeats, now }: RolloutSnapshot, { ref, write }: RouteWrite): Repeat | undefined {
  const repeat = repeats[refKey(ref)]
  return repeat !== undefined && isInARow(repeat, now) && repeat.write === writeHash(write)
    ? repeat
    : undefined
}

function isInARow({ times, lastAt }: Repeat, now: number): boolean {
  return times >= ALIKE && now < lastAt + IN_A_ROW_MS
}

/** All stands as it should; whether it stays so is known in a while. */
function lasting({ now, rollout, repeats, named }: RolloutSnapshot): Pick<Contest, 'waits' | 'message'> {
  const said = conditionOf(rollout.status?.conditions, 'RouteContested')
  const recent = Object.keys(named)
    .map(key => repeats[key])
    .flatMap(repeat => (repeat !== undefined && isInARow(repeat, now) ? [repeat.lastAt + IN_A_ROW_MS] : []))
  if (said === undefined || recent.length === 0) return { waits: [], message: undefined }
  const until = Math.max(...recent)
  return { waits: [{ for: 'the routes to be left alone', since: now, until }], message: said.message }
}

function messageOf({ ref, before, write }: RouteWrite, everyMs: number): string {
  const who = (before === undefined ? undefined : lastOther(before)) ?? 'somebody'
  const often = `every ${everyMs === 1000 ? 'second' : `${everyMs / 1000} seconds`}`
  const named = `${ref.kind.kind} "${ref.name}"`
  if (write.verb !== 'patch') return `${named} is deleted again by ${who}; it is made again ${often}. ${CURE}`
  const fields = fieldsOf(write.patch)
  return `${fields} of ${named} is put back by ${who}; it is written again ${often}. ${CURE}`
}

const FIELDS = 3
const DEPTH = 3
const LONGEST = 200

/** `spec.http`, `metadata.annotations.x`: the fields of a patch, as far as people know them by name. */
function fieldsOf(patch: Json): string {
  const paths = (value: Json, path: readonly string[]): readonly string[] =>
    isJsonObject(value) && path.length < DEPTH
      ? Object.entries(value).flatMap(([name, inner]) => paths(inner as Json, [...path, name]))
      : [path.join('.').slice(0, LONGEST)]
  const all = paths(patch, [])
  return all.length > FIELDS ? `${all.slice(0, FIELDS).join(', ')} and more` : all.join(', ')
}
