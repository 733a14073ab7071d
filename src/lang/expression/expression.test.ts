// Expressions as a whole: what they give for a result, and that nothing holds them up.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conditionEnvironment } from './environment.ts'
import { readExpression } from './expression.ts'
import { printValue } from './run/print.ts'
import { sortedInBits } from './run/sorting.ts'
import { runSteps } from './steps.ts'
import { float64, floats, fromJson, nilResult, string } from './typed.ts'
import type { Typed } from './typed.ts'

const NOW = 1_785_585_600_000

function evaluate(text: string, result: Typed = float64(0.95)): string {
  const read = readExpression(text, conditionEnvironment(result.type))
  const answer = 'problem' in read ? read : read.value.evaluate(result.value, NOW)
  return 'problem' in answer ? `! ${answer.problem}` : printValue(answer.value)
}

describe('an expression gives', () => {
  test.each([
    ['result > 0.9 and result < 1', 'true'],
    ['9223372036854775807 + 1', '-9223372036854775808'],
    ['9007199254740993 * 3 - 1', '27021597764222978'],
    ['let a = 9007199254740991; a + 2', '9007199254740993'],
    ['let a = 9007199254740991; -a - 2', '-9007199254740993'],
    ['-7 % 3', '-1'],
    ['7 / 2', '3.5'],
    ['[1, 2.0, "x", nil]', '[1 2 x <nil>]'],
    ['{b: 1, a: [2]}', 'map[a:[2] b:1]'],
    ['"Kä"[0:2] + "Kä"[2:]', 'Kä'],
    ['len("Kä"[0:2])', '2'],
    ['reduce(1..5, #acc * #)', '120'],
    ['1..9 | filter(# % 2 == 1) | map(# * #index)', '[0 3 10 21 36]'],
    ['map([[1, 2], [3]], {let whole = #; map(#, # + len(whole))})', '[[3 4] [4]]'],
    ['groupBy(1..4, # % 2)[1]', '[1 3]'],
    ['sortBy(["bb", "a"], len(#), "desc")', '[bb a]'],
    ['(nil ?? {a: {b: 1}})?.a?.b', '1'],
    ['{a: nil}.a?.b.c.d', '<nil>'],
    [
      'date("2024-03-31T00:30:00Z").In(timezone("Europe/Berlin")).AddDate(0, 0, 0).Add(duration("1h"))',
      '2024-03-31 03:30:00 +0200 CEST',
    ],
    ['string(now().UTC())', '2026-08-01 12:00:00 +0000 UTC'],
    ['date("2024-12-30").ISOWeek()', '2025'],
    ['duration("1h") * 1.5', '5.4e+12'],
    ['"a.b" matches "^a\\\\.b$" and "x" not matches "y"', 'true'],
    ['toJSON({a: [1.5, "<"], b: {}})', '{\n  "a": [\n    1.5,\n    "\\u003c"\n  ],\n  "b": {}\n}'],
    ['fromJSON("[1, {\\"a\\": null}]")[1].a ?? "none"', 'none'],
    ['toBase64("Käse?") | fromBase64()', 'Käse?'],
    ['uniq(concat([3, 1], [1.0, "1"]))', '[3 1 1]'],
    ['median([3, [1, 2.5]], 9)', '2.75'],
    ['int("-12") + asInt("3")', '-9'],
    ['b"a\\xff"[1]', '255'],
    ['$env["result"] + 1', '1.95'],
    ['let a = 1; let b = a + 1; a; b', '2'],
  ])('%s', (text, value) => expect(evaluate(text)).toBe(value))
})

