// Quantities: canonical forms as Kubernetes prints them, and the laws of parsing, printing and comparing.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalQuantity, compareQuantities, parseQuantity, printQuantity } from './quantity.ts'

test.each([
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1024Mi', '1Gi'],
  ['0.5Gi', '512Mi'],
  ['1.5', '1500m'],
  ['129e6', '129e6'],
  ['1e3', '1e3'],
  ['1E3', '1E3'],
  ['1E4', '10e3'],
  ['1.125', '1.125'],
  ['2.500', '2.500'],
  ['0.250', '250m'],
  ['1.5000', '1500m'],
  ['12.5', '12500m'],
  ['+5', '+5'],
  ['+8Gi', '8Gi'],
  ['+3Gi', '+3Gi'],
  ['007', '007'],
  ['1.000', '1'],
  ['1E', '1E'],
  ['1000', '1k'],
  ['100Ki', '100Ki'],
  ['0.1Ki', '102400m'],
  ['0.0001Ki', '102400u'],
  ['76437.5Ki', '78272k'],
  ['1023', '1023'],
  ['.5', '500m'],
  ['5.', '5.'],
  ['5.Mi', '5.Mi'],
  ['-1000m', '-1'],
  ['0Mi', '0'],
  ['0.1n', '1n'],
  ['128974848', '128974848'],
  ['99999999999E', '99999999999E'],
])('%s is canonically %s', (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical)
})

test.each(['', 'x', '1KB', '1 Mi', '1ki', '--1', '1e', `${'1'.repeat(99)}`])('%j is no quantity', text => {
  expect(parseQuantity(text)).toBeUndefined()
})

test('numbers are quantities too', () => expect(canonicalQuantity(2)).toBe('2'))

const texts = fc
  .tuple(
    fc.integer({ min: -99999, max: 99999 }),
    fc.constantFrom('', '.5', '.25', '.001'),
    fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-2'),
  )
  .map(parts => parts.join(''))

test('a canonical text is canonical, and the same amount', () => {
  fc.assert(
    fc.property(texts, text => {
      const quantity = parseQuantity(text)
      if (quantity === undefined) throw new Error(text)
      const printed = printQuantity(quantity)
      const again = parseQuantity(printed)
      if (again === undefined) throw new Error(printed)
      expect(compareQuantities(quantity, again)).toBe(0)
      expect(printQuantity(again)).toBe(printed)
    }),
  )
})

test('amounts are compared whatever their suffix', () => {
  const [a, b] = ['1Gi', '1G'].map(text => parseQuantity(text)) as [never, never]
  expect(compareQuantities(a, b)).toBeGreaterThan(0)
  expect(compareQuantities(b, a)).toBeLessThan(0)
})
