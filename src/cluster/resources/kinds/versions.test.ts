// Kinds that are served in two versions: one object, whichever of them somebody writes or reads.
import { expect, test } from 'vitest'
import { fromJson } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { Json } from '../../../std/json.ts'
import { tablePrinter } from '../../describe/tables/table.ts'
import { aCluster } from '../pipeline.suite.ts'
import type { Resources, ServedKind, WatchNotice } from '../resources.ts'

const HPA = 'horizontalpodautoscalers'

function kindOf(resources: Resources, group: string, version: string, plural = HPA): ServedKind {
  return resources.kind(group, version, plural)!
}

function make(resources: Resources, kind: ServedKind, body: Json): Promise<KubeObject> {
  return resources.create(kind, 'default', body, {}).then(written => written.object)
}

const TARGET = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' }
const MEMORY = {
  type: 'Resource',
  resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
}

test('an autoscaler that is written as v1 is read as v2, and the other way round', async () => {
  const { resources } = await aCluster()
  const [v1, v2] = [kindOf(resources, 'autoscaling', 'v1'), kindOf(resources, 'autoscaling', 'v2')]
  const spec = { scaleTargetRef: TARGET, minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 70 }
  const made = await make(resources, v1, { metadata: { name: 'a' }, spec })
  expect(made).toMatchObject({ apiVersion: 'autoscaling/v1', spec, status: { currentReplicas: 0 } })
  const ref = (kind: ServedKind, name: string) => ({ kind, name, namespace: 'default' })
  expect(resources.get(ref(v2, 'a'))).toMatchObject({
    apiVersion: 'autoscaling/v2',
    spec: {
      minReplicas: 2,
      metrics: [{ resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
    },
  })
  const patched = { type: 'merge', body: { spec: { targetCPUUtilizationPercentage: 50 } } } as const
  await resources.patch(ref(v1, 'a'), patched, {})
  expect(resources.get(ref(v2, 'a'))).toMatchObject({
    spec: { metrics: [{ resource: { target: { averageUtilization: 50 } } }] },
  })
})

test('what only v2 can say survives a round through v1', async () => {
  const { resources } = await aCluster()
  const [v1, v2] = [kindOf(resources, 'autoscaling', 'v1'), kindOf(resources, 'autoscaling', 'v2')]
  const spec = { scaleTargetRef: TARGET, maxReplicas: 5, metrics: [MEMORY] }
  const made = await make(resources, v2, { metadata: { name: 'b' }, spec })
  const ref = (kind: ServedKind) => ({ kind, name: 'b', namespace: 'default' })
  const old = resources.get(ref(v1))
  await resources.update(ref(v1), { ...(old as unknown as { [field: string]: Json }) }, {})
  expect(resources.get(ref(v2))).toEqual(made)
})

test('bounds of an autoscaler that cross are refused in either version', async () => {
  const { resources } = await aCluster()
  for (const version of ['v1', 'v2']) {
    const spec = { scaleTargetRef: TARGET, minReplicas: 6, maxReplicas: 5 }
    const making = make(resources, kindOf(resources, 'autoscaling', version), {
      metadata: { name: 'c' },
      spec,
    })
    await expect(making).rejects.toThrow(
      'HorizontalPodAutoscaler.autoscaling "c" is invalid: spec.maxReplicas: Invalid value: 5: ' +
        'must be greater than or equal to `minReplicas`',
    )
  }
})

test('an autoscaler is printed with its target, its metrics and its bounds', async () => {
  const { resources } = await aCluster()
  const kind = kindOf(resources, 'autoscaling', 'v2')
  const spec = { scaleTargetRef: TARGET, minReplicas: 2, maxReplicas: 5 }
  const made = await make(resources, kind, { metadata: { name: 'd' }, spec })
  const { columns, cells } = tablePrinter(kind)
  expect(columns.map(one => one.name)).toEqual([
    'Name',
    'Reference',
    'Targets',
    'MinPods',
    'MaxPods',
    'Replicas',
    'Age',
  ])
  const shown = ['d', 'ReplicaSet/web', 'cpu: <unknown>/80%', '2', 5, 0]
  expect(cells(made, 0).slice(0, -1)).toEqual(shown)
  const old = resources.get({ kind: kindOf(resources, 'autoscaling', 'v1'), name: 'd', namespace: 'default' })
  expect(cells(old, 0).slice(0, -1)).toEqual(shown)
})

const EVENT = {
  involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' },
  reason: 'Started',
  message: 'it runs',
  type: 'Normal',
  count: 2,
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: '2026-01-01T00:01:00Z',
}

test('events.k8s.io shows the Events of the core group, and its watch sees them', async () => {
  const { resources } = await aCluster()
  const [core, other] = [
    kindOf(resources, '', 'v1', 'events'),
    kindOf(resources, 'events.k8s.io', 'v1', 'events'),
  ]
  const notices: WatchNotice[] = []
  const stop = resources.watch(other, {}, { notice: one => notices.push(one), ended: () => {} })
  const made = await make(resources, core, { metadata: { name: 'a' }, ...EVENT })
  const shown = {
    apiVersion: 'events.k8s.io/v1',
    regarding: EVENT.involvedObject,
    note: 'it runs',
    deprecatedCount: 2,
    metadata: made.metadata,
  }
  const fieldSelector = 'regarding.name=web'
  const listed = await resources.list(other, { namespace: 'default', fieldSelector })
  expect(listed.items).toMatchObject([shown])
  const [ofCore, ofOther] = [core, other].map(kind => tablePrinter(kind).cells)
  const [asNew] = listed.items
  expect(ofOther?.(asNew!, 0)).toEqual(ofCore?.(made, 0))
  expect(notices.at(-1)).toMatchObject({ type: 'ADDED', object: shown })
  stop()
})

test('an Event of events.k8s.io is kept as one of the core group, and must be complete', async () => {
  const { resources } = await aCluster()
  const other = kindOf(resources, 'events.k8s.io', 'v1', 'events')
  const full = {
    eventTime: '2026-08-01T12:00:00.000000Z',
    reportingController: 'tests',
    reportingInstance: 'tests-1',
    action: 'Start',
    reason: 'Started',
    regarding: EVENT.involvedObject,
    note: 'it runs',
    type: 'Normal',
  }
  await make(resources, other, { metadata: { name: 'b' }, ...full })
  const kept = resources.get({ kind: kindOf(resources, '', 'v1', 'events'), name: 'b', namespace: 'default' })
  expect(kept).toMatchObject({ apiVersion: 'v1', message: 'it runs', reportingComponent: 'tests' })
  expect(fromJson({ ...kept } as never)).not.toHaveProperty('note')
  const { eventTime: _, ...partial } = full
  const making = make(resources, other, { metadata: { name: 'c' }, ...partial })
  await expect(making).rejects.toThrow('eventTime: Required value')
})
