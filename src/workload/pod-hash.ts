// The pod template hash that names a revision, and when two templates are the same revision although their
// hashes differ (an undo writes back a template that the API server has filled in). Used by gather and by
// experiments.
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import type { PodTemplateSpec } from '../kube/core.ts'
import { goPrint, POD_TEMPLATE_SPEC } from '../kube/go-print.ts'
import { SAFE_LETTERS } from '../kube/names.ts'
import { defaultedPodTemplate } from '../kube/pod-defaults.ts'
import { fnv1a } from '../std/fnv.ts'
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
  const text = new TextEncoder().encode(goPrint(POD_TEMPLATE_SPEC, template))
  if (collisionCount === undefined) return safeHash(text)
  const bytes = new Uint8Array(text.length + 8)
  bytes.set(text)
  new DataView(bytes.buffer).setUint32(text.length, collisionCount, true)
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
  return comparableTemplate(a) === comparableTemplate(b)
}
