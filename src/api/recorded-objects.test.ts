// Objects that real API servers, controllers and users wrote: our definitions take them all and lose nothing of them.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readCustomResource } from '../cluster/schema/structural.ts'
import type { Structural } from '../cluster/schema/structural.ts'
import { validateStructural } from '../cluster/schema/structural-validation.ts'
import { isJsonObject } from '../std/json.ts'
import type { Json, JsonObject } from '../std/json.ts'
import { crds } from './crds.ts'
import type { Rollout } from './rollout.ts'
import { sanitise } from './sanitise.ts'

const golden = new URL('../../test/golden/', import.meta.url)
const schemas = new Map(
  crds().map(crd => [
    crd.spec.names.kind,
    crd.spec.versions[0]?.schema.openAPIV3Schema as unknown as Structural,
  ]),
)

/** Every object of our kinds, wherever in a recording it stands. */
function ownObjects(value: Json): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(ownObjects)
  if (!isJsonObject(value)) return []
  const inner = Object.values(value).flatMap(ownObjects)
  const isOwn = value['apiVersion'] === 'argoproj.io/v1alpha1' && isJsonObject(value['metadata'])
  return isOwn ? [value, ...inner] : inner
}

const recordings = readdirSync(new URL('recorded/', golden)).map(name => {
  const text = readFileSync(new URL(`recorded/${name}`, golden), 'utf8')
  return { name, objects: ownObjects(JSON.parse(text) as Json) }
})

test('there are recordings to read', () => {
  expect(recordings.flatMap(one => one.objects).length).toBeGreaterThan(100)
})

describe('recorded objects', () => {
  for (const { name, objects } of recordings) {
    test(name, () => {
      for (const object of objects) {
        const schema = schemas.get(String(object['kind'])) as Structural
        const problems = validateStructural(schema, object, { path: '' })
        expect(problems, `${String(object['kind'])} in ${name}`).toEqual([])
        expect(readCustomResource(schema, object).value).toEqual(object)
        if (object['kind'] === 'Rollout') expect(sanitise(object as unknown as Rollout).problems).toEqual([])
      }
    })
  }
})

describe('300 pod templates', () => {
  interface Recorded {
    readonly template: JsonObject
    readonly rollout: { readonly template: JsonObject }
  }
  const templates = JSON.parse(readFileSync(new URL('pod-templates.json', golden), 'utf8')) as Recorded[]
  const schema = schemas.get('Rollout') as Structural

  test('are stored in a Rollout as a real API server stored them', () => {
    for (const { template, rollout } of templates) {
      const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: {}, spec: { template } }
      const stored = readCustomResource(schema, object).value as { spec: { template: JsonObject } }
      expect(stored.spec.template).toEqual(rollout.template)
    }
  })
})
