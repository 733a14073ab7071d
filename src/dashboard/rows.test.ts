// Rows and their differences: what five hundred rollouts cost a client, and which are looked at again.
import { expect, test } from 'vitest'
import { REPLICA_SET, ROLLOUT } from '../kube/kinds.ts'
import type { KubeObject } from '../kube/object.ts'
import { createStore } from '../runtime/mirror/store.ts'
import { OWNER_INDICES } from './own-parts.ts'
import { changesBetween, rowsOf } from './rows.ts'

function aRollout(i: number, version: number): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: `rollout-${i}`, namespace: 'shop', uid: `u${i}`, resourceVersion: String(version) },
    spec: { replicas: 10, strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } } },
    status: { phase: 'Progressing', message: `updated ${version} replicas`, currentStepIndex: version % 2 },
  } as KubeObject
}

test('500 rollouts with 20 updates a second cost a client less than 100 KB/s', () => {
  const store = createStore({ indices: [OWNER_INDICES] })
  for (let i = 0; i < 500; i++) store.put(ROLLOUT, aRollout(i, i + 1))
  const look = rowsOf(store, 'shop')
  let before = look()
  expect(before.size).toBe(500)
  let bytes = 0
  for (let update = 0; update < 20; update++) {
    store.put(ROLLOUT, aRollout(update, 1000 + update))
    const now = look()
    bytes += JSON.stringify(changesBetween(before, now)).length
    before = now
  }
  expect(bytes).toBeGreaterThan(0)
  expect(bytes).toBeLessThan(10_000)
})

test('a row whose objects are the same is the same row', () => {
  const store = createStore({ indices: [OWNER_INDICES] })
  for (let i = 0; i < 3; i++) store.put(ROLLOUT, aRollout(i, i + 1))
  const look = rowsOf(store, 'shop')
  const before = look()
  store.put(ROLLOUT, aRollout(1, 9))
  const now = look()
  expect([...now].filter(([key, row]) => row !== before.get(key)).map(([key]) => key)).toEqual([
    'shop/rollout-1',
  ])
})

test.each(['shop', ''])('a row shows the revisions of its rollout, of namespace %j', namespace => {
  const store = createStore({ indices: [OWNER_INDICES] })
  store.put(ROLLOUT, aRollout(1, 1))
  store.put(REPLICA_SET, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'rollout-1-a',
      namespace: 'shop',
      uid: 'r',
      resourceVersion: '2',
      annotations: { 'rollout.argoproj.io/revision': '1' },
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name: 'rollout-1',
          uid: 'u1',
          controller: true,
        },
      ],
    },
    spec: { replicas: 1, template: { spec: { containers: [{ name: 'web', image: 'web:1' }] } } },
    status: { replicas: 1 },
  } as KubeObject)
  const row = rowsOf(store, namespace)().get('shop/rollout-1')
  expect(row).toMatchObject({ revisions: [{ revision: 1, replicas: 1, images: ['web:1'] }] })
})
