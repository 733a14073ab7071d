// Values as Go's `%v` prints them.
import type { Budget } from '../budget.ts'
import { printFloat } from '../go-floats.ts'
import {
  GoFunction,
  GoInt,
  GoMap,
  GoPointer,
  GoStruct,
  GoText,
  GoTime,
  GoZone,
  isObject,
  itemsOf,
} from '../go-values.ts'
import type { GoValue } from '../go-values.ts'
import { PAUSE, runSteps } from '../steps.ts'
import type { Steps } from '../steps.ts'
import { printDuration } from '../times/durations.ts'
import { MONTHS, WEEKDAYS } from '../times/names.ts'
import { printTime } from '../times/print.ts'
import { DURATION, MONTH, WEEKDAY } from '../times/types-of-time.ts'

export function printValue(value: GoValue): string {
  return runSteps(new Printer(undefined).print(value))
}

export function printSteps(value: GoValue, budget: Budget): Steps<string> {
  return new Printer(budget).print(value)
}

/** What one list or map in a value costs, beside what is in it. */
const COST = 30
const LEAF = 4

class Printer {
  private readonly budget: Budget | undefined

  constructor(budget: Budget | undefined) {
    this.budget = budget
  }

  *print(value: GoValue): Steps<string> {
    this.budget?.spend(LEAF)
    if (this.budget?.isPauseDue() === true) yield PAUSE
    const simple = printSimple(value)
    if (simple !== undefined) return simple
    this.budget?.spend(COST)
    const items = itemsOf(value)
    if (items !== undefined) return `[${((yield this.all(items)) as string[]).join(' ')}]`
    if (value instanceof GoMap) {
      const entries: [string, string][] = []
      for (const [key, one] of value.entries.values()) {
        entries.push([(yield this.print(key)) as string, (yield this.print(one)) as string])
      }
      return printEntries(entries)
    }
    if (value instanceof GoStruct) {
      return `{${((yield this.all([...value.fields.values()])) as string[]).join(' ')}}`
    }
    if (!isObject(value)) return ''
    const names = Object.keys(value)
    const values = (yield this.all(names.map(name => value[name] ?? null))) as string[]
    return printEntries(names.map((name, at) => [name, values[at] ?? '']))
  }

  private *all(values: readonly GoValue[]): Steps<string[]> {
    const printed: string[] = []
    for (const value of values) printed.push((yield this.print(value)) as string)
    return printed
  }
}

/** Maps in the order of their keys. */
function printEntries(entries: readonly (readonly [string, string])[]): string {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `map[${sorted.map(([key, value]) => `${key}:${value}`).join(' ')}]`
}

function printSimple(value: GoValue): string | undefined {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return printFloat(value)
  if (typeof value !== 'object') return String(value)
  if (value instanceof GoInt) return printInt(value)
  if (value instanceof GoText) return value.text
  if (value instanceof GoTime) return printTime(value)
  if (value instanceof GoZone) return printZone(value)
  // An address there, which says nothing.
  if (value instanceof GoPointer) return value.target === null ? '<nil>' : '0xc000000000'
  return value instanceof GoFunction ? '0x400000' : undefined
}

function printInt({ type, value }: GoInt): string {
  if (type === DURATION) return printDuration(BigInt(value))
  if (type === MONTH) return MONTHS[Number(value) - 1] ?? `%!Month(${value})`
  if (type === WEEKDAY) return WEEKDAYS[Number(value)] ?? `%!Weekday(${value})`
  return String(value)
}

/** A whole struct of tables there; of UTC, whose tables are empty, all of it. */
function printZone({ zone }: GoZone): string {
  return `{${zone.name} [] []  0 0 <nil>}`
}
