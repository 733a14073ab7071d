// Kubernetes' `quantity` and `semver` in CEL.
import { compareText } from '../../../std/compare.ts'
import { compareQuantities, parseQuantity } from '../../../kube/quantity.ts'
import type { Quantity } from '../../../kube/quantity.ts'
import type { Functions } from './functions.ts'

export class CelQuantity {
  readonly amount: Quantity

  constructor(amount: Quantity) {
    this.amount = amount
  }
}

export class Semver {
  readonly numbers: readonly bigint[]
  readonly before: readonly string[]

  constructor(numbers: readonly bigint[], before: readonly string[]) {
    this.numbers = numbers
    this.before = before
  }
}

export const QUANTITY_TYPE = 'kubernetes.Quantity'
export const SEMVER_TYPE = 'kubernetes.Semver'
const UNIT = 1_000_000_000n

export const AMOUNT_FUNCTIONS: Functions = {
  [`quantity(string): ${QUANTITY_TYPE}`]: (text: string) => {
    const amount = strictQuantity(text)
    if (amount === undefined) throw new Error(QUANTITY_WANTED)
    return new CelQuantity(amount)
  },
  'isQuantity(string): bool': (text: string) => strictQuantity(text) !== undefined,
  ...comparisons<CelQuantity>(QUANTITY_TYPE, (a, b) => compareQuantities(a.amount, b.amount)),
  [`sign(${QUANTITY_TYPE}): int`]: signOf,
  [`${QUANTITY_TYPE}.sign(): int`]: signOf,
  [`${QUANTITY_TYPE}.isInteger(): bool`]: (one: CelQuantity) => integerIn(one) !== undefined,
  [`${QUANTITY_TYPE}.asInteger(): int`]: (one: CelQuantity) => {
    const integer = integerIn(one)
    if (integer === undefined) throw new Error('cannot convert value to integer')
    return integer
  },
  [`${QUANTITY_TYPE}.asApproximateFloat(): double`]: ({ amount }: CelQuantity) => Number(amount.nanos) / 1e9,
  [`${QUANTITY_TYPE}.add(${QUANTITY_TYPE}): ${QUANTITY_TYPE}`]: (a: CelQuantity, b: CelQuantity) =>
    plus(a, b.amount.nanos),
  [`${QUANTITY_TYPE}.add(int): ${QUANTITY_TYPE}`]: (a: CelQuantity, b: bigint) => plus(a, b * UNIT),
  [`${QUANTITY_TYPE}.sub(${QUANTITY_TYPE}): ${QUANTITY_TYPE}`]: (a: CelQuantity, b: CelQuantity) =>
    plus(a, -b.amount.nanos),
  [`${QUANTITY_TYPE}.sub(int): ${QUANTITY_TYPE}`]: (a: CelQuantity, b: bigint) => plus(a, -b * UNIT),
  [`semver(string): ${SEMVER_TYPE}`]: (text: string) => semverOf(text),
  [`semver(string, bool): ${SEMVER_TYPE}`]: (text: string, isLoose: boolean) =>
    semverOf(isLoose ? completed(text) : text),
  'isSemver(string): bool': (text: string) => parseSemver(text) !== undefined,
  'isSemver(string, bool): bool': (text: string, isLoose: boolean) =>
    parseSemver(isLoose ? completed(text) : text) !== undefined,
  ...comparisons<Semver>(SEMVER_TYPE, compareSemvers),
  [`${SEMVER_TYPE}.major(): int`]: ({ numbers }: Semver) => numbers[0],
  [`${SEMVER_TYPE}.minor(): int`]: ({ numbers }: Semver) => numbers[1],
  [`${SEMVER_TYPE}.patch(): int`]: ({ numbers }: Semver) => numbers[2],
}

const QUANTITY_WANTED =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

function comparisons<T>(type: string, compare: (a: T, b: T) => number): Functions {
  return {
    [`${type}.isGreaterThan(${type}): bool`]: (a: T, b: T) => compare(a, b) > 0,
    [`${type}.isLessThan(${type}): bool`]: (a: T, b: T) => compare(a, b) < 0,
    [`${type}.compareTo(${type}): int`]: (a: T, b: T) => BigInt(compare(a, b)),
  }
}

/** What is equal to what, for the types that have no fields to compare. */
export function isSameQuantity(a: CelQuantity, b: CelQuantity): boolean {
  return compareQuantities(a.amount, b.amount) === 0
}

export function isSameSemver(a: Semver, b: Semver): boolean {
  return compareSemvers(a, b) === 0
}

function signOf({ amount }: CelQuantity): bigint {
  return amount.nanos === 0n ? 0n : amount.nanos < 0n ? -1n : 1n
}

function strictQuantity(text: string): Quantity | undefined {
  return text === text.trim() ? parseQuantity(text) : undefined
}

function integerIn({ amount }: CelQuantity): bigint | undefined {
  return amount.nanos % UNIT === 0n ? amount.nanos / UNIT : undefined
}

function plus({ amount }: CelQuantity, nanos: bigint): CelQuantity {
  return new CelQuantity({ ...amount, nanos: amount.nanos + nanos })
}

const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/
const NUMBER = /^\d+$/

function semverOf(text: string): Semver {
  const version = parseSemver(text)
  if (version === undefined) throw new Error(`invalid semantic version: ${JSON.stringify(text)}`)
  return version
}

function parseSemver(text: string): Semver | undefined {
  const match = SEMVER.exec(text)
  if (match === null) return undefined
  const [, major, minor, patch, before, build] = match as unknown as [
    string,
    string,
    string,
    string,
    string?,
    string?,
  ]
  const numbers = [major, minor, patch].map(BigInt)
  const parts = before?.split('.') ?? []
  const isRight =
    numbers.every(one => one < 2n ** 64n) &&
    parts.every(part => part !== '' && !(NUMBER.test(part) && part.length > 1 && part.startsWith('0'))) &&
    (build?.split('.') ?? []).every(part => part !== '')
  return isRight ? new Semver(numbers, parts) : undefined
}

/** `v1.02` as `1.2.0`. */
function completed(text: string): string {
  const parts = text.replace(/^v/, '').split('.')
  const [major = '', minor, ...patch] = parts
  const numbers = [major, minor ?? '0', minor === undefined || patch.length === 0 ? '0' : patch.join('.')]
  return numbers.map(one => one.replace(/^0+(?=\d)/, '')).join('.')
}

function compareSemvers(a: Semver, b: Semver): number {
  for (const [i, number] of a.numbers.entries()) {
    const other = b.numbers[i] as bigint
    if (number !== other) return number < other ? -1 : 1
  }
  if (a.before.length === 0 || b.before.length === 0) return Math.sign(b.before.length - a.before.length)
  for (const [i, part] of a.before.entries()) {
    const other = b.before[i]
    if (other === undefined) return 1
    const order = compareParts(part, other)
    if (order !== 0) return order
  }
  return Math.sign(a.before.length - b.before.length)
}

function compareParts(a: string, b: string): number {
  const [left, right] = [NUMBER.test(a), NUMBER.test(b)]
  if (left && right) return a === b ? 0 : BigInt(a) < BigInt(b) ? -1 : 1
  return left === right ? compareText(a, b) : left ? -1 : 1
}
