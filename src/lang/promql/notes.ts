// What an answer says besides its values: warnings and infos, each once.
import { goNumber } from './numbers.ts'

const MONOTONICITY = [
  'input to histogram_quantile needed to be fixed for monotonicity',
  '(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)',
].join(' ')

export interface Fixed {
  readonly lowest: number
  readonly highest: number
  readonly most: number
}

interface FixedBuckets extends Fixed {
  readonly samples: number
  readonly firstAt: number
  readonly lastAt: number
}

export class Notes {
  private readonly query: string
  private readonly warned = new Set<string>()
  private readonly informed = new Set<string>()
  private readonly fixed = new Map<string, FixedBuckets>()

  constructor(query: string) {
    this.query = query
  }

  warn(text: string, from: number): void {
    this.warned.add(`PromQL warning: ${text} (${positionText(this.query, from)})`)
  }

  inform(text: string, from: number): void {
    this.informed.add(`PromQL info: ${text} (${positionText(this.query, from)})`)
  }

  quantile(value: number, from: number): void {
    if (value >= 0 && value <= 1) return
    this.warn(`quantile value should be between 0 and 1, got ${goNumber(value, 6)}`, from)
  }

  /** Buckets whose counts fell were levelled; said once, of all series and steps together. */
  levelled(fixed: Fixed, place: { readonly from: number; readonly at: number }): void {
    const key = positionText(this.query, place.from)
    const before = this.fixed.get(key)
    this.fixed.set(key, {
      lowest: Math.min(fixed.lowest, before?.lowest ?? Infinity),
      highest: Math.max(fixed.highest, before?.highest ?? -Infinity),
      most: Math.max(fixed.most, before?.most ?? 0),
      samples: (before?.samples ?? 0) + 1,
      firstAt: Math.min(place.at, before?.firstAt ?? Infinity),
      lastAt: Math.max(place.at, before?.lastAt ?? -Infinity),
    })
  }

  warnings(): readonly string[] {
    return [...this.warned].toSorted()
  }

  infos(instant: (ms: number) => string): readonly string[] {
    const levelled = [...this.fixed].map(([position, one]) => {
      const buckets = `from buckets ${goNumber(one.lowest, 6)} to ${goNumber(one.highest, 6)}`
      const difference = `with a max diff of ${twoDigits(one.most)}`
      const times = `over ${one.samples} samples from ${instant(one.firstAt)} to ${instant(one.lastAt)}`
      return `PromQL info: ${MONOTONICITY}, ${buckets}, ${difference}, ${times} (${position})`
    })
    return [...this.informed, ...levelled].toSorted()
  }
}

/** Go's %.2g. */
function twoDigits(value: number): string {
  const rounded = Number(value.toPrecision(2))
  return rounded >= 100 ? rounded.toExponential().replace(/e\+(\d)$/, 'e+0$1') : goNumber(rounded, 6)
}

/** `line:column` of a place in the query. */
export function positionText(query: string, from: number): string {
  const before = query.slice(0, from)
  const line = before.split('\n').length
  return `${line}:${from - before.lastIndexOf('\n')}`
}
