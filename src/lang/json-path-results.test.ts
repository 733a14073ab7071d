// kubectl's JSONPath templates as the web metric uses them: what is found, and what is said where nothing is.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../std/json.ts'
import { compileTemplate } from './json-path-results.ts'

const data: Json = {
  status: 'up',
  tags: ['x', 'y', 'z'],
  'we.ird': 1,
  nested: { n: null, o: {}, e: [] },
  items: [
    { name: 'cart', p99: 120, ok: true, err: { rate: 0.1 } },
    { name: 'pay', p99: 340, ok: false, err: { rate: 0.7 } },
    { name: 'mail', p99: 90, ok: true },
  ],
}

function found(path: string, value = data): unknown {
  const compiled = compileTemplate(path)
  if ('problem' in compiled) return compiled.problem
  const results = compiled.template.results(value)
  return 'problem' in results ? results.problem : results.results.flat()
}

describe('a JSONPath template', () => {
  test.each([
    ['{.status}', ['up']],
    ['{$.tags[-1]}', ['z']],
    ['{.tags[0:2]}', ['x', 'y']],
    ['{.tags[::2]}', ['x', 'z']],
    ['{.tags[5:5]}', []],
    ["{['status','we\\.ird']}", ['up', 1]],
    [String.raw`{.we\.ird}`, [1]],
    ['{.items[*].p99}', [120, 340, 90]],
    ['{..rate}', [0.1, 0.7]],
    ['{.items[?(@.name=="pay")].p99}', [340]],
    ["{.items[?(@.name == 'pay')].p99}", [340]],
    ['{.items[?(@.err)].name}', ['cart', 'pay']],
    ['{.items[?(@.ok==true)].name}', ['cart', 'mail']],
    ['{.items[?(@.p99>=100.0)].name}', ['cart', 'pay']],
    ['{.items[?(@.name!="pay")].name}', ['cart', 'mail']],
    ['p99={.items[0].p99} ms', ['p99=', 120, ' ms']],
    ['{"text"}{42}{true}', ['text', 42, true]],
    [
      '{range .items[*]}{.name}:{.p99};{end}!',
      ['cart', ':', 120, ';', 'pay', ':', 340, ';', 'mail', ':', 90, ';', '!'],
    ],
    ['{.nested.n}', [null]],
    ['status', ['status']],
  ])('%s finds %j', (path, values) => expect(found(path)).toEqual(values))

  test.each([
    ['{.items', 'unclosed action'],
    ['{.items[0}', 'unterminated array'],
    ['{.items[?(@.a==1}', 'unterminated filter'],
    ['{.items[?(@.a==1)}', 'unclosed array expect ]'],
    ['{"text}', 'unterminated quoted string'],
    ['{.items[a]}', 'invalid array index a'],
    ['{....a}', 'invalid multiple recursive descent'],
    ['{1.2.3}', 'cannot parse number 1.2.3'],
    ['{!}', "unrecognized character in action: U+0021 '!'"],
    ['{foo}', 'unrecognized identifier foo'],
    ['{end}', 'not in range, nothing to end'],
    ['{.nope}', 'nope is not found'],
    ['{.items.length()}', 'length() is not found'],
    ['{.items[7].name}', 'array index out of bounds: index 7, length 3'],
    ['{.status[0]}', 'string is not array or slice'],
    ['{.nested[?(@.a)]}', 'map[e:[] n:<nil> o:map[]] is not array or slice and cannot be filtered'],
    ['{.items[?(@.name>3)]}', 'incompatible types for comparison'],
    ['{.items[?(@.p99==120)]}', 'incompatible types for comparison'],
    ['{.items[?(@.err==1)]}', 'invalid type for comparison'],
    ['{.items[?(@.name=<"a")]}', 'unrecognized filter operator =<'],
    ['{.tags[2:1]}', 'starting index 2 is greater than ending index 1'],
    ['{.tags[0:2:0]}', 'step must be > 0'],
    ['{"\\+"}', 'unquote string "\\+" error invalid syntax'],
    ['{range .items[*]}{.name}', 'name is not found'],
    ['{..[0]}', 'map[string]interface {} is not array or slice'],
  ])('%s says: %s', (path, problem) => expect(found(path)).toBe(problem))

  test('finds texts among all that has children, and prints numbers as Go does', () => {
    expect(found('{..}', ['a', ''])).toEqual([['a', ''], 'a'])
    expect(found('{..[0]}', 'a')).toBe('string is not array or slice')
    expect(found(String.raw`{"\u00e4\x41\101\""}`)).toEqual(['äAA"'])
    expect(found('{.n[?(@.a)]}', { n: 1e6 })).toBe('1e+06 is not array or slice and cannot be filtered')
  })

  test("an object's values come in the order of its keys", () => {
    expect(found('{.nested.*}')).toEqual([[], null, {}])
  })

  test('that is hostile is refused or answered, and costs no stack', () => {
    expect(found(`{${'[?(@'.repeat(10_000)}${')]'.repeat(10_000)}}`)).toBe('unterminated filter')
    expect(found('x'.repeat(70_000))).toContain('longer than')
    let deep: Json = []
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(found('{..a}', deep)).toBe('a is not found')
    const wide = { a: Array.from({ length: 400 }, () => ({ b: [1, 2] })) }
    expect(found('{range .a[*]}{range $..b[*]}{.}{end}{end}{..*..*..*..*}', wide)).toBeDefined()
  })

  test('of any text makes it throw nothing', () => {
    fc.assert(fc.property(fc.stringMatching(/^[.[\]?(@)='a0:,*{}$"!-]{0,24}$/), text => void found(text)))
  })
})
