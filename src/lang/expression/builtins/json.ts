// `toJSON` and `fromJSON` as Go's encoding/json has them, with its words for what is no JSON.
import { printTime3339, readJson } from './json-text.ts'
import { ANY, BYTES, STRING } from '../go-types.ts'
import { wellFormed } from '../go-bytes.ts'
import {
  GoFunction,
  GoInt,
  GoMap,
  GoPointer,
  GoSlice,
  GoStruct,
  GoText,
  GoTime,
  GoZone,
  NOTHING,
  isList,
  isObject,
  itemsOf,
  typeName,
} from '../go-values.ts'
import type { GoValue } from '../go-values.ts'
import type { Budget } from '../budget.ts'
import { refuse } from '../refusal.ts'
import { printFloat } from '../go-floats.ts'
import { asText } from '../run/conversion.ts'
import { PAUSE } from '../steps.ts'
import type { Steps } from '../steps.ts'
import { atOnce, long, signature, typed } from './builtin.ts'
import type { Entry, LongWork } from './builtin.ts'
import { base64 } from './texts.ts'

function* print(value: GoValue, indent: string, budget: Budget): Steps<string> {
  budget.spend(1 + (indent.length >> 3))
  if (budget.isPauseDue()) yield PAUSE
  if (typeof value === 'string') budget.spendText(value.length * 2)
  const simple = printSimple(value)
  if (simple !== undefined) return simple
  if (value instanceof GoPointer) return (yield print(value.target, indent, budget)) as string
  const inner = `${indent}  `
  const parts: string[] = []
  const items = itemsOf(value)
  if (items !== undefined) {
    for (const one of items) parts.push((yield print(one, inner, budget)) as string)
    return budget.text(parts.length === 0 ? '[]' : `[\n${inner}${parts.join(`,\n${inner}`)}\n${indent}]`)
  }
  for (const [name, one] of entriesOf(value)) {
    parts.push(`${printText(name)}: ${(yield print(one, inner, budget)) as string}`)
  }
  return budget.text(parts.length === 0 ? '{}' : `{\n${inner}${parts.join(`,\n${inner}`)}\n${indent}}`)
}

/** Maps by their keys, structs in the order of their fields. */
function entriesOf(value: GoValue): readonly (readonly [string, GoValue])[] {
  const byName = (a: readonly [string, GoValue], b: readonly [string, GoValue]) => (a[0] < b[0] ? -1 : 1)
  if (value instanceof GoStruct) return [...value.fields]
  if (isObject(value)) return Object.entries(value).toSorted(byName)
  if (!(value instanceof GoMap) || value.type.key?.kind !== 'string') {
    return refuse(`json: unsupported type: ${typeName(value)}`)
  }
  return [...value.entries.values()].map(([key, one]) => [String(key), one] as const).toSorted(byName)
}

function printSimple(value: GoValue): string | undefined {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return printNumber(value)
  if (typeof value === 'string') return printText(value)
  if (value instanceof GoInt) return String(value.value)
  if (value instanceof GoText) return printText(value.text)
  if (value instanceof GoTime) return printText(printTime3339(value))
  if (value instanceof GoZone) return '{}'
  if (value instanceof GoFunction) return refuse(`json: unsupported type: ${typeName(value)}`)
  if (isList(value) || !(value instanceof GoSlice)) return undefined
  if (value.items === NOTHING) return 'null'
  return value.type === BYTES ? `"${base64(value.items.map(Number))}"` : undefined
}

/** The same digits and exponents as JavaScript's. */
function printNumber(value: number): string {
  if (!Number.isFinite(value)) return refuse(`json: unsupported value: ${printFloat(value)}`)
  return Object.is(value, -0) ? '-0' : String(value)
}

const ESCAPED = /[<>&\u2028\u2029]/g

function printText(text: string): string {
  return JSON.stringify(wellFormed(text)).replace(
    ESCAPED,
    one => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

const toJson: LongWork = ([value = null], budget) => print(value, '', budget)

export const JSON_BUILTINS: readonly Entry[] = [
  long(typed('toJSON', [signature([ANY], STRING)], atOnce(toJson)), toJson),
  typed('fromJSON', [signature([STRING], ANY)], ([text], budget) => {
    const source = asText(text)
    budget.spendText(source.length * 4)
    return readJson(wellFormed(source))
  }),
]
