// What becomes of a Rollout when one of its writes is refused.
import { describe, expect, test } from 'vitest'
import type { RolloutStatus } from '../api/rollout.ts'
import { KubeError } from '../kube/errors.ts'
import { CLUSTER_ANALYSIS_TEMPLATE, POD, REPLICA_SET, ROLLOUT, SERVICE } from '../kube/kinds.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import type { Refusal } from '../kube/refusal.ts'
import type { Write } from '../kube/write.ts'
import { createStore } from '../runtime/mirror/store.ts'
import { INDICES } from './gather/indices.ts'
import { aPod, aReplicaSet, aRollout, aService, hashOf, NOW } from './model.suite.ts'
import { phaseOf } from './phase.ts'
import { rolloutReconciler } from './reconciler.ts'

const reconciler = rolloutReconciler({ ours: {}, theirs: {} })

function snapshotOf(...objects: readonly (readonly [Kind, KubeObject])[]) {
  const store = createStore({ indices: [INDICES] })
  for (const [kind, object] of objects)
    store.put(kind, { ...object, metadata: { ...object.metadata, resourceVersion: '1' } })
  const snapshot = reconciler.gather('shop/demo', store, NOW, {})
  if (snapshot === undefined) throw new Error('there is nothing to decide')
  return snapshot
}

test('Services of a Rollout that is gone are given back once nothing of its revision is left', () => {
  const image = 'demo:v1'
  const service = aService('active', hashOf(image))
  const whys = (...objects: readonly (readonly [Kind, KubeObject])[]) =>
    reconciler.decide(snapshotOf(...objects)).writes.map(write => write.why)
  const set = aReplicaSet({ image, revision: 1, replicas: 1 })
  expect(whys([SERVICE, service], [REPLICA_SET, set])).toEqual([])
  expect(whys([SERVICE, service])).toEqual(['release service active, whose Rollout is gone'])
})

test('of what may not be read a Rollout that names it says which right is missing, and no other does', () => {
  const store = createStore({ indices: [INDICES] })
  store.forbid(CLUSTER_ANALYSIS_TEMPLATE)
  let version = 0
  const messageOf = (templates: readonly object[]) => {
    const strategy = { canary: { analysis: { templates } } }
    const { metadata, ...rollout } = aRollout('demo:v1', { strategy }, {})
    store.put(ROLLOUT, { ...rollout, metadata: { ...metadata, resourceVersion: String((version += 1)) } })
    const snapshot = reconciler.gather('shop/demo', store, NOW, {})
    return snapshot && reconciler.decide(snapshot).status?.message
  }
  expect(messageOf([{ templateName: 'errors', clusterScope: true }])).toContain(
    'this controller may not read clusteranalysistemplates.argoproj.io',
  )
  expect(messageOf([{ templateName: 'errors' }])).toContain('not found')
})

test('an eviction that a disruption budget refuses hides nothing, and is tried again in half a minute', () => {
  const image = 'demo:v1'
  const set = aReplicaSet({ image, revision: 1, replicas: 1 })
  const status = { currentPodHash: hashOf(image), stableRS: hashOf(image), currentStepHash: '5ffbfbbd64' }
  const spec = { replicas: 1, strategy: { canary: {} }, restartAt: '2026-08-01T11:59:00Z' }
  const pod = aPod('pod-0', { of: set, ready: true })
  const snapshot = snapshotOf([ROLLOUT, aRollout(image, spec, status)], [REPLICA_SET, set], [POD, pod])
  const eviction = reconciler.decide(snapshot).writes.find(write => write.verb === 'evict')
  expect(eviction).toMatchObject({ verb: 'evict' })
  const refusal = new KubeError('TooManyRequests', 'the budget says no', { status: 429 })
  const recovered = reconciler.recover?.(snapshot, eviction as Write, refusal, undefined)
  expect(recovered?.writes).toEqual([])
  expect(recovered?.status).toMatchObject({ phase: 'Progressing', message: 'rollout is restarting' })
  const wait = recovered?.waits?.find(one => one.for === 'pods to be restarted')
  expect(wait?.until).toBe(NOW + 30_000)
})

