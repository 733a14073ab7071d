// What may remain of what somebody broke at rest, and what may not.
import { expect, test } from 'vitest'
import { canaryIngress } from '../../rollout/any-state.suite.ts'
import { aReplicaSet, aRollout, aService, hashOf } from '../../rollout/model.suite.ts'
import { changed, usersIn } from './raid.ts'
import type { LifeSpec } from './scenario.ts'
import { PLAIN, sightWith } from './sight.suite.ts'

const [V1, V2] = ['demo:v1', 'demo:v2'] as const

const BLUE_GREEN: Partial<LifeSpec> = { strategy: 'blueGreen' }
const BASIC: Partial<LifeSpec> = { strategy: 'basic' }

interface Stand {
  readonly selected?: string
  readonly weight?: number
  readonly stable?: number
  readonly canary?: number
}

/** A canary with half of the users, whole on both sides. */
function users(life: Partial<LifeSpec>, { selected = V1, weight = 50, stable = 2, canary = 2 }: Stand = {}) {
  const spec = { ...PLAIN, ...life }
  const isBlueGreen = spec.strategy === 'blueGreen'
  const sight = sightWith([
    aRollout(V2, { replicas: 2 }, { stableRS: hashOf(V1), currentPodHash: hashOf(V2) }),
    aReplicaSet({ image: V1, revision: 1, replicas: stable }),
    aReplicaSet({ image: V2, revision: 2, replicas: canary }),
    aService(isBlueGreen ? 'active' : 'stable', hashOf(selected)),
    aService(isBlueGreen ? 'preview' : 'canary', hashOf(V2)),
    canaryIngress(weight),
  ])
  return { spec, seen: usersIn(sight, spec) }
}

function judged(life: Partial<LifeSpec>, now: Stand): string | undefined {
  const { spec, seen } = users(life)
  return changed(spec, seen, users(life, now).seen)
}

test.each<[string, Partial<LifeSpec>, Stand]>([
  ['what is as it was', {}, {}],
  ['all users on the stable revision, which is whole', {}, { weight: 0 }],
  ['blue/green: users whom a hand has moved to a revision that is whole', BLUE_GREEN, { selected: V2 }],
  ['a canary without a router: pods of either revision', BASIC, { stable: 0 }],
])('allows %s', (_, life, now) => {
  expect(judged(life, now)).toBeUndefined()
})

test.each<[string, Partial<LifeSpec>, Stand]>([
  ['a canary with more users than it had', {}, { weight: 100 }],
  ['a stable Service that still leads to the canary', {}, { selected: V2 }],
  ['users without pods', {}, { stable: 0 }],
  ['blue/green: users on a revision that misses pods', BLUE_GREEN, { selected: V2, canary: 1 }],
  ['a canary without a router that misses too many pods', BASIC, { stable: 0, canary: 0 }],
])('refuses %s', (_, life, now) => {
  expect(judged(life, now)).toMatch(/ instead of /)
})

test('allows all users on the stable revision, those of a header beside them too', () => {
  const before = { stable: 'v1', loads: { v2: 1.0001 }, canary: 100, short: 0 }
  expect(changed(PLAIN, before, { ...before, loads: { v1: 1.0001 }, canary: 0 })).toBeUndefined()
  expect(changed(PLAIN, before, { ...before, loads: { v1: 0.5, v2: 0.5 }, canary: 50 })).toMatch(
    / instead of /,
  )
})
