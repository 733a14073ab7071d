// The pod template hash that names a revision, and when two templates are the same revision although their
// hashes differ (an undo writes back a template that the API server has filled in). Used by gather and by
// experiments.
import { POD_TEMPLATE_HASH } from '../api/words.ts'
import type { PodTemplateSpec } from '../kube/core.ts'
import { goPrint, POD_TEMPLATE_SPEC } from '../kube/go-print.ts'
import { SAFE_LETTERS } from '../kube/names.ts'
import { defaultedPodTemplate } from '../kube/pod-defaults.ts'
import { fnv1a } from '../std/fnv.ts'
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
export function podHash(template: PodTemplateSpec, collisionCount?: number): string {
  const text = new TextEncoder().encode(goPrint(POD_TEMPLATE_SPEC, template))
  if (collisionCount === undefined) return safeHash(text)
  const bytes = new Uint8Array(text.length + 8)
  bytes.set(text)
  new DataView(bytes.buffer).setUint32(text.length, collisionCount, true)
  return safeHash(bytes)
}

/** What was put into a template after it was hashed, and does not make it another revision. */
export interface Added {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * A template as text in which everything is left out that does not make another revision: defaults, the hash
 * label, ephemeral metadata that was recorded as `added`, injected anti-affinity, the deprecated
 * serviceAccount.
 */
function comparableTemplate(template: PodTemplateSpec, added: Added = {}): string {
  const { labels, annotations, ...metadata } = template.metadata ?? {}
  const stripped = {
    metadata: {
      ...metadata,
      labels: without(without(labels, added.labels), { [POD_TEMPLATE_HASH]: undefined }),
      annotations: without(annotations, added.annotations),
    },
    spec: withoutAntiAffinity(template.spec, POD_TEMPLATE_HASH),
  }
  const defaulted = defaultedPodTemplate(stripped as PodTemplateSpec)
  return goPrint(POD_TEMPLATE_SPEC, { ...defaulted, spec: { ...defaulted.spec, serviceAccount: undefined } })
}

/** Whether two templates are the same revision. `added`: the ephemeral metadata recorded for each. */
export function sameTemplate(
  a: PodTemplateSpec,
  b: PodTemplateSpec,
  added: { readonly a?: Added; readonly b?: Added } = {},
): boolean {
  return comparableTemplate(a, added.a) === comparableTemplate(b, added.b)
}

function without(
  from: Readonly<Record<string, string>> | undefined,
  keys: Readonly<Record<string, string | undefined>> | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(from ?? {}).filter(([key]) => !Object.hasOwn(keys ?? {}, key)))
}
