// Ephemeral metadata: what pods wear while their ReplicaSet has a role.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReplicaSet } from '../kube/apps.ts'
import { asJson, type KubeObject } from '../kube/object.ts'
import { applyMergePatch } from '../kube/patch.ts'
import type { Json } from '../std/json.ts'
import { dressed, dressingPatch, hasMetadata, metadataRecord, recordedMetadata } from './pod-metadata.ts'

function aReplicaSet(record?: string, labels: Record<string, string> = { app: 'demo' }): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'r',
      annotations: record === undefined ? {} : { 'rollout.argoproj.io/ephemeral-metadata': record },
    },
    spec: { selector: {}, template: { metadata: { labels }, spec: { containers: [] } } },
  }
}

test('the record is written as Argo Rollouts writes it', () => {
  expect(metadataRecord({ labels: { role: 'canary' }, annotations: { k: 'v' } })).toBe(
    '{"labels":{"role":"canary"},"annotations":{"k":"v"}}',
  )
  expect(metadataRecord({ labels: { b: '<', a: '1' } })).toBe(String.raw`{"labels":{"a":"1","b":"\u003c"}}`)
  expect(metadataRecord({ labels: {} })).toBeUndefined()
})

test('a broken record counts as nothing', () => {
  expect(recordedMetadata(aReplicaSet('{'))).toEqual({})
  expect(recordedMetadata(aReplicaSet('{"labels":{"a":1,"b":"x"}}'))).toEqual({ labels: { b: 'x' } })
})

describe('dressing', () => {
  const canary = { labels: { role: 'canary' } }
  test('adds what is wanted and takes away what was put in before', () => {
    const before = aReplicaSet('{"labels":{"role":"canary"},"annotations":{"k":"v"}}', {
      app: 'demo',
      role: 'canary',
    })
    const patch = dressingPatch(before, { labels: { tier: 'stable' } })
    expect(patch).toEqual({
      metadata: { annotations: { 'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"tier":"stable"}}' } },
      spec: { template: { metadata: { labels: { role: null, tier: 'stable' } } } },
    })
  })
  test('is undone when nothing is wanted any more', () => {
    const before = aReplicaSet('{"labels":{"role":"canary"}}', { app: 'demo', role: 'canary' })
    const after = applyMergePatch(asJson(before), dressingPatch(before, {}) as Json) as unknown as ReplicaSet
    expect(after.metadata.annotations).toEqual({})
    expect(after.spec.template.metadata?.labels).toEqual({ app: 'demo' })
  })
  test('changes nothing when all is so', () => {
    const done = aReplicaSet('{"labels":{"role":"canary"}}', { app: 'demo', role: 'canary' })
    expect(dressingPatch(done, canary)).toBeUndefined()
    expect(dressed({ labels: { app: 'demo', role: 'canary' } }, canary, canary)).toBeUndefined()
  })

  const maps = fc.record({
    labels: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { maxKeys: 2 }),
    annotations: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { maxKeys: 2 }),
  })
  test('arrives at what is wanted from any state, and stays there; what users wrote stays', () => {
    fc.assert(
      fc.property(maps, maps, (first, second) => {
        const wear = (set: ReplicaSet, wanted: typeof first) =>
          applyMergePatch(asJson(set), (dressingPatch(set, wanted) ?? {}) as Json) as unknown as ReplicaSet &
            KubeObject
        const after = wear(wear(aReplicaSet(), first), second)
        expect(hasMetadata(after, second)).toBe(true)
        expect(dressingPatch(after, second)).toBeUndefined()
        expect(after.spec.template.metadata?.labels).toEqual({ app: 'demo', ...second.labels })
      }),
    )
  })
})
