// Instants: RFC 3339 there and back, asked once or again.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseInstant, printInstant, printInstantMicro } from './instant.ts'

const anInstant = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2200, 0) })

test('what is printed is read back, to the second or to the millisecond', () => {
  fc.assert(
    fc.property(anInstant, at => {
      for (const _ of ['once', 'again']) {
        expect(parseInstant(printInstant(at))).toBe(Math.floor(at / 1000) * 1000)
        expect(parseInstant(printInstantMicro(at))).toBe(at)
      }
    }),
  )
})

test('offsets and decimals are read; what is no instant is undefined, each time', () => {
  const texts = {
    '2026-08-01T14:00:00+02:00': Date.UTC(2026, 7, 1, 12),
    '2026-08-01T12:00:00.5Z': Date.UTC(2026, 7, 1, 12) + 500,
    [`2026-08-01T12:00:00.${'1'.repeat(60)}Z`]: Date.UTC(2026, 7, 1, 12) + 111,
    '2026-13-01T12:00:00Z': undefined,
    '2026-02-29T12:00:00Z': undefined,
    '2028-02-29T12:00:00Z': Date.UTC(2028, 1, 29, 12),
    '2026-08-01T24:00:00Z': undefined,
    '2026-08-01': undefined,
    ['x'.repeat(60)]: undefined,
    '': undefined,
  }
  for (const [text, at] of Object.entries(texts))
    expect([parseInstant(text), parseInstant(text)]).toEqual([at, at])
})
