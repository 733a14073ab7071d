// ReplicaSets: how one is made, whose they are, how revisions are counted, which are forgotten.
import { describe, expect, test } from 'vitest'
import type { ReplicaSet } from '../kube/apps.ts'
import type { KubeObject, ObjectMeta, OwnerReference } from '../kube/object.ts'
import {
  adoptedReferences,
  beyondHistory,
  byRevisionDescending,
  claim,
  copiedAnnotations,
  highestRevision,
  newReplicaSet,
  podHashOf,
  releasedReferences,
  revisionAnnotations,
  revisionOf,
} from './replica-set.ts'

const owner: KubeObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'demo', namespace: 'shop', uid: 'u1', annotations: { team: 'web' } },
}
const ours: OwnerReference = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  name: 'demo',
  uid: 'u1',
  controller: true,
  blockOwnerDeletion: true,
}

function aReplicaSet(
  name: string,
  metadata: Partial<ObjectMeta> = {},
  more: Partial<ReplicaSet> = {},
): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, labels: { app: 'demo' }, ...metadata },
    spec: { replicas: 0, selector: {}, template: { spec: { containers: [] } } },
    ...more,
  }
}

test('a new ReplicaSet carries the hash wherever pods are found by it', () => {
  const made = newReplicaSet({
    owner,
    name: 'demo-abc',
    hash: 'abc',
    selector: { matchLabels: { app: 'demo' } },
    template: { metadata: { labels: { app: 'demo' }, annotations: { a: 'b' } }, spec: { containers: [] } },
    replicas: 0,
    minReadySeconds: 5,
    annotations: { 'rollout.argoproj.io/revision': '1' },
  })
  const labels = { app: 'demo', 'rollouts-pod-template-hash': 'abc' }
  expect(made).toEqual({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'demo-abc',
      namespace: 'shop',
      labels,
      annotations: { 'rollout.argoproj.io/revision': '1' },
      ownerReferences: [ours],
    },
    spec: {
      replicas: 0,
      minReadySeconds: 5,
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations: { a: 'b' } }, spec: { containers: [] } },
    },
  })
  expect(podHashOf(made)).toBe('abc')
})

test('annotations that mean the Rollout alone are not copied', () => {
  const annotated = {
    ...owner,
    metadata: {
      ...owner.metadata,
      annotations: {
        team: 'web',
        'rollout.argoproj.io/revision': '7',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'rollout.argoproj.io/workload-generation': '3',
      },
    },
  }
  expect(copiedAnnotations(annotated)).toEqual({
    team: 'web',
    'rollout.argoproj.io/workload-generation': '3',
  })
})

describe('whose is it?', () => {
  const selector = { matchLabels: { app: 'demo' } }
  const mine = aReplicaSet('mine', { ownerReferences: [ours] })
  const orphan = aReplicaSet('orphan')
  const foreign = aReplicaSet('foreign', { ownerReferences: [{ ...ours, uid: 'u2' }] })
  const unlike = aReplicaSet('unlike', { ownerReferences: [ours], labels: { app: 'other' } })
  const going = aReplicaSet('going', { deletionTimestamp: '2026-01-01T00:00:00Z' })

  test('orphans that are selected are adopted; those no longer selected are let go', () => {
    const claimed = claim(owner, selector, [mine, orphan, foreign, unlike, going])
    expect(claimed.owned).toEqual([mine])
    expect(claimed.adopt).toEqual([orphan])
    expect(claimed.release).toEqual([unlike])
    expect(adoptedReferences(owner, orphan)).toEqual([ours])
    expect(releasedReferences(owner, unlike)).toEqual([])
  })
  test('an owner that is being deleted adopts nothing', () => {
    const deleted = { ...owner, metadata: { ...owner.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
    expect(claim(deleted, selector, [orphan]).adopt).toEqual([])
  })
})

describe('revisions', () => {
  const numbered = (name: string, revision: string, history?: string) =>
    aReplicaSet(name, {
      annotations: {
        'rollout.argoproj.io/revision': revision,
        ...(history === undefined ? {} : { 'rollout.argoproj.io/revision-history': history }),
      },
    })
  test('are numbers; what is none counts as 0', () => {
    expect(revisionOf(numbered('a', '12'))).toBe(12)
    expect(revisionOf(numbered('a', 'x'))).toBe(0)
    expect(revisionOf(undefined)).toBe(0)
    expect(highestRevision([numbered('a', '2'), numbered('b', '10'), aReplicaSet('c')])).toBe(10)
    expect(highestRevision([])).toBe(0)
  })
  test('that a ReplicaSet had before are remembered', () => {
    expect(revisionAnnotations(undefined, 1)).toEqual({ 'rollout.argoproj.io/revision': '1' })
    expect(revisionAnnotations(numbered('a', '1'), 3)).toEqual({
      'rollout.argoproj.io/revision': '3',
      'rollout.argoproj.io/revision-history': '1',
    })
    expect(revisionAnnotations(numbered('a', '3', '1'), 5)).toHaveProperty(
      ['rollout.argoproj.io/revision-history'],
      '1,3',
    )
    expect(revisionAnnotations(numbered('a', '3', '1'), 3)).toEqual({ 'rollout.argoproj.io/revision': '3' })
  })
  test('of long ago are forgotten, so that going back and forth for years fits an annotation', () => {
    const long = Array.from({ length: 600 }, (_, i) => i + 1000).join(',')
    const { 'rollout.argoproj.io/revision-history': history = '' } = revisionAnnotations(
      numbered('a', '1600', long),
      1601,
    )
    expect(history.length).toBeLessThanOrEqual(2000)
    expect(history).toMatch(/^(\d{4},)+1600$/)
  })
  test('are in order, newest first', () => {
    const sorted = [numbered('a', '2'), numbered('b', '10'), aReplicaSet('c')].toSorted(byRevisionDescending)
    expect(sorted.map(one => one.metadata.name)).toEqual(['b', 'a', 'c'])
  })
})

describe('the history', () => {
  const old = (day: number, more: Partial<ReplicaSet> = {}) =>
    aReplicaSet(`r${day}`, { creationTimestamp: `2026-01-0${day}T00:00:00Z` }, more)
  const names = (limit: number, all: readonly ReplicaSet[]) =>
    beyondHistory(all, limit).map(one => one.metadata.name)

  test('keeps the newest', () => expect(names(1, [old(3), old(1), old(2)])).toEqual(['r1', 'r2']))
  test('keeps whatever still has pods, wants some, or is not yet seen', () => {
    const spec = { selector: {}, template: { spec: { containers: [] } } }
    const busy = old(1, { status: { replicas: 1 } })
    const wanted = old(2, { spec: { ...spec, replicas: 1 } })
    const unseen = {
      ...old(3),
      metadata: { ...old(3).metadata, generation: 2 },
      status: { observedGeneration: 1 },
    }
    expect(names(0, [busy, wanted, unseen, old(4)])).toEqual(['r4'])
  })
})
