// CEL's conversions between texts, whole numbers and lengths of time, as strict as Go's.
import { UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import type { Functions } from './functions.ts'
import { ourName } from './names.ts'
import { timestampText } from './text-format.ts'
import { durationOf } from './values.ts'

const DURATION = 'google.protobuf.Duration'
const int = (from: string) => `${ourName('int')}(${from}): int`

export const CONVERSION_FUNCTIONS: Functions = {
  [`${ourName('duration')}(string): ${DURATION}`]: (text: string) =>
    durationOf(text) ?? unconvertible('string', DURATION),
  [`${ourName('duration')}(${DURATION}): ${DURATION}`]: (given: unknown) => given,
  [int('int')]: (given: bigint) => given,
  [int('uint')]: (given: UnsignedInt) => inRange(given.value),
  [int('double')]: (given: number) => {
    if (!Number.isFinite(given)) throw new Error('integer overflow')
    return inRange(BigInt(Math.trunc(given)))
  },
  [int('string')]: (text: string) =>
    /^[+-]?\d{1,20}$/.test(text) ? inRange(BigInt(text)) : unconvertible('string', 'int'),
  [`string(${DURATION}): string`]: String,
  [`string(google.protobuf.Timestamp): string`]: timestampText,
  [int('google.protobuf.Timestamp')]: (at: Date) => BigInt(Math.floor(at.getTime() / 1000)),
}

function unconvertible(from: string, to: string): never {
  throw new Error(`type conversion error from '${from}' to '${to}'`)
}

/** What 64 bits hold. */
export function inRange(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new Error('integer overflow')
  return value
}
