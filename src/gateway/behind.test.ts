// When a route waits for the endpoints of a Service whose selector has changed, and when it does not.
import { expect, test } from 'vitest'
import { ENDPOINT_SLICE, POD, SERVICE } from '../kube/kinds.ts'
import { fromJson } from '../kube/object.ts'
import type { Kind } from '../kube/object.ts'
import { createStore } from '../runtime/mirror/store.ts'
import type { Json } from '../std/json.ts'
import { createBehind } from './behind.ts'
import { aRoute } from './routes/route.suite.ts'

function watched() {
  const store = createStore()
  let now = 0
  let version = 0
  const behind = createBehind(store, () => now)
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
  const table = (host: string) => [
    aRoute([], { id: 'web', host }),
    aRoute([], {
      id: 'other',
      from: '/services/shop/x',
      host,
      backends: [{ namespace: 'shop', service: 'x', weight: 1, endpoints: [] }],
    }),
  ]
  /** The hosts of the routes to the Service, and to another one. */
  const hosts = (host: string) => behind.held(table(host)).map(one => one.host)
  return { selects, slice, hosts, held: behind.held, later: (ms: number) => void (now += ms) }
}

test('a route stays as it was until the endpoints are those of the new selector; others change', () => {
  const { selects, slice, hosts } = watched()
  selects('old')
  slice(['old'])
  expect(hosts('one')).toEqual(['one', 'one'])
  selects('new')
  expect(hosts('two')).toEqual(['one', 'two'])
  slice(['old', 'new'])
  expect(hosts('three')).toEqual(['one', 'three'])
  slice(['new'])
  expect(hosts('four')).toEqual(['four', 'four'])
})

test('nobody behind the new selector is an answer as well', () => {
  const { selects, slice, hosts } = watched()
  selects('old')
  slice(['old'])
  hosts('one')
  selects('none')
  slice([])
  expect(hosts('two')).toEqual(['two', 'two'])
})

test('it waits a second at most, and for no slices that somebody else keeps', () => {
  const { selects, slice, hosts, later } = watched()
  selects('old')
  slice(['old'])
  hosts('one')
  selects('new')
  later(999)
  expect(hosts('two')).toEqual(['one', 'two'])
  later(1)
  expect(hosts('three')).toEqual(['three', 'three'])
  slice(['old'], 'somebody')
  selects('newer')
  expect(hosts('four')).toEqual(['four', 'four'])
})

test('an object whose first route has gone leads nobody astray while it waits: its routes stay together', () => {
  const { selects, slice, held } = watched()
  selects('old')
  slice(['old'])
  const testers = { headers: [{ name: 'tester', how: 'exact', value: 'yes' }] } as const
  const before = [aRoute([], { id: 'web/0', ...testers }), aRoute([], { id: 'web/1' })]
  expect(held(before)).toEqual(before)
  selects('new')
  const after = [aRoute([], { id: 'web/0', host: 'new.test' })]
  expect(held(after)).toEqual(before)
  slice(['new'])
  expect(held(after)).toEqual(after)
})
