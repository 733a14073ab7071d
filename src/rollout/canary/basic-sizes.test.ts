// Replica arithmetic: the recorded vectors, worked examples, and the laws that no update may break.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { basicCanarySizes, drainedOlder, idealSplit, type BasicCanary, type Split } from './basic-sizes.ts'

const WEIGHTS = [1, 5, 10, 20, 25, 33, 50, 67, 75, 90, 99, 100]

// replicas, surge → canary/stable at each weight. Argo Rollouts gives 0/2 for 2 pods at 75 and 0/5 for 5 at
// 90.
const VECTORS: readonly (readonly [replicas: number, surge: number, splits: string])[] = [
  [1, 0, '0/1 0/1 0/1 0/1 0/1 0/1 1/0 1/0 1/0 1/0 1/0 1/0'],
  [2, 0, '1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 2/0'],
  [3, 0, '1/2 1/2 1/2 1/2 1/2 1/2 2/1 2/1 2/1 2/1 2/1 3/0'],
  [4, 0, '1/3 1/3 1/3 1/3 1/3 1/3 2/2 3/1 3/1 3/1 3/1 4/0'],
  [5, 0, '1/4 1/4 1/4 1/4 1/4 2/3 3/2 3/2 4/1 4/1 4/1 5/0'],
  [7, 0, '1/6 1/6 1/6 1/6 2/5 2/5 4/3 5/2 5/2 6/1 6/1 7/0'],
  [10, 0, '1/9 1/9 1/9 2/8 3/7 3/7 5/5 7/3 8/2 9/1 9/1 10/0'],
  [1, 1, '1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/0'],
  [2, 1, '1/2 1/2 1/2 1/2 1/2 1/2 1/1 2/1 2/1 2/1 2/1 2/0'],
  [3, 1, '1/3 1/3 1/3 1/3 1/3 1/2 2/2 2/1 3/1 3/1 3/1 3/0'],
  [4, 1, '1/4 1/4 1/4 1/4 1/3 2/3 2/2 3/2 3/1 4/1 4/1 4/0'],
  [5, 1, '1/5 1/5 1/5 1/4 1/4 2/4 3/3 4/2 4/1 5/1 5/1 5/0'],
  [7, 1, '1/7 1/7 1/7 2/6 2/6 2/5 4/4 5/2 6/2 7/1 7/1 7/0'],
  [10, 1, '1/10 1/10 1/9 2/8 3/8 3/7 5/5 7/3 8/3 9/1 10/1 10/0'],
]

test.each(VECTORS)('%d pods with surge %d are split as recorded', (replicas, maxSurge, splits) => {
  const found = WEIGHTS.map(weight => idealSplit({ replicas, weight, maxWeight: 100, maxSurge }))
  expect(found.map(({ canary, stable }) => `${canary}/${stable}`).join(' ')).toBe(splits)
})

test('no weight takes a canary down to nothing once it has begun', () => {
  for (let replicas = 2; replicas <= 40; replicas++) {
    for (let weight = 1; weight < 100; weight++) {
      const split = idealSplit({ replicas, weight, maxWeight: 100, maxSurge: 0 })
      expect(split.canary).toBeGreaterThan(0)
      expect(split.stable).toBeGreaterThan(0)
      expect(split.canary + split.stable).toBe(replicas)
    }
  }
})

test('nothing is split into nothing', () =>
  expect(idealSplit({ replicas: 0, weight: 50, maxWeight: 100, maxSurge: 1 })).toEqual({
    canary: 0,
    stable: 0,
  }))

const all = (pods: number) => ({ spec: pods, available: pods })
const ten = { replicas: 10, maxWeight: 100, olderSpec: 0 }

describe('the next sizes', () => {
  test('are the ideal ones when the budgets allow it', () => {
    const state = { ...ten, weight: 10, maxSurge: 1, maxUnavailable: 1, canary: all(0), stable: all(10) }
    expect(basicCanarySizes(state)).toEqual({ canary: 1, stable: 9 })
  })
  test('keep the stable pods until the canary can stand in', () => {
    const state = { ...ten, weight: 30, maxSurge: 3, maxUnavailable: 0, stable: all(10) }
    expect(basicCanarySizes({ ...state, canary: all(0) })).toEqual({ canary: 3, stable: 10 })
    expect(basicCanarySizes({ ...state, canary: { spec: 3, available: 1 } })).toEqual({
      canary: 3,
      stable: 9,
    })
    expect(basicCanarySizes({ ...state, canary: all(3) })).toEqual({ canary: 3, stable: 7 })
  })
  test('give a first revision everything at once', () => {
    const state = { ...ten, weight: 0, maxSurge: 1, maxUnavailable: 0, canary: all(0), stable: undefined }
    expect(basicCanarySizes(state)).toEqual({ canary: 10, stable: 0 })
  })
  test('wait for older pods to go', () => {
    const state = { ...ten, weight: 50, maxSurge: 2, maxUnavailable: 3, canary: all(0), stable: all(8) }
    expect(basicCanarySizes({ ...state, olderSpec: 2 })).toEqual({ canary: 2, stable: 8 })
    expect(basicCanarySizes({ ...state, olderSpec: 0 })).toEqual({ canary: 4, stable: 7 })
  })
  test('go back to the stable pods on abort, within the budgets', () => {
    const state = { ...ten, weight: 0, maxSurge: 0, maxUnavailable: 2, canary: all(6), stable: all(4) }
    expect(basicCanarySizes(state)).toEqual({ canary: 4, stable: 4 })
    expect(basicCanarySizes({ ...state, canary: all(4) })).toEqual({ canary: 4, stable: 6 })
  })
  test('take unavailable pods first when there are too many of both', () => {
    const state = { ...ten, weight: 50, maxSurge: 0, maxUnavailable: 0, stable: all(8) }
    expect(basicCanarySizes({ ...state, canary: { spec: 6, available: 0 } })).toEqual({
      canary: 2,
      stable: 8,
    })
  })
})

