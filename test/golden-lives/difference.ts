// Where two normalised values differ: one entry for each place, and how a place is printed.
import { Tuple } from './normalise.ts'
import type { Normal, NormalObject } from './normalise.ts'

/** `want` and `got` are whatever stands at that place; undefined when nothing does. */
export interface Difference {
  readonly path: string
  readonly want: unknown
  readonly got: unknown
}

type Place = Normal | undefined

export function differences(want: Place, got: Place, path = ''): Difference[] {
  if (shape(want) !== shape(got)) return [{ path, want, got }]
  if (want instanceof Tuple) return asText(want) === asText(got) ? [] : [{ path, want, got }]
  if (Array.isArray(want)) return listDifferences(want, got as readonly Normal[], path)
  if (typeof want === 'object' && want !== null) {
    return objectDifferences(want as NormalObject, got as NormalObject, path)
  }
  return want === got ? [] : [{ path, want, got }]
}

function listDifferences(want: readonly Normal[], got: readonly Normal[], path: string): Difference[] {
  if (want.length !== got.length) return [{ path: `${path}[#]`, want, got }]
  return want.flatMap((value, i) => differences(value, got[i], `${path}[${i}]`))
}

function objectDifferences(want: NormalObject, got: NormalObject, path: string): Difference[] {
  const names = [...new Set([...Object.keys(want), ...Object.keys(got)])].toSorted()
  return names.flatMap(name => differences(want[name] ?? null, got[name] ?? null, `${path}.${name}`))
}

function shape(value: Place): string {
  if (value === null || value === undefined) return 'nothing'
  if (value instanceof Tuple) return 'tuple'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'decimal'
  return typeof value
}

/** JSON with a blank after each comma and colon, so that a long value can be read. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (value instanceof Tuple) return asText(value.items)
  if (Array.isArray(value)) return `[${value.map(asText).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const parts = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${asText(one)}`)
  return `{${parts.join(', ')}}`
}

/** One line for a difference; long values are cut. */
export function differenceLine({ path, want, got }: Difference): string {
  return `    ${path} | want ${cut(asText(want))} | got ${cut(asText(got))}`
}

function cut(text: string): string {
  return [...text].slice(0, 160).join('')
}
