// The labels of a series: sorted, frozen, with a key that is the same for the same labels.
import { compareText } from '../../std/compare.ts'

export const METRIC_NAME = '__name__'

export class Labels {
  /** Names and values by turns, in the order of the names. */
  readonly flat: readonly string[]
  readonly key: string

  private constructor(flat: readonly string[]) {
    this.flat = flat
    const joined = flat.join('\u0000')
    this.key = flat.some(text => text.includes('\u0000')) ? JSON.stringify(flat) : joined
  }

  /** A label with an empty value is one that is not there. */
  static of(labels: Iterable<readonly [name: string, value: string]>): Labels {
    const there = [...labels].filter(([, value]) => value !== '')
    return new Labels(there.toSorted(([a], [b]) => compareText(a, b)).flat())
  }

  static readonly none = Labels.of([])

  /** Empty when there is no such label. */
  get(name: string): string {
    for (let i = 0; i < this.flat.length; i += 2) if (this.flat[i] === name) return this.flat[i + 1] ?? ''
    return ''
  }

  entries(): readonly (readonly [name: string, value: string])[] {
    const found: (readonly [string, string])[] = []
    for (let i = 0; i < this.flat.length; i += 2) found.push([this.flat[i] ?? '', this.flat[i + 1] ?? ''])
    return found
  }

  only(names: readonly string[]): Labels {
    return this.kept(name => names.includes(name))
  }

  without(names: readonly string[]): Labels {
    return this.kept(name => !names.includes(name))
  }

  with(changes: readonly (readonly [name: string, value: string])[]): Labels {
    const names = changes.map(([name]) => name)
    return Labels.of([...this.without(names).entries(), ...changes])
  }

  private kept(isKept: (name: string) => boolean): Labels {
    const flat: string[] = []
    for (let i = 0; i < this.flat.length; i += 2) {
      const name = this.flat[i] ?? ''
      if (isKept(name)) flat.push(name, this.flat[i + 1] ?? '')
    }
    return flat.length === this.flat.length ? this : new Labels(flat)
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.entries())
  }

  /** As error texts print them. */
  toString(): string {
    const pairs = this.entries().map(([name, value]) => `${printedName(name)}=${JSON.stringify(value)}`)
    return `{${pairs.join(', ')}}`
  }
}

function printedName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
}
