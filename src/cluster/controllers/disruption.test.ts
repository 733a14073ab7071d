// How many pods of a PodDisruptionBudget may go.
import { describe, expect, test } from 'vitest'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Pod } from '../../kube/core.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'
import { disruption } from './disruption.ts'
import type { PodDisruptionBudget } from './disruption.ts'

const NOW = parseInstant('2026-08-01T12:00:00Z') as number

function aBudget(
  spec: PodDisruptionBudget['spec'],
  status?: PodDisruptionBudget['status'],
): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'shop', generation: 2 },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    ...(status && { status }),
  }
}

function aPod(name: string, more: { ready?: boolean; leaving?: boolean; orphan?: boolean } = {}): Pod {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'set', controller: true }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      labels: { app: 'web' },
      ownerReferences: more.orphan ? [] : [owner],
      ...(more.leaving && { deletionTimestamp: printInstant(NOW) }),
    },
    spec: { containers: [] },
    status: { conditions: [{ type: 'Ready', status: more.ready === false ? 'False' : 'True' }] },
  }
}

const setOf = (replicas: number): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'shop', uid: 'set' },
  spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
})

function decide(budget: PodDisruptionBudget, pods: readonly Pod[], replicas = 4) {
  const decision = disruption.decide({ now: NOW, budget, pods, replicaSets: [setOf(replicas)] })
  return { ...decision, status: decision.status as Record<string, unknown> }
}

const four = ['a', 'b', 'c', 'd'].map(name => aPod(name))

describe('a PodDisruptionBudget', () => {
  test.each([
    [{ minAvailable: 3 }, 3, 1],
    [{ minAvailable: '50%' }, 2, 2],
    [{ maxUnavailable: 1 }, 3, 1],
    [{ maxUnavailable: '30%' }, 2, 2],
    [{ maxUnavailable: 9 }, 0, 4],
    [{ minAvailable: 9 }, 9, 0],
  ])('%j of four healthy pods', (spec, desiredHealthy, disruptionsAllowed) => {
    expect(decide(aBudget(spec), four).status).toMatchObject({
      currentHealthy: 4,
      desiredHealthy,
      disruptionsAllowed,
      expectedPods: 4,
      observedGeneration: 2,
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: disruptionsAllowed > 0 ? 'True' : 'False',
          reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        },
      ],
    })
  })

  test('pods that are not ready, or on their way out, are not healthy', () => {
    const pods = [aPod('a'), aPod('b', { ready: false }), aPod('c', { leaving: true }), aPod('d')]
    expect(decide(aBudget({ minAvailable: 1 }), pods).status).toMatchObject({
      currentHealthy: 2,
      disruptionsAllowed: 1,
    })
  })

  test('allows nothing while it covers no pod', () => {
    expect(decide(aBudget({ minAvailable: 0 }), []).status).toMatchObject({ disruptionsAllowed: 0 })
  })

  test('a granted eviction counts at once, and for two minutes at most', () => {
    const disruptedPods = {
      a: printInstant(NOW - 30_000),
      b: printInstant(NOW - 121_000),
      gone: printInstant(NOW),
    }
    const decision = decide(aBudget({ minAvailable: 1 }, { disruptedPods }), four)
    expect(decision.status).toMatchObject({ currentHealthy: 3, disruptedPods: { a: disruptedPods.a } })
    expect(decision.waits?.[0]?.until).toBe(NOW + 90_000)
  })

  test('says so when a percentage meets pods without a controller', () => {
    const pods = [...four, aPod('e', { orphan: true })]
    expect(decide(aBudget({ minAvailable: '50%' }), pods).events?.[0]?.reason).toBe('UnmanagedPods')
    expect(decide(aBudget({ minAvailable: 1 }), pods).events).toBeUndefined()
  })

  test('its condition keeps its time while it says the same', () => {
    const first = decide(aBudget({ minAvailable: 1 }), four).status
    const later = disruption.decide({
      now: NOW + 60_000,
      budget: aBudget({ minAvailable: 1 }, first as never),
      pods: four,
      replicaSets: [setOf(4)],
    })
    expect(later.status).toEqual(first)
  })
})
