// The laws that need a memory or the world, each with what it allows and what it refuses.
import { expect, test } from 'vitest'
import { canaryIngress } from '../../rollout/any-state.suite.ts'
import { aReplicaSet, aRollout, aService, hashOf, NOW } from '../../rollout/model.suite.ts'
import type { RolloutStatus } from '../../api/rollout.ts'
import { KubeError } from '../../kube/errors.ts'
import { REPLICA_SET, ROLLOUT, SERVICE } from '../../kube/kinds.ts'
import type { Kind } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { forgotten, missed, selfBeaten, silenced, tooEarly } from './over-time.ts'
import type { Moment, Partings } from './over-time.ts'
import type { LifeSpec } from './scenario.ts'
import { PLAIN, sightWith } from './sight.suite.ts'
import { after, withObject } from './sight.ts'
import type { Sight } from './sight.ts'

const [OLD, FRESH] = [hashOf('demo:v1'), hashOf('demo:v2')]
const SPEC: LifeSpec = { ...PLAIN, strategy: 'blueGreen' }
const STATUS: RolloutStatus = { stableRS: OLD, currentPodHash: FRESH }
const strategy = { blueGreen: { activeService: 'active', previewService: 'preview' } }
const rollout = (status: RolloutStatus) => aRollout('demo:v2', { replicas: 2, strategy }, status)
const old = aReplicaSet({ image: 'demo:v1', revision: 1, replicas: 2 })

const SEEN = sightWith([
  rollout(STATUS),
  old,
  aReplicaSet({ image: 'demo:v2', revision: 2, replicas: 2 }),
  aService('active', OLD),
  aService('preview', FRESH),
  canaryIngress(0),
])

const target = (kind: Kind, name: string) => ({ kind, namespace: 'shop', name })
const patch = (of: Extract<Write, { verb: 'patch' }>['target'], change: object): Write => ({
  verb: 'patch',
  target: of,
  patch: change as never,
  why: 'a write',
})

const turned = (hash: string) =>
  patch(target(SERVICE, 'active'), { spec: { selector: { 'rollouts-pod-template-hash': hash } } })
const told = (status: RolloutStatus) =>
  ({ ...patch(target(ROLLOUT, 'demo'), { status }), subresource: 'status' }) as Write

const since = (ms: number, forwardMs = 0): Moment => ({ at: NOW + ms, forwardMs })

test('old pods stay for their delay: they may go after it, and not before', () => {
  const goes = (afterMs: number, forwardMs = 0) => {
    const partings: Partings = new Map()
    const turn = turned(FRESH)
    const left = after(SEEN, turn)
    expect(
      tooEarly({ spec: SPEC, write: turn, before: SEEN, after: left }, partings, since(0)),
    ).toBeUndefined()
    const shrink = patch(target(REPLICA_SET, old.metadata.name), { spec: { replicas: 0 } })
    const judged = { spec: SPEC, write: shrink, before: left, after: after(left, shrink) }
    return tooEarly(judged, partings, since(afterMs, forwardMs))
  }
  expect(goes(30_000)).toBeUndefined()
  expect(goes(10_000)).toContain('too early')
  // A clock that is set forward makes the delay shorter.
  expect(goes(10_000, 300_000)).toBeUndefined()
  expect(goes(10_000, 2000)).toContain('too early')
})

test('after an abort they stay for its delay, and anew for those whose users came again', () => {
  const aborted = after(SEEN, told({ ...STATUS, abort: true }))
  const write = (change: Write, sight: Sight) => ({
    write: change,
    spec: SPEC,
    before: sight,
    after: after(sight, change),
  })
  const goes = (secondTurn: number, afterMs: number) => {
    const partings: Partings = new Map()
    const active = after(aborted, turned(FRESH))
    for (const at of [0, secondTurn])
      expect(tooEarly(write(turned(OLD), active), partings, since(at))).toBeUndefined()
    const left = after(active, turned(OLD))
    const shrink = patch(target(REPLICA_SET, `demo-${FRESH}`), { spec: { replicas: 0 } })
    return tooEarly(write(shrink, left), partings, since(afterMs))
  }
  expect(goes(0, 30_000)).toBeUndefined()
  expect(goes(0, 10_000)).toContain('too early')
  expect(goes(20_000, 50_000)).toBeUndefined()
  expect(goes(20_000, 30_000)).toContain('too early')
})

const emptied = (image: string) =>
  patch(target(REPLICA_SET, `demo-${hashOf(image)}`), { spec: { replicas: 0 } })

