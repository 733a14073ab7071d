// A sweep: one update, and of all that may happen one thing at one write of ours; then the next thing, then the next
// write. It leaves nothing of that to chance, and finds what needs a single unlucky moment.
import { drawScenario } from '../../src/sim/lives/draw.ts'
import { playLife } from '../../src/sim/lives/life.ts'
import type { Act, Deed, Fault, LifeSpec, Scenario } from '../../src/sim/lives/scenario.ts'

/** Which life of a sweep: the spec is that of the life by chance of this seed. */
export interface Swept {
  readonly seed: number
  /** The write of ours, from 0 on. */
  readonly write: number
  readonly mishap: number
}

/** An update that people take to its end: they promote what waits for them. */
const ACTS: readonly Act[] = [
  { at: 15_000, do: 'image', image: 2 },
  ...[60_000, 120_000, 180_000].map((at): Act => ({ at, do: 'promote' })),
]

/** All lives of one spec, in the order of the writes of its undisturbed update. */
export function sweepOf(seed: number): readonly Swept[] {
  const update = updateOf(seed)
  const { writes } = playLife(update)
  const mishaps = mishapsAt(update.spec, 0).map((_, mishap) => mishap)
  return Array.from({ length: writes }, (_, write) => mishaps.map(mishap => ({ seed, write, mishap }))).flat()
}

export function sweptScenario({ seed, write, mishap }: Swept): Scenario {
  const update = updateOf(seed)
  const fault = mishapsAt(update.spec, write)[mishap]
  return fault === undefined ? update : { ...update, faults: [fault] }
}

function updateOf(seed: number): Scenario {
  return { isGrown: true, spec: drawScenario(seed).spec, acts: ACTS, faults: [] }
}

function mishapsAt(spec: LifeSpec, nth: number): readonly Fault[] {
  const at = { on: 'write', nth } as const
  return [
    ...deedsFor(spec).flatMap((deed): readonly Fault[] => [
      { ...at, do: 'before', deed },
      { ...at, do: 'after', deed },
    ]),
    ...(['touch', 'refuse', 'lose', 'late', 'crash-before', 'crash-after'] as const).map((what): Fault => ({
      ...at,
      do: what,
      ms: 500,
    })),
    { ...at, do: 'crash-late', ms: 2500 },
    ...(['status', 'replicasets', 'services', 'routes', 'analysisruns'] as const).map((of): Fault => ({
      on: 'refusal',
      of,
      nth,
      ms: 30_000,
    })),
    ...[-60_000, 60_000].map((ms): Fault => ({ on: 'clock', nth, ms })),
  ]
}

const SIDES = ['stable', 'canary'] as const
const BY_AGE = [0, 1] as const

const DEEDS: readonly Deed[] = [
  ...(['promote', 'full', 'abort', 'retry', 'undo', 'restart'] as const).map(what => ({ do: what })),
  ...[1, 3].map((image): Deed => ({ do: 'image', image })),
  ...[0, 1, 5].map((replicas): Deed => ({ do: 'scale', replicas })),
  { do: 'pause', paused: true },
  { do: 'spoil', isSpoiled: true },
  { do: 'weigh' },
  { do: 'lose-status' },
  { do: 'steps', steps: [{ setWeight: 10 }, { pause: {} }] },
  ...BY_AGE.flatMap((nth): readonly Deed[] => [
    { do: 'delete-set', nth },
    { do: 'replace-set', nth },
    { do: 'empty-set', nth },
    ...SIDES.map((what): Deed => ({ do: 'move', what, nth })),
  ]),
  ...[...SIDES, 'route' as const].flatMap((what): readonly Deed[] => [
    { do: 'renew', what, afterMs: 3000 },
    { do: 'revert', what },
  ]),
]

function deedsFor({ isAutoscaled, other, isTried }: LifeSpec): readonly Deed[] {
  return [
    ...DEEDS,
    ...(isAutoscaled === true ? [{ do: 'load', pods: 6 } as const] : []),
    ...(other === undefined ? [] : [{ do: 'strategy', isOther: true } as const]),
    ...(isTried === true
      ? [true, false].map((isDeleted): Deed => ({ do: 'end-experiment', isDeleted }))
      : []),
  ]
}
