// What discovery makes of a server's lists.
import { expect, test } from 'vitest'
import { TRAFFIC_SPLIT } from '../../kube/kinds.ts'
import { createDiscovery, storageVersionHash } from './discovery.ts'

const STORED = { ...TRAFFIC_SPLIT, version: 'v1alpha2' }

function served(storageHash?: string) {
  const groupVersions = [TRAFFIC_SPLIT, STORED].map(({ group, version }) => `${group}/${version}`)
  const entry = { name: TRAFFIC_SPLIT.plural, kind: TRAFFIC_SPLIT.kind, namespaced: true }
  const more = storageHash === undefined ? {} : { storageVersionHash: storageHash }
  const answers: Record<string, unknown> = {
    '/apis': { groups: [{ versions: groupVersions.map(groupVersion => ({ groupVersion })) }] },
    ...Object.fromEntries(groupVersions.map(one => [`/apis/${one}`, { resources: [{ ...entry, ...more }] }])),
  }
  const clock = { now: () => 0, sleepUntil: async () => {} }
  return createDiscovery(async path => JSON.stringify(answers[path]), clock)
}

test('the version that a server stores is known by its hash', async () => {
  // What Kubernetes 1.34 says of Deployments.
  expect(storageVersionHash({ group: 'apps', version: 'v1', kind: 'Deployment' })).toBe('8aSe+NMegvE=')
  const discovery = served(storageVersionHash(STORED))
  expect([await discovery.stores(TRAFFIC_SPLIT), await discovery.stores(STORED)]).toEqual([false, true])
})

test('a server that does not say so stores none', async () => {
  const discovery = served()
  expect([await discovery.stores(TRAFFIC_SPLIT), await discovery.stores(STORED)]).toEqual([false, false])
})
