// Each namespace has the authority's certificate, whatever anybody does to it.
import { expect, test } from 'vitest'
import { CONFIG_MAP, NAMESPACE } from '../../../kube/kinds.ts'
import { aCluster } from '../pipeline.suite.ts'

const NAME = 'kube-root-ca.crt'

async function certified() {
  const { resources } = await aCluster(undefined, { rootCertificate: 'PEM' })
  const ref = (namespace: string) => ({ kind: CONFIG_MAP, namespace, name: NAME })
  return { resources, ref }
}

const settled = async () => {
  for (let i = 0; i < 50; i++) await Promise.resolve()
}

test('it comes with a namespace, and comes back when it is deleted or changed', async () => {
  const { resources, ref } = await certified()
  const served = resources.kind('', 'v1', NAMESPACE.plural)!
  await resources.create(served, undefined, { metadata: { name: 'shop' } }, {})
  await settled()
  for (const namespace of ['default', 'shop'])
    expect(resources.get(ref(namespace))).toMatchObject({ data: { 'ca.crt': 'PEM' } })
  await resources.delete(ref('shop'), {})
  await settled()
  expect(resources.get(ref('shop'))).toMatchObject({ data: { 'ca.crt': 'PEM' } })
  await resources.patch(ref('shop'), { type: 'merge', body: { data: { 'ca.crt': 'other' } } }, {})
  await settled()
  expect(resources.get(ref('shop'))).toMatchObject({ data: { 'ca.crt': 'PEM' } })
})

test('it holds up no namespace that is to go', async () => {
  const { resources } = await certified()
  const served = resources.kind('', 'v1', NAMESPACE.plural)!
  await resources.create(served, undefined, { metadata: { name: 'shop' } }, {})
  await settled()
  await resources.delete({ kind: NAMESPACE, name: 'shop' }, {})
  await settled()
  expect(() => resources.get({ kind: NAMESPACE, name: 'shop' })).toThrow('not found')
})
