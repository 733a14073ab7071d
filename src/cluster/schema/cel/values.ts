// Values as CEL sees them: integers are ints, times are timestamps, fields have names that CEL can say.
import { Duration } from '@marcbachmann/cel-js/evaluator'
import { parseDuration } from '../../../std/duration.ts'
import { isJsonObject } from '../../../std/json.ts'
import type { Json, JsonObject } from '../../../std/json.ts'
import { own } from '../../../std/own.ts'
import type { Structural } from '../structural.ts'

const RESERVED = new Set(
  [
    'true false null in as break const continue else for function',
    'if import let loop package namespace return var void while',
  ]
    .join(' ')
    .split(' '),
)

/** A field's name as CEL can say it. */
function celName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__')
}

const namesOf = new WeakMap<object, ReadonlyMap<string, string>>()

/** The fields of a schema by the names that rules have for them. */
export function celNames(properties: object): ReadonlyMap<string, string> {
  const known = namesOf.get(properties)
  if (known) return known
  const fields = Object.keys(properties)
  const names = new Map([
    ...fields.filter(field => RESERVED.has(field)).map(field => [field, field] as const),
    ...fields.map(field => [celName(field), field] as const),
  ])
  namesOf.set(properties, names)
  return names
}

/** The values of one object, each made once however many rules look at it. */
export class CelValues {
  readonly #made = new Map<Structural | undefined, WeakMap<object, unknown>>()

  of(schema: Structural | undefined, value: Json): unknown {
    if (typeof value === 'number') {
      return schema?.type === 'number' || !Number.isInteger(value) ? value : BigInt(value)
    }
    if (typeof value === 'string') return formatted(schema?.format, value)
    if (typeof value !== 'object' || value === null) return value
    const known = this.#knownOf(schema)
    const before = known.get(value)
    if (before !== undefined) return before
    const made = isJsonObject(value) ? this.#object(schema, value) : this.#list(schema, value)
    known.set(value, made)
    return made
  }

  #knownOf(schema: Structural | undefined): WeakMap<object, unknown> {
    const known = this.#made.get(schema) ?? new WeakMap<object, unknown>()
    this.#made.set(schema, known)
    return known
  }

  #list(schema: Structural | undefined, value: readonly Json[]): unknown {
    return value.map(one => this.of(schema?.items, one))
  }

  #object(schema: Structural | undefined, value: JsonObject): unknown {
    const more = typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined
    const entries = Object.entries(value).map(([field, one]) => {
      const of = own(schema?.properties ?? {}, field)
      return [of ? celName(field) : field, this.of(of ?? more, one)] as const
    })
    return withReserved(Object.fromEntries(entries), Object.keys(schema?.properties ?? {}))
  }
}

/** A reserved word can be selected as it is, too; it is no second field when fields are counted or compared. */
function withReserved(made: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  for (const field of fields) {
    const value = RESERVED.has(field) ? made[celName(field)] : undefined
    if (value !== undefined) Object.defineProperty(made, field, { value })
  }
  return made
}

function formatted(format: string | undefined, value: string): unknown {
  switch (format) {
    case 'date-time':
      return new Date(value)
    case 'date':
      return new Date(`${value}T00:00:00Z`)
    case 'duration':
      return durationOf(value) ?? value
    case 'byte':
      return new Uint8Array(Buffer.from(value, 'base64'))
    default:
      return value
  }
}

/** As Go reads it. */
export function durationOf(value: string): Duration | undefined {
  const ms = parseDuration(value)
  if (ms === undefined) return undefined
  const seconds = Math.floor(ms / 1000)
  return new Duration(BigInt(seconds), Math.round((ms - seconds * 1000) * 1e6))
}

/** An object of fields, and no value of a type of its own. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
