// Ages as kubectl prints them.
import { expect, test } from 'vitest'
import { age } from './age.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

test.each([
  [-2 * SECOND, '<invalid>'],
  [-1.9 * SECOND, '0s'],
  [0, '0s'],
  [999, '0s'],
  [119.9 * SECOND, '119s'],
  [2 * MINUTE, '2m'],
  [3 * MINUTE + 45 * SECOND, '3m45s'],
  [9 * MINUTE + 59 * SECOND, '9m59s'],
  [10 * MINUTE + 59 * SECOND, '10m'],
  [179 * MINUTE, '179m'],
  [3 * HOUR, '3h'],
  [7 * HOUR + 59 * MINUTE, '7h59m'],
  [8 * HOUR + 59 * MINUTE, '8h'],
  [47 * HOUR, '47h'],
  [2 * DAY, '2d'],
  [7 * DAY + 23 * HOUR, '7d23h'],
  [8 * DAY + 23 * HOUR, '8d'],
  [729 * DAY, '729d'],
  [730 * DAY, '2y'],
  [760 * DAY, '2y30d'],
  [2919 * DAY, '7y364d'],
  [2920 * DAY, '8y'],
])('%d ms is %s', (lengthMs, text) => expect(age(lengthMs)).toBe(text))
