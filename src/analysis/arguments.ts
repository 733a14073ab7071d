// `{{args.name}}` in every text of a metric, filled in with the arguments of the run. What can not be filled in is a
// problem of the whole run, said in one sentence.
import type { Argument } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import { asJson } from '../kube/object.ts'
import { isJsonObject } from '../std/json.ts'
import type { Json } from '../std/json.ts'

export type Outcome<Value> = { readonly value: Value } | { readonly problem: string }

type Values = ReadonlyMap<string, string>

const TAG = /\{\{([\s\S]*?)\}\}/g

/** Every declared argument must have its value, used or not. */
export function argumentValues(args: readonly Argument[]): Outcome<Values> {
  const missing = args.find(arg => arg.value === undefined || arg.valueFrom?.secretKeyRef !== undefined)
  if (missing === undefined) return { value: new Map(args.map(arg => [arg.name, arg.value ?? ''])) }
  const { name, valueFrom } = missing
  if (valueFrom?.secretKeyRef === undefined) return { problem: `argument "${name}" was not supplied` }
  return { problem: `argument "${name}" comes from a Secret, which this controller does not support` }
}

export function fillIn(metric: Metric, values: Values): Outcome<Metric> {
  const texts = textsIn(asJson(metric))
  const open = texts.find(text => text.replace(TAG, '').includes('{{'))
  if (open !== undefined) return { problem: `"{{" without "}}" in "${open}"` }
  const unknown = texts.flatMap(tagsIn).find(tag => valueOf(tag, values) === undefined)
  if (unknown !== undefined) return { problem: `failed to resolve {{${unknown}}}` }
  return { value: fill(asJson(metric), values) as unknown as Metric }
}

function tagsIn(text: string): readonly string[] {
  return [...text.matchAll(TAG)].map(match => (match[1] as string).trim())
}

function valueOf(tag: string, values: Values): string | undefined {
  return tag.startsWith('args.') ? values.get(tag.slice('args.'.length)) : undefined
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(textsIn)
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, one]) => [key, ...textsIn(one)])
}

function fill(value: Json, values: Values): Json {
  if (typeof value === 'string') {
    return value.replace(TAG, (_, tag: string) => valueOf(tag.trim(), values) ?? '')
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map(one => fill(one, values))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [fill(key, values) as string, fill(one, values)]),
  )
}