describe('as Go has it', () => {
  test.each([
    ['.5 ** 1.5', '0.3535533905932738'],
    ['1.5 ** -0.5', '0.8164965809277261'],
    ['1.1 ** 5', '1.6105100000000006'],
    ['2 ** -1074', '5e-324'],
    ['-1 ** (1/0)', '-1'],
    ['groupBy(1..3, -#)', 'map[-3:[3] -2:[2] -1:[1]]'],
    ['groupBy([1], #)[2] ?? "none"', 'none'],
    ['groupBy([1], #)?.x == nil', 'true'],
    ['groupBy(1..3, # > 1 ? nil : "")[nil]', '[2 3]'],
    ['sum({a: 1, b: 2} ?? [], 3)', '6'],
    ['sum($env, 1)', '7'],
    ['find($env, false)', '<nil>'],
    ['find($env, true)', '! reflect: call of reflect.Value.Index on map Value'],
    ['none(fromJSON("5"), true)', '! reflect: call of reflect.Value.Len on float64 Value'],
    ['all([duration("1h")], all(#, true))', '! builtin all takes only array (got time.Duration)'],
    [
      'all([1, duration("1h")], all(# == 1 ? [] : #, true))',
      '! reflect: call of reflect.Value.Len on int64 Value',
    ],
    ['sum([1, "a", nil])', '! invalid operation: string + <nil>'],
    ['bitand(fromJSON("1"), 1)', '! cannot use float64 as argument (type int) to call bitand'],
    ['get(fromJSON("[1]"), true)', '! invalid operation: int(bool)'],
    ['get([1], 5)', '<nil>'],
    ['string([timezone("UTC")])', '[UTC]'],
    ['sort($env)?.[1]', '<nil>'],
    [
      'fromJSON("1") in ["a"]',
      '! reflect.Value.MapIndex: value of type float64 is not assignable to type string',
    ],
    ['fromJSON("null") in ["", "a"]', 'true'],
    ['[] in first([now()])', '! cannot use []interface {} as field name of time.Time'],
    ['filter([1, nil], true)[-1]', '<nil>'],
    ['toPairs({a: 1})[0] + 1', '! invalid operation: [2]interface {} + int'],
    ['fromPairs(fromJSON("2.5"))', '! cannot transform %!s(float64=2.5) from pairs'],
    ['sort([1], fromJSON("1"))', '! sort order argument must be a string (got float64)'],
    ['mean(duration("1s"), 0)', '5e+08'],
    ['[-asInt("5") == -5, toJSON({n: -asInt("5")})]', '[true {\n  "n": -5\n}]'],
  ])('%s is %s', (text, value) => expect(evaluate(text)).toBe(value))
})

describe('what an expression is is known before it runs', () => {
  test.each([
    ['(1..3) + 1', 'invalid operation: + (mismatched types []interface {} and int)'],
    ['bitand("a", nosuch)', 'cannot use string as argument (type int) to call bitand '],
    ['bitand(nosuch)', 'unknown name nosuch'],
    ['get(nosuch)', 'invalid number of arguments (expected 2, got 1)'],
    ['[nil][-1] + 1', 'invalid operation: + (mismatched types unknown and int)'],
    ['any([nil], #)', 'predicate should has one input and one output param'],
    ['reduce([1], nil)', 'predicate should has two input and one output param'],
    ['timezone("UTC") ? 1 : 2', 'non-bool expression (type time.Location) used as condition'],
    ['toPairs(timezone("UTC"))', 'cannot transform *time.Location to pairs'],
    ['[1][duration("1h"):]', 'non-integer slice index time.Duration'],
    ['"a" matches b"a"', 'invalid operation: matches (mismatched types string and []uint8)'],
    ['$env()', 'map[string]interface {} is not callable'],
    ['$env.nosuch', 'unknown name nosuch'],
  ])('%s is refused: %s', (text, problem) => expect(evaluate(text)).toBe(`! ${problem}`))
  test.each([
    ['$env?.nosuch', '<nil>'],
    ['$env[nosuch]', '<nil>'],
    ['$env == "a"', 'false'],
    ['len($env)', '7'],
    ['(true ? [1] : [[1]])[0] == 1', 'true'],
    ['fromJSON("{}").f(nosuch)', '! invalid operation: cannot call nil'],
    ['first([1])["a"] ?? 1', '! cannot fetch a from int'],
  ])('%s is not refused, and gives %s', (text, value) => expect(evaluate(text)).toBe(value))
  test('by a result that is nil', () => {
    expect(evaluate('result()', nilResult)).toBe('! result is nil; cannot call nil as function')
  })
})

