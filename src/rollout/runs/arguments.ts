// The arguments that a Rollout hands to an analysis, as plain values: literal ones, hashes of its revisions, fields of
// the Rollout itself.
import { asJson } from '../../kube/object.ts'
import type { Argument, RolloutArgument } from '../../api/analysis.ts'
import type { Rollout } from '../../api/rollout.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json } from '../../std/json.ts'
import { own } from '../../std/own.ts'

export interface Hashes {
  readonly stable: string
  readonly latest: string
}

export type Arguments = { readonly value: readonly Argument[] } | { readonly problem: string }

export function argumentsOf(rollout: Rollout, given: readonly RolloutArgument[], hashes: Hashes): Arguments {
  const values = given.map(arg => ({ name: arg.name, value: valueOf(rollout, arg, hashes) }))
  const missing = given.find((_, i) => values[i]?.value === undefined)
  if (missing === undefined) {
    return { value: values.map(({ name, value = '' }) => ({ name, value })) }
  }
  const path = missing.valueFrom?.fieldRef?.fieldPath ?? ''
  return { problem: `argument ${missing.name}: the Rollout has no plain value at ${path}` }
}

function valueOf(
  rollout: Rollout,
  { value, valueFrom }: RolloutArgument,
  hashes: Hashes,
): string | undefined {
  const path = valueFrom?.fieldRef?.fieldPath
  if (path !== undefined) return fieldOf(rollout, path)
  const hash = valueFrom?.podTemplateHashValue
  if (hash !== undefined) return hash === 'Stable' ? hashes.stable : hashes.latest
  return value ?? ''
}

const MAP_ENTRY = /^metadata\.(labels|annotations)\['(.*)'\]$/

/** `metadata.labels['env']`, or a path with dots and indices that ends in a plain value. */
function fieldOf(rollout: Rollout, path: string): string | undefined {
  const entry = MAP_ENTRY.exec(path)
  if (entry !== null) {
    return own(rollout.metadata[entry[1] as 'labels' | 'annotations'] ?? {}, entry[2] as string) ?? ''
  }
  const names = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
  const found = names.reduce<Json | undefined>(
    (value, name) =>
      Array.isArray(value)
        ? (value as readonly Json[])[Number(name)]
        : isJsonObject(value ?? null) && Object.hasOwn(value as object, name)
          ? (value as { readonly [field: string]: Json })[name]
          : undefined,
    asJson(rollout),
  )
  return found === undefined || found === null || typeof found === 'object' ? undefined : String(found)
}
