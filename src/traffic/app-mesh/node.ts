// A VirtualNode selects the pods of a revision by the hash among its labels.
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { asJson, fromJson, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { JsonObject } from '../../std/json.ts'
import { record, text, withFields } from '../../std/json-parts.ts'

function labelsOf(node: KubeObject): JsonObject {
  return record(record(specOf(node)['podSelector'])['matchLabels'])
}

export function nodeHash(node: KubeObject): string {
  return text(labelsOf(node)[POD_TEMPLATE_HASH])
}

/** Without a hash it selects by its own labels again. */
export function nodeWith(node: KubeObject, hash: string | undefined): KubeObject {
  if (hash === undefined && labelsOf(node)[POD_TEMPLATE_HASH] === undefined) return node
  const spec = specOf(node)
  const podSelector = {
    ...record(spec['podSelector']),
    matchLabels: withFields(labelsOf(node), { [POD_TEMPLATE_HASH]: hash }),
  }
  return fromJson({ ...asJson(node), spec: { ...spec, podSelector } } as JsonObject)
}
