// Ephemeral metadata: what pods wear while their ReplicaSet has a role.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Pod } from '../kube/core.ts'
import { asJson, fromJson } from '../kube/object.ts'
import { applyMergePatch } from '../kube/patch.ts'
import { matches } from '../kube/selector.ts'
import type { LabelSelector } from '../kube/core.ts'
import { sameTemplate } from './pod-hash.ts'
import type { Role } from './pod-metadata.ts'
import { dressing, isDressed, ownTemplate } from './pod-metadata.ts'

const RECORD = 'rollout.argoproj.io/ephemeral-metadata'
const ORIGINAL = 'crossfade.dev/original-metadata'

type Labels = Record<string, string>

/** `own`: labels that the ReplicaSet itself carries, from its template as it was at first. */
function aReplicaSet(annotations: Labels = {}, labels: Labels = { app: 'demo' }, own = labels): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'r', labels: own, annotations },
    spec: {
      selector: { matchLabels: { app: 'demo' } },
      template: { metadata: { labels, annotations: { note: 'own' } }, spec: { containers: [] } },
    },
  }
}

function aPod(labels: Labels): Pod {
  return fromJson({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels } }) as Pod
}

function dress(replicaSet: ReplicaSet, role: Partial<Role>): ReplicaSet {
  const { patch } = dressing(replicaSet, { wanted: {}, known: {}, pods: [], ...role })
  return patch === undefined
    ? replicaSet
    : (fromJson(applyMergePatch(asJson(replicaSet), patch)) as ReplicaSet)
}

const canary = { labels: { role: 'canary' } }
const labelsOf = (one: ReplicaSet) => one.spec.template.metadata?.labels

describe('the record', () => {
  const textOf = (wanted: Role['wanted']) => dress(aReplicaSet(), { wanted }).metadata.annotations?.[RECORD]
  test('is written as Argo Rollouts writes it', () => {
    expect(textOf({ labels: { role: 'canary' }, annotations: { k: 'v' } })).toBe(
      '{"labels":{"role":"canary"},"annotations":{"k":"v"}}',
    )
    expect(textOf({ labels: { b: '<', a: '1' } })).toBe(String.raw`{"labels":{"a":"1","b":"\u003c"}}`)
    expect(textOf({ labels: {} })).toBeUndefined()
  })
  test('counts as nothing when it is broken', () => {
    expect(ownTemplate(aReplicaSet({ [RECORD]: '{' }))).toEqual(aReplicaSet().spec.template)
    const found = aReplicaSet({ [RECORD]: '{"labels":{"a":1,"b":"x"}}' }, { app: 'demo', a: '1', b: 'x' }, {})
    expect(ownTemplate(found).metadata?.labels).toEqual({ app: 'demo', a: '1' })
  })
  test('holds neither what the selector selects by nor what the template has anyway', () => {
    const labels = { app: 'demo', tier: 'web' }
    const wanted = { labels: { ...labels, role: 'canary' } }
    const after = dress(aReplicaSet({}, labels), { wanted })
    expect(after.metadata.annotations).toEqual({ [RECORD]: '{"labels":{"role":"canary"}}' })
  })
})

describe('dressing', () => {
  test('changes neither a label that the selector selects by nor the hash, whatever a role says', () => {
    const labels = { app: 'demo', 'rollouts-pod-template-hash': 'h' }
    const wanted = { labels: { app: 'canary', 'rollouts-pod-template-hash': 'other', role: 'canary' } }
    const after = dress(aReplicaSet({}, labels), { wanted, known: wanted })
    expect(labelsOf(after)).toEqual({ ...labels, role: 'canary' })
    expect(labelsOf(dress(after, { known: wanted }))).toEqual(labels)
  })
  test('adds what is wanted and takes away what was put in before', () => {
    const before = dress(aReplicaSet(), { wanted: { ...canary, annotations: { k: 'v' } } })
    const { patch } = dressing(before, { wanted: { labels: { tier: 'stable' } }, known: canary, pods: [] })
    expect(patch).toEqual({
      metadata: { annotations: { [RECORD]: '{"labels":{"tier":"stable"}}' } },
      spec: { template: { metadata: { labels: { role: null, tier: 'stable' }, annotations: { k: null } } } },
    })
  })
  test('is undone when nothing is wanted any more', () => {
    const after = dress(dress(aReplicaSet(), { wanted: canary }), {})
    expect(after).toEqual(aReplicaSet())
    expect(isDressed(after)).toBe(false)
  })
  test('changes nothing when all is so', () => {
    const done = dress(aReplicaSet(), { wanted: canary })
    const pods = [aPod({ app: 'demo', role: 'canary' })]
    expect(dressing(done, { wanted: canary, known: canary, pods })).toEqual({ patch: undefined, pods: [] })
  })
  test('notes what lies under a label or an annotation, and gives it back', () => {
    const bare = aReplicaSet({}, { app: 'demo', role: 'stable' })
    const wanted = { labels: { role: 'canary' }, annotations: { note: 'canary' } }
    const after = dress(bare, { wanted })
    expect(after.spec.template.metadata).toEqual({
      labels: { app: 'demo', role: 'canary' },
      annotations: { note: 'canary' },
    })
    expect(after.metadata.annotations?.[ORIGINAL]).toBe(
      '{"labels":{"role":"stable"},"annotations":{"note":"own"}}',
    )
    expect(dress(after, { known: wanted })).toEqual(bare)
    expect(sameTemplate(ownTemplate(after), bare.spec.template)).toBe(true)
    expect(sameTemplate(after.spec.template, bare.spec.template)).toBe(false)
  })
  test('remembers what no role knows any more until its pods are seen without it', () => {
    const worn = dress(aReplicaSet(), { wanted: canary })
    const pods = [aPod({ app: 'demo', role: 'canary' })]
    const first = dressing(worn, { wanted: {}, known: {}, pods })
    expect(first.pods.map(one => one.patch)).toEqual([{ metadata: { labels: { role: null } } }])
    const between = dress(worn, { pods })
    expect(labelsOf(between)).toEqual({ app: 'demo' })
    expect(isDressed(between)).toBe(true)
    expect(dress(between, { pods: [aPod({ app: 'demo' })] })).toEqual(aReplicaSet())
  })
})

