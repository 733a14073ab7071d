// The ReplicaSet controller's decisions, as sentences.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Pod } from '../../kube/core.ts'
import { KubeError } from '../../kube/errors.ts'
import type { Decision } from '../../kube/reconciler.ts'
import { deepFreeze } from '../../std/deep-freeze.suite.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'
import { inDeletionOrder } from './pod-ranking.ts'
import { randomName } from './random-name.ts'
import type { ReplicaSetStatus } from './replica-set-status.ts'
import { replicaSets } from './replica-sets.ts'
import type { ReplicaSetSnapshot } from './replica-sets.ts'

const NOW = parseInstant('2026-08-01T12:00:00Z') as number
const ago = (seconds: number) => printInstant(NOW - seconds * 1000)

function aReplicaSet(spec: Partial<ReplicaSet['spec']> = {}, more: Partial<ReplicaSet> = {}): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-5c7', namespace: 'shop', uid: 'set-1', resourceVersion: '7', generation: 3 },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web', tier: 'front' } },
        spec: { containers: [{ name: 'web' }] },
      },
      ...spec,
    },
    ...more,
  }
}

interface PodWish {
  readonly readyFor?: number
  readonly age?: number
  readonly restarts?: number
  readonly phase?: 'Pending' | 'Running' | 'Succeeded'
  readonly node?: string
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
  readonly deleted?: boolean
}

function aPod(name: string, wish: PodWish = {}): Pod {
  const isReady = wish.readyFor !== undefined
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      resourceVersion: '5',
      labels: wish.labels ?? { app: 'web', tier: 'front' },
      creationTimestamp: ago(wish.age ?? 100),
      ...(wish.annotations && { annotations: wish.annotations }),
      ...(wish.deleted && { deletionTimestamp: ago(0) }),
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5c7', uid: 'set-1', controller: true },
      ],
    },
    spec: { containers: [{ name: 'web' }], nodeName: wish.node ?? 'node-1' },
    status: {
      phase: wish.phase ?? 'Running',
      conditions: [
        isReady
          ? { type: 'Ready', status: 'True', lastTransitionTime: ago(wish.readyFor) }
          : { type: 'Ready', status: 'False' },
      ],
      containerStatuses: [{ name: 'web', ready: isReady, restartCount: wish.restarts ?? 0 }],
    },
  }
}

const orphaned = (pod: Pod): Pod => ({ ...pod, metadata: { ...pod.metadata, ownerReferences: [] } })

function decide(snapshot: Partial<ReplicaSetSnapshot>): Decision<ReplicaSetStatus> {
  return replicaSets.decide(
    deepFreeze({ now: NOW, replicaSet: aReplicaSet(), owned: [], orphans: [], ...snapshot }),
  )
}

const whys = (decision: Decision<ReplicaSetStatus>) =>
  decision.writes.map(write => write.why.replace(/(web-5c7)-\w{5}/, '$1-*'))

