// What becomes of deleted objects and of what hangs on them: grace, finalizers, owners, namespaces,
// definitions, events.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { aCluster } from './pipeline.suite.ts'
import type { DeleteOptions, Resources, WatchNotice } from './resources.ts'

const APPS = 'apps/v1'

function hands(resources: Resources) {
  const kind = (plural: string, groupVersion = 'v1') => {
    const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion]
    return resources.kind(group!, version!, plural)!
  }
  const ref = (plural: string, name: string, groupVersion = 'v1', namespace = 'default'): ObjectRef => {
    const found = kind(plural, groupVersion)
    return found.namespaced ? { kind: found, name, namespace } : { kind: found, name }
  }
  const make = async (plural: string, body: Json, groupVersion = 'v1', namespace = 'default') => {
    const found = kind(plural, groupVersion)
    return (await resources.create(found, found.namespaced ? namespace : undefined, body, {})).object
  }
  const standing = (one: ObjectRef): KubeObject | undefined => {
    try {
      return resources.get(one)
    } catch {
      return undefined
    }
  }
  return { kind, ref, make, standing }
}

const settled = async () => {
  for (let i = 0; i < 50; i++) await Promise.resolve()
}

const pod = (name: string, more: object = {}): Json => ({
  metadata: { name, ...more },
  spec: { containers: [{ name: 'c', image: 'x:1' }] },
})

const ownedBy = (owner: KubeObject, more: object = {}): object => ({
  ownerReferences: [
    {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.metadata.name,
      uid: owner.metadata.uid,
      ...more,
    },
  ],
})

describe('a pod', () => {
  test('is marked first, and goes when the kubelet says so', async () => {
    const { resources } = await aCluster()
    const { make, ref, standing } = hands(resources)
    await make('pods', pod('a'))
    const { object, gone } = await resources.delete(ref('pods', 'a'), {})
    expect(gone).toBe(false)
    expect(object.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    })
    await resources.delete(ref('pods', 'a'), { gracePeriodSeconds: 60 })
    expect(standing(ref('pods', 'a'))?.metadata.deletionGracePeriodSeconds).toBe(30)
    await resources.delete(ref('pods', 'a'), { gracePeriodSeconds: 5 })
    expect(standing(ref('pods', 'a'))?.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:05Z',
      deletionGracePeriodSeconds: 5,
    })
    expect((await resources.delete(ref('pods', 'a'), { gracePeriodSeconds: 0 })).gone).toBe(true)
    expect(standing(ref('pods', 'a'))).toBeUndefined()
  })

  test('has an address of its own, and gives it back', async () => {
    const { resources } = await aCluster()
    const { make, ref } = hands(resources)
    const addresses = new Set<unknown>()
    for (let i = 0; i < 20; i++) {
      const made = (await make('pods', pod(`p${i}`))) as KubeObject & { status: { podIP: string } }
      addresses.add(made.status.podIP)
    }
    expect(addresses.size).toBe(20)
    await resources.delete(ref('pods', 'p3'), { gracePeriodSeconds: 0 })
    await expect(make('pods', pod('again'))).resolves.toMatchObject({
      status: { podIP: expect.stringMatching(/^10\.88\./) },
    })
  })
})

describe('preconditions', () => {
  test('of uid and version keep what is not meant', async () => {
    const { resources } = await aCluster()
    const { make, ref } = hands(resources)
    await make('configmaps', { metadata: { name: 'a' } })
    const asked = (preconditions: DeleteOptions['preconditions']) =>
      resources.delete(ref('configmaps', 'a'), { preconditions: preconditions! })
    await expect(asked({ uid: 'other' })).rejects.toMatchObject({ code: 409, reason: 'Conflict' })
    await expect(asked({ resourceVersion: '1' })).rejects.toMatchObject({ code: 409 })
  })
})

