// The pod template hash that names a revision, and when two templates are the same revision although their
// hashes differ (an undo writes back a template that the API server has filled in). Used by gather and by
// experiments.
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import type { PodTemplateSpec } from '../kube/core.ts'
import { goPrint, POD_TEMPLATE_SPEC } from '../kube/go-print.ts'
import { SAFE_LETTERS } from '../kube/names.ts'
import { defaultedPodTemplate } from '../kube/pod-defaults.ts'
import { equal } from '../std/equal.ts'
import { fnv1a } from '../std/fnv.ts'
import { list, record, text } from '../std/json-parts.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import { withoutAntiAffinity } from './anti-affinity.ts'

/** FNV-1a of the bytes, its decimal digits put into letters that spell no words. */
export function safeHash(bytes: Uint8Array): string {
  const digits = String(fnv1a(bytes))
  return [...digits].map(digit => SAFE_LETTERS[digit.charCodeAt(0) % SAFE_LETTERS.length]).join('')
}

/**
 * The hash of a template as it is stored (not filled in); a collision count makes another one of the same
 * template.
 */
export const podHash = rememberedOn((template: PodTemplateSpec, collisionCount?: number) => {
  const printed = new TextEncoder().encode(goPrint(POD_TEMPLATE_SPEC, template))
  if (collisionCount === undefined) return safeHash(printed)
  const bytes = new Uint8Array(printed.length + 8)
  bytes.set(printed)
  new DataView(bytes.buffer).setUint32(printed.length, collisionCount, true)
  return safeHash(bytes)
})

/**
 * A template as text in which everything is left out that does not make another revision: defaults, the hash
 * label, injected anti-affinity, the deprecated serviceAccount.
 */
const comparableTemplate = rememberedOn((template: PodTemplateSpec): string => {
  const { annotations = {}, ...metadata } = template.metadata ?? {}
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = metadata.labels ?? {}
  const stripped = {
    metadata: { ...metadata, labels, annotations },
    spec: withoutAntiAffinity(template.spec, POD_TEMPLATE_HASH),
  }
  const defaulted = defaultedPodTemplate(stripped as PodTemplateSpec)
  return goPrint(POD_TEMPLATE_SPEC, { ...defaulted, spec: { ...defaulted.spec, serviceAccount: undefined } })
})

/** Whether two templates are the same revision. That of a ReplicaSet is compared without its role's metadata. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return equal(imagesOf(a), imagesOf(b)) && comparableTemplate(a) === comparableTemplate(b)
}

/** What makes most revisions differ, and costs nothing to look at. */
function imagesOf({ spec }: PodTemplateSpec): readonly string[] {
  return list(record(spec)['containers']).map(one => text(record(one)['image']))
}
