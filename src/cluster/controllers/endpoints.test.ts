// Endpoints and EndpointSlices of Services, and what a change of selector writes.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Endpoints, EndpointSlice, Pod, Service } from '../../kube/core.ts'
import { keyOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { endpoints } from './endpoints.ts'
import type { EndpointsSnapshot } from './endpoints.ts'

function aService(spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'service-1',
      resourceVersion: '4',
      labels: { team: 'blue' },
    },
    spec: {
      selector: { app: 'web' },
      clusterIP: '10.96.0.9',
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      ...spec,
    },
  }
}

interface PodWish {
  readonly ready?: boolean
  readonly leaving?: boolean
  readonly port?: number
  readonly labels?: Record<string, string>
}

function aPod(n: number, wish: PodWish = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `web-${n}`,
      namespace: 'shop',
      uid: `pod-${n}`,
      labels: wish.labels ?? { app: 'web' },
      ...(wish.leaving && { deletionTimestamp: '2026-08-01T12:00:00Z' }),
    },
    spec: {
      nodeName: 'node-1',
      containers: [{ name: 'web', ports: [{ name: 'http', containerPort: wish.port ?? 8080 }] }],
    },
    status: {
      phase: 'Running',
      podIP: `10.88.0.${n}`,
      conditions: [{ type: 'Ready', status: wish.ready === false ? 'False' : 'True' }],
    },
  }
}

/** What is stored after the writes, by name. */
function applied(found: readonly KubeObject[], writes: readonly Write[]): KubeObject[] {
  const objects = new Map(found.map(object => [`${object.kind}/${keyOf(object)}`, object]))
  for (const write of writes) {
    if (write.verb === 'create') objects.set(`${write.object.kind}/${keyOf(write.object)}`, write.object)
    else {
      const key = `${write.target.kind.kind}/${write.target.namespace}/${write.target.name}`
      if (write.verb === 'delete') objects.delete(key)
      if (write.verb === 'patch') objects.set(key, merged(objects.get(key), write.patch) as KubeObject)
    }
  }
  return [...objects.values()]
}

function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = { ...(target as object | undefined) }
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name]
    else result[name] = merged(result[name], value)
  }
  return result
}

function settle(service: Service | undefined, pods: readonly Pod[], found: readonly KubeObject[] = []) {
  const snapshot: EndpointsSnapshot = {
    now: 1,
    service,
    pods,
    slices: found.filter((object): object is EndpointSlice => object.kind === 'EndpointSlice'),
    endpoints: found.find((object): object is Endpoints => object.kind === 'Endpoints'),
  }
  const { writes } = endpoints.decide(snapshot)
  const objects = applied(found, writes)
  return {
    writes,
    objects,
    slices: objects.filter((object): object is EndpointSlice => object.kind === 'EndpointSlice'),
    endpoints: objects.find((object): object is Endpoints => object.kind === 'Endpoints'),
  }
}