test('a preview that is aborted stays for its delay, and without one for ever', () => {
  const goes = (afterMs: number, abortScaleDownDelaySeconds: number) => {
    const partings: Partings = new Map()
    const blueGreen = { ...strategy.blueGreen, abortScaleDownDelaySeconds }
    const before = withObject(
      SEEN,
      ROLLOUT,
      aRollout('demo:v2', { replicas: 2, strategy: { blueGreen } }, STATUS),
    )
    const write = told({ ...STATUS, abort: true })
    const aborted = after(before, write)
    expect(tooEarly({ spec: SPEC, write, before, after: aborted }, partings, since(0))).toBeUndefined()
    const shrink = emptied('demo:v2')
    const judged = { spec: SPEC, write: shrink, before: aborted, after: after(aborted, shrink) }
    return tooEarly(judged, partings, since(afterMs))
  }
  expect(goes(20_000, 20)).toBeUndefined()
  expect(goes(10_000, 20)).toContain('too early')
  expect(goes(3_600_000, 0)).toContain('too early')
})

test('with a limit old pods stay for their delay while no more revisions than that keep theirs', () => {
  const goes = (scaleDownDelayRevisionLimit: number, others: number) => {
    const partings: Partings = new Map()
    const spec: LifeSpec = { ...SPEC, scaleDownDelayRevisionLimit }
    const older = aReplicaSet({ image: 'demo:v0', revision: 0, replicas: others })
    const before = withObject(SEEN, REPLICA_SET, older)
    const turn = turned(FRESH)
    const left = after(before, turn)
    tooEarly({ spec, write: turn, before, after: left }, partings, since(0))
    const shrink = emptied('demo:v1')
    const promoted = after(left, told({ stableRS: FRESH, currentPodHash: FRESH }))
    const judged = { spec, write: shrink, before: promoted, after: after(promoted, shrink) }
    return tooEarly(judged, partings, since(10_000))
  }
  expect(goes(1, 2)).toBeUndefined()
  expect(goes(0, 0)).toBeUndefined()
  expect(goes(1, 0)).toContain('too early')
})

test('a write hits the object that it was meant for, or none', () => {
  const away: Write = { verb: 'delete', target: target(REPLICA_SET, old.metadata.name), why: 'a write' }
  const other = { ...old, metadata: { ...old.metadata, uid: 'another' } }
  expect(missed(away, SEEN, old)).toBeUndefined()
  expect(missed(away, SEEN, other)).toContain('another one')
})

test('an abort stands until somebody takes it back, or asks for another image', () => {
  const at = (image: string, status: RolloutStatus) =>
    sightWith([
      aRollout(image, { replicas: 2, strategy }, { ...STATUS, ...status }),
      aReplicaSet({ image: 'demo:v2', revision: 2, replicas: 2 }),
    ])
  const recorded = { abort: true, abortedAt: '2026-08-01T12:00:00Z' }
  const goneOn = (image: string, before: RolloutStatus, then: RolloutStatus) => {
    const aborted = {}
    forgotten({ seen: at('demo:v2', { abort: true }), made: at('demo:v2', recorded) }, aborted)
    return forgotten({ seen: at(image, before), made: at(image, then) }, aborted)
  }
  expect(goneOn('demo:v2', recorded, recorded)).toBeUndefined()
  expect(goneOn('demo:v3', recorded, { currentPodHash: 'another' })).toBeUndefined()
  expect(goneOn('demo:v2', { ...recorded, promoteFull: true }, {})).toBeUndefined()
  expect(goneOn('demo:v2', recorded, { currentPodHash: 'another' })).toBe('it is forgotten')
  expect(goneOn('demo:v2', { abort: true, promoteFull: true }, {})).toBe('it is forgotten')
})

test('ours loses no race against itself', () => {
  const lost = new KubeError('Conflict', 'the object has been modified')
  const standing = { ...old, metadata: { ...old.metadata, resourceVersion: '7' } }
  expect(selfBeaten(lost, version => version === '6', standing)).toBeUndefined()
  expect(selfBeaten(lost, version => version === '7', standing)).toContain('its own')
})

test.each<[word: string, said: RolloutStatus]>([
  ['abort', { abort: true }],
  ['promoteFull', { promoteFull: true }],
  ['pauseConditions', { pauseConditions: [] }],
])('what a person has written is not written over: %s', (word, said) => {
  const tell = {
    ...patch(target(ROLLOUT, 'demo'), { status: { [word]: null } }),
    subresource: 'status',
  } as Write
  const other = {
    ...patch(target(ROLLOUT, 'demo'), { status: { phase: 'Paused' } }),
    subresource: 'status',
  } as Write
  expect(silenced(tell, SEEN, rollout(STATUS))).toBeUndefined()
  expect(silenced(other, SEEN, rollout({ ...STATUS, ...said }))).toBeUndefined()
  expect(silenced(tell, SEEN, rollout({ ...STATUS, ...said }))).toContain(word)
})
