// What was packed is what is read.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pack, unpack } from './packing.ts'

const anyValue = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(-0, 0, Number.NaN, Infinity, -Infinity, 2 ** 51, -(2 ** 51) + 1, Number.MIN_VALUE),
)
const values = fc.oneof(
  fc.array(anyValue, { minLength: 1, maxLength: 120 }),
  fc.array(fc.nat(200), { minLength: 1, maxLength: 120 }),
  fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 120 }),
)
const step = fc.oneof(
  fc.constant(5000),
  fc.integer({ min: 1, max: 10_000 }),
  fc.double({ min: 0.001, max: 1e6, noNaN: true }),
)

function read(bytes: Uint8Array, count: number) {
  const samples = { count, times: new Float64Array(120), values: new Float64Array(120) }
  unpack(bytes, 3, samples)
  return { times: [...samples.times].slice(0, count), values: [...samples.values].slice(0, count) }
}

test('samples of every kind, at times of every kind', () => {
  const steps = fc.oneof(
    fc.array(step, { minLength: 120, maxLength: 120 }),
    step.map(one => Array<number>(120).fill(one)),
  )
  fc.assert(
    fc.property(values, steps, fc.integer({ min: 0, max: 2 ** 42 }), (given, waits, from) => {
      let at = from
      const times = given.map((_, i) => (at += waits[i] ?? 1))
      const packed = pack({ times, values: given })
      const behind = new Uint8Array(packed.length + 3)
      behind.set(packed, 3)
      expect(read(behind, given.length)).toEqual({ times, values: given })
    }),
    { numRuns: 500 },
  )
})

test('a counter takes little more than a byte a sample, and what stays the same takes none', () => {
  const times = Array.from({ length: 120 }, (_, i) => 1_700_000_000_000 + i * 5000)
  expect(pack({ times, values: times.map((_, i) => 1e9 + i * 50) }).length).toBeLessThan(145)
  expect(pack({ times, values: times.map(() => 0.95) }).length).toBeLessThan(30)
})