describe('a ReplicaSet', () => {
  test('creates the pods that are missing, named and owned as Kubernetes does', () => {
    const decision = decide({})
    expect(whys(decision)).toEqual(['create pod web-5c7-* of web-5c7', 'create pod web-5c7-* of web-5c7'])
    const [first, second] = decision.writes.map(write => (write.verb === 'create' ? write.object : undefined))
    expect(first?.metadata).toMatchObject({
      generateName: 'web-5c7-',
      namespace: 'shop',
      labels: { app: 'web', tier: 'front' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'web-5c7',
          uid: 'set-1',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    })
    expect(first?.metadata.name).toMatch(/^web-5c7-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(first?.metadata.name).not.toBe(second?.metadata.name)
    expect(decision.writes[0]?.event).toEqual({
      type: 'Normal',
      source: 'replicaset-controller',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${first?.metadata.name}`,
    })
  })

  test('makes at most a hundred pods in one pass', () => {
    expect(decide({ replicaSet: aReplicaSet({ replicas: 1000 }) }).writes).toHaveLength(100)
  })

  test('deletes what is too much, by uid, and says so', () => {
    const owned = [aPod('old', { readyFor: 90 }), aPod('starting'), aPod('young', { readyFor: 1, age: 5 })]
    const decision = decide({ replicaSet: aReplicaSet({ replicas: 1 }), owned })
    expect(whys(decision)).toEqual(['delete pod starting', 'delete pod young'])
    expect(decision.writes[0]).toMatchObject({
      ifUid: 'uid-starting',
      event: { reason: 'SuccessfulDelete', message: 'Deleted pod: starting' },
    })
  })

  test('adopts orphans that its selector matches and releases pods that it matches no longer', () => {
    const owned = [aPod('mine', { readyFor: 5 }), aPod('relabelled', { labels: { app: 'other' } })]
    const decision = decide({ owned, orphans: [orphaned(aPod('stray'))] })
    expect(whys(decision)).toEqual(['release pod relabelled from web-5c7', 'adopt pod stray into web-5c7'])
    expect(decision.writes[0]).toMatchObject({
      patch: { metadata: { ownerReferences: null } },
      ifVersion: '5',
    })
    expect(decision.status).toMatchObject({ replicas: 2 })
  })

  test('that is being deleted only reports', () => {
    const { metadata, ...rest } = aReplicaSet()
    const replicaSet = { ...rest, metadata: { ...metadata, deletionTimestamp: ago(1) } }
    const decision = decide({ replicaSet, owned: [aPod('a')], orphans: [orphaned(aPod('b'))] })
    expect(whys(decision)).toEqual([])
    expect(decision.status).toMatchObject({ replicas: 1 })
  })

  test('reports counts without zeros, and the generation that it acted on', () => {
    const owned = [aPod('a', { readyFor: 30 }), aPod('b', { readyFor: 5, labels: { app: 'web' } })]
    expect(decide({ owned }).status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 1,
      readyReplicas: 2,
      availableReplicas: 2,
      observedGeneration: 3,
    })
    expect(decide({}).status).toEqual({ replicas: 0, observedGeneration: 3 })
  })

  test('counts a pod as available once it has been ready for minReadySeconds, and wakes up for that', () => {
    const owned = [aPod('a', { readyFor: 10 }), aPod('b', { readyFor: 4 })]
    const decision = decide({ replicaSet: aReplicaSet({ minReadySeconds: 10 }), owned })
    expect(decision.status).toMatchObject({ readyReplicas: 2, availableReplicas: 1 })
    expect(decision.waits?.map(wait => (wait.until ?? 0) - NOW)).toEqual([6000])
  })

  test('reports a refused create as condition and event, and tries again ever later', () => {
    const snapshot = { now: NOW, replicaSet: aReplicaSet(), owned: [], orphans: [] }
    const [write] = replicaSets.decide(snapshot).writes
    const error = new KubeError('Forbidden', 'pods "web" is forbidden: quota exceeded')
    const first = replicaSets.recover?.(snapshot, write!, error, undefined)
    expect(first?.events).toEqual([
      {
        type: 'Warning',
        reason: 'FailedCreate',
        message: 'Error creating: pods "web" is forbidden: quota exceeded',
      },
    ])
    expect(first?.status).toMatchObject({
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }],
    })
    expect(first?.waits?.[0]?.until).toBe(NOW + 1000)

    const failing = aReplicaSet({}, { status: first?.status as ReplicaSetStatus })
    const later = { ...snapshot, now: NOW + 8000, replicaSet: failing }
    const second = replicaSets.recover?.(later, write!, error, undefined)
    expect(second?.waits?.[0]?.until).toBe(NOW + 16_000)
    expect(second?.status).toEqual(first?.status)
    expect(decide({ replicaSet: failing }).status).toEqual({ replicas: 0, observedGeneration: 3 })
  })

  test('leaves a conflict and a taken name to the next look at the cluster', () => {
    const snapshot = { now: NOW, replicaSet: aReplicaSet(), owned: [], orphans: [] }
    const [write] = replicaSets.decide(snapshot).writes
    const taken = new KubeError('AlreadyExists', 'pods "web-5c7-abcde" already exists')
    expect(replicaSets.recover?.(snapshot, write!, taken, undefined)).toBeUndefined()
  })
})

describe('the order in which pods go', () => {
  const order = (...pods: Pod[]) => inDeletionOrder(pods, NOW).map(pod => pod.metadata.name)
  const cost = (amount: string) => ({ 'controller.kubernetes.io/pod-deletion-cost': amount })

  test('unassigned, pending, not ready, cheap, young, often restarted', () => {
    const pods = [
      aPod('steady', { readyFor: 5000, age: 9000 }),
      aPod('young', { readyFor: 3, age: 9000 }),
      aPod('cheap', { readyFor: 5000, annotations: cost('-5') }),
      aPod('unready', {}),
      aPod('pending', { phase: 'Pending' }),
      aPod('unassigned', { phase: 'Pending', node: '' }),
    ]
    expect(order(...pods)).toEqual(['unassigned', 'pending', 'unready', 'cheap', 'young', 'steady'])
  })

  test('a dear pod stays, a cost that is no number counts as none', () => {
    const dear = aPod('dear', { readyFor: 1, annotations: cost('100') })
    const odd = aPod('odd', { readyFor: 500, annotations: cost('lots') })
    expect(order(dear, odd)).toEqual(['odd', 'dear'])
  })

  test('among pods that are not ready the one that restarted more goes, then the younger', () => {
    expect(order(aPod('a', { age: 9000 }), aPod('b', { age: 5 }))).toEqual(['b', 'a'])
    expect(order(aPod('a', { age: 9000, restarts: 3 }), aPod('b', { age: 5 }))).toEqual(['a', 'b'])
  })

  const anyPod = fc
    .record({
      readyFor: fc.option(fc.nat(10_000), { nil: undefined }),
      age: fc.nat(20_000),
      restarts: fc.nat(3),
      node: fc.constantFrom('', 'node-1'),
      phase: fc.constantFrom('Pending' as const, 'Running' as const),
    })
    .map(({ readyFor, ...wish }) => (readyFor === undefined ? wish : { ...wish, readyFor }))

  test('is a permutation, and no ready pod goes before one that is not ready', () => {
    fc.assert(
      fc.property(fc.array(anyPod, { maxLength: 12 }), wishes => {
        const pods = wishes.map((wish, i) => aPod(`p${i}`, { ...wish, node: 'node-1', phase: 'Running' }))
        const sorted = inDeletionOrder(pods, NOW)
        expect(new Set(sorted)).toEqual(new Set(pods))
        const ready = sorted.map(pod => pod.status?.conditions?.[0]?.status === 'True')
        expect(ready).toEqual(ready.toSorted((a, b) => Number(a) - Number(b)))
      }),
    )
  })
})

test('a name fits into 63 characters, and its seed decides it', () => {
  const name = randomName('n'.repeat(80), 'seed')
  expect(name).toHaveLength(63)
  expect(randomName('n'.repeat(80), 'seed')).toBe(name)
  expect(randomName('n'.repeat(80), 'other')).not.toBe(name)
})
