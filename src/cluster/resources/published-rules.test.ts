// The rules that the CRDs of other projects are published with, against the answers of a real API server.
import { beforeAll, describe, expect, test } from 'vitest'
import golden from '../../../test/golden/api-server/published-rules.json' with { type: 'json' }
import type { Json } from '../../std/json.ts'
import { aCluster } from './pipeline.suite.ts'
import { StatusError } from './resources.ts'
import type { Resources, ServedKind } from './resources.ts'

const GROUP = 'rules.example.com'

interface PublishedRule {
  readonly project: string
  readonly definition: string
  readonly path: string
  readonly rule: string
  readonly message?: string
  readonly schema: Json
  readonly passes: Example
  readonly fails: Example & { readonly says: string }
}

interface Example {
  readonly value: Json
  /** What stood there before, where the rule is about a change. */
  readonly old?: Json
}

const rules = golden.rules as unknown as readonly PublishedRule[]

describe('the rules of published definitions hold what a real API server holds', () => {
  let resources: Resources
  beforeAll(async () => {
    const cluster = await aCluster()
    resources = cluster.resources
    const namespaces = resources.kind('', 'v1', 'namespaces') as ServedKind
    await resources.create(namespaces, undefined, { metadata: { name: 'store' } }, {})
  })

  test('they are all the distinct rules of five projects', () => {
    expect(new Set(rules.map(one => one.rule)).size).toBe(178)
    expect(new Set(rules.map(one => one.project))).toEqual(new Set(Object.keys(golden.releases)))
  })

  rules.forEach((one, i) => {
    test(`${one.project} ${one.definition} ${one.path}: ${one.message ?? one.rule} (${i})`, async () => {
      const definitions = resources.kind('apiextensions.k8s.io', 'v1', 'customresourcedefinitions')
      const stored = await resources.create(definitions as ServedKind, undefined, definitionOf(one, i), {})
      expect(stored.warnings).toEqual([])
      const kind = resources.kind(GROUP, 'v1', `r${i}s`) as ServedKind
      expect(await verdict(resources, kind, one.passes)).toBe('')
      const said = (await verdict(resources, kind, one.fails)).split(' is invalid: ')[1]
      expect(said).toBe(one.fails.says)
    })
  })
})

function definitionOf({ schema, rule, ...more }: PublishedRule, i: number): Json {
  const value = { ...(schema as object), 'x-kubernetes-validations': [{ rule, ...told(more) }] } as Json
  const spec = { type: 'object', properties: { value } }
  return {
    metadata: { name: `r${i}s.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural: `r${i}s`, kind: `R${i}` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  }
}

function told({ message }: { readonly message?: string }): { readonly message?: string } {
  return message === undefined ? {} : { message }
}

/** What the server says against it; nothing when it takes it. */
async function verdict(resources: Resources, kind: ServedKind, { value, old }: Example): Promise<string> {
  const body = (one: Json, name: string) => ({ metadata: { name }, spec: { value: one } })
  try {
    if (old === undefined) await resources.create(kind, 'store', body(value, 'new'), { dryRun: true })
    else {
      const name = JSON.stringify(value).replace(/\W/g, '').toLowerCase() || 'x'
      await resources.create(kind, 'store', body(old, name), {})
      const change = { type: 'merge' as const, body: { spec: { value } } }
      await resources.patch({ kind, namespace: 'store', name }, change, {})
    }
    return ''
  } catch (error) {
    if (error instanceof StatusError) return error.message
    throw error
  }
}