describe('a ReplicaSet that Argo Rollouts has dressed', () => {
  const record = { [RECORD]: '{"labels":{"app":"demo","role":"canary"},"annotations":{"note":"canary"}}' }
  const found = aReplicaSet(record, { app: 'demo', role: 'canary' }, { app: 'demo', role: 'stable' })
  test('keeps what its selector selects by, and gets its label back', () => {
    expect(labelsOf(dress(found, {}))).toEqual({ app: 'demo', role: 'stable' })
    const wanted = { labels: { app: 'demo', role: 'trial' } }
    const after = dress(found, { wanted, known: wanted })
    expect(labelsOf(after)).toEqual({ app: 'demo', role: 'trial' })
    expect(after.metadata.annotations?.[RECORD]).toBe('{"labels":{"role":"trial"}}')
    expect(labelsOf(dress(after, {}))).toEqual({ app: 'demo', role: 'stable' })
  })
  test('gets its annotation back from the Rollout, when its template is still that', () => {
    const own = { labels: { app: 'demo', role: 'stable' }, annotations: { note: 'own' } }
    expect(dress(found, { own }).spec.template.metadata).toEqual(own)
  })
  test('and that has lost a label of its own gets that back', () => {
    const robbed = aReplicaSet({}, { app: 'demo' }, { app: 'demo', role: 'stable' })
    expect(labelsOf(dress(robbed, { known: canary }))).toEqual({ app: 'demo', role: 'stable' })
  })
})

const maps = (keys: readonly string[]) => fc.dictionary(fc.constantFrom(...keys), fc.constantFrom('1', '2'))
const metadata = fc.record({ labels: maps(['a', 'b', 'c', 'd']), annotations: maps(['x', 'y']) })
const turn = fc.record({
  wanted: metadata,
  others: metadata,
  births: fc.nat(2),
  /** The first pass ends after so many pods. */
  reach: fc.nat(3),
})
const selectorOf = (labels: Labels, keys: readonly string[]): LabelSelector => ({
  matchLabels: { 'rollouts-pod-template-hash': 'h' },
  matchExpressions: keys.map(key =>
    labels[key] === undefined
      ? { key, operator: 'DoesNotExist' }
      : { key, operator: 'In', values: [labels[key], '3'] },
  ),
})

test('whatever roles come and go: what is selected stays selected, and all of the template comes back', () => {
  const selected = fc.subarray(['a', 'b'])
  fc.assert(
    fc.property(metadata, selected, fc.array(turn, { maxLength: 6 }), (own, keys, turns) => {
      const labels = { ...own.labels, 'rollouts-pod-template-hash': 'h' }
      const bare: ReplicaSet = {
        ...aReplicaSet({}, labels),
        spec: {
          selector: selectorOf(own.labels, keys),
          template: { metadata: { labels, annotations: own.annotations }, spec: { containers: [] } },
        },
      }
      let [set, pods] = [bare, [] as readonly Pod[]]
      const pass = (role: Pick<Role, 'wanted' | 'known'>, reach = Number.POSITIVE_INFINITY) => {
        const found = dressing(set, { ...role, pods })
        set = dress(set, { ...role, pods })
        const patched = new Map(found.pods.slice(0, reach).map(one => [one.pod, one.patch]))
        pods = pods.map(pod => fromJson(applyMergePatch(asJson(pod), patched.get(pod) ?? {})) as Pod)
        for (const { metadata: one = {} } of [set.spec.template, ...pods]) {
          expect(matches(set.spec.selector, one.labels)).toBe(true)
          for (const key of keys) expect(one.labels?.[key]).toBe(own.labels[key])
        }
        expect(sameTemplate(ownTemplate(set), bare.spec.template)).toBe(true)
      }
      for (const { wanted, others, births, reach } of turns) {
        const known = {
          labels: { ...others.labels, ...wanted.labels },
          annotations: { ...others.annotations, ...wanted.annotations },
        }
        pass({ wanted, known }, reach)
        const { metadata: worn } = set.spec.template
        pods = [...pods, ...Array.from({ length: births }, () => ({ ...aPod({}), metadata: worn }) as Pod)]
        pass({ wanted, known })
        for (const { metadata: one } of pods) expect(one).toMatchObject(set.spec.template.metadata ?? {})
      }
      for (let i = 0; i < 2; i++) pass({ wanted: {}, known: {} })
      expect(set).toEqual(bare)
      for (const { metadata: one } of pods) expect(one).toEqual(bare.spec.template.metadata)
    }),
    { numRuns: Number(process.env['RUNS'] ?? 150) },
  )
})
