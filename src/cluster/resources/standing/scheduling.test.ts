// Pods that wait to be bound: those with a gate, and those that nothing holds back but a dry run.
import { describe, expect, test } from 'vitest'
import { asJson } from '../../../kube/object.ts'
import type { Json } from '../../../std/json.ts'
import { POD } from '../../../kube/kinds.ts'
import { aCluster } from '../pipeline.suite.ts'

const ref = { kind: POD, name: 'web', namespace: 'default' }
const containers = [{ name: 'web', image: 'acme/web:v1' }]

test('a pod is bound when its last gate is taken away', async () => {
  const { resources } = await aCluster()
  const pods = resources.kind('', 'v1', 'pods')!
  const spec = { containers, schedulingGates: [{ name: 'acme.com/one' }] }
  await resources.create(pods, 'default', { metadata: { name: 'web' }, spec }, {})
  expect(resources.get(ref)).not.toHaveProperty('spec.nodeName')
  const open = { type: 'merge', body: { spec: { schedulingGates: null } } } as const
  await resources.patch(ref, open, {})
  await new Promise(resolve => setImmediate(resolve))
  expect(resources.get(ref)).toMatchObject({
    spec: { nodeName: 'crossfade' },
    status: { podIP: '10.88.0.2' },
  })
})

test('what runs before the others counts alone, not on top of them', async () => {
  const { resources } = await aCluster()
  const pods = resources.kind('', 'v1', 'pods')!
  const asking = (cpu: string) => ({ resources: { requests: { cpu } } })
  const before = { name: 'before', image: 'acme/web:v1', ...asking('60') }
  const spec = { initContainers: [before], containers: [{ ...containers[0], ...asking('10') }] }
  await resources.create(pods, 'default', { metadata: { name: 'web' }, spec }, {})
  expect(resources.get(ref)).toMatchObject({ spec: { nodeName: 'crossfade' } })
})

describe('a node that takes no pods', () => {
  const NODE = { kind: { ...POD, kind: 'Node', plural: 'nodes', namespaced: false }, name: 'crossfade' }
  const tolerating = (more: object) => [{ key: 'acme.com/only', operator: 'Exists', ...more }]

  async function created(spec: Json, tolerations: Json = []) {
    const { resources } = await aCluster()
    const patch = (body: Json) => resources.patch(NODE, { type: 'merge', body: { spec: body } }, {})
    await patch(spec)
    const pods = resources.kind('', 'v1', 'pods')!
    await resources.create(
      pods,
      'default',
      { metadata: { name: 'web' }, spec: { containers, tolerations } },
      {},
    )
    const pod = () =>
      asJson(resources.get(ref)) as { spec: { nodeName?: string }; status: { conditions?: object[] } }
    return { patch, pod }
  }

  test('since it is cordoned keeps new ones waiting until it is not', async () => {
    const { patch, pod } = await created({ unschedulable: true })
    expect(pod().spec.nodeName).toBeUndefined()
    expect(pod().status.conditions).toMatchObject([
      {
        reason: 'Unschedulable',
        message: expect.stringContaining('0/1 nodes are available: 1 node(s) were unschedulable.'),
      },
    ])
    await patch({ unschedulable: null })
    await new Promise(resolve => setImmediate(resolve))
    expect(pod().spec.nodeName).toBe('crossfade')
  })

  test.each([
    ['nothing', [], undefined],
    ['the taint', tolerating({ effect: 'NoSchedule' }), 'crossfade'],
    ['another effect', tolerating({ effect: 'NoExecute' }), undefined],
    ['all', [{ operator: 'Exists' }], 'crossfade'],
    ['another value', [{ key: 'acme.com/only', value: 'b' }], undefined],
    ['its value', [{ key: 'acme.com/only', value: 'a' }], 'crossfade'],
  ])('since it is tainted takes a pod that tolerates %s or not', async (_, tolerations, nodeName) => {
    const { pod } = await created(
      { taints: [{ key: 'acme.com/only', value: 'a', effect: 'NoSchedule' }] },
      tolerations,
    )
    expect(pod().spec.nodeName).toBe(nodeName)
  })
})
