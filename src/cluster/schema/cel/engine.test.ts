// CEL as Kubernetes has it: each function of its library, and what a rule may cost.
import { expect, test } from 'vitest'
import golden from '../../../../test/golden/api-server/cel-library.json' with { type: 'json' }
import { validateRules } from '../rules.ts'
import type { Structural } from '../structural.ts'
import { RULE_STEPS_MAX, STEPS_MAX } from './budget.ts'
import { celProblem, evaluateCel } from './engine.ts'
import type { Expression } from './engine.ts'

function answer(source: string, self: unknown = {}): unknown {
  expect(celProblem(expression(source))).toBeUndefined()
  return evaluateCel(expression(source), { self }, { left: RULE_STEPS_MAX })
}

function expression(source: string): Expression {
  return { source, isOldSelfOptional: false }
}

const many = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`)

test.each(golden.rules)('a real API server holds, and so do we: %s', source => {
  const schema = { ...golden.schema, 'x-kubernetes-validations': [{ rule: source }] } as unknown as Structural
  expect(celProblem(expression(source))).toBeUndefined()
  expect(validateRules(schema, golden.value, { old: undefined, earlier: [] })).toEqual([])
})

test.each([
  'math.greatest(1, 2.5, 2) == 2.5 && math.least([3, 1]) == 1 && math.abs(-3) == 3 && math.sign(-2.5) == -1.0',
  'math.ceil(1.2) == 2.0 && math.floor(-1.2) == -2.0 && math.round(-1.5) == -2.0 && math.trunc(-1.9) == -1.0',
  'math.sqrt(9) == 3.0 && math.isNaN(0.0 / 0.0) && math.isInf(1.0 / 0.0) && math.isFinite(1.0)',
  'math.bitAnd(6, 3) == 2 && math.bitOr(6, 3) == 7 && math.bitXor(6, 3) == 5 && math.bitNot(0) == -1',
  'math.bitShiftLeft(1, 3) == 8 && math.bitShiftRight(-1, 63) == 1 && math.bitShiftLeft(1, 64) == 0',
  '[3, 1, 2].sort() == [1, 2, 3] && [1, 1, 2].distinct() == [1, 2] && [1, 2].reverse() == [2, 1]',
  '[1, 2, 3].slice(1, 3) == [2, 3] && [[1], [2]].flatten() == [1, 2]',
  "'gums'.reverse() == 'smug' && [1, 2].existsOne(x, x == 1) && cel.bind(x, 'a', x + x) == 'aa'",
  "string(duration('90s')) == '90s' && string(timestamp('2024-03-01T10:00:00Z')) == '2024-03-01T10:00:00Z'",
])('what newer API servers and other hosts of CEL have is there, too: %s', rule => {
  expect(answer(rule)).toEqual({ value: true })
})

test('has() of what every object inherits says no', () => {
  expect(answer('has(self.constructor) || has(self.toString)', { a: 1 })).toEqual({ value: false })
})

test('a pattern is RE2: it can not take for ever, and knows no look-ahead', () => {
  const text = (length: number) => `${'a'.repeat(length)}b`
  const steps = (length: number) => {
    const purse = { left: RULE_STEPS_MAX }
    const context = { self: { s: text(length) } }
    expect(evaluateCel(expression("!self.s.matches('^(a+)+$') || true"), context, purse)).toEqual({
      value: true,
    })
    return RULE_STEPS_MAX - purse.left
  }
  expect(steps(10_000) / steps(1000)).toBeLessThan(11)
  expect(answer('self.s.matches(self.p)', { s: 'ab', p: 'a(?=b)' })).toEqual({
    problem: 'error parsing regexp: a(?=b)',
  })
})

test.each([
  [
    'a large pattern over a long text',
    "self.a.all(x, self.s.matches('^(a?){0,500}b') || true)",
    'a'.repeat(800),
  ],
  ['many matches', "self.a.all(x, self.s.findAll('a').size() > 0)", 'a'.repeat(1000)],
  ['patterns from the object', "self.a.all(x, 'a'.matches('(a?){0,500}' + x) || true)", ''],
])('%s is paid for by what RE2 does for it', (_, rule, s) => {
  expect(answer(rule, { s, a: many(100) })).toEqual({ isOutOfBudget: true })
})

test('a text that is too long for its pattern refuses', () => {
  expect(answer("self.s.matches('^(a?){0,500}b')", { s: 'a'.repeat(10_000) })).toEqual({
    problem: 'the text is too long for the pattern: ^(a?){0,500}b',
  })
})

test('the length of a text counts, where a rule reads it', () => {
  const s = 'x'.repeat(1_000_000)
  expect(answer('self.s.size() > 5', { s })).toEqual({ value: true })
  expect(answer("self.s.contains('y') || self.s.endsWith('x')", { s })).toEqual({ value: true })
  const often = Array.from({ length: 20 }, () => "self.s.contains('y')").join(' || ')
  expect(answer(often, { s })).toEqual({ isOutOfBudget: true })
  expect(answer('self.a.all(t, self.s.startsWith(t))', { s, a: many(20) })).toEqual({ value: false })
})

const DEPTH = 60

test.each([
  ['a replacement', "self.s.replace('', self.s).size() > 0"],
  ['a list that is joined', "self.s.split('').join(self.s).size() > 0"],
  ['values that hold one another', bound(DEPTH)],
  ['what a disjunction would hide', 'self.a.all(x, self.a.all(y, self.a.all(z, x + y != z))) || true'],
])('%s is refused before it fills the memory', (_, rule) => {
  expect(answer(rule, { s: 'x'.repeat(100_000), a: many(300) })).toEqual({ isOutOfBudget: true })
})

/** `[x, x]` of `[x, x]` of …, which is small to hold and endless to read. */
function bound(times: number): string {
  return times === 0 ? 'x == x' : `cel.bind(x, ${times === DEPTH ? "['a']" : '[x, x]'}, ${bound(times - 1)})`
}

test('loops in loops are looked at once, however deep they stand', () => {
  const nested = (depth: number): string =>
    depth === 0 ? 'true' : `self.all(x${depth}, ${nested(depth - 1)})`
  expect(answer(nested(100), ['a'])).toEqual({ value: true })
})

test('all the rules of one object share what they may cost, and one that has it all is the last', () => {
  const rule = Array.from({ length: 5 }, () => "!self.contains('y')").join(' && ')
  const rules = Array.from({ length: 40 }, () => ({ rule }))
  const schema = { type: 'string', 'x-kubernetes-validations': rules } as unknown as Structural
  const said = validateRules(schema, 'x'.repeat(1_000_000), { old: undefined, earlier: [] })
  expect(said.map(problem => problem.message)).toEqual([
    'Invalid value: "string": validation failed due to running out of cost budget, ' +
      'no further validation rules will be run',
  ])
  expect(STEPS_MAX).toBe(10 * RULE_STEPS_MAX)
})

test.each([
  ['self.foo() > 1', 'lacking', "found no matching overload for 'dyn.foo()'"],
  ['[?self.?a].size() == 1', 'lacking', 'Unexpected token: QUESTION'],
  ['has(self)', 'wrong', 'invalid argument to has() macro'],
  ["self.a.all(x, x.matches('a(?=b)'))", 'lacking', expect.stringMatching(/^the pattern a\(\?=b\): /)],
  [
    `self.a.find('${'x'.repeat(1001)}') == ''`,
    'lacking',
    expect.stringMatching(/^the pattern x{100}: it is longer/),
  ],
  [`self.a == '${'x'.repeat(20_000)}'`, 'lacking', 'it is longer than 20000 characters'],
  ['self.a == ', 'wrong', 'Unexpected token: EOF'],
])('%s does not compile: %s', (source, kind, said) => {
  expect(celProblem(expression(source))).toEqual({ kind, said })
})

test.each([
  ['self.a.b == 1', 'no such key: a'],
  ['[1][3] == 1', 'index out of bounds: 3'],
  ['has(self.?s.b)', 'no such overload'],
  [
    "ip('::ffff:1.2.3.4').family() == 6",
    'IP Address "::ffff:1.2.3.4" parse error during conversion from string',
  ],
  ["'abc'.charAt(4) == ''", 'index out of range: 4'],
  ["'abc'.substring(2, 1) == ''", 'invalid substring range. start: 2, end: 1'],
  ["int('1e3') == 1000", "type conversion error from 'string' to 'int'"],
  ['[9223372036854775807, 1].sum() > 0', 'integer overflow'],
  ["'%d'.format(['x']) == ''", 'error during formatting: no such overload: d of string'],
  ["{'a': 1}.all(k, v, v)", 'no such overload'],
  ['[].max() == 1', 'max called on empty list'],
  [
    "url('x').getHost() == ''",
    'URL parse error during conversion from string: parse "x": invalid URI for request',
  ],
  ["quantity('x').sign() == 0", expect.stringContaining('quantities must match')],
  ["semver('1').major() == 1", 'invalid semantic version: "1"'],
])('%s says what is wrong: %s', (rule, problem) => {
  expect(answer(rule, { s: 'x' })).toEqual({ problem })
})
