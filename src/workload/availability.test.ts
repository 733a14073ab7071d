// Whether there are enough pods.
import { describe, expect, test } from 'vitest'
import type { ReplicaSet } from '../kube/apps.ts'
import {
  actualReplicas,
  availableReplicas,
  desiredReplicas,
  hasReached,
  isActive,
  isSaturated,
  stayingReplicas,
  total,
  wantedReplicas,
} from './availability.ts'
import { deadlineOf, hasDeadline } from './deadlines.ts'

function aReplicaSet(spec: number, available: number, annotations: Record<string, string> = {}): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'r', annotations },
    spec: { replicas: spec, selector: {}, template: { spec: { containers: [] } } },
    status: { replicas: spec, availableReplicas: available },
  }
}

test('a ReplicaSet that is not there has nothing', () => {
  expect(wantedReplicas(undefined)).toBe(0)
  expect(isActive(undefined)).toBe(false)
  expect(total(availableReplicas, [aReplicaSet(3, 2), undefined, aReplicaSet(2, 2)])).toBe(4)
  expect(total(actualReplicas, [])).toBe(0)
})

test('pods that are to go carry nobody, and those that are not there neither', () => {
  expect(stayingReplicas(aReplicaSet(2, 5))).toBe(2)
  expect(stayingReplicas(aReplicaSet(5, 2))).toBe(2)
  expect(stayingReplicas(undefined)).toBe(0)
})

test('it is saturated when it was scaled to the whole size and all pods are available', () => {
  const scaled = { 'rollout.argoproj.io/desired-replicas': '5' }
  expect(isSaturated(aReplicaSet(5, 5, scaled), 5)).toBe(true)
  expect(isSaturated(aReplicaSet(5, 4, scaled), 5)).toBe(false)
  expect(isSaturated(aReplicaSet(5, 5), 5)).toBe(false)
  expect(isSaturated(aReplicaSet(5, 5, scaled), 6)).toBe(false)
  expect(isSaturated(undefined, 0)).toBe(false)
  expect(desiredReplicas(aReplicaSet(5, 5, { 'rollout.argoproj.io/desired-replicas': 'x' }))).toBeUndefined()
  expect(stayingReplicas(aReplicaSet(1, 3))).toBe(1)
  expect(stayingReplicas(undefined)).toBe(0)
})

describe('a threshold', () => {
  test('that is absent asks for every pod', () => {
    expect(hasReached(aReplicaSet(4, 4), 4)).toBe(true)
    expect(hasReached(aReplicaSet(4, 3), 4)).toBe(false)
    expect(hasReached(aReplicaSet(5, 5), 4)).toBe(false)
    expect(hasReached(undefined, 0)).toBe(true)
  })
  test('asks for a share or a number of pods', () => {
    expect(hasReached(aReplicaSet(10, 9), 10, { type: 'Percent', value: 90 })).toBe(true)
    expect(hasReached(aReplicaSet(10, 8), 10, { type: 'Percent', value: 90 })).toBe(false)
    expect(hasReached(aReplicaSet(0, 0), 0, { type: 'Percent', value: 90 })).toBe(true)
    expect(hasReached(aReplicaSet(10, 3), 10, { type: 'Pods', value: 3 })).toBe(true)
  })
  test('does not count pods that are to go', () => {
    expect(hasReached(aReplicaSet(0, 10), 10, { type: 'Percent', value: 50 })).toBe(false)
    expect(hasReached(aReplicaSet(2, 10), 10, { type: 'Pods', value: 3 })).toBe(false)
  })
})

describe('a scale-down deadline', () => {
  test('is read to the second', () => {
    const set = aReplicaSet(1, 1, { 'scale-down-deadline': '2026-01-01T00:00:30Z' })
    expect(deadlineOf(set)).toBe(Date.parse('2026-01-01T00:00:30Z'))
  })
  test('that nobody can read is there, but no instant', () => {
    const set = aReplicaSet(1, 1, { 'scale-down-deadline': 'soon' })
    expect(deadlineOf(set)).toBeUndefined()
    expect(hasDeadline(set)).toBe(true)
    expect(hasDeadline(aReplicaSet(1, 1))).toBe(false)
  })
})
