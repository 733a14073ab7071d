// The scale-down deadline: an old ReplicaSet keeps its pods until then, so that a rollback is immediate.
import { SCALE_DOWN_DEADLINE } from '../api/words.ts'
import type { KubeObject } from '../kube/object.ts'
import { parseInstant, type Instant } from '../std/instant.ts'

/** The deadline that an object carries; undefined when there is none, or when nobody can read it. */
export function deadlineOf(object: KubeObject): Instant | undefined {
  return parseInstant(object.metadata.annotations?.[SCALE_DOWN_DEADLINE] ?? '')
}

/** Whether the annotation is there at all, readable or not. */
export function hasDeadline(object: KubeObject): boolean {
  return (object.metadata.annotations?.[SCALE_DOWN_DEADLINE] ?? '') !== ''
}