describe('the garbage collector', () => {
  test('takes dependents away after their owner, to any depth', async () => {
    const { resources } = await aCluster()
    const { make, ref, standing } = hands(resources)
    const owner = await make('configmaps', { metadata: { name: 'owner' } })
    const child = await make('secrets', { metadata: { name: 'child', ...ownedBy(owner) } })
    await make('configmaps', { metadata: { name: 'grandchild', ...ownedBy(child) } })
    await resources.delete(ref('configmaps', 'owner'), {})
    await settled()
    expect([standing(ref('secrets', 'child')), standing(ref('configmaps', 'grandchild'))]).toEqual([
      undefined,
      undefined,
    ])
  })

  test('keeps what has another owner, and forgets the one that is gone', async () => {
    const { resources } = await aCluster()
    const { make, ref, standing } = hands(resources)
    const [a, b] = [
      await make('configmaps', { metadata: { name: 'a' } }),
      await make('configmaps', { metadata: { name: 'b' } }),
    ]
    const both = {
      ownerReferences: [a, b].flatMap(one => (ownedBy(one) as { ownerReferences: Json[] }).ownerReferences),
    }
    await make('secrets', { metadata: { name: 'child', ...both } })
    await resources.delete(ref('configmaps', 'a'), {})
    await settled()
    expect(standing(ref('secrets', 'child'))?.metadata.ownerReferences?.map(one => one.name)).toEqual(['b'])
  })

  test('takes away what names an owner that is not there, if anybody serves its kind', async () => {
    const { resources } = await aCluster()
    const { make, ref, standing } = hands(resources)
    const ghost = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ghost', uid: 'no-such-uid' } }
    await make('secrets', { metadata: { name: 'a', ...ownedBy(ghost) } })
    await make('secrets', {
      metadata: { name: 'b', ...ownedBy({ ...ghost, apiVersion: 'example.com/v1', kind: 'Unknown' }) },
    })
    await settled()
    expect(standing(ref('secrets', 'a'))).toBeUndefined()
    expect(standing(ref('secrets', 'b'))).toBeDefined()
  })

  test('foreground: the owner stays until its blocking dependents are gone', async () => {
    const { resources } = await aCluster()
    const { make, ref, standing } = hands(resources)
    const owner = await make('configmaps', { metadata: { name: 'owner' } })
    await make('pods', pod('child', ownedBy(owner, { blockOwnerDeletion: true })))
    await resources.delete(ref('configmaps', 'owner'), { propagationPolicy: 'Foreground' })
    await settled()
    expect(standing(ref('configmaps', 'owner'))?.metadata.finalizers).toEqual(['foregroundDeletion'])
    expect(standing(ref('pods', 'child'))?.metadata.deletionTimestamp).toBeDefined()
    await resources.delete(ref('pods', 'child'), { gracePeriodSeconds: 0 })
    await settled()
    expect(standing(ref('configmaps', 'owner'))).toBeUndefined()
  })

  test('orphan: dependents forget their owner and live', async () => {
    const { resources } = await aCluster()
    const { make, ref, standing } = hands(resources)
    const owner = await make('configmaps', { metadata: { name: 'owner' } })
    await make('secrets', { metadata: { name: 'child', ...ownedBy(owner) } })
    await resources.delete(ref('configmaps', 'owner'), { propagationPolicy: 'Orphan' })
    await settled()
    expect(standing(ref('configmaps', 'owner'))).toBeUndefined()
    expect(standing(ref('secrets', 'child'))?.metadata.ownerReferences).toBeUndefined()
  })
})

describe('a namespace', () => {
  test('goes after its pods and all the rest, and takes nothing new meanwhile', async () => {
    const { resources } = await aCluster()
    const { make, ref, standing } = hands(resources)
    await make('namespaces', { metadata: { name: 'n' } })
    await make('pods', pod('p'), 'v1', 'n')
    await make('configmaps', { metadata: { name: 'c', finalizers: ['example.com/x'] } }, 'v1', 'n')
    await resources.delete(ref('namespaces', 'n'), {})
    await settled()
    expect(standing(ref('namespaces', 'n'))).toMatchObject({ status: { phase: 'Terminating' } })
    await expect(make('secrets', { metadata: { name: 's' } }, 'v1', 'n')).rejects.toMatchObject({
      code: 403,
      message: /because it is being terminated/,
    })
    await resources.delete(ref('pods', 'p', 'v1', 'n'), { gracePeriodSeconds: 0 })
    await settled()
    expect(standing(ref('configmaps', 'c', 'v1', 'n'))?.metadata.deletionTimestamp).toBeDefined()
    await resources.patch(
      ref('configmaps', 'c', 'v1', 'n'),
      { type: 'merge', body: { metadata: { finalizers: null } } },
      {},
    )
    await settled()
    expect(standing(ref('namespaces', 'n'))).toBeUndefined()
  })
})