describe('an expression is refused', () => {
  test.each([
    ['result + "a"', 'invalid operation: + (mismatched types float64 and string)'],
    ['upper(1)', 'cannot use int as argument (type string) to call upper '],
    ['nosuch.x', 'unknown name nosuch'],
    ['let len = 1; len', 'cannot redeclare builtin len'],
    ['let a = 1; let a = 2; a', 'cannot redeclare variable a'],
    ['all([1], #index > 0)', 'unknown pointer #index'],
    ['1 % 0 == 1 or true', 'integer divide by zero'],
    ['[1][5]', 'index out of range: 5 (array length is 1)'],
    ['fromJSON("{\\"a\\" 1}")', "invalid character '1' after object key"],
    ['fromJSON("[1e999]")', 'json: cannot unmarshal number 1e999 into Go value of type float64'],
    ['filter([1], # > 5)[0]', 'reflect: slice index out of range'],
    ['date("2024-02-30", "2006-01-02")', 'parsing time "2024-02-30": day out of range'],
    ['{(1): 2}', 'interface conversion: interface {} is int, not string'],
    ['sortBy([1], #, "up")', 'unknown order, use asc or desc'],
    ['sort([1], "up")', 'invalid order up, expected asc or desc'],
    ['groupBy([[1]], #)', 'hash of unhashable type: []interface {}'],
    ['groupBy([1, [1]], #)', 'runtime error: hash of unhashable type []interface {}'],
  ])('%s', (text, problem) => expect(evaluate(text)).toBe(`! ${problem}`))
  test('by the type of the result', () => {
    expect(evaluate('result > 1', floats([1]))).toBe(
      '! invalid operation: > (mismatched types []float64 and int)',
    )
    expect(evaluate('result.v > 1', fromJson({ v: 'x' }))).toBe('! invalid operation: string > int')
    expect(evaluate('result.constructor', fromJson({ v: 1 }))).toBe('<nil>')
    expect(evaluate('"toString" in result', fromJson({ v: 1 }))).toBe('false')
    expect(evaluate('result < 1', nilResult)).toBe(
      '! invalid operation: < (mismatched types unknown and int)',
    )
    expect(evaluate('result[0]', string('a'))).toBe('! type string[int] is undefined')
  })
})

describe('nothing holds an evaluation up', () => {
  const many = floats(Array.from({ length: 5000 }, () => 1))
  test('what would work for ever is ended', () => {
    const problem = '! evaluation takes more than 6000000 steps'
    expect(evaluate('all(result, all(result, # > 0))', many)).toBe(problem)
    expect(evaluate('map(result, indexOf(repeat("x", 900), "y"))', many)).toBe('! memory budget exceeded')
  })
  test('what is dear is done bit by bit, and comes to the same', () => {
    const texts = [
      'all(result, all(1..20, # > 0))',
      'sort(1..20000, "desc")[0]',
      'sortBy(map(1..30000, # % 77), #)[15000]',
      'median(1..100000)',
      'len(toJSON(1..50000))',
      'len(string(1..50000))',
      'len(uniq(map(1..100000, # % 10)))',
      'len(groupBy(1..30000, # % 7))',
      'reduce(1..30000, #acc + # , 0)',
      'all(result, all(result, # > 0))',
      'map(1..900000, # * 2)',
    ]
    for (const text of texts) {
      const read = readExpression(text, conditionEnvironment(many.type))
      if ('problem' in read) throw new Error(read.problem)
      const bits = read.value.evaluation(many.value, NOW)
      let [count, next] = [1, bits.next()]
      for (; next.done !== true; next = bits.next()) count++
      expect([text, next.value]).toEqual([text, read.value.evaluate(many.value, NOW)])
      expect([text, count > 1]).toEqual([text, true])
    }
  })
  test('a long list is sorted as a short one is', () => {
    const item = fc.record({ key: fc.integer({ min: 0, max: 50 }), place: fc.nat() })
    const lists = fc.array(item, { minLength: 4097, maxLength: 20_000 })
    const order = (a: { key: number }, b: { key: number }) => a.key - b.key
    fc.assert(
      fc.property(lists, list => {
        expect(runSteps(sortedInBits(list, order))).toEqual(list.toSorted(order))
      }),
      { numRuns: 10 },
    )
  })
  test('work on long texts and large maps is paid for by their size', () => {
    const problem = '! evaluation takes more than 6000000 steps'
    const text = string('é'.repeat(500_000))
    for (const use of [
      'len(result) > 0',
      'result[1:] != ""',
      'result == result + "a"',
      'upper(result) != ""',
    ]) {
      expect(evaluate(`count(1..900000, ${use}) > 0`, text)).toBe(problem)
    }
    const map = fromJson(Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`k${at}`, at])))
    for (const use of [
      'len(result) > 0',
      'keys(result) != nil',
      'result == result',
      'string(result) != ""',
    ]) {
      expect(evaluate(`count(1..900000, ${use}) > 0`, map)).toBe(problem)
    }
  })
  test('what would fill the memory is ended', () => {
    expect(evaluate('1..10000000000')).toBe('! memory budget exceeded')
    expect(evaluate('reduce(1..100, #acc + #acc, "x")')).toBe('! memory budget exceeded')
    expect(evaluate('repeat("x", 1000000)')).toBe('! memory budget exceeded')
  })
  test('a pattern that is too large is refused with its size', () => {
    const pattern = `(${'a|b'.repeat(50)}){500}`
    expect(evaluate(`"a" matches "${pattern}"`)).toMatch(
      /^! error parsing regexp: .*instructions, of 5000 at most$/,
    )
    expect(evaluate('"a" matches "(a{100}){11}"')).toBe(
      '! error parsing regexp: invalid repeat count: `{11}`',
    )
  })
  test.each([
    ['not ', 'true', ''],
    ['[', '', ']'],
    ['-', '1', ''],
    ['(true ? ', '1', ' : 2)'],
    ['true and (1 in [1] and ', 'true', ')'],
    ['{a: ', '1', '}.a'],
    ['(nil ?? ', '1', ')'],
    ['map([1], ', '#', ')'],
    ['string(', '1', ')'],
  ])('%s may stand in itself a thousand times', (open, inside, close) => {
    const answer = evaluate(open.repeat(1000) + inside + close.repeat(1000))
    expect(answer.startsWith('!')).toBe(false)
  })
  test('nine thousand levels are no matter of the stack', () => {
    expect(evaluate(`${'-'.repeat(9000)}result`)).toBe('0.95')
    expect(evaluate(`${'result > 1 ? 1 : '.repeat(1600)}2`)).toBe('2')
    expect(evaluate(`${'(result ?? '.repeat(3000)}1${')'.repeat(3000)}`)).toBe('0.95')
    expect(evaluate(`result${'?.a'.repeat(3000)}`, fromJson({ a: null }))).toBe('<nil>')
  })
  test('a result may be nested as deep as JSON goes', () => {
    for (const use of ['flatten', 'string', 'toJSON', 'max', 'len']) {
      expect(evaluate(`${use}(fromJSON(repeat("[", 900) + "1" + repeat("]", 900))) != nil`)).toBe('true')
    }
    expect(evaluate('fromJSON(repeat("[", 9000) + repeat("]", 9000)) == [1]')).toBe('false')
  })
})

