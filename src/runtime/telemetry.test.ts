// The controller's own numbers.
import { expect, test } from 'vitest'
import { CONFIG_MAP, ROLLOUT } from '../kube/kinds.ts'
import { fromJson } from '../kube/object.ts'
import { getRequest, listRequest, watchRequest } from '../kube/request.ts'
import { createLoop } from './loop/loop.ts'
import { createStore } from './mirror/store.ts'
import { createTelemetry } from './telemetry.ts'

const done = (name: string) =>
  ({
    type: 'done',
    controller: 'rollouts',
    key: `shop/${name}`,
    failed: false,
    queuedMs: 5,
    tookMs: 100,
  }) as const

test('passes are counted for each object for as long as it exists', async () => {
  const store = createStore()
  const telemetry = createTelemetry({ rollouts: { kind: ROLLOUT, prefix: 'rollout' } })
  telemetry.follow(createLoop([], { cache: store, component: 'test' }), store, () => 0)
  const metadata = { name: 'demo', namespace: 'shop', resourceVersion: '1' }
  const demo = fromJson({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata })
  store.put(ROLLOUT, demo)
  telemetry.onEffect(done('demo'))
  telemetry.onEffect(done('gone'))
  const page = async () =>
    (await telemetry.page()).text.split('\n').filter(line => line.startsWith('rollout_reconcile'))
  expect(await page()).toContain('rollout_reconcile_count{namespace="shop",name="demo"} 1')
  expect((await page()).join('\n')).not.toContain('gone')
  store.remove(ROLLOUT, demo)
  expect(await page()).toEqual([])
})

test('requests are counted by kind, verb and status; names that are drawn at random are left out', async () => {
  const telemetry = createTelemetry({})
  telemetry.onAnswer(getRequest({ kind: CONFIG_MAP, name: 'a', namespace: 'shop' }), 404)
  telemetry.onAnswer(listRequest(ROLLOUT, {}), 200)
  telemetry.onAnswer(watchRequest(ROLLOUT, { namespace: 'shop' }, { from: '1', timeoutSeconds: 300 }), 200)
  const event = {
    method: 'POST' as const,
    path: '/api/v1/namespaces/shop/events',
    query: {},
    headers: {},
  }
  telemetry.onAnswer(event, 201)
  const name = 'controller_clientset_k8s_request_total'
  const lines = (await telemetry.page()).text.split('\n').filter(line => line.startsWith(name))
  expect(lines.map(line => line.slice(name.length))).toEqual([
    '{kind="configmaps",namespace="shop",name="a",verb="Get",status_code="404"} 1',
    '{kind="rollouts",namespace="N/A",name="N/A",verb="List",status_code="200"} 1',
    '{kind="rollouts",namespace="shop",name="N/A",verb="Watch",status_code="200"} 1',
    '{kind="events",namespace="shop",name="N/A",verb="Create",status_code="201"} 1',
  ])
})

test('series of objects that came and went do not pile up', async () => {
  const telemetry = createTelemetry({})
  for (let i = 0; i < 10_001; i++)
    telemetry.onAnswer(getRequest({ kind: CONFIG_MAP, name: `a-${i}`, namespace: 'shop' }), 200)
  const { text } = await telemetry.page()
  expect(text.match(/^controller_clientset_k8s_request_total\{/gm)).toHaveLength(1)
})

test('series of objects that have gone end also where nobody reads the page', async () => {
  const store = createStore()
  const telemetry = createTelemetry({ rollouts: { kind: ROLLOUT, prefix: 'rollout' } })
  telemetry.follow(createLoop([], { cache: store, component: 'test' }), store, () => 0)
  for (let i = 0; i < 10_010; i++) telemetry.onEffect(done(`run-${i}`))
  const metric = await telemetry.registry.getSingleMetric('rollout_reconcile')?.get()
  const names = new Set(metric?.values.map(({ labels }) => labels['name']))
  expect(names.size).toBeLessThan(100)
})