const CRDS = 'apiextensions.k8s.io/v1'
const definition: Json = {
  metadata: { name: 'foos.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'foos', kind: 'Foo', shortNames: ['f'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}

describe('a definition', () => {
  test('serves its kind from the moment it is made until its last object is gone', async () => {
    const { resources } = await aCluster()
    const { make, ref, standing } = hands(resources)
    let changes = 0
    resources.onKindsChange(() => changes++)
    const made = await make('customresourcedefinitions', definition, CRDS)
    expect(made).toMatchObject({ status: { acceptedNames: { plural: 'foos' }, storedVersions: ['v1'] } })
    await make(
      'foos',
      { apiVersion: 'example.com/v1', kind: 'Foo', metadata: { name: 'a', finalizers: ['example.com/x'] } },
      'example.com/v1',
    )
    const one = ref('foos', 'a', 'example.com/v1')
    let ended = 0
    resources.watch(
      resources.kind('example.com', 'v1', 'foos')!,
      {},
      { notice: () => undefined, ended: () => ended++ },
    )
    await resources.delete(ref('customresourcedefinitions', 'foos.example.com', CRDS), {})
    await settled()
    expect(standing(one)?.metadata.deletionTimestamp).toBeDefined()
    expect(ended).toBe(0)
    await resources.patch(one, { type: 'merge', body: { metadata: { finalizers: null } } }, {})
    await settled()
    expect(resources.kind('example.com', 'v1', 'foos')).toBeUndefined()
    expect(standing(ref('customresourcedefinitions', 'foos.example.com', CRDS))).toBeUndefined()
    expect([ended, changes]).toEqual([1, 2])
  })

  test('whose names are taken is not established', async () => {
    const { resources } = await aCluster()
    const { make } = hands(resources)
    await make('customresourcedefinitions', definition, CRDS)
    const other = {
      ...(definition as object),
      metadata: { name: 'bars.example.com' },
      spec: { ...(definition as { spec: object }).spec, names: { plural: 'bars', kind: 'Foo' } },
    }
    const made = (await make('customresourcedefinitions', other as Json, CRDS)) as unknown as {
      status: { conditions: { type: string; status: string }[] }
    }
    expect(made.status.conditions.map(one => `${one.type}=${one.status}`)).toEqual([
      'NamesAccepted=False',
      'Established=False',
    ])
    expect(resources.kind('example.com', 'v1', 'bars')).toBeUndefined()
  })
})

test('events are forgotten an hour after they were last written', async () => {
  const { resources, clock } = await aCluster()
  const { make, ref, standing } = hands(resources)
  const about = { involvedObject: { kind: 'Pod', namespace: 'default', name: 'x' } }
  await make('events', { metadata: { name: 'a' }, ...about })
  await make('events', { metadata: { name: 'b' }, ...about })
  await clock.advance(30 * 60_000)
  await resources.patch(ref('events', 'b'), { type: 'merge', body: { count: 2 } }, {})
  await clock.advance(31 * 60_000)
  await settled()
  expect([standing(ref('events', 'a')), standing(ref('events', 'b'))?.metadata.name]).toEqual([
    undefined,
    'b',
  ])
  await clock.advance(30 * 60_000)
  await settled()
  expect(standing(ref('events', 'b'))).toBeUndefined()
})

test('of more than 5,000 events those go that were written longest ago', async () => {
  const { resources } = await aCluster()
  const { make, ref, standing } = hands(resources)
  const about = { involvedObject: { kind: 'Pod', namespace: 'default', name: 'x' } }
  for (let i = 0; i < 5000; i++) await make('events', { metadata: { name: `e${i}` }, ...about })
  await resources.patch(ref('events', 'e0'), { type: 'merge', body: { count: 2 } }, {})
  for (let i = 0; i < 2; i++) await make('events', { metadata: { name: `f${i}` }, ...about })
  await settled()
  const stands = ['e0', 'e1', 'e2', 'e3', 'f0', 'f1'].filter(name => standing(ref('events', name)))
  expect(stands).toEqual(['e0', 'e3', 'f0', 'f1'])
})

describe('an eviction', () => {
  const evict = (resources: Resources, name: string, body = {}) =>
    resources.create(resources.kind('', 'v1', 'pods')!, 'default', body, { subresource: 'eviction', name })

  test('is refused when the budget is spent, and spends it when it is not', async () => {
    const { resources } = await aCluster()
    const { make, ref, standing } = hands(resources)
    await make(
      'poddisruptionbudgets',
      { metadata: { name: 'b' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'a' } } } },
      'policy/v1',
    )
    for (const name of ['p', 'q']) {
      await make('pods', pod(name, { labels: { app: 'a' } }))
      const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
      await resources.patch(ref('pods', name), { type: 'merge', body: { status } }, { subresource: 'status' })
    }
    const budget = ref('poddisruptionbudgets', 'b', 'policy/v1')
    await expect(evict(resources, 'p')).rejects.toMatchObject({
      code: 429,
      reason: 'TooManyRequests',
      retryAfterSeconds: 10,
    })
    const status = {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 2,
      desiredHealthy: 1,
      expectedPods: 2,
    }
    await resources.patch(budget, { type: 'merge', body: { status } }, { subresource: 'status' })
    const tried = { deleteOptions: { dryRun: ['All'] } }
    expect((await evict(resources, 'p', tried)).object).toMatchObject({ status: 'Success' })
    expect(standing(ref('pods', 'p'))?.metadata.deletionTimestamp, 'only tried').toBeUndefined()
    expect((await evict(resources, 'p')).object).toMatchObject({ kind: 'Status', status: 'Success' })
    expect(standing(ref('pods', 'p'))?.metadata.deletionTimestamp).toBeDefined()
    expect(standing(budget)).toMatchObject({
      status: { disruptionsAllowed: 0, disruptedPods: { p: '2026-01-01T00:00:00Z' } },
    })
    await expect(
      evict(resources, 'q'),
      'the client says so, and tries again by itself',
    ).rejects.toMatchObject({
      retryAfterSeconds: undefined,
      details: { causes: [{ message: 'The disruption budget b needs 1 healthy pods and has 2 currently' }] },
    })
  })
})

