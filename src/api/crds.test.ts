// What an API server says to a manifest under our definitions: the same as under those that users have installed.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { validateDefinition } from '../cluster/schema/definition-validation.ts'
import { readCustomResource } from '../cluster/schema/structural.ts'
import type { Structural as ServerSchema } from '../cluster/schema/structural.ts'
import { validateStructural } from '../cluster/schema/structural-validation.ts'
import { asJson } from '../kube/object.ts'
import type { JsonObject } from '../std/json.ts'
import { crds } from './crds.ts'

interface Recorded {
  readonly manifest: JsonObject
  readonly apiServer: 'created' | { readonly message: string }
}

const golden = new URL('../../test/golden/invalid.json', import.meta.url)
const recorded = JSON.parse(readFileSync(golden, 'utf8')) as Record<string, Recorded>
const all = crds()
const definition = (kind: string) => all.find(crd => crd.spec.names.kind === kind)
const schemaOf = (kind: string) =>
  definition(kind)?.spec.versions[0]?.schema.openAPIV3Schema as unknown as ServerSchema

function problems(kind: string, value: JsonObject): readonly string[] {
  return validateStructural(schemaOf(kind), value, { path: '' }).map(
    ({ path, message }) => `${path.replace(/^\./, '')}: ${message}`,
  )
}

describe('78 broken manifests', () => {
  for (const [name, { manifest, apiServer }] of Object.entries(recorded)) {
    if (apiServer === 'created') {
      test(`${name} is taken`, () => expect(problems('Rollout', manifest)).toEqual([]))
    } else if (name === 'negative-replicas') {
      // Said by the scale subresource, whatever the schema.
      test(`${name} is refused where scale looks`, () =>
        expect(definition('Rollout')?.spec.versions[0]?.subresources.scale?.specReplicasPath).toBe(
          '.spec.replicas',
        ))
    } else {
      test(`${name} is refused in the same words`, () => {
        const found = problems('Rollout', manifest)
        expect(found.length).toBeGreaterThan(0)
        for (const one of found) expect(apiServer.message).toContain(one)
      })
    }
  }
})

const rollout = (more: JsonObject): JsonObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'demo' },
  spec: { template: { spec: { containers: [{ name: 'app', ...more }] } } },
})

describe('what is stored', () => {
  const stored = (container: JsonObject) =>
    readCustomResource(schemaOf('Rollout'), rollout(container)).value as JsonObject
  const container = (object: JsonObject) =>
    (object as { spec: { template: { spec: { containers: JsonObject[] } } } }).spec.template.spec
      .containers[0]

  test('has the few defaults that enter the hash', () => {
    const given = {
      ports: [{ containerPort: 80 }],
      livenessProbe: { grpc: { port: 80 } },
      env: [
        { name: 'a', valueFrom: { configMapKeyRef: { key: 'a' } } },
        { name: 'b', valueFrom: { fileKeyRef: { key: 'a', path: 'p', volumeName: 'v' } } },
      ],
    }
    expect(container(stored(given))).toEqual({
      name: 'app',
      ports: [{ containerPort: 80, protocol: 'TCP' }],
      livenessProbe: { grpc: { port: 80, service: '' } },
      env: [
        { name: 'a', valueFrom: { configMapKeyRef: { key: 'a', name: '' } } },
        { name: 'b', valueFrom: { fileKeyRef: { key: 'a', path: 'p', volumeName: 'v', optional: false } } },
      ],
    })
  })
  test('keeps amounts as they were written, and drops fields that nobody knows', () => {
    const kept = { name: 'app', resources: { requests: { cpu: 'lots', memory: 1 } } }
    expect(container(stored({ ...kept, imge: 'x' }))).toEqual(kept)
  })
})

test('the selector of a Rollout can not be changed', () => {
  const spec = schemaOf('Rollout').properties?.['spec']?.properties?.['selector']
  expect(spec?.['x-kubernetes-validations']).toEqual([
    { rule: 'self == oldSelf', message: '.spec.selector is immutable' },
  ])
})

test('kubectl knows the kinds by their short names', () => {
  expect(all.map(({ spec }) => `${spec.names.shortNames.join()} ${spec.scope}`)).toEqual([
    'ro Namespaced',
    'at Namespaced',
    'cat Cluster',
    'ar Namespaced',
    'exp Namespaced',
  ])
})

test('an API server takes the definitions', () => {
  for (const crd of all) expect(validateDefinition(asJson(crd), undefined)).toEqual([])
})
