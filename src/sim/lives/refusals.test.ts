// Writes to one kind are refused from the nth write of ours on, for their time, and no longer than until it is calm.
import { expect, test } from 'vitest'
import { REPLICA_SET, ROLLOUT } from '../../kube/kinds.ts'
import type { Kind } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { createTimeline } from '../model/timeline.ts'
import { refusals } from './refusals.ts'
import type { Refused } from './scenario.ts'

function patch(kind: Kind, subresource?: 'status'): Write {
  const target = { kind, namespace: 'shop', name: 'demo' }
  return { verb: 'patch', target, patch: {}, why: 'a write', ...(subresource && { subresource }) }
}

function refusing(of: Refused, isCalm = false) {
  const timeline = createTimeline(0)
  const faults = [{ on: 'refusal', of, nth: 2, ms: 3000 }] as const
  const isRefused = refusals({ faults, timeline, isCalm: () => isCalm, onStrike: undefined })
  return { timeline, isRefused }
}

test('for their time', () => {
  const { timeline, isRefused } = refusing('replicasets')
  expect(isRefused(patch(REPLICA_SET), 1)).toBe(false)
  expect(isRefused(patch(REPLICA_SET), 2)).toBe(true)
  timeline.runUntil(2999)
  expect(isRefused(patch(REPLICA_SET), 7)).toBe(true)
  timeline.runUntil(3000)
  expect(isRefused(patch(REPLICA_SET), 8)).toBe(false)
})

test('of that kind alone', () => {
  const { isRefused } = refusing('status')
  expect(isRefused(patch(REPLICA_SET), 2)).toBe(false)
  expect(isRefused(patch(ROLLOUT), 2)).toBe(false)
  expect(isRefused(patch(ROLLOUT, 'status'), 2)).toBe(true)
})

test('never when it is calm', () => {
  expect(refusing('replicasets', true).isRefused(patch(REPLICA_SET), 2)).toBe(false)
})
