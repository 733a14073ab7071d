// The cases of expressions.json: what a condition makes of a result, and the values of Go that stand there as JSON.
import { readFileSync } from 'node:fs'
import { INT, INT64, pointerTo, sliceOf, FLOAT64, ANYS } from '../../src/lang/expression/go-types.ts'
import type { GoType } from '../../src/lang/expression/go-types.ts'
import {
  GoInt,
  GoMap,
  GoPointer,
  GoSlice,
  GoStruct,
  GoText,
  GoTime,
  NOTHING,
} from '../../src/lang/expression/go-values.ts'
import type { GoValue } from '../../src/lang/expression/go-values.ts'
import { wrap } from '../../src/lang/expression/go-integers.ts'
import {
  METRIC_DATA_RESULT,
  NEW_RELIC_ROW,
  STATUS_CODE,
} from '../../src/lang/expression/provider-types.ts'
import { float64, floats, fromJson, nilResult, string } from '../../src/lang/expression/typed.ts'
import type { Typed } from '../../src/lang/expression/typed.ts'
import { UTC } from '../../src/lang/expression/times/zone.ts'
import { TIME } from '../../src/lang/expression/times/types-of-time.ts'
import { STRING } from '../../src/lang/expression/go-types.ts'
import { keyIdentity } from '../../src/lang/expression/run/equality.ts'
import type { Json, JsonObject } from '../../src/std/json.ts'

const NEW_RELIC_ROWS = sliceOf(NEW_RELIC_ROW)
const METRIC_DATA_RESULTS = sliceOf(METRIC_DATA_RESULT)
const UINT64: GoType = { kind: 'int', name: 'uint64', bits: 64, isUnsigned: true }

export interface ExpressionCase {
  readonly id: string
  readonly group: string
  readonly type: string
  readonly result?: Json
  readonly success?: Text
  readonly failure?: Text
  readonly expr?: Text
  readonly phase?: string
  readonly error?: string
  readonly errorIsPrefix?: boolean
  readonly time?: string
  readonly secondsFromNow?: number
}

type Text = string | { readonly parts: readonly (readonly [string, number])[] }

export function expressionCases(): readonly ExpressionCase[] {
  const file = new URL('expressions.json', import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as readonly ExpressionCase[]
}

export function textOf(text: Text | undefined): string | undefined {
  if (text === undefined || typeof text === 'string') return text
  return text.parts.map(([part, times]) => part.repeat(times)).join('')
}

/** The result as its provider would hand it over. */
export function resultOf({ type, result = null }: ExpressionCase): Typed {
  const json = repeated(result)
  if (json === null) return nilResult
  switch (type) {
    case 'float64':
    case '*float64':
      return float64(number(json))
    case 'int':
      return { type: INT, value: new GoInt(INT, wrap(BigInt(json as number))) }
    case 'string':
      return string(json as string)
    case '[]float64':
      return floats((json as Json[]).map(number))
    case '[]any':
      return { type: ANYS, value: (json as Json[]).map(anyValue) }
    case 'nrdb.NRDBResult':
      return { type: NEW_RELIC_ROW, value: row(json as JsonObject) }
    case '[]nrdb.NRDBResult':
      return { type: NEW_RELIC_ROWS, value: new GoSlice(NEW_RELIC_ROWS, (json as JsonObject[]).map(row)) }
    case '[]MetricDataResult':
      return {
        type: METRIC_DATA_RESULTS,
        value: new GoSlice(METRIC_DATA_RESULTS, (json as JsonObject[]).map(metricData)),
      }
    default:
      return fromJson(json)
  }
}

function repeated(json: Json): Json {
  const repeat = typeof json === 'object' && json !== null ? (json as JsonObject)['$repeat'] : undefined
  if (repeat === undefined) return json
  const [value, times] = repeat as [Json, number]
  return Array.from({ length: times }, () => value)
}

const NUMBERS: Readonly<Record<string, number>> = { NaN: NaN, '+Inf': Infinity, '-Inf': -Infinity }

function number(json: Json): number {
  return typeof json === 'string' ? (NUMBERS[json] ?? Number(json)) : (json as number)
}

function anyValue(json: Json): GoValue {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json as GoValue
  const [[kind = '', value = null] = []] = Object.entries(json)
  if (kind === '$int64') return new GoInt(INT64, wrap(BigInt(value as string)))
  if (kind === '$uint64') return new GoInt(UINT64, wrap(BigInt(value as string)))
  if (kind === '$float64') return number(value)
  return kind === '$time' ? moment(value as string) : (json as GoValue)
}

function moment(text: string): GoTime {
  return new GoTime(BigInt(Date.parse(text)) * 1_000_000n, UTC)
}

function row(json: JsonObject): GoMap {
  const entries = Object.entries(json).map(([key, value]) => [keyIdentity(key), [key, value as GoValue]] as const)
  return new GoMap(NEW_RELIC_ROW, new Map(entries))
}

const pointer = (json: Json | undefined) => new GoPointer(pointerTo(STRING), (json ?? null) as GoValue)

function metricData(json: JsonObject): GoStruct {
  const list = (type: GoType, items: readonly GoValue[] | undefined) => new GoSlice(type, items ?? NOTHING)
  const times = json['Timestamps'] as string[] | undefined
  const fields: [string, GoValue][] = [
    ['Id', pointer(json['Id'])],
    ['Label', pointer(json['Label'])],
    ['Messages', null],
    ['StatusCode', new GoText(STATUS_CODE, json['StatusCode'] as string)],
    ['Timestamps', list(sliceOf(TIME), times?.map(moment))],
    ['Values', list(sliceOf(FLOAT64), json['Values'] as number[] | undefined)],
  ]
  return new GoStruct(METRIC_DATA_RESULT, new Map(fields))
}
