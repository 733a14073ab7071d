// The first walk through the pipeline: make, read, change, watch, delete.
import { describe, expect, test } from 'vitest'
import { CONFIG_MAP, NAMESPACE } from '../../kube/kinds.ts'
import { aCluster } from './pipeline.suite.ts'
import type { WatchNotice } from './resources.ts'

describe('an object', () => {
  test('is made, read, changed and deleted, and a watch tells of all of it', async () => {
    const { resources } = await aCluster()
    const kind = resources.kind('', 'v1', 'configmaps')!
    const seen: WatchNotice[] = []
    resources.watch(
      kind,
      { namespace: 'default' },
      { notice: notice => seen.push(notice), ended: () => undefined },
    )
    const made = await resources.create(kind, 'default', { metadata: { name: 'a' }, data: { x: '1' } }, {})
    expect(made.object).toMatchObject({
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'default' },
      data: { x: '1' },
    })
    const ref = { kind: CONFIG_MAP, name: 'a', namespace: 'default' }
    const changed = await resources.patch(ref, { type: 'merge', body: { data: { y: '2' } } }, {})
    expect(resources.get(ref)).toEqual(changed.object)
    await resources.delete(ref, {})
    expect(() => resources.get(ref)).toThrow('configmaps "a" not found')
    expect(seen.map(one => one.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
  })

  test('needs a namespace that is there', async () => {
    const { resources } = await aCluster()
    const kind = resources.kind('', 'v1', 'configmaps')!
    await expect(resources.create(kind, 'nope', { metadata: { name: 'a' } }, {})).rejects.toThrow(
      'namespaces "nope" not found',
    )
    expect(resources.get({ kind: NAMESPACE, name: 'default' })).toMatchObject({ status: { phase: 'Active' } })
  })

  test('is not applied on the server side, be it there or not, and the cure is said', async () => {
    const { resources } = await aCluster()
    const ref = { kind: CONFIG_MAP, name: 'not-there', namespace: 'default' }
    await expect(resources.patch(ref, { type: 'apply', body: {} }, {})).rejects.toMatchObject({
      code: 415,
      message: expect.stringContaining('helm --server-side=false') as string,
    })
  })
})
