// Numbers that may be percentages.
import { expect, test } from 'vitest'
import { percentOf, scaledValue, scaledValueOfPercentText } from './int-or-string.ts'

test('a number is itself; a percentage is rounded as told', () => {
  expect(scaledValue(3, 10, 'up')).toBe(3)
  expect(scaledValue('25%', 10, 'up')).toBe(3)
  expect(scaledValue('25%', 10, 'down')).toBe(2)
  expect(scaledValue('100%', 7, 'up')).toBe(7)
  expect(scaledValue('+25%', 10, 'up')).toBe(3)
})

test('what is neither is undefined', () => {
  expect(scaledValue('5', 10, 'up')).toBeUndefined()
  expect(scaledValue('x%', 10, 'up')).toBeUndefined()
  expect(scaledValue(1.5, 10, 'up')).toBeUndefined()
  expect(percentOf(5)).toBeUndefined()
})

test('where Argo Rollouts takes every text for a percentage, so do we', () => {
  expect(scaledValueOfPercentText('5', 100, 'down')).toBe(5)
  expect(scaledValueOfPercentText('50', 4, 'down')).toBe(2)
  expect(scaledValueOfPercentText(3, 4, 'down')).toBe(3)
})
