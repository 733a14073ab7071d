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
  readonly turn: number
  readonly from: number
  readonly samples: number
  readonly firstAt: number
  readonly lastAt: number
}

interface Place {
  readonly turn: number
  readonly from: number
}

export class Notes {
  private readonly query: string
  private readonly warned = new Map<string, Place>()
  private readonly informed = new Map<string, Place>()
  private fixed: FixedBuckets | undefined
  /** Whose turn it is: of what is said twice the last one to say it is named. */
  turn = 0

  constructor(query: string) {
    this.query = query
  }

  warn(text: string, from: number): void {
    this.note(this.warned, text, from)
  }

  inform(text: string, from: number): void {
    this.note(this.informed, text, from)
  }

  private note(notes: Map<string, Place>, text: string, from: number): void {
    const { turn } = this
    if ((notes.get(text)?.turn ?? 0) <= turn) notes.set(text, { turn, from })
  }

  quantile(value: number, from: number): void {
    if (value >= 0 && value <= 1) return
    this.warn(`quantile value should be between 0 and 1, got ${goNumber(value, 6)}`, from)
  }

  /** Buckets whose counts fell were levelled; said once, of all series and steps together, at the first place. */
  levelled(fixed: Fixed, place: { readonly from: number; readonly at: number }): void {
    const before = this.fixed
    const isFirst = before === undefined || this.turn < before.turn
    this.fixed = {
      turn: isFirst ? this.turn : before.turn,
      from: isFirst ? place.from : before.from,
      lowest: Math.min(fixed.lowest, before?.lowest ?? Infinity),
      highest: Math.max(fixed.highest, before?.highest ?? -Infinity),
      most: Math.max(fixed.most, before?.most ?? 0),
      samples: (before?.samples ?? 0) + 1,
      firstAt: Math.min(place.at, before?.firstAt ?? Infinity),
      lastAt: Math.max(place.at, before?.lastAt ?? -Infinity),
    }
  }

  warnings(): readonly string[] {
    return this.texts('PromQL warning', this.warned).toSorted()
  }

  infos(instant: (ms: number) => string): readonly string[] {
    const informed = this.texts('PromQL info', this.informed)
    const one = this.fixed
    if (one === undefined) return informed.toSorted()
    const buckets = `from buckets ${goNumber(one.lowest, 6)} to ${goNumber(one.highest, 6)}`
    const difference = `with a max diff of ${twoDigits(one.most)}`
    const times = `over ${one.samples} samples from ${instant(one.firstAt)} to ${instant(one.lastAt)}`
    const text = `${MONOTONICITY}, ${buckets}, ${difference}, ${times}`
    return [...informed, `PromQL info: ${text} (${positionText(this.query, one.from)})`].toSorted()
  }

  private texts(kind: string, notes: ReadonlyMap<string, Place>): string[] {
    return [...notes].map(([text, { from }]) => `${kind}: ${text} (${positionText(this.query, from)})`)
  }
}

/** Go's %.2g. */
function twoDigits(value: number): string {
  const rounded = Number(value.toPrecision(2))
  return rounded >= 100 ? rounded.toExponential().replace(/e\+(\d)$/, 'e+0$1') : goNumber(rounded, 6)
}

/** `line:column` of a place in the query; columns are bytes of UTF-8. */
export function positionText(query: string, from: number): string {
  const lines = query.slice(0, from).split('\n')
  return `${lines.length}:${new TextEncoder().encode(lines.at(-1)).length + 1}`
}
