// Rules that the CEL engine does not compile are named when a definition is stored, and its objects are taken.
import { expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { aCluster } from './pipeline.suite.ts'
import type { Resources, ServedKind } from './resources.ts'

const SCHEMA = 'spec.versions[0].schema.openAPIV3Schema'
const NOT_CHECKED = "not checked, since this server's CEL engine does not compile it:"
const future = 'self.futureFunction() == 1'

function definition(rules: readonly object[]): Json {
  const text = { type: 'string', 'x-kubernetes-validations': rules } as Json
  const spec = { type: 'object', properties: { items: { type: 'array', items: text } } }
  const names = { plural: 'things', kind: 'Thing' }
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } }
  return {
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names,
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
}

async function stored(
  rules: readonly object[],
): Promise<{ resources: Resources; warnings: readonly string[] }> {
  const { resources } = await aCluster()
  const kind = resources.kind('apiextensions.k8s.io', 'v1', 'customresourcedefinitions') as ServedKind
  const { warnings } = await resources.create(kind, undefined, definition(rules), {})
  return { resources, warnings }
}

test('a rule with a function that is not here is named, and only its check is left out', async () => {
  const { resources, warnings } = await stored([{ rule: future }, { rule: 'self != ""', message: 'empty' }])
  const path = `${SCHEMA}.properties[spec].properties[items].items.x-kubernetes-validations[0].rule`
  expect(warnings).toEqual([`${path}: ${NOT_CHECKED} found no matching overload for 'dyn.futureFunction()'`])
  const things = resources.kind('example.com', 'v1', 'things') as ServedKind
  const thing = (text: string) => ({ metadata: { name: 'a' }, spec: { items: [text] } })
  await expect(resources.create(things, undefined, thing(''), {})).rejects.toThrow('empty')
  expect((await resources.create(things, undefined, thing('x'), {})).warnings).toEqual([])
})

test('so is a message that can not be made; the rule still holds', async () => {
  const { resources, warnings } = await stored([
    { rule: 'self != ""', message: 'empty', messageExpression: 'self.futureFunction()' },
  ])
  expect(warnings).toEqual([expect.stringMatching(/validations\[0\]\.messageExpression: not checked/)])
  const things = resources.kind('example.com', 'v1', 'things') as ServedKind
  const thing = { metadata: { name: 'a' }, spec: { items: [''] } }
  await expect(resources.create(things, undefined, thing, {})).rejects.toThrow('"string": empty')
})

test('a change of the rules names them again, any other change does not', async () => {
  const { resources } = await stored([{ rule: 'self != ""' }])
  const kind = resources.kind('apiextensions.k8s.io', 'v1', 'customresourcedefinitions') as ServedKind
  const change = async (body: Json) =>
    (await resources.patch({ kind, name: 'things.example.com' }, { type: 'merge', body }, {})).warnings
  expect(await change({ spec: (definition([{ rule: future }]) as { spec: Json }).spec })).toHaveLength(1)
  expect(await change({ metadata: { labels: { a: 'b' } } })).toEqual([])
})

test('of very many some are told, and how many more there are', async () => {
  const { warnings } = await stored(Array.from({ length: 40 }, (_, i) => ({ rule: `${future} || ${i} < 0` })))
  expect(warnings).toHaveLength(11)
  expect(warnings.at(-1)).toBe('and 30 more rules are not checked by this server')
})

test('a text that is no CEL is refused', async () => {
  await expect(stored([{ rule: 'self ==' }])).rejects.toThrow('compilation failed: Unexpected token: EOF')
})
