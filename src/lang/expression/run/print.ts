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
import type { GoValue, Whole } from '../go-values.ts'
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
      const entries: Entry[] = []
      for (const [key, one] of value.entries.values()) {
        const text = `${(yield this.print(key)) as string}:${(yield this.print(one)) as string}`
        entries.push([key, text])
      }
      return printEntries(entries)
    }
    if (value instanceof GoStruct) {
      return `{${((yield this.all([...value.fields.values()])) as string[]).join(' ')}}`
    }
    if (!isObject(value)) return ''
    const names = Object.keys(value)
    const values = (yield this.all(names.map(name => value[name] ?? null))) as string[]
    return printEntries(names.map((name, at) => [name, `${name}:${values[at] ?? ''}`]))
  }

  private *all(values: readonly GoValue[]): Steps<string[]> {
    const printed: string[] = []
    for (const value of values) printed.push((yield this.print(value)) as string)
    return printed
  }
}

type Entry = readonly [key: GoValue, text: string]

/** Maps in the order of their keys. */
function printEntries(entries: readonly Entry[]): string {
  return `map[${entries
    .toSorted(inOrder)
    .map(([, text]) => text)
    .join(' ')}]`
}

function inOrder([a, one]: Entry, [b, other]: Entry): number {
  const [x, y] = [numberOf(a), numberOf(b)]
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0
  if (a === null || b === null) return a === null ? -1 : 1
  const [left, right] = typeof a === 'string' && typeof b === 'string' ? [a, b] : [one, other]
  return left < right ? -1 : left > right ? 1 : 0
}

function numberOf(key: GoValue): Whole | undefined {
  return typeof key === 'number' ? key : key instanceof GoInt ? key.value : undefined
}

function printSimple(value: GoValue): string | undefined {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return printFloat(value)
  if (typeof value !== 'object') return String(value)
  if (value instanceof GoInt) return printInt(value)
  if (value instanceof GoText) return value.text
  if (value instanceof GoTime) return printTime(value)
  if (value instanceof GoZone) return value.zone.name
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
