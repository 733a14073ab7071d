// What Go's encoding/json says of texts that are no JSON.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goJsonProblem } from './json-problem.ts'
import { parseJson } from '../json.ts'

describe('a text that is no JSON', () => {
  test.each([
    ['', 'unexpected end of JSON input'],
    ['<html>', "invalid character '<' looking for beginning of value"],
    ['{"a":1', 'unexpected end of JSON input'],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['1 x', "invalid character 'x' after top-level value"],
    ['"a\nb"', String.raw`invalid character '\n' in string literal`],
    [String.raw`"\x"`, "invalid character 'x' in string escape code"],
    [String.raw`"\u12g4"`, String.raw`invalid character 'g' in \u hexadecimal character escape`],
    ['-a', "invalid character 'a' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['tru3', "invalid character '3' in literal true (expecting 'e')"],
    ["'a'", String.raw`invalid character '\'' looking for beginning of value`],
  ])('%j: %s', (text, problem) => expect(goJsonProblem(text)).toBe(problem))

  test('is one that cannot be read, and no other', () => {
    const json = fc.oneof(fc.json(), fc.stringMatching(/^[{}[\]",:\\a1.e truefalsn-]{0,16}$/))
    fc.assert(
      fc.property(json, text => {
        expect([text, goJsonProblem(text) === undefined]).toEqual([text, parseJson(text) !== undefined])
      }),
    )
  })

  test('may be as deep as it likes', () => {
    expect(goJsonProblem('['.repeat(1_000_000))).toBe('exceeded max depth')
  })
})
