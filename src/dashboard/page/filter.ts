// Which rollouts the list shows, and in which order: what needs a person comes first.
import type { Attention, Row } from '../wire.ts'

export interface Filter {
  /** Words that name or namespace hold, or labels as `key=value`. */
  readonly text: string
  readonly namespace: string
  readonly phase: string
  readonly strategy: string
}

export function filterIn(query: URLSearchParams): Filter {
  const field = (name: string) => query.get(name) ?? ''
  return {
    text: field('q'),
    namespace: field('namespace'),
    phase: field('phase'),
    strategy: field('strategy'),
  }
}

export function queryOf(filter: Filter): URLSearchParams {
  const { text, namespace, phase, strategy } = filter
  const fields = Object.entries({ q: text, namespace, phase, strategy }).filter(([, value]) => value !== '')
  return new URLSearchParams(fields)
}

const ORDER: Readonly<Record<Attention, number>> = { broken: 0, person: 1, moving: 2, none: 3 }

export function shownRows(rows: readonly Row[], filter: Filter): readonly Row[] {
  return rows
    .filter(row => isMatch(row, filter) && (filter.phase === '' || row.phase === filter.phase))
    .toSorted((a, b) => ORDER[a.attention] - ORDER[b.attention] || compare(a, b))
}

/** By phase, of those that the rest of the filter lets through. */
export function phaseCounts(rows: readonly Row[], filter: Filter): ReadonlyMap<string, number> {
  const counts = new Map(['Degraded', 'Paused', 'Progressing', 'Healthy'].map(phase => [phase, 0]))
  for (const row of rows) if (isMatch(row, filter)) counts.set(row.phase, (counts.get(row.phase) ?? 0) + 1)
  return counts
}

function isMatch(row: Row, { text, namespace, strategy }: Filter): boolean {
  if (namespace !== '' && row.namespace !== namespace) return false
  if (strategy !== '' && row.strategy !== strategy) return false
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter(one => one !== '')
  return words.every(one => hasWord(row, one))
}

function hasWord({ namespace, name, labels }: Row, one: string): boolean {
  const [key = '', value] = one.split('=')
  if (value === undefined) return name.toLowerCase().includes(one) || namespace.toLowerCase().includes(one)
  return Object.entries(labels).some(
    ([label, is]) => label.toLowerCase() === key && is.toLowerCase().startsWith(value),
  )
}

function compare(a: Row, b: Row): number {
  const [left, right] = [`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`]
  return left < right ? -1 : left > right ? 1 : 0
}
