// What may reach a terminal, and how long it may be.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printable, printableLine, printableText } from './printable.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text).length

describe('a text of others', () => {
  test('stays as it is when nothing in it is dangerous', () => {
    expect(printable('exceeded quota: größer als 5 🚀', 1024)).toBe('exceeded quota: größer als 5 🚀')
  })

  test('shows control characters instead of sending them', () => {
    expect(printable('\x1b[31mred\x1b[0m\r\n\t\x00\x7f', 1024)).toBe('^[[31mred^[[0m^M^J^I^@^?')
    expect(printable('\x9b31m \x85', 1024)).toBe('^[[31m ^[E')
  })

  test('is cut on a whole character', () => {
    expect(printable('äöü', 6)).toBe('äöü')
    expect(printable('äöüß', 7)).toBe('äö…')
    expect(printable('ab🚀🚀', 9)).toBe('ab🚀…')
    expect(printable('abcd\x1b', 5)).toBe('ab…')
  })

  test('has no halves of characters', () => {
    expect(printable('a\ud83d', 10)).toBe('a\ufffd')
  })

  test('of any length keeps its lines and tabs, or is one line', () => {
    const text = `a\tb\r\n\x1b[2J\x9b0m \ud83d ${'x'.repeat(5000)}`
    const rest = `^[[2J^[[0m \ufffd ${'x'.repeat(5000)}`
    expect(printableText(text)).toBe(`a\tb^M\n${rest}`)
    expect(printableLine(text)).toBe(`a^Ib^M^J${rest}`)
    expect(printableText('größer 🚀')).toBe('größer 🚀')
  })

  test('is never longer than it may be, never dangerous, and the same when it is shown again', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 3, max: 60 }),
        (text, max) => {
          const shown = printable(text, max)
          expect(bytesOf(shown)).toBeLessThanOrEqual(max)
          expect(shown).not.toMatch(/\p{Cc}/u)
          expect(printable(shown, max)).toBe(shown)
        },
      ),
    )
  })
})
