// YAML in and out as Kubernetes reads and writes it: YAML 1.1's words for true and false, octal numbers, dates that
// stay texts; printed with sorted keys.
import yaml from 'js-yaml'
import type { Json } from '../../std/json.ts'

/** Values that one document may unfold to; anchors could make a small text endless. */
const VALUES_MAX = 1_000_000
const DEPTH_MAX = 1_000

const TRUE = /^(y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE)$/
const FALSE = /^(n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/
const INTEGER = /^[+-]?(0|0b[01_]+|0x[\da-fA-F_]+|0o?[0-7_]+|[1-9][\d_]*)$/

const bool = new yaml.Type('tag:yaml.org,2002:bool', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && (TRUE.test(text) || FALSE.test(text)),
  construct: (text: string) => TRUE.test(text),
  predicate: value => typeof value === 'boolean',
  represent: String,
})

const integer = new yaml.Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && INTEGER.test(text),
  construct: readInteger,
  predicate: value => Number.isInteger(value),
  represent: String,
})

const noTimestamp = new yaml.Type('tag:yaml.org,2002:timestamp', { kind: 'scalar', resolve: () => false })

function readInteger(text: string): number {
  const digits = text.replaceAll('_', '').replace(/^[+-]/, '')
  const isOctal = /^0[0-7]+$/.test(digits)
  const size = isOctal ? Number.parseInt(digits, 8) : Number(digits)
  return text.startsWith('-') ? -size : size
}

/** Types of the same name replace those of the default schema. */
const schema = yaml.DEFAULT_SCHEMA.extend({ implicit: [bool, integer, noTimestamp] })

/** Throws js-yaml's YAMLException, or a RangeError for a document that unfolds to too much. */
export function parseYaml(text: string): Json {
  const value = (yaml.load(text, { schema }) ?? null) as Json
  countValues(value)
  return value
}

function countValues(root: Json): void {
  const waiting: { value: Json; depth: number }[] = [{ value: root, depth: 0 }]
  let count = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    count += 1
    if (count > VALUES_MAX) throw new RangeError('document contains excessive aliasing')
    if (next.depth > DEPTH_MAX) throw new RangeError('exceeded max depth')
    if (typeof next.value !== 'object' || next.value === null) continue
    for (const value of Object.values(next.value))
      waiting.push({ value: value as Json, depth: next.depth + 1 })
  }
}

export function printYaml(value: Json): string {
  const options = { schema, sortKeys: true, noArrayIndent: true, lineWidth: -1, noRefs: true } as const
  return yaml.dump(value, { ...options, quotingType: '"' })
}
