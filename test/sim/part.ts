// A part of a search: some lives one after the other, by their names. `12` is the life of that seed, `12.3` the third
// that is near it, `12:7:30` of the sweep of its spec mishap 30 at write 7. Coverage says which lives have shown
// something that is seldom seen.
import { reconcilers } from '../../src/controller/reconcilers.ts'
import { note } from '../../src/sim/lives/coverage.ts'
import type { Coverage } from '../../src/sim/lives/coverage.ts'
import { drawNear, drawScenario } from '../../src/sim/lives/draw.ts'
import { playLife } from '../../src/sim/lives/life.ts'
import type { Failure } from '../../src/sim/lives/life.ts'
import type { Scenario } from '../../src/sim/lives/scenario.ts'
import { sweptScenario } from './sweep.ts'
import type { Swept } from './sweep.ts'

export interface Part {
  readonly names: readonly string[]
  /** How often each thing was seen before; without it nothing is counted. */
  readonly known?: Readonly<Record<string, number>>
}

export interface PartPlayed {
  readonly lives: number
  readonly passes: number
  /** How long they took to gather and to decide. */
  readonly passMs: number
  readonly writes: number
  readonly failures: readonly (Failure & { readonly name: string })[]
  readonly seen: Readonly<Record<string, number>>
  /** The lives that have shown what is seldom seen. */
  readonly rare: readonly string[]
}

/** Seen less often than this, a thing is worth to be looked at again. */
const SELDOM = 3

export function nameOf({ seed, write, mishap }: Swept): string {
  return `${seed}:${write}:${mishap}`
}

export function scenarioOf(name: string): Scenario {
  const [of = 1, write, mishap] = name.split(':').map(Number)
  if (write !== undefined && mishap !== undefined) return sweptScenario({ seed: of, write, mishap })
  const [seed = '1', near] = name.split('.')
  const scenario = drawScenario(Number(seed))
  return near === undefined ? scenario : drawNear(scenario, Number(near))
}

let spentMs = 0

function timed<A extends readonly unknown[], R>(act: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    const begunAt = performance.now()
    const result = act(...args)
    spentMs += performance.now() - begunAt
    return result
  }
}

const TIMED = reconcilers().map(one => ({ ...one, gather: timed(one.gather), decide: timed(one.decide) }))

export function playPart({ names, known }: Part): PartPlayed {
  const seen: Coverage = new Map()
  const rare: string[] = []
  const failures: (Failure & { name: string })[] = []
  let [passes, writes] = [0, 0]
  const begunMs = spentMs
  for (const name of names) {
    const own: Coverage = new Map()
    const played = playLife(scenarioOf(name), {
      reconcilers: TIMED,
      ...(known === undefined ? {} : { coverage: own }),
    })
    passes += played.passes
    writes += played.writes
    if (played.failure !== undefined) failures.push({ ...played.failure, name })
    if ([...own.keys()].some(key => (known?.[key] ?? 0) + (seen.get(key) ?? 0) < SELDOM)) rare.push(name)
    for (const [key, times] of own) note(seen, key, times)
  }
  const passMs = spentMs - begunMs
  return { lives: names.length, passes, passMs, writes, failures, seen: Object.fromEntries(seen), rare }
}