test('what a server says of a ReplicaSet that cannot be created is told without secrets', () => {
  const snapshot = snapshotOf([ROLLOUT, aRollout('demo:v1', { strategy: { canary: {} } }, {})])
  const create = reconciler.decide(snapshot).writes.find(write => write.verb === 'create') as Write
  const said = 'Post "https://admin:hunter2@hooks.test/x?token=hunter2": Authorization: Bearer hunter2'
  const told = reconciler.recover?.(snapshot, create, new KubeError('Forbidden', said), undefined)
  expect(told?.events).toHaveLength(1)
  expect(JSON.stringify(told)).not.toContain('hunter2')
})

test('a ReplicaSet that cannot be created is told of once, and tried again', () => {
  const snapshot = snapshotOf([ROLLOUT, aRollout('demo:v1', { strategy: { canary: {} } }, {})])
  const create = reconciler.decide(snapshot).writes.find(write => write.verb === 'create') as Write
  const refusal = new KubeError('Forbidden', 'exceeded quota', { status: 403 })
  const recovered = reconciler.recover?.(snapshot, create, refusal, undefined)
  expect(recovered?.events).toMatchObject([{ type: 'Warning', reason: 'ReplicaSetCreateError' }])
  expect(recovered?.waits).toMatchObject([{ until: NOW + 10_000 }])
  const told = {
    ...aRollout('demo:v1', { strategy: { canary: {} } }, {}),
    status: recovered?.status,
  } as KubeObject
  const again = reconciler.recover?.(snapshotOf([ROLLOUT, told]), create, refusal, undefined)
  expect(again?.events).toEqual([])
  expect(again?.waits).toMatchObject([{ until: NOW + 10_000 }])
})

describe('while the ReplicaSet of the newest image is refused', () => {
  const V3 = 'demo:v3'
  const steps = [{ setWeight: 50 }, { pause: {} }]
  const [stable, half] = ['demo:v1', 'demo:v2'].map((image, i) =>
    aReplicaSet({ image, revision: i + 1, replicas: 2, desired: 4 }),
  )
  const recovered = (more: RolloutStatus, image = V3, why = 'not signed') => {
    const strategy = { canary: { steps } }
    const known = {
      currentPodHash: hashOf('demo:v2'),
      stableRS: hashOf('demo:v1'),
      currentStepIndex: 1,
      ...more,
    }
    const rollout = aRollout(image, { strategy, replicas: 4 }, known)
    const snapshot = snapshotOf(
      [ROLLOUT, rollout],
      [REPLICA_SET, stable as KubeObject],
      [REPLICA_SET, half as KubeObject],
    )
    const { writes } = reconciler.decide(snapshot)
    const create = writes.find(({ verb }) => verb === 'create') as Write
    return reconciler.recover?.(snapshot, create, new KubeError('Forbidden', why), undefined)
  }

  test('it is Degraded, and says why', () => {
    const { status, writes } = recovered({}) ?? {}
    expect(status).toMatchObject({ phase: 'Degraded', currentPodHash: hashOf('demo:v2') })
    expect(status?.message).toContain('ReplicaSetCreateError: Failed to create new replica set')
    expect(writes).toEqual([])
  })

  test.each([
    ['another image', 'demo:v4', 'not signed'],
    ['another reason', V3, 'exceeded quota'],
  ])('%s is told as well, once', (_, image, why) => {
    const { status: first } = recovered({}) ?? {}
    const { status, events } = recovered(first ?? {}, image, why) ?? {}
    expect(status?.message).toMatch(new RegExp(`demo-${hashOf(image)}.*${why}`))
    expect(events).toMatchObject([{ reason: 'ReplicaSetCreateError' }])
    expect(recovered(status ?? {}, image, why)?.events).toEqual([])
  })

  test('a retry is answered by it, once', () => {
    const { status: aborted } = recovered({ abort: true }) ?? {}
    const { status, events } = recovered({ ...aborted, abort: false }) ?? {}
    expect(status?.message).toContain('ReplicaSetCreateError')
    expect(events).toMatchObject([{ reason: 'ReplicaSetCreateError' }])
    expect(recovered(status ?? {})?.events).toEqual([])
  })

  test('it is told no longer after an undo, though a stable pod is missing', () => {
    const { status: told } = recovered({ currentPodHash: hashOf('demo:v1') }) ?? {}
    const undone = (known: RolloutStatus | undefined) => {
      const rollout = aRollout('demo:v1', { strategy: { canary: { steps } }, replicas: 4 }, known)
      return reconciler.decide(snapshotOf([ROLLOUT, rollout], [REPLICA_SET, stable as KubeObject])).status
    }
    const first = undone(told)
    const later = undone({ ...first, conditions: told?.conditions ?? [] })
    for (const status of [first, later])
      expect(status).toMatchObject({ phase: 'Progressing', message: 'more replicas need to be updated' })
  })

  test('an abort goes back all the same, and stands when it can be made', () => {
    const { status, writes = [] } = recovered({ abort: true }) ?? {}
    expect(status).toMatchObject({ abort: true, phase: 'Degraded', currentPodHash: hashOf(V3) })
    expect(status?.message).toContain('RolloutAborted')
    expect(writes.map(write => write.why)).toContain(`scale ReplicaSet demo-${hashOf('demo:v1')} from 2 to 3`)
  })
})

