// Lists in which two entries share the weight and all others are none of ours: how such a list is judged, weighed and
// read.
import type { Json, JsonObject } from '../std/json.ts'
import type { Services } from './router.ts'
import { shareOf } from './weights.ts'

export type Side = keyof Services

export interface PairOptions {
  /** Which of the two an entry is; undefined: somebody else's. */
  readonly sideOf: (entry: JsonObject) => Side | undefined
  /** What an entry without a weight gets. */
  readonly usual: number
}

const MAX_WEIGHT = 1_000_000

/** Which side is missing, or named twice; or a weight that is none. */
export function pairProblem(
  entries: readonly JsonObject[],
  { sideOf }: PairOptions,
): { readonly missing: Side } | { readonly twice: Side } | { readonly odd: Json } | undefined {
  const sides = (['canary', 'stable'] as const).map(side => ({
    side,
    count: entries.filter(entry => sideOf(entry) === side).length,
  }))
  const missing = sides.find(one => one.count === 0)
  if (missing !== undefined) return { missing: missing.side }
  const twice = sides.find(one => one.count > 1)
  if (twice !== undefined) return { twice: twice.side }
  const odd = entries.find(entry => sideOf(entry) !== undefined && !isWeight(entry['weight']))
  return odd === undefined ? undefined : { odd: odd['weight'] ?? null }
}

function isWeight(value: Json | undefined): boolean {
  return value === undefined || (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_WEIGHT)
}

export function weighedPair(
  entries: readonly JsonObject[],
  { sideOf }: PairOptions,
  weights: Readonly<Record<Side, number>>,
): readonly JsonObject[] {
  return entries.map(entry => {
    const side = sideOf(entry)
    return side === undefined ? entry : { ...entry, weight: weights[side] }
  })
}

/** All to the stable side, where both are there: what is broken otherwise is not looked at. */
export function pairBack(
  entries: readonly JsonObject[],
  options: PairOptions,
  all: number,
): readonly JsonObject[] {
  const sides = entries.map(options.sideOf)
  const canGoBack = sides.includes('canary') && sides.filter(side => side === 'stable').length === 1
  return canGoBack ? weighedPair(entries, options, { canary: 0, stable: all }) : entries
}

/** What the canary gets of what the two get; undefined when neither is there. */
export function pairShare(
  entries: readonly JsonObject[],
  { sideOf, usual }: PairOptions,
  maxWeight: number,
): number | undefined {
  const sum = (side: Side) =>
    entries
      .filter(entry => sideOf(entry) === side)
      .reduce((total, { weight }) => total + (typeof weight === 'number' ? Math.max(0, weight) : usual), 0)
  if (!entries.some(entry => sideOf(entry) !== undefined)) return undefined
  const canary = sum('canary')
  return shareOf(canary, canary + sum('stable'), maxWeight)
}

/** The sides by the name of a Service in a field. */
export function byName({ stable, canary }: Services, field: string): PairOptions['sideOf'] {
  return entry => (entry[field] === canary ? 'canary' : entry[field] === stable ? 'stable' : undefined)
}
