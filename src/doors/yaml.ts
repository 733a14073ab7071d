// YAML read as kubectl reads it (YAML 1.1: `yes` is true, `014` is twelve, dates stay text), over js-yaml.
import yaml from 'js-yaml'
import type { Json } from '../std/json.ts'

const TRUE = /^(?:true|True|TRUE|yes|Yes|YES|y|Y|on|On|ON)$/
const FALSE = /^(?:false|False|FALSE|no|No|NO|n|N|off|Off|OFF)$/
const INTEGER = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)$/
const FLOAT = /^[-+]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)(?:[eE][-+]?[0-9]+)?$/

const boolean = new yaml.Type('tag:yaml.org,2002:bool', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && (TRUE.test(text) || FALSE.test(text)),
  construct: (text: string) => TRUE.test(text),
  predicate: value => typeof value === 'boolean',
  represent: value => String(value),
})

const integer = new yaml.Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && INTEGER.test(text),
  construct: integerOf,
  predicate: value => typeof value === 'number' && Number.isInteger(value),
  represent: value => String(value),
})

const float = new yaml.Type('tag:yaml.org,2002:float', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && FLOAT.test(text),
  construct: (text: string) => Number(text),
  predicate: value => typeof value === 'number' && !Number.isInteger(value),
  represent: value => String(value),
})

const NULL = /^(?:~|null|Null|NULL|)$/
const nothing = new yaml.Type('tag:yaml.org,2002:null', {
  kind: 'scalar',
  resolve: (text: unknown) => text === null || (typeof text === 'string' && NULL.test(text)),
  construct: () => null,
  predicate: value => value === null,
  represent: () => 'null',
})

const SCHEMA = yaml.FAILSAFE_SCHEMA.extend({ implicit: [nothing, boolean, integer, float] })

export class YamlError extends Error {}

/** Aliases can name the same part many times; no honest document comes near this many values. */
const MAX_VALUES = 1_000_000
const MAX_LEVELS = 1_000

/** All documents of the text, empty ones left out. Throws YamlError with line and column. */
export function parseYaml(text: string): readonly Json[] {
  try {
    const documents: Json[] = []
    yaml.loadAll(text, document => documents.push(document as Json), { schema: SCHEMA })
    countValues(documents, { counted: 0, levels: 0 })
    return documents.filter(document => document !== null && document !== undefined)
  } catch (error) {
    throw error instanceof YamlError ? error : new YamlError(messageOf(error))
  }
}

/** As kubectl prints it: keys sorted, lists not indented. */
export function printYaml(value: Json): string {
  const layout = { sortKeys: true, noArrayIndent: true, lineWidth: -1, quotingType: '"' } as const
  return yaml.dump(value, { schema: SCHEMA, noRefs: true, ...layout })
}

/** Keys in their order, as people read manifests. */
export function printManifest(value: unknown, lineWidth = -1): string {
  return yaml.dump(value, { noRefs: true, noArrayIndent: true, lineWidth })
}

function integerOf(text: string): number {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '')
  const octal = /^0o?([0-7]+)$/.exec(digits)?.[1]
  const value = octal === undefined ? Number(digits) : Number.parseInt(octal, 8)
  return text.startsWith('-') ? -value : value
}

function countValues(value: unknown, { counted, levels }: { counted: number; levels: number }): number {
  if (counted > MAX_VALUES) throw new YamlError(`the text stands for more than ${MAX_VALUES} values`)
  if (typeof value !== 'object' || value === null) return counted + 1
  if (levels > MAX_LEVELS) throw new YamlError('the text is nested too deeply')
  let count = counted + 1
  for (const part of Object.values(value)) count = countValues(part, { counted: count, levels: levels + 1 })
  return count
}

function messageOf(error: unknown): string {
  if (error instanceof yaml.YAMLException && error.mark) {
    const { line, column } = error.mark
    return `line ${line + 1}, column ${column + 1}: ${error.reason}`
  }
  return error instanceof Error ? error.message : String(error)
}