test('a collection is deleted by its selector', async () => {
  const { resources } = await aCluster()
  const { make, kind } = hands(resources)
  for (const [name, app] of [
    ['a', 'x'],
    ['b', 'y'],
    ['c', 'x'],
  ] as const)
    await make('configmaps', { metadata: { name, labels: { app } } })
  const deleted = await resources.deleteCollection(
    kind('configmaps'),
    { namespace: 'default', labelSelector: 'app=x' },
    {},
  )
  expect(deleted.items.map(one => one.metadata.name)).toEqual(['a', 'c'])
  const left = await resources.list(kind('configmaps'), { namespace: 'default' })
  expect(left.items.map(one => one.metadata.name)).toEqual(['b'])
})

test('a scale of a Deployment is a view of it, and a no-op changes nothing', async () => {
  const { resources } = await aCluster()
  const { make, ref } = hands(resources)
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x:1' }] } }
  await make(
    'deployments',
    { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template } },
    APPS,
  )
  const one = ref('deployments', 'd', APPS)
  const notices: WatchNotice[] = []
  resources.watch(
    resources.kind('apps', 'v1', 'deployments')!,
    { resourceVersion: resources.resourceVersion() },
    { notice: notice => notices.push(notice), ended: () => undefined },
  )
  const scaled = await resources.patch(
    one,
    { type: 'merge', body: { spec: { replicas: 3 } } },
    { subresource: 'scale' },
  )
  expect(scaled.object).toMatchObject({ kind: 'Scale', spec: { replicas: 3 }, status: { selector: 'a=b' } })
  const again = await resources.patch(
    one,
    { type: 'merge', body: { spec: { replicas: 3 } } },
    { subresource: 'scale' },
  )
  expect(again.object.metadata.resourceVersion).toBe(scaled.object.metadata.resourceVersion)
  expect(notices.map(notice => notice.type)).toEqual(['MODIFIED'])
  expect(resources.get(one)).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 3 } })
})