const WORDS = [
  'result [0] .x ?.y ( ) [ ] { } , : ; + - * / % ** .. == != < > <= >= ?? ? | # #acc #index let a = 1 2.5',
  'nil true false and or not in matches contains if else filter( map( all( sum( reduce( len( string( toJSON(',
  'fromJSON( max( sort( split( now() date( duration( 1..5 b"q" ~ \\ "un isNaN( default( $env "x" \'y\' `z`',
].flatMap(words => words.split(' '))

describe('laws', () => {
  const tokens = fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }).map(words => words.join(' '))
  const results = fc.oneof(
    fc.double().map(float64),
    fc.array(fc.double(), { maxLength: 4 }).map(floats),
    fc.json({ maxDepth: 2 }).map(text => fromJson(JSON.parse(text))),
  )
  test('any text of tokens has an answer', () => {
    fc.assert(
      fc.property(tokens, results, (text, result) => typeof evaluate(text, result) === 'string'),
      {
        numRuns: 3000,
      },
    )
  })
  test('any text at all has an answer', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => typeof evaluate(text) === 'string'))
  })
  test('whole numbers wrap as 64 bits do', () => {
    const whole = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n })
    const operators = fc.constantFrom('+', '-', '*')
    fc.assert(
      fc.property(whole, whole, operators, (a, b, operator) => {
        const exact = operator === '+' ? a + b : operator === '-' ? a - b : a * b
        expect(evaluate(`let a = ${a}; let b = ${b}; a ${operator} b`)).toBe(String(BigInt.asIntN(64, exact)))
      }),
    )
  })
  test('a text is the JSON that it was read from', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), text => {
        const value = JSON.parse(text)
        fc.pre(!text.includes('\\ud') && !text.includes('-0'))
        const printed = evaluate('toJSON(result)', { type: fromJson([]).type, value: [value] })
        expect(JSON.parse(printed)).toEqual([value])
      }),
    )
  })
})
