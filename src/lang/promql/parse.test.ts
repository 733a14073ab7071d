// What is wrong with a query, in the words of Prometheus 3.16 and at its place.
import { expect, test } from 'vitest'
import { evaluate } from './evaluate.suite.ts'
import { plainSource } from './recorded.suite.ts'

const RANGES = 'range vector selector or a subquery'
const answerTo = (query: string) => evaluate({ query, time: { at: 0 }, source: plainSource([]) })

test.each([
  ['sum()', '1:1: parse error: no arguments for aggregate expression provided'],
  ['rate(x[5m],)', '1:11: parse error: trailing commas not allowed in function call args'],
  ['topk(1, on)', '1:7: parse error: trailing commas not allowed in function call args'],
  ['foo(bar(1))', '1:5: parse error: unknown function with name "bar"'],
  ['foo(1', '1:6: parse error: unclosed left parenthesis'],
  ['limitk(1, x', '1:12: parse error: unclosed left parenthesis'],
  ['by (app)', '1:4: parse error: unexpected "("'],
  ['a:b(x)', '1:4: parse error: unexpected "("'],
  ['x + on("") x', '1:8: parse error: invalid label name for grouping: ""'],
  ['sum by ("") (x)', '1:9: parse error: invalid label name for grouping: ""'],
  [
    '1e400',
    '1:1: parse error: error parsing number: strconv.ParseFloat: parsing "1e400": value out of range',
  ],
  ['0x', '1:1: parse error: error parsing number: strconv.ParseFloat: parsing "0x": invalid syntax'],
  ['1e * x', '1:1: parse error: error parsing number: strconv.ParseFloat: parsing "1e": invalid syntax'],
  ['rate(x, =~)', '1:9: parse error: unexpected "=~"'],
  [String.raw`"\xg0"`, "1:1: parse error: illegal character U+0067 'g' in escape sequence"],
  [String.raw`"\400"`, '1:1: parse error: escape sequence is an invalid Unicode code point'],
  [String.raw`"\x4`, '1:1: parse error: escape sequence not terminated'],
  [
    String.raw`x{a=~"\\"}`,
    '1:3: parse error: error parsing regexp: trailing backslash at end of expression: ``',
  ],
  ['5m5m', '1:1: parse error: not a valid duration string: "5m5m"'],
  ['x[.5m]', '1:3: parse error: not a valid duration string: ".5m"'],
  ['x[1.5h]', '1:3: parse error: unknown unit "." in duration "1.5h"'],
  ['x[1y1y]', '1:3: parse error: bad number or duration syntax: "1y1"'],
  ['x offset 999999y', '1:10: parse error: duration out of range'],
  ['x @ 5 @ 6', '1:1: parse error: @ <timestamp> may not be set multiple times'],
  ['x @ 5 [5m]', '1:7: parse error: no @ modifiers allowed before range'],
  ['(x) @ 5', `1:1: parse error: @ modifier must be preceded by an instant vector selector or ${RANGES}`],
  ['x @ 1e19', '1:1: parse error: timestamp out of bounds for @ modifier: 10000000000000000000.000000'],
  ['x[5m][5m:1m]', '1:1: parse error: subquery is only allowed on instant vector, got matrix instead'],
  ['x[5m / 0]', '1:6: parse error: division by zero'],
  ['x offset (5m', '1:13: parse error: unclosed left parenthesis'],
  ['x[5m:0s]', '1:6: parse error: duration must be greater than 0'],
  ['x{a=~"("}', '1:3: parse error: error parsing regexp: missing closing ): `(`'],
  ['x{a=~"b)(c"}', '1:3: parse error: error parsing regexp: unexpected ): `b)(c`'],
  ['x{a="ß"} + foo()', '1:13: parse error: unknown function with name "foo"'],
])('%s', (query, error) => {
  expect(answerTo(query)).toEqual({
    errorType: 'bad_data',
    error: `invalid parameter "query": ${error}`,
    http: 400,
  })
})

test('a label of a grouping may have a colon', () => {
  expect(answerTo('sum by (a:b) (x)')).toEqual({ data: { resultType: 'vector', result: [] } })
})
