// Who is given up because nothing moves any more, and what a person's word does to that.
import { describe, expect, test } from 'vitest'
import type { RolloutStatus } from '../api/rollout.ts'
import type { KubeObject } from '../kube/object.ts'
import { basicCanary, becomes, routedCanary, V1, V2, whys } from './canary/canary.suite.ts'
import type { CanaryOf } from './canary/canary.suite.ts'
import { printInstant } from '../std/instant.ts'
import { availableReplicas, total, wantedReplicas } from '../workload/availability.ts'
import type { Model } from './model.suite.ts'
import { aModel, aRollout, hashOf, NOW, rest, template } from './model.suite.ts'

const HOUR_AGO = '2026-08-01T11:00:00Z'

/** Nothing has moved for an hour: two of the five pods that should be there are. */
function stuck(of: CanaryOf, counts: RolloutStatus) {
  const progress = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: '' } as const
  const conditions = [{ ...progress, lastUpdateTime: HOUR_AGO, lastTransitionTime: HOUR_AGO }]
  return basicCanary({
    ...of,
    spec: { progressDeadlineAbort: true },
    status: { ...counts, conditions },
  })
}

describe('an update that makes no progress', () => {
  const counts = { replicas: 7, updatedReplicas: 2, readyReplicas: 5, availableReplicas: 5, HPAReplicas: 7 }
  const pods = { stable: { replicas: 5 }, canary: { replicas: 2, available: 0 } }

  test('is given up', () => {
    const { status, announced = [] } = stuck(pods, counts).decide()
    expect(status).toMatchObject({ abort: true })
    expect(announced.map(one => one.reason)).toContain('RolloutAborted')
  })

  test('moves nothing before a status tells so: its way back would look like progress', () => {
    const model = stuck(pods, counts)
    expect(model.decide().writes).toEqual([])
    model.pass()
    expect(model.decide().writes.map(({ why }) => why)).toContain(
      `scale ReplicaSet demo-${hashOf(V2)} from 2 to 0`,
    )
  })

  /** Behind a router, with what a status tells of its pods. */
  function routed(of: CanaryOf, more: readonly object[] = []): Model {
    const { conditions = [] } = stuck(pods, counts).rollout().status ?? {}
    const model = routedCanary({ ...of, spec: { progressDeadlineAbort: true } })
    const available = total(availableReplicas, model.replicaSets())
    const replicas = total(wantedReplicas, model.replicaSets())
    const said = { ...counts, replicas, readyReplicas: available }
    const status = { ...model.rollout().status, ...said, availableReplicas: available }
    model.put({ ...model.rollout(), status: { ...status, conditions: [...conditions, ...more] } } as never)
    return model
  }

  const led: CanaryOf = { stable: { replicas: 5 }, canary: { replicas: 2, available: 0 }, weight: 40 }

  test('takes users from a canary without pods, and gives stable its own, though no status tells of it yet', () => {
    const alone = routed({ ...led, stable: { replicas: 0 }, weight: 0 })
    for (const model of [routed(led), alone]) expect(model.decide().status?.abort).toBe(true)
    expect(whys(routed(led))).toContain('set the weight of canary Ingress demo-demo-canary to 0')
    expect(whys(alone)).toContain('scale ReplicaSet demo-v1 from 0 to 5')
  })

  test('tells where these users are, and of their way', () => {
    const model = routed(led)
    const { status, events = [] } = model.decide()
    expect(status?.canary?.weights).toMatchObject({ canary: { weight: 0 }, stable: { weight: 100 } })
    expect(events.map(({ message }) => message)).toContain('Traffic weight updated from 40 to 0')
  })

  test('makes no stable pods beside a canary that has some: they would look like progress', () => {
    const model = routed({ ...led, stable: { replicas: 4 }, canary: { replicas: 2, available: 1 } })
    const { status } = model.rollout()
    expect(model.decide().status?.abort).toBe(true)
    model.pass()
    model.put({ ...model.rollout(), status } as never)
    model.pods([V2])
    becomes(model, V2, { replicas: 2, available: 1 })
    expect(model.decide().status?.abort).toBe(true)
  })

  test('is told also where what leads users back is refused', () => {
    const model = routed(led, [{ type: 'WriteRefused', status: 'True', reason: 'Forbidden', message: 'no' }])
    expect(whys(model)).toEqual([])
    model.pass()
    expect(model.rollout().status?.abort).toBe(true)
    expect(whys(model)).toContain('set the weight of canary Ingress demo-demo-canary to 0')
  })

  test('is not in the pass that sees it progress', () => {
    const model = stuck({ ...pods, canary: { replicas: 2, available: 1 } }, counts)
    expect(model.decide().status?.abort).toBeUndefined()
  })

  test('is not while an old revision has its delay', () => {
    const more = { ...counts, replicas: 8, readyReplicas: 6, availableReplicas: 6 }
    const older = { replicas: 1, deadline: NOW + 5000 }
    expect(stuck({ ...pods, older }, more).decide().status?.abort).toBeUndefined()
    expect(stuck({ ...pods, older: { replicas: 1 } }, more).decide().status?.abort).toBe(true)
  })

  test('tells of a retry long after an abort, and of no deadline', () => {
    const aborted = { type: 'Progressing', status: 'False', reason: 'RolloutAborted', message: '' } as const
    const conditions = [{ ...aborted, lastUpdateTime: HOUR_AGO, lastTransitionTime: HOUR_AGO }]
    const status = { ...counts, abortedAt: HOUR_AGO, conditions }
    const { conditions: told } = basicCanary({ ...pods, status }).decide().status ?? {}
    expect(told?.find(({ type }) => type === 'Progressing')?.reason).toBe('RolloutRetry')
  })

  test('is not in the pass in which a person tries again, long after an abort', () => {
    const late = stuck(pods, { ...counts, abortedAt: HOUR_AGO })
    expect(late.decide().status?.abort).toBeUndefined()
    const full = stuck(pods, { ...counts, abortedAt: HOUR_AGO, abort: true, promoteFull: true })
    expect(full.decide().status?.abort).toBeUndefined()
  })

  test('is not in the pass that goes on after a pause, however long that was', () => {
    const progress = { type: 'Progressing', status: 'Unknown', reason: 'RolloutPaused', message: '' } as const
    const conditions = [{ ...progress, lastUpdateTime: HOUR_AGO, lastTransitionTime: HOUR_AGO }]
    const spec = { progressDeadlineAbort: true }
    const model = basicCanary({ ...pods, spec, status: { ...counts, conditions } })
    const { status } = model.decide()
    expect(status?.abort).toBeUndefined()
    expect(status?.conditions?.find(one => one.type === 'Progressing')).toMatchObject({
      reason: 'RolloutResumed',
      lastUpdateTime: printInstant(NOW),
    })
  })

  test('is not in the pass that sees its spec mended, however long that had a mistake', () => {
    const model = stuck(pods, counts)
    const { conditions = [] } = model.rollout().status ?? {}
    const times = { lastUpdateTime: HOUR_AGO, lastTransitionTime: HOUR_AGO }
    const invalid = { type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message: 'no', ...times }
    const status = { ...model.rollout().status, conditions: [...conditions, invalid] }
    model.put({ ...model.rollout(), status } as never)
    model.pass()
    model.now += 1000
    expect(model.decide().status?.abort).toBeUndefined()
  })

  test('is not when there is no stable revision any more to go back to', () => {
    const own = { replicas: 2, updatedReplicas: 2, HPAReplicas: 2 }
    const lost = stuck({ canary: { replicas: 2, available: 0 } } as never, own)
    expect(lost.replicaSet(V1)).toBeUndefined()
    expect(lost.decide().status?.abort).toBeUndefined()
  })

  test('is not when it is the first: somebody deleted its ReplicaSet, and it is made again', () => {
    const first = stuck({} as never, { stableRS: '', replicas: 0, updatedReplicas: 0, HPAReplicas: 0 })
    expect(first.replicaSet(V2)).toBeUndefined()
    const { writes, status } = first.decide()
    expect(status?.abort).toBeUndefined()
    expect(writes.map(one => one.verb)).toContain('create')
  })

  test('is not while a person skips what is left, whoever aborted before', () => {
    const model = basicCanary({ ...pods, status: { abort: true, abortedAt: HOUR_AGO, promoteFull: true } })
    expect(model.decide().status?.abort).toBeUndefined()
  })
})

