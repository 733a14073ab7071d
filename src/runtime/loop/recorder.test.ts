// Events as client-go makes them.
import { describe, expect, test } from 'vitest'
import { NAMESPACE, ROLLOUT } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { createRecorder } from './recorder.ts'

const NOW = Date.UTC(2026, 7, 1, 12)
const note = { type: 'Normal', reason: 'RolloutUpdated', message: 'Rollout updated to revision 1' } as const
const rollout = fromJson({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'demo', namespace: 'shop', uid: 'u1', resourceVersion: '42' },
})
const subject = { ref: { kind: ROLLOUT, name: 'demo', namespace: 'shop' }, object: rollout }
const created = (write: Write) => (write.verb === 'create' ? write.object : undefined) as KubeObject

describe('the recorder', () => {
  test("an Event has client-go's shape", () => {
    const event = created(createRecorder('rollouts-controller').record(note, subject, NOW))
    expect(event).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `demo.${(BigInt(NOW) * 1_000_000n).toString(16)}`, namespace: 'shop' },
      involvedObject: {
        kind: 'Rollout',
        namespace: 'shop',
        name: 'demo',
        uid: 'u1',
        apiVersion: 'argoproj.io/v1alpha1',
        resourceVersion: '42',
      },
      reason: 'RolloutUpdated',
      message: 'Rollout updated to revision 1',
      type: 'Normal',
      source: { component: 'rollouts-controller' },
      reportingComponent: 'rollouts-controller',
      reportingInstance: '',
      firstTimestamp: '2026-08-01T12:00:00Z',
      lastTimestamp: '2026-08-01T12:00:00Z',
      count: 1,
    })
  })
  test('the same said again is counted', () => {
    const recorder = createRecorder('rollouts-controller')
    const { name } = created(recorder.record(note, subject, NOW)).metadata
    expect(recorder.record(note, subject, NOW + 60_000)).toMatchObject({
      verb: 'patch',
      target: { name, namespace: 'shop' },
      patch: { count: 2, lastTimestamp: '2026-08-01T12:01:00Z' },
    })
    const anew = created(recorder.renew(note, subject, NOW + 61_000))
    expect(anew).toMatchObject({ count: 2, firstTimestamp: '2026-08-01T12:00:00Z' })
    expect(anew.metadata.name).not.toBe(name)
  })
  test('names sort as they were said, also within a millisecond and when the clock goes back', () => {
    const recorder = createRecorder('rollouts-controller')
    const names = [0, 0, 0, -5000, 1].map((ms, i) => {
      return created(recorder.record({ ...note, message: `${i}` }, subject, NOW + ms)).metadata.name
    })
    expect(names).toEqual(names.toSorted())
    expect(new Set(names).size).toBe(5)
  })
  test('what lives outside of namespaces has its Events in default', () => {
    const event = created(
      createRecorder('x').record(note, { ref: { kind: NAMESPACE, name: 'shop' }, object: undefined }, NOW),
    )
    expect(event.metadata.namespace).toBe('default')
    expect(event).toMatchObject({ involvedObject: { kind: 'Namespace', name: 'shop', apiVersion: 'v1' } })
  })
})
