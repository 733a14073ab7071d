// What a Rollout means where it says nothing.
import { describe, expect, test } from 'vitest'
import {
  abortScaleDownDelaySeconds,
  autoPromotionSeconds,
  maxSurge,
  maxUnavailable,
  pauseSeconds,
  progressDeadlineSeconds,
  replicas,
  revisionHistoryLimit,
  scaleDownDelaySeconds,
} from './defaults.ts'
import type { CanaryStrategy, RolloutSpec } from './rollout.ts'

const canary = (more: CanaryStrategy = {}, pods = 10): RolloutSpec => ({
  replicas: pods,
  strategy: { canary: more },
})
const blueGreen = (more = {}): RolloutSpec => ({
  strategy: { blueGreen: { activeService: 'active', ...more } },
})
const routed = { trafficRouting: { nginx: { stableIngress: 'demo' } } }

describe('an empty spec', () => {
  test('is one pod, ten old revisions, ten minutes', () => {
    expect([replicas({}), revisionHistoryLimit({}), progressDeadlineSeconds({})]).toEqual([1, 10, 600])
  })
  test('keeps an explicit zero', () => expect(replicas({ replicas: 0 })).toBe(0))
})

describe('surge and unavailable', () => {
  test('are a quarter, surge rounded up and unavailable down', () => {
    expect([maxSurge(canary()), maxUnavailable(canary())]).toEqual([3, 2])
  })
  test('read the text "5" as five percent', () => {
    expect([maxSurge(canary({ maxSurge: '5' })), maxUnavailable(canary({ maxUnavailable: '30' }))]).toEqual([
      1, 3,
    ])
  })
  test('read a text that is no number as zero, and then let one pod be missing', () => {
    const spec = canary({ maxSurge: 'many', maxUnavailable: 'few' })
    expect([maxSurge(spec), maxUnavailable(spec)]).toEqual([0, 1])
  })
  test('never let more be missing than there are', () => {
    expect(maxUnavailable(canary({ maxUnavailable: '200%' }))).toBe(10)
    expect(maxUnavailable(canary({ maxSurge: 0, maxUnavailable: 0 }, 0))).toBe(0)
  })
  test('may both be zero in a blue/green strategy', () => {
    expect(maxUnavailable({ replicas: 3, strategy: blueGreen({ maxUnavailable: 0 }).strategy ?? {} })).toBe(0)
  })
})

describe('delays', () => {
  test('after an update are 30 s for blue/green and routed canaries, none for others', () => {
    expect([blueGreen(), canary(routed), canary()].map(scaleDownDelaySeconds)).toEqual([30, 30, 0])
  })
  test('after an abort: a preview with 0 stays, a routed canary with 0 goes at once', () => {
    const none = { abortScaleDownDelaySeconds: 0 }
    expect([blueGreen(none), canary({ ...routed, ...none })].map(abortScaleDownDelaySeconds)).toEqual([
      undefined,
      0,
    ])
    expect([blueGreen(), canary(routed), canary()].map(abortScaleDownDelaySeconds)).toEqual([
      30,
      30,
      undefined,
    ])
  })
  test('after an abort count only when written where stable pods follow the weight', () => {
    const dynamic = { ...routed, dynamicStableScale: true }
    expect(abortScaleDownDelaySeconds(canary(dynamic))).toBeUndefined()
    expect(abortScaleDownDelaySeconds(canary({ ...dynamic, abortScaleDownDelaySeconds: 5 }))).toBe(5)
  })
})

test('autoPromotionSeconds are ignored when the switch waits for a person', () => {
  expect(autoPromotionSeconds(blueGreen({ autoPromotionSeconds: 60 }))).toBe(60)
  expect(autoPromotionSeconds(blueGreen({ autoPromotionSeconds: 60, autoPromotionEnabled: false }))).toBe(0)
})

test('a pause is seconds, a number in text, a Go duration, until resumed, or nonsense', () => {
  const read = [7, '7', '1h30m', '1.9s', undefined, '5x'].map(duration =>
    pauseSeconds(duration === undefined ? {} : { duration }),
  )
  expect(read).toEqual([7, 7, 5400, 1, undefined, -1])
})
