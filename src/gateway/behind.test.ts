// When the table waits for the endpoints of a Service whose selector has changed, and when it does not.
import { expect, test } from 'vitest'
import { ENDPOINT_SLICE, POD, SERVICE } from '../kube/kinds.ts'
import { fromJson } from '../kube/object.ts'
import type { Kind } from '../kube/object.ts'
import { createStore } from '../runtime/mirror/store.ts'
import type { Json } from '../std/json.ts'
import { createBehind } from './behind.ts'

function watched() {
  const store = createStore()
  let now = 0
  let version = 0
  const clock = { now: () => now, sleepUntil: () => Promise.resolve() }
  const behind = createBehind(store, clock)
  const put = (kind: Kind, name: string, more: object) => {
    const { metadata = {}, ...rest } = more as { metadata?: object }
    const named = { name, namespace: 'shop', uid: name, resourceVersion: String(++version), ...metadata }
    const change = store.put(
      kind,
      fromJson({ kind: kind.kind, apiVersion: 'v1', metadata: named, ...rest } as Json),
    )
    if (change !== undefined) behind.note(change)
  }
  const selects = (hash: string) => put(SERVICE, 'web', { spec: { selector: { app: 'web', hash } } })
  const slice = (pods: readonly string[], owner = 'web') =>
    put(ENDPOINT_SLICE, 'web-x', {
      metadata: {
        labels: { 'kubernetes.io/service-name': 'web' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: owner, uid: owner }],
      },
      endpoints: pods.map(name => ({ addresses: ['10.88.0.1'], targetRef: { kind: 'Pod', name } })),
    })
  for (const hash of ['old', 'new']) put(POD, hash, { metadata: { labels: { app: 'web', hash } } })
  return { behind, selects, slice, later: (ms: number) => void (now += ms) }
}

test('the table waits until the endpoints are those of the new selector', () => {
  const { behind, selects, slice } = watched()
  selects('old')
  slice(['old'])
  expect(behind.isSo()).toBe(false)
  selects('new')
  expect(behind.isSo()).toBe(true)
  slice(['old', 'new'])
  expect(behind.isSo()).toBe(true)
  slice(['new'])
  expect(behind.isSo()).toBe(false)
})

test('nobody behind the new selector is an answer as well', () => {
  const { behind, selects, slice } = watched()
  selects('old')
  slice(['old'])
  selects('none')
  slice([])
  expect(behind.isSo()).toBe(false)
})

test('it waits a moment at most, and for no slices that somebody else keeps', () => {
  const { behind, selects, slice, later } = watched()
  selects('old')
  slice(['old'])
  selects('new')
  later(59)
  expect(behind.isSo()).toBe(true)
  later(1)
  expect(behind.isSo()).toBe(false)
  slice(['old'], 'somebody')
  selects('newer')
  expect(behind.isSo()).toBe(false)
})
