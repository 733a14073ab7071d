// Conditions and times of range queries, judged as they were recorded.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { judge } from '../../src/analysis/judge.suite.ts'
import { timeOf } from '../../src/lang/expression/time.ts'
import { expressionCases, resultOf, textOf } from './expression-cases.ts'
import type { ExpressionCase } from './expression-cases.ts'
import { ON_PURPOSE_ANALYSIS } from './on-purpose-analysis.ts'

const NOW = 1_785_585_600_000
const LONG = 3000

type Answer = Readonly<Record<string, string | undefined>>

/** What ours says, by the fields of the case. */
function answer(one: ExpressionCase): Answer {
  return one.type === 'time' ? timeAnswer(one) : verdict(one)
}

function verdict(one: ExpressionCase): Answer {
  const [success, failure] = [textOf(one.success), textOf(one.failure)]
  const conditions = {
    ...(success === undefined ? {} : { successCondition: success }),
    ...(failure === undefined ? {} : { failureCondition: failure }),
  }
  const { phase, message } = judge(conditions, resultOf(one), NOW)
  const shown = [success, failure].reduce(
    (text, part) => ((part?.length ?? 0) > LONG ? text?.replace(part ?? '', () => '…') : text),
    message,
  )
  return { phase, error: shown }
}

function timeAnswer(one: ExpressionCase): Answer {
  const read = timeOf(textOf(one.expr) ?? '', NOW)
  if ('problem' in read) return { error: read.problem }
  const since = read.nanoseconds - BigInt(NOW) * 1_000_000n
  if (one.secondsFromNow !== undefined) return { secondsFromNow: String(since / 1_000_000_000n) }
  return { time: String(read.nanoseconds) }
}

function wanted(one: ExpressionCase): Answer {
  if (one.type !== 'time') return { phase: one.phase, error: one.error }
  if (one.error !== undefined) return { error: one.error }
  if (one.secondsFromNow !== undefined) return { secondsFromNow: String(one.secondsFromNow) }
  // JavaScript wants six digits of a year that has more than four.
  const text = (one.time ?? '').replace(/^(\d{5})-/, '+0$1-')
  return { time: String(BigInt(Date.parse(text)) * 1_000_000n) }
}

function difference(one: ExpressionCase): readonly string[] {
  const [ours, theirs] = [answer(one), wanted(one)]
  return Object.keys(theirs).flatMap(field => {
    const meant = ON_PURPOSE_ANALYSIS.find(other => other.id === one.id && other.field === field)
    const right = meant === undefined ? theirs[field] : meant.ours
    return ours[field] === right ? [] : [`${one.id} ${field}: ${ours[field]} instead of ${right}`]
  })
}

test('each case of expressions.json is judged as it was recorded', { timeout: 120_000 }, () => {
  const cases = expressionCases()
  expect(cases.length).toBeGreaterThan(500)
  expect(cases.flatMap(difference)).toEqual([])
})

test('what differs on purpose is few, and told to users', () => {
  const compat = readFileSync(new URL('../../docs/COMPAT.md', import.meta.url), 'utf8')
  expect(ON_PURPOSE_ANALYSIS.length).toBeLessThanOrEqual(20)
  expect(ON_PURPOSE_ANALYSIS.filter(({ row }) => !compat.includes(`| ${row} |`))).toEqual([])
})
