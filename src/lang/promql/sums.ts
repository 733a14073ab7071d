// Sums that keep what rounding loses (Neumaier), and what is made of them.

export class Sum {
  total = 0
  lost = 0

  add(value: number): void {
    const next = this.total + value
    if (Math.abs(next) === Infinity) this.lost = 0
    else if (Math.abs(this.total) >= Math.abs(value)) this.lost += this.total - next + value
    else this.lost += value - next + this.total
    this.total = next
  }

  get value(): number {
    return this.total + this.lost
  }
}

export function sumOf(values: readonly number[]): number {
  const sum = new Sum()
  for (const value of values) sum.add(value)
  return sum.value
}

/** The mean; where the sum is too large for a number, it is found step by step. */
export function meanOf(values: readonly number[]): number {
  const sum = new Sum()
  sum.total = values[0] ?? Number.NaN
  for (let i = 1; i < values.length; i++) {
    const [total, lost] = [sum.total, sum.lost]
    sum.add(values[i] as number)
    if (Math.abs(sum.total) === Infinity) return steppedMean(values, i, { total: total / i, lost: lost / i })
  }
  return sum.total / values.length + sum.lost / values.length
}

function steppedMean(values: readonly number[], from: number, mean: { total: number; lost: number }): number {
  const sum = new Sum()
  sum.total = mean.total
  sum.lost = mean.lost
  for (let i = from; i < values.length; i++) {
    const kept = i / (i + 1)
    sum.total *= kept
    sum.lost *= kept
    sum.add((values[i] as number) / (i + 1))
  }
  return sum.value
}

/** The variance of all values, not of a sample of them. */
export function varianceOf(values: readonly number[]): number {
  const mean = new Sum()
  const squares = new Sum()
  values.forEach((value, index) => {
    const delta = value - mean.value
    mean.add(delta / (index + 1))
    squares.add(delta * (value - mean.value))
  })
  return squares.value / values.length
}

/** NaN counts as smaller than all numbers. */
export function quantileOf(share: number, values: readonly number[]): number {
  if (values.length === 0 || Number.isNaN(share)) return Number.NaN
  if (share < 0) return -Infinity
  if (share > 1) return Infinity
  const sorted = values.toSorted((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b))
  const rank = share * (sorted.length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(sorted.length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  // What is not asked for must not be seen either: an infinity times zero is no number.
  if (weight === 0) return sorted[lower] as number
  return (sorted[lower] as number) * (1 - weight) + (sorted[upper] as number) * weight
}

export function maximumOf(values: readonly number[]): number {
  return values.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most), Number.NaN)
}

export function minimumOf(values: readonly number[]): number {
  return values.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least), Number.NaN)
}
