// Hostile material that several doors share: texts that programs trip over, and mistakes made in good bytes.
import fc from 'fast-check'

const NASTY = [
  '',
  ' ',
  '\0',
  '\r\n',
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\u202e',
  '../../etc/passwd',
  '%2e%2e/%2e%2e',
  '__proto__',
  'constructor',
  'prototype',
  'NaN',
  '-0',
  '1e999',
  '9223372036854775808',
  '99999999999999999999999999',
  '{{args.x}}',
  '${x}',
  '$&$&',
  '(.?){0,999}',
  '\ud800',
  '中文',
  'é',
  'x'.repeat(300),
] as const

const nasty = fc.constantFrom(...NASTY)

export const text = fc.oneof(
  nasty,
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('a', 'web', 'demo', 'default'),
)

/** Names that pass where an object is to be made at all. */
export const goodName = fc.stringMatching(/^[a-z]([a-z0-9]{0,8})$/)

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const scalar: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.constantFrom(0, 1, -1, 1.5, 2 ** 53, -(2 ** 63), 1e308, 5e-324),
  fc.boolean(),
  fc.constant(null),
)

export const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>(tie => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(text, tie('json'), { maxKeys: 4 }),
  ),
})).json

/** A value that stands many levels deep, or many times side by side. */
export interface Huge {
  readonly open: '[' | '{"a":' | '[[],' | '{"metadata":{"a":'
  readonly times: number
  readonly isClosed: boolean
}

export const huge: fc.Arbitrary<Huge> = fc.record({
  open: fc.constantFrom('[', '{"a":', '[[],', '{"metadata":{"a":'),
  times: fc.constantFrom(10, 500, 5000, 100_000),
  isClosed: fc.boolean(),
})

const CLOSE = { '[': ']', '{"a":': '}', '[[],': ']', '{"metadata":{"a":': '}}' } as const

export function hugeText({ open, times, isClosed }: Huge): string {
  return open.repeat(times) + '1' + (isClosed ? CLOSE[open].repeat(times) : '')
}

export interface Slip {
  readonly at: number
  readonly what: 'flip' | 'cut' | 'double' | 'insert'
  readonly byte: number
}

export const slips: fc.Arbitrary<readonly Slip[]> = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    what: fc.constantFrom('flip', 'cut', 'double', 'insert'),
    byte: fc.integer({ min: 0, max: 255 }),
  }),
  { maxLength: 6 },
)

/** Good bytes with mistakes in them. */
export function slipped(bytes: Buffer, mistakes: readonly Slip[]): Buffer {
  let now = bytes
  for (const { at, what, byte } of mistakes) {
    const i = Math.floor(at * now.length)
    const rest = what === 'cut' ? Math.min(now.length, i + byte) : i + (what === 'flip' ? 1 : 0)
    const middle = what === 'double' ? now.subarray(i, i + byte) : what === 'cut' ? [] : [byte]
    now = Buffer.concat([now.subarray(0, i), Buffer.from(middle), now.subarray(rest)])
  }
  return now
}
