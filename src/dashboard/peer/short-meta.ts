// Of what belongs to a rollout only who it is.
import type { KubeObject } from '../../kube/object.ts'
import type { JsonObject } from '../../std/json.ts'
import { filled } from './filled.ts'

export function shortMeta(object: KubeObject | undefined): JsonObject {
  const { name = '', namespace = '', uid = '', creationTimestamp = '' } = object?.metadata ?? {}
  return filled({ name, namespace, uid, creationTimestamp })
}