const count = (most: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 0, max: most }))
    .map(([spec, available]) => ({ spec, available: Math.min(spec, available) }))

const anyState: fc.Arbitrary<BasicCanary> = fc
  .record({
    replicas: fc.integer({ min: 0, max: 12 }),
    weight: fc.integer({ min: 0, max: 100 }),
    maxWeight: fc.constant(100),
    maxSurge: fc.integer({ min: 0, max: 4 }),
    maxUnavailable: fc.integer({ min: 0, max: 4 }),
    canary: fc.option(count(14), { nil: undefined }),
    stable: fc.option(count(14), { nil: undefined }),
    olderSpec: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 4 })),
  })
  .map(state => ({
    ...state,
    maxUnavailable: Math.min(
      state.replicas,
      state.maxSurge + state.maxUnavailable === 0 ? 1 : state.maxUnavailable,
    ),
  }))

const specs = (state: BasicCanary) => (state.canary?.spec ?? 0) + (state.stable?.spec ?? 0)
const availableIn = (state: BasicCanary, sizes: Split) =>
  Math.min(state.canary?.available ?? 0, sizes.canary) + Math.min(state.stable?.available ?? 0, sizes.stable)

describe('from any state', () => {
  test('an update never grows beyond its surge', () => {
    fc.assert(
      fc.property(anyState, state => {
        const { canary, stable } = basicCanarySizes(state)
        const limit = Math.max(state.replicas + state.maxSurge, specs(state) + state.olderSpec)
        expect(canary + stable + state.olderSpec).toBeLessThanOrEqual(limit)
      }),
      { numRuns: 2000 },
    )
  })
  test('an update never takes an available pod that the budget needs', () => {
    fc.assert(
      fc.property(anyState, state => {
        const before = (state.canary?.available ?? 0) + (state.stable?.available ?? 0)
        const needed = Math.min(before, state.replicas - state.maxUnavailable)
        expect(availableIn(state, basicCanarySizes(state))).toBeGreaterThanOrEqual(needed)
      }),
      { numRuns: 2000 },
    )
  })
  test('no side moves away from the ideal, unless there are too many of both', () => {
    fc.assert(
      fc.property(anyState, state => {
        fc.pre(specs(state) + state.olderSpec <= state.replicas + state.maxSurge)
        const ideal = state.stable === undefined ? { canary: state.replicas, stable: 0 } : idealSplit(state)
        const sizes = basicCanarySizes(state)
        const isBetween = (size: number, from: number, to: number) =>
          size >= Math.min(from, to) && size <= Math.max(from, to)
        if (state.canary) expect(isBetween(sizes.canary, state.canary.spec, ideal.canary)).toBe(true)
        if (state.stable) expect(isBetween(sizes.stable, state.stable.spec, ideal.stable)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
  test('an update whose pods become available arrives at the ideal split, and stays there', () => {
    fc.assert(
      fc.property(anyState, start => {
        let state: BasicCanary = { ...start, canary: start.canary ?? all(0), olderSpec: 0 }
        for (let pass = 0; pass < 100; pass++) {
          const sizes = basicCanarySizes(state)
          state = {
            ...state,
            canary: all(sizes.canary),
            stable: start.stable === undefined ? undefined : all(sizes.stable),
          }
        }
        const ideal = start.stable === undefined ? { canary: start.replicas, stable: 0 } : idealSplit(start)
        expect({ canary: state.canary?.spec, stable: state.stable?.spec ?? 0 }).toEqual(ideal)
      }),
      { numRuns: 1000 },
    )
  })
})

test('older pods that are not available go at once, the others as the budget allows, newest first', () => {
  const older = [all(3), { spec: 4, available: 1 }, all(2)]
  expect(drainedOlder(older, 0)).toEqual([3, 1, 2])
  expect(drainedOlder(older, 4)).toEqual([0, 0, 2])
  expect(drainedOlder(older, -1)).toEqual([3, 1, 2])
})
