// YAML as kubectl reads it.
import { describe, expect, test } from 'vitest'
import { YamlError, parseYaml, printYaml } from './yaml.ts'

describe('YAML', () => {
  test('reads words and numbers as kubectl does', () => {
    const text =
      'a: yes\nb: off\nc: 014\nd: 0x1F\ne: 1_000\nf: 2026-08-01\ng: 1.50\nh: "yes"\ni: ~\nj:\nk: -7\nl: 1e3'
    expect(parseYaml(text)).toEqual([
      {
        a: true,
        b: false,
        c: 12,
        d: 31,
        e: 1000,
        f: '2026-08-01',
        g: 1.5,
        h: 'yes',
        i: null,
        j: null,
        k: -7,
        l: 1000,
      },
    ])
  })
  test('reads several documents and leaves out empty ones', () => {
    expect(parseYaml('---\na: 1\n---\n---\n# nothing\n---\nb: 2\n')).toEqual([{ a: 1 }, { b: 2 }])
  })
  test('says where it is broken', () => {
    expect(() => parseYaml('a: 1\n  b: 2')).toThrow(YamlError)
    expect(() => parseYaml('a: 1\n  b: 2')).toThrow(/^line 2, column \d+: /)
  })
  test('refuses a text that unfolds without end', () => {
    const names = 'abcdefghi'.split('')
    const lines = names.map((name, i) => {
      const before = names[i - 1]
      return `${name}: &${name} [${Array(10)
        .fill(before === undefined ? 'x' : `*${before}`)
        .join(', ')}]`
    })
    expect(() => parseYaml(lines.join('\n'))).toThrow('more than')
  })
  test('prints what it reads', () => {
    const value = { a: 'yes', b: '014', c: ['x', 1, null, true, ''], d: { e: '2026-08-01', f: 'a: b' } }
    expect(parseYaml(printYaml(value))).toEqual([value])
  })
})