test('a promoted revision is not given up, however late its pods are', () => {
  const counts = { replicas: 5, updatedReplicas: 5, readyReplicas: 2, availableReplicas: 2, HPAReplicas: 5 }
  const model = stuck({ image: V1, stable: { replicas: 5, available: 2 }, step: 4 }, counts)
  expect(model.decide().status?.abort).toBeUndefined()
})

test('an old revision that has no pods, but its deadline still, does not stop the clock', () => {
  const of = { stable: { replicas: 5 }, canary: { replicas: 1, available: 0 } }
  const older = { replicas: 0, deadline: NOW - 60_000 }
  const waits = basicCanary({ ...of, older }).decide().waits ?? []
  expect(waits.some(one => one.for.startsWith('progress of'))).toBe(true)
})

test('an update is looked at again when its deadline is over', () => {
  const model = basicCanary({ stable: { replicas: 5 }, canary: { replicas: 1, available: 0 } })
  model.pass()
  const waits = model.decide().waits ?? []
  expect(waits.filter(one => one.for.startsWith('progress of')).map(one => one.until)).toEqual([
    NOW + 600_001,
  ])
})

test('an undo that somebody held, and that makes no progress after, is told as late', () => {
  const steps = [{ setWeight: 50 }, { pause: {} }]
  const strategy = { canary: { steps, maxUnavailable: 1 } }
  const model = aModel([aRollout(V1, { strategy, progressDeadlineSeconds: 60 })])
  rest(model)
  const edit = (spec: object) => {
    model.now += 5000
    model.put({ ...model.rollout(), spec: { ...model.rollout().spec, ...spec } } as KubeObject)
    for (let n = 0; n < 20; n++) model.pass()
  }
  edit({ template: template(V2) })
  rest(model)
  edit({ paused: true })
  edit({ template: template(V1) })
  edit({ paused: false })
  model.now += 3_600_000
  for (let n = 0; n < 20; n++) model.pass()
  const progress = model.rollout().status?.conditions?.find(one => one.type === 'Progressing')
  expect(progress?.reason).toBe('ProgressDeadlineExceeded')
})