describe('a write that the API server refuses', () => {
  const spec = { strategy: { canary: {} }, replicas: 1 }
  const image = 'demo:v1'
  const set = aReplicaSet({ image, revision: 1, replicas: 1 })
  const refusal = { reason: 'Forbidden', message: 'switch service active: no' } as const
  const condition = { type: 'WriteRefused', status: 'True', ...refusal }
  const of = (status: object) => snapshotOf([ROLLOUT, aRollout(image, spec, status)], [REPLICA_SET, set])
  const toldOn = (status: RolloutStatus, what: Refusal = refusal) => {
    const told = reconciler.refused?.(of(status), what)
    return { events: told?.events, status: told?.status as RolloutStatus }
  }
  const stored = () => reconciler.decide(of({})).status as RolloutStatus

  test('adds a condition to the status and changes nothing else', () => {
    const before = stored()
    const told = toldOn(before)
    expect(told.events).toEqual([{ type: 'Warning', reason: 'WriteRefused', message: refusal.message }])
    const { conditions = [], ...rest } = told.status
    const { conditions: known = [], ...was } = before
    expect(rest).toEqual(was)
    expect(conditions).toMatchObject([...known, condition])
    expect(phaseOf(aRollout(image, spec).spec, told.status)).toEqual(
      phaseOf(aRollout(image, spec).spec, before),
    )
  })

  test('is told again only when the server says something else', () => {
    const told = toldOn(stored()).status
    expect(reconciler.refused?.(of(told), refusal)).toBeUndefined()
    const other = { ...refusal, message: 'switch service active: not today' }
    const { conditions = [] } = toldOn(told, other).status
    expect(conditions.filter(one => one.type === 'WriteRefused')).toMatchObject([other])
  })

  test('is not told any longer by a pass that did all its writes, even one with nothing else to say', () => {
    const before = reconciler.decide(of(stored())).status as RolloutStatus
    expect(reconciler.decide(of(before)).status).toEqual(before)
    const told = toldOn(before).status
    expect(told).not.toEqual(before)
    expect(reconciler.decide(of(told)).status).toEqual(before)
  })

  test('stays told beside a spec that is invalid: nothing was written since', () => {
    const told = toldOn(stored()).status
    const invalid = aRollout(image, { strategy: { canary: { steps: [{ setWeight: 150 }] } } }, told)
    const { conditions } = reconciler.decide(snapshotOf([ROLLOUT, invalid])).status as RolloutStatus
    expect(conditions?.map(one => one.type)).toEqual(expect.arrayContaining(['WriteRefused', 'InvalidSpec']))
  })

  test('to the Services of a Rollout that is gone has nowhere to be told', () => {
    const gone = snapshotOf([SERVICE, aService('active', hashOf(image))])
    expect(reconciler.refused?.(gone, refusal)).toBeUndefined()
  })
})
