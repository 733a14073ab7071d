// Every recorded query gives what Prometheus gave; those of the HTTP API are asked in src/metrics.
import { describe, expect, test } from 'vitest'
import { evaluate } from './evaluate.suite.ts'
import type { Answer } from './answer.ts'
import type { QueryTime } from './run.ts'
import { recordedCases, recordedSource } from './recorded.suite.ts'
import type { RecordedCase } from './recorded.suite.ts'

const source = recordedSource()

const ms = (seconds: number | string | undefined) => Math.round(Number(seconds) * 1000)

function timeOf(one: RecordedCase): QueryTime {
  if (one.step === undefined) return { at: ms(one.time) }
  return { start: ms(one.start), end: ms(one.end), step: ms(one.step) }
}

/** Numbers to twelve digits; series by their labels, unless the order is part of the answer. */
function comparable(result: unknown, isOrdered: boolean): unknown {
  if (!Array.isArray(result)) return result
  const rounded = JSON.parse(JSON.stringify(result), roundedText) as unknown[]
  if (isOrdered || !rounded.every(one => typeof one === 'object' && one !== null && 'metric' in one))
    return rounded
  const key = (one: unknown) =>
    JSON.stringify(Object.entries((one as { metric: Record<string, string> }).metric).toSorted())
  return rounded.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

function roundedText(_key: string, value: unknown): unknown {
  if (!Array.isArray(value) || value.length !== 2 || typeof value[1] !== 'string') return value
  const number = Number(value[1])
  return Number.isFinite(number) && value[1] !== ''
    ? [value[0], String(Number(number.toPrecision(12)))]
    : value
}

/** Of syntax errors the words are ours: `unexpected …`, or what a word itself is wrong about. */
function isSyntax(text: string): boolean {
  return /parse error: (?:unexpected|bad number|unterminated|unclosed|unknown (?:escape|unit))/.test(text)
}

/** Which of two series that collide is named first is the storage's matter. */
function collision(text: string): string {
  return text.replace(
    /\[(\{.*\}), (\{.*\})\]/,
    (_, a: string, b: string) => `[${[a, b].toSorted().join(', ')}]`,
  )
}

function comparableAnswer(answer: Answer | RecordedCase, isOrdered: boolean): unknown {
  if ('error' in answer && answer.error !== undefined) {
    const text = isSyntax(answer.error) ? 'a syntax error' : collision(answer.error)
    return { errorType: answer.errorType, http: answer.http, error: text }
  }
  const data = 'data' in answer ? answer.data : (answer as RecordedCase).result
  const { warnings = [], infos = [] } = answer as RecordedCase
  return {
    type: data?.resultType,
    result: comparable(data?.result, isOrdered),
    warnings: warnings.toSorted(),
    infos: infos.toSorted(),
  }
}

describe('a query answers as Prometheus does', () => {
  const cases = recordedCases.filter(one => one.group !== 'api')
  test.each(cases.map(one => [one.id, one.query ?? '', one] as const))('%s: %s', (_id, query, one) => {
    const isOrdered = one.ordered === true
    const answer = evaluate({ query, time: timeOf(one), source })
    expect(comparableAnswer(answer, isOrdered)).toEqual(comparableAnswer(one, isOrdered))
  })
})
