// What a rollout's page is told: limits in conditions, differences of templates, why it waits, what an action would do.
import { expect, test } from 'vitest'
import type { Cache } from '../../kube/cache.ts'
import { EVENT, POD, REPLICA_SET, ROLLOUT } from '../../kube/kinds.ts'
import { apiVersionOf } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { createStore } from '../../runtime/mirror/store.ts'
import { detailOf } from './detail.ts'
import { limitsOf } from './runs.ts'
import { templateDifferences } from './template-differences.ts'
import { DETAIL_INDICES } from './watches.ts'

test.each([
  ['result[0] >= 0.95', [0.95]],
  ['result < 500 && result >= -1.5', [500, -1.5]],
  ['result > len(x)', []],
  ['all(result, # > 3)', []],
  ['result.codes >= 3', []],
])('the limits of %s', (condition, limits) => expect(limitsOf([condition])).toEqual(limits))

test('templates differ by fields, lists by names', () => {
  const template = (image: string, env: string, hash: string) => ({
    metadata: { labels: { app: 'web', 'rollouts-pod-template-hash': hash } },
    spec: { containers: [{ name: 'web', image, env: [{ name: 'MODE', value: env }] }] },
  })
  expect(templateDifferences(template('web:1', 'a', 'x'), template('web:2', 'b', 'y'))).toEqual([
    'spec.containers[web].env[MODE].value: a -> b',
    'spec.containers[web].image: web:1 -> web:2',
  ])
  expect(templateDifferences(template('web:1', 'a', 'x'), template('web:1', 'a', 'y'))).toEqual([])
})

test('a template of thousands of fields is cut, and deep ones hold up nobody', () => {
  const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, String(i)]))
  expect(templateDifferences({}, wide)).toHaveLength(51)
  let deep: { readonly [name: string]: unknown } = {}
  for (let i = 0; i < 20_000; i++) deep = { a: deep }
  expect(templateDifferences({}, deep as never)).toEqual([])
})

test('among hundreds of rollouts only what belongs to the one that is shown is looked at', () => {
  const store = createStore({ indices: DETAIL_INDICES })
  const put = (
    kind: Kind,
    name: string,
    { owner, ...rest }: { readonly owner?: string; [part: string]: unknown },
  ) =>
    store.put(kind, {
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      metadata: {
        name,
        namespace: 'shop',
        uid: name,
        resourceVersion: '1',
        ownerReferences: [{ uid: owner, controller: true }],
      },
      ...rest,
    } as unknown as KubeObject)
  const template = { spec: { containers: [{ name: 'web', image: 'web:1' }] } }
  for (let i = 0; i < 300; i++) {
    put(ROLLOUT, `web-${i}`, { spec: { strategy: { canary: {} } } })
    put(REPLICA_SET, `set-${i}`, { owner: `web-${i}`, spec: { replicas: 1, template } })
    put(POD, `pod-${i}`, { owner: `set-${i}`, spec: template.spec, status: { phase: 'Running' } })
    put(EVENT, `event-${i}`, { involvedObject: { uid: `web-${i}` }, reason: 'ScaledUp' })
  }
  let handed = 0
  const counted = <T>(found: readonly T[]) => {
    handed += found.length
    return found
  }
  const cache: Cache = {
    ...store,
    list: (kind, namespace) => counted(store.list(kind, namespace)),
    by: (kind, index, value) => counted(store.by(kind, index, value)),
  }
  const detail = detailOf({ cache, key: 'shop/web-7', now: 0 })
  expect(detail?.events).toHaveLength(1)
  expect(detail?.revisions['set-7']?.pods).toHaveLength(1)
  expect(handed).toBeLessThan(20)
})
