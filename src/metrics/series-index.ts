// Which series have which label with which value, so that a question need not look at all of them.
import type { Matcher } from '../lang/promql/ast.ts'
import { matches } from '../lang/promql/matching.ts'
import type { KeptSeries } from './kept-series.ts'

type Postings = Map<string, Set<KeptSeries>>

export class SeriesIndex {
  private readonly byKey = new Map<string, KeptSeries>()
  private readonly byLabel = new Map<string, Postings>()

  get size(): number {
    return this.byKey.size
  }

  find(key: string): KeptSeries | undefined {
    return this.byKey.get(key)
  }

  all(): readonly KeptSeries[] {
    return [...this.byKey.values()]
  }

  names(): readonly string[] {
    return [...this.byLabel.keys()]
  }

  values(name: string): readonly string[] {
    return [...(this.byLabel.get(name)?.keys() ?? [])]
  }

  add(series: KeptSeries): void {
    this.byKey.set(series.labels.key, series)
    for (const [name, value] of series.labels.entries()) {
      const values = this.byLabel.get(name) ?? new Map<string, Set<KeptSeries>>()
      this.byLabel.set(name, values)
      const holders = values.get(value) ?? new Set()
      values.set(value, holders)
      holders.add(series)
    }
  }

  remove(series: KeptSeries): void {
    this.byKey.delete(series.labels.key)
    for (const [name, value] of series.labels.entries()) {
      const values = this.byLabel.get(name)
      const holders = values?.get(value)
      holders?.delete(series)
      if (holders?.size === 0) values?.delete(value)
      if (values?.size === 0) this.byLabel.delete(name)
    }
  }

  /** All that may match: by the matcher that fewest series can fulfil, in the order in which they came. */
  candidates(matchers: readonly Matcher[]): readonly KeptSeries[] {
    const narrowing = matchers.filter(matcher => !matches(matcher, ''))
    const sets = narrowing.map(matcher => this.holdersOf(matcher))
    if (sets.length === 0) return this.all()
    const size = (set: readonly Set<KeptSeries>[]) => set.reduce((sum, one) => sum + one.size, 0)
    const smallest = sets.reduce((least, one) => (size(one) < size(least) ? one : least))
    const found = smallest.flatMap(one => [...one])
    return smallest.length > 1 ? found.toSorted((a, b) => a.id - b.id) : found
  }

  private holdersOf(matcher: Matcher): readonly Set<KeptSeries>[] {
    const values = this.byLabel.get(matcher.name)
    if (values === undefined) return []
    if (matcher.operator === '=') {
      const holders = values.get(matcher.value)
      return holders === undefined ? [] : [holders]
    }
    return [...values].filter(([value]) => matches(matcher, value)).map(([, holders]) => holders)
  }
}