describe('EndpointSlices', () => {
  test('say of each pod whether it is ready, serving and terminating', () => {
    const pods = [aPod(1), aPod(2, { ready: false }), aPod(3, { leaving: true })]
    const { slices } = settle(aService(), pods)
    expect(slices).toHaveLength(1)
    expect(slices[0]).toMatchObject({
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      metadata: {
        generateName: 'web-',
        labels: {
          team: 'blue',
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Service', name: 'web', uid: 'service-1', controller: true }],
      },
    })
    expect(slices[0]?.endpoints.map(one => [one.targetRef?.name, one.addresses, one.conditions])).toEqual([
      ['web-1', ['10.88.0.1'], { ready: true, serving: true, terminating: false }],
      ['web-2', ['10.88.0.2'], { ready: false, serving: false, terminating: false }],
      ['web-3', ['10.88.0.3'], { ready: false, serving: true, terminating: true }],
    ])
  })

  test('a switch of the selector is one write to one slice', () => {
    const { objects } = settle(aService(), [aPod(1), aPod(2)])
    const switched = settle(aService(), [aPod(3), aPod(4)], objects)
    const sliceWrites = switched.writes.filter(write => write.why.includes('2 of 2 ready'))
    expect(sliceWrites).toHaveLength(1)
    expect(switched.slices).toHaveLength(1)
    expect(switched.slices[0]?.endpoints.map(one => one.addresses[0])).toEqual(['10.88.0.3', '10.88.0.4'])
  })

  test('pods that serve a named port under different numbers get slices of their own', () => {
    const { slices } = settle(aService(), [aPod(1), aPod(2, { port: 9090 }), aPod(3)])
    expect(slices.map(slice => [slice.ports?.[0]?.port, slice.endpoints.length])).toEqual([
      [8080, 2],
      [9090, 1],
    ])
  })

  test('a changed port takes the slice over instead of making another', () => {
    const { objects } = settle(aService(), [aPod(1)])
    const { writes, slices } = settle(
      aService({ ports: [{ port: 80, targetPort: 9999 }] }),
      [aPod(1)],
      objects,
    )
    expect(writes.map(write => write.verb)).toEqual(['patch', 'patch'])
    expect(slices).toHaveLength(1)
    expect(slices[0]?.ports).toEqual([{ name: '', port: 9999, protocol: 'TCP' }])
  })

  test('a Service that selects nobody has one empty slice, which then is filled', () => {
    const { objects, slices } = settle(aService(), [])
    expect(slices.map(slice => [slice.endpoints, slice.ports])).toEqual([[[], []]])
    expect(settle(aService(), [], objects).writes).toEqual([])
    const filled = settle(aService(), [aPod(1)], objects)
    expect(filled.slices.map(slice => slice.endpoints.length)).toEqual([1])
  })

  test('a headless Service is marked; publishNotReadyAddresses makes everybody ready', () => {
    const service = aService({ clusterIP: 'None', publishNotReadyAddresses: true })
    const { slices, endpoints: object } = settle(service, [aPod(1, { ready: false })])
    expect(slices[0]?.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '')
    expect(slices[0]?.endpoints[0]?.conditions).toMatchObject({ ready: true, serving: false })
    expect(object?.subsets?.[0]?.addresses).toHaveLength(1)
  })

  test('a Service without a selector is left to somebody else', () => {
    const { selector: _, ...spec } = aService().spec
    expect(settle({ ...aService(), spec }, [aPod(1)]).writes).toEqual([])
  })

  const anyPods = fc
    .array(
      fc.record({
        n: fc.integer({ min: 1, max: 250 }),
        ready: fc.boolean(),
        port: fc.constantFrom(8080, 9090),
      }),
      { maxLength: 150 },
    )
    .map(list => [...new Map(list.map(one => [one.n, aPod(one.n, one)])).values()])

  test('from any state: every pod stands in exactly one slice, none is over full, and then it is quiet', () => {
    fc.assert(
      fc.property(anyPods, anyPods, (before, after) => {
        const { objects } = settle(aService(), before)
        const next = settle(aService(), after, objects)
        const names = next.slices.flatMap(slice => slice.endpoints.map(one => one.targetRef?.name))
        expect(names.toSorted()).toEqual(after.map(pod => pod.metadata.name).toSorted())
        expect(next.slices.every(slice => slice.endpoints.length <= 100)).toBe(true)
        expect(settle(aService(), after, next.objects).writes).toEqual([])
      }),
      { numRuns: 50 },
    )
  })
})

describe('Endpoints', () => {
  test('hold ready and not ready addresses apart, sorted, without pods on their way out', () => {
    const pods = [aPod(2), aPod(1), aPod(3, { ready: false }), aPod(4, { leaving: true })]
    const { endpoints: object } = settle(aService(), pods)
    expect(object?.metadata).toEqual({
      name: 'web',
      namespace: 'shop',
      labels: { team: 'blue', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
    })
    expect(object?.subsets).toEqual([
      {
        addresses: [1, 2].map(n => ({
          ip: `10.88.0.${n}`,
          nodeName: 'node-1',
          targetRef: { kind: 'Pod', namespace: 'shop', name: `web-${n}`, uid: `pod-${n}` },
        })),
        notReadyAddresses: [expect.objectContaining({ ip: '10.88.0.3' })],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ])
  })

  test('go with their Service when this controller made them', () => {
    const { endpoints: object } = settle(aService(), [aPod(1)])
    expect(settle(undefined, [], [object!]).writes.map(write => write.verb)).toEqual(['delete'])
    const byHand = { ...object!, metadata: { ...object!.metadata, labels: {} } }
    expect(settle(undefined, [], [byHand]).writes).toEqual([])
  })
})
