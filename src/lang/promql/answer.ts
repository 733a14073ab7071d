// What a query answers: the `data` of Prometheus' HTTP API, or an error with its status.
import { compareText } from '../../std/compare.ts'
import type { ValueType } from './functions.ts'
import { instantText } from './dates.ts'
import type { Labels } from './labels.ts'
import type { Notes } from './notes.ts'
import { sampleText } from './numbers.ts'
import type { QueryTime, Vector } from './run.ts'
import type { FinalValue } from './values.ts'

/** Seconds and the value as text. */
export type Point = readonly [seconds: number, value: string]

type Metric = Readonly<Record<string, string>>

export type Data =
  | { readonly resultType: 'scalar' | 'string'; readonly result: Point }
  | {
      readonly resultType: 'vector'
      readonly result: readonly { readonly metric: Metric; readonly value: Point }[]
    }
  | {
      readonly resultType: 'matrix'
      readonly result: readonly { readonly metric: Metric; readonly values: readonly Point[] }[]
    }

export interface Found {
  readonly data: Data
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

export interface Refusal {
  readonly errorType: 'bad_data' | 'execution'
  readonly error: string
  readonly http: number
}

export type Answer = Found | Refusal

/** The values of all steps. */
export class Collected {
  private readonly isRange: boolean
  private readonly series = new Map<string, { readonly labels: Labels; readonly values: Point[] }>()
  private last: FinalValue = []
  private lastAt = 0
  /** How many points a range query has found. */
  points = 0

  constructor(time: QueryTime) {
    this.isRange = 'step' in time
  }

  add(at: number, value: FinalValue): void {
    this.last = value
    this.lastAt = at
    if (!this.isRange) return
    const vector = typeof value === 'number' ? [{ labels: undefined, value }] : (value as Vector)
    this.points += vector.length
    for (const one of vector) {
      const key = one.labels?.key ?? ''
      const known = this.series.get(key)
      const point: Point = [at / 1000, sampleText(one.value)]
      if (known === undefined) this.series.set(key, { labels: one.labels as Labels, values: [point] })
      else known.values.push(point)
    }
  }

  answer(type: ValueType, notes: Notes): Found {
    const data = this.isRange ? this.matrix() : this.instant(type)
    const warnings = notes.warnings()
    const infos = notes.infos(instantText)
    return {
      data,
      ...(warnings.length > 0 && { warnings }),
      ...(infos.length > 0 && { infos }),
    }
  }

  private matrix(): Data {
    const sorted = [...this.series].toSorted(([a], [b]) => compareText(a, b))
    const result = sorted.map(([, { labels, values }]) => ({ metric: labels?.toObject() ?? {}, values }))
    return { resultType: 'matrix', result }
  }

  private instant(type: ValueType): Data {
    const { last, lastAt } = this
    const seconds = lastAt / 1000
    if (typeof last === 'number') return { resultType: 'scalar', result: [seconds, sampleText(last)] }
    if (typeof last === 'string') return { resultType: 'string', result: [seconds, last] }
    if (type === 'matrix') {
      const ranges = last as Exclude<FinalValue, number | string | Vector>
      const sorted = ranges.toSorted((a, b) => compareText(a.series.labels.key, b.series.labels.key))
      const result = sorted.map(({ series, window }) => ({
        metric: series.labels.toObject(),
        values: window.values.map((value, i): Point => [(window.times[i] ?? 0) / 1000, sampleText(value)]),
      }))
      return { resultType: 'matrix', result }
    }
    const result = (last as Vector).map(({ labels, value }) => ({
      metric: labels.toObject(),
      value: [seconds, sampleText(value)] as Point,
    }))
    return { resultType: 'vector', result }
  }
}
