// Which pods are scraped, and by which labels people find what they told.
import { expect, test } from 'vitest'
import type { Pod } from '../kube/core.ts'
import { podTarget } from './pod-target.ts'

interface Given {
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly phase?: 'Pending' | 'Running' | 'Succeeded'
  readonly containerPort?: number
}

function aPod({ annotations = {}, labels = {}, phase = 'Running', containerPort }: Given): Pod {
  const ports = containerPort === undefined ? [] : [{ containerPort }]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'shop-1',
      namespace: 'shop',
      uid: 'u1',
      labels,
      annotations: { 'prometheus.io/scrape': 'true', ...annotations },
    },
    spec: { nodeName: 'crossfade', containers: [{ name: 'c', image: 'shop:1', ports }] },
    status: { phase, podIP: '10.88.0.7' },
  } as Pod
}

test('a pod that asks for it is scraped at its port and path, or at the first port and /metrics', () => {
  const annotations = { 'prometheus.io/port': '9102', 'prometheus.io/path': 'stats' }
  expect(podTarget(aPod({ annotations }))).toMatchObject({ address: '10.88.0.7', port: 9102, path: '/stats' })
  expect(podTarget(aPod({ containerPort: 8080 }))).toMatchObject({ port: 8080, path: '/metrics' })
  expect(podTarget(aPod({}))).toMatchObject({ port: 80 })
  for (const port of ['http', '0', '65536', '-1', '8080.5'])
    expect(podTarget(aPod({ annotations: { 'prometheus.io/port': port }, containerPort: 8080 }))?.port).toBe(
      8080,
    )
})

test('one that does not ask, has not begun or is over is not', () => {
  for (const said of ['false', 'yes', ''])
    expect(podTarget(aPod({ annotations: { 'prometheus.io/scrape': said } }))).toBeUndefined()
  for (const phase of ['Pending', 'Succeeded'] as const) expect(podTarget(aPod({ phase }))).toBeUndefined()
})

test('its series have the labels of the pod, and those of the job kubernetes-pods', () => {
  const labels = {
    app: 'shop',
    'app.kubernetes.io/name': 'shop',
    'rollouts-pod-template-hash': 'abc',
    namespace: 'mine',
    '1st': 'x',
  }
  expect(podTarget(aPod({ labels }))?.labels).toEqual({
    app: 'shop',
    app_kubernetes_io_name: 'shop',
    rollouts_pod_template_hash: 'abc',
    namespace: 'shop',
    pod: 'shop-1',
    kubernetes_namespace: 'shop',
    kubernetes_pod_name: 'shop-1',
    node: 'crossfade',
    instance: '10.88.0.7:80',
    job: 'kubernetes-pods',
  })
})
