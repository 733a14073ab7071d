// What no request may do, however it is put: make an object that the store could not write down, or be taken for
// something that every object has by birth.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { CONFIG_MAP, CUSTOM_RESOURCE_DEFINITION } from '../../kube/kinds.ts'
import { aCluster } from './pipeline.suite.ts'

const definition = {
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { plural: 'things', kind: 'Thing' },
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

function nested(levels: number): Json {
  return JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels)) as Json
}

async function aClusterOfThings() {
  const { resources } = await aCluster()
  const { group, version, plural } = CUSTOM_RESOURCE_DEFINITION
  await resources.create(resources.kind(group, version, plural)!, undefined, definition, {})
  const things = resources.kind('example.com', 'v1', 'things')!
  const make = (name: string, spec: Json) =>
    resources.create(things, undefined, { metadata: { name }, spec }, {})
  return { resources, things, make }
}

describe('an object', () => {
  test('may be nested deeply, but not as deeply as a stack', async () => {
    const { make } = await aClusterOfThings()
    await make('deep', nested(900))
    for (const levels of [1001, 4500, 6000])
      await expect(make(`deeper-${levels}`, nested(levels))).rejects.toMatchObject({
        code: 400,
        message: expect.stringContaining('exceeded max depth'),
      })
  })

  test('does not grow beyond the size of a body, however many patches write to it', async () => {
    const { resources } = await aCluster()
    const kind = resources.kind('', 'v1', 'configmaps')!
    await resources.create(kind, 'default', { metadata: { name: 'a' } }, {})
    const ref = { kind: CONFIG_MAP, name: 'a', namespace: 'default' }
    const binary = Buffer.alloc(1_500_000).toString('base64')
    const write = (key: string) =>
      resources.patch(ref, { type: 'merge', body: { binaryData: { [key]: binary } } }, {})
    await write('x')
    await expect(write('y')).rejects.toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' })
    expect(resources.get(ref)).not.toHaveProperty('binaryData.y')
  })
})

describe('a name that every object has by birth', () => {
  const born = JSON.parse('{"__proto__": "a", "constructor": "b", "toString": "c"}') as Json

  test('is kept like any other', async () => {
    const { resources, make } = await aClusterOfThings()
    const configMaps = resources.kind('', 'v1', 'configmaps')!
    const made = await resources.create(configMaps, 'default', { metadata: { name: 'a' }, data: born }, {})
    expect(JSON.parse(JSON.stringify(made.object))).toMatchObject({ data: born })
    expect((await make('a', born)).object).toHaveProperty('spec', born)
  })

  test('is no type of secrets and no class of priority', async () => {
    const { resources } = await aCluster()
    const secret = { metadata: { name: 'a' }, type: 'constructor' }
    await resources.create(resources.kind('', 'v1', 'secrets')!, 'default', secret, {})
    const spec = { priorityClassName: 'constructor', containers: [{ name: 'a', image: 'a' }] }
    const pod = { metadata: { name: 'a' }, spec }
    await expect(resources.create(resources.kind('', 'v1', 'pods')!, 'default', pod, {})).rejects.toThrow(
      'no PriorityClass with name constructor was found',
    )
  })
})
