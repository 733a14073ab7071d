// Replica arithmetic with traffic routing: worked examples, and the laws that keep pods under their load.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abortedWeight, routedSizes, stableNeededFor, type AbortedCanary } from './routed-sizes.ts'

const ten = { replicas: 10, maxWeight: 100, minPods: 0 }

describe('sizes with traffic routing', () => {
  test('the canary follows its weight, rounded up; the stable side stays whole', () => {
    expect(routedSizes({ ...ten, scale: { weight: 25 } })).toEqual({ canary: 3, stable: 10 })
    expect(routedSizes({ ...ten, maxWeight: 1000, scale: { weight: 101 } })).toEqual({
      canary: 2,
      stable: 10,
    })
  })
  test('an explicit scale may be more than all, or nothing', () => {
    expect(routedSizes({ ...ten, scale: { replicas: 12 } })).toEqual({ canary: 12, stable: 10 })
    expect(routedSizes({ ...ten, scale: { replicas: 0 } })).toEqual({ canary: 0, stable: 10 })
  })
  test('the fewest pods of a side are kept, where it has any, but not against an explicit scale', () => {
    const two = { ...ten, minPods: 2 }
    expect(routedSizes({ ...two, scale: { weight: 5 } }).canary).toBe(2)
    expect(routedSizes({ ...two, scale: { weight: 0 } }).canary).toBe(0)
    expect(routedSizes({ ...two, scale: { replicas: 1 } }).canary).toBe(1)
    expect(routedSizes({ ...two, replicas: 1, scale: { weight: 5 } }).canary).toBe(1)
  })
})

describe('sizes with dynamicStableScale', () => {
  const dynamic = (canaryWeight: number, isAborted = false) => ({
    isAborted,
    canaryWeight,
    stableWeight: 100 - canaryWeight,
    stepWeight: 100,
  })
  test('the stable side shrinks as its share does, and not before', () => {
    expect(routedSizes({ ...ten, scale: { weight: 25 }, dynamic: dynamic(25) })).toEqual({
      canary: 3,
      stable: 8,
    })
    expect(routedSizes({ ...ten, scale: { weight: 25 }, dynamic: dynamic(10) }).stable).toBe(9)
  })
  test('the stable side is whole again while the canary has an explicit number of pods', () => {
    expect(routedSizes({ ...ten, scale: { replicas: 3 }, dynamic: dynamic(25) })).toEqual({
      canary: 3,
      stable: 10,
    })
  })
  test('the stable side grows for what the step gives it, although the canary keeps pods beside that', () => {
    const given = { ...dynamic(80), stepWeight: 20 }
    expect(routedSizes({ ...ten, scale: { weight: 50 }, dynamic: given })).toEqual({ canary: 5, stable: 8 })
  })
  test('the stable side is made whole by an abort, also where a scale still holds for the canary', () => {
    expect(routedSizes({ ...ten, scale: { weight: 50 }, dynamic: dynamic(40, true) })).toEqual({
      canary: 5,
      stable: 10,
    })
  })
  test('an aborted canary keeps the pods that its traffic needs', () => {
    expect(routedSizes({ ...ten, scale: { weight: 0 }, dynamic: dynamic(60, true) })).toEqual({
      canary: 6,
      stable: 10,
    })
  })
})

test('the canary may get its weight when the stable pods can carry the rest', () => {
  expect(stableNeededFor(25, ten)).toBe(7)
  expect(stableNeededFor(100, ten)).toBe(0)
})

describe('the weight of an aborted canary with dynamicStableScale', () => {
  const aborted: AbortedCanary = {
    replicas: 10,
    maxWeight: 100,
    stableAvailable: 4,
    canaryAvailable: 6,
    stepWeights: [20, 60],
    currentWeight: 60,
    hasDelay: false,
    minPods: 0,
  }
  test('goes back step by step as stable pods become available', () => {
    const weights = [4, 7, 8, 9, 10].map(stableAvailable => abortedWeight({ ...aborted, stableAvailable }))
    expect(weights).toEqual([60, 60, 20, 20, 20])
  })
  test('is nothing once the stable pods can carry everything and the canary has no more pods', () => {
    expect(abortedWeight({ ...aborted, stableAvailable: 10, canaryAvailable: 2 })).toBe(0)
    expect(abortedWeight({ ...aborted, stableAvailable: 10, hasDelay: true })).toBe(0)
  })
  test('is nothing when the canary has no more pods than it may have at least', () => {
    const least = { ...aborted, replicas: 3, stepWeights: [20], currentWeight: 20, canaryAvailable: 2 }
    expect(abortedWeight({ ...least, stableAvailable: 3, minPods: 2 })).toBe(0)
    expect(abortedWeight({ ...least, stableAvailable: 3, minPods: 0 })).toBe(20)
  })
  test('stays nothing when it was nothing, whatever the stable pods can carry', () => {
    expect(abortedWeight({ ...aborted, stableAvailable: 0, currentWeight: 0 })).toBe(0)
  })

  const state: fc.Arbitrary<AbortedCanary> = fc
    .record({
      replicas: fc.integer({ min: 0, max: 12 }),
      maxWeight: fc.constantFrom(100, 1000),
      available: fc.integer({ min: 0, max: 12 }),
      canaryAvailable: fc.integer({ min: 0, max: 12 }),
      shares: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 4 }),
      current: fc.integer({ min: 0, max: 100 }),
      hasDelay: fc.boolean(),
      minPods: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ available, shares, current, ...rest }) => ({
      ...rest,
      stableAvailable: Math.min(available, rest.replicas),
      stepWeights: shares.map(share => (share * rest.maxWeight) / 100),
      currentWeight: (current * rest.maxWeight) / 100,
    }))
  test('never rises, and never falls below what the stable pods can not carry', () => {
    fc.assert(
      fc.property(state, found => {
        const weight = abortedWeight(found)
        const current = found.currentWeight
        expect(weight).toBeLessThanOrEqual(current)
        expect(weight).toBeGreaterThanOrEqual(0)
        if (found.replicas === 0 || weight === current) return
        const needed = Math.floor(((found.maxWeight - weight) * found.replicas) / found.maxWeight)
        expect(found.stableAvailable).toBeGreaterThanOrEqual(needed)
      }),
      { numRuns: 2000 },
    )
  })
})
