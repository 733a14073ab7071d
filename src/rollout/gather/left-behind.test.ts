// A Rollout that is deleted in the middle of an update. Without its ReplicaSets (--cascade=orphan): its users keep the
// pods that they have. With another one that has its routes: they stay as they are.
import { describe, expect, test } from 'vitest'
import { MANAGED_ALB, POD_TEMPLATE_HASH } from '../../api/words.ts'
import type { Rollout } from '../../api/rollout.ts'
import { DESTINATION_RULE, INGRESS, ROLLOUT } from '../../kube/kinds.ts'
import { keyOf, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { createStore } from '../../runtime/mirror/store.ts'
import { objects, record, text } from '../../std/json-parts.ts'
import {
  BY_SUBSETS,
  destinationRule,
  halfway,
  host,
  istio,
  subset,
  V1,
  V2,
  virtualService,
} from '../halfway.suite.ts'
import { hashOf, kindOf, NOW } from '../model.suite.ts'
import { ROUTE_SCENES } from '../routes.suite.ts'
import { INDICES } from './indices.ts'
import { leftBehindBy } from './left-behind.ts'

const route = { name: 'a', route: [subset('stable', 100), subset('canary', 0)] }
const another = { name: 'b', route: [host('theirs', 70), host('their-canary', 30)] }
const first = virtualService([route, another])
const second = { ...virtualService([route]), metadata: { ...first.metadata, name: 'second', uid: 'second' } }
const virtualServices = [first, second].map(one => ({ name: one.metadata.name, routes: ['a'] }))
const model = halfway({
  trafficRouting: { istio: { virtualServices, ...BY_SUBSETS } },
  routes: [first, second, destinationRule('stable', 'canary')],
})

interface Stand {
  /** As the Rollout was last seen: it is gone, or about to go. */
  readonly gone: Rollout
  readonly isThere?: boolean
  readonly keeps?: readonly string[]
  readonly isOwned?: boolean
  readonly beside?: Rollout
}

/** What the stable subset selects, and the weights, once it has been seen to. */
function after({ gone, isThere = false, keeps = [V1, V2], isOwned = false, beside }: Stand) {
  const store = createStore({ indices: [INDICES] })
  const sets = keeps.map(image => model.replicaSet(image) as KubeObject)
  const others = model.objects().filter(one => !['ReplicaSet', 'Rollout'].includes(one.kind))
  for (const one of [...others, ...sets]) {
    const { ownerReferences = [], ...metadata } = one.metadata
    const owners = isOwned || one.kind !== 'ReplicaSet' ? { ownerReferences } : {}
    store.put(kindOf(one), { ...one, metadata: { ...metadata, ...owners } })
  }
  if (isThere) store.put(ROLLOUT, gone)
  if (beside !== undefined) store.put(ROLLOUT, beside)
  const answers = { 'whether Rollout demo of uid rollout stands, attempt 1': { value: false, at: NOW } }
  const memory = { gone, open: [], repeats: {} }
  const left = leftBehindBy(keyOf(gone), store, { now: NOW, answers, memory })
  const placed = [...(left?.routes.placed ?? []), ...(left?.marked ?? [])]
  const rule = placed.find(one => one.ref.kind === DESTINATION_RULE)?.object
  const subsets = objects(rule === undefined ? [] : specOf(rule)['subsets'])
  return {
    weighs: placed.some(one => one.ref.kind.kind === 'VirtualService'),
    stable:
      rule === undefined
        ? 'as it was'
        : text(record(subsets.find(one => one['name'] === 'stable')?.['labels'])[POD_TEMPLATE_HASH]),
  }
}

const gone = model.rollout()
const { metadata } = gone
const orphaning = { ...metadata, deletionTimestamp: '2026-08-01T12:00:00Z', finalizers: ['orphan'] }

test('its stable subset follows the stable revision as long as that stands', () => {
  expect(after({ gone })).toEqual({ weighs: true, stable: 'as it was' })
  const dying = { ...gone, metadata: orphaning }
  expect(after({ gone: dying, isThere: true, isOwned: true })).toEqual({ weighs: true, stable: 'as it was' })
  const behind = { ...gone, status: { ...gone.status, stableRS: hashOf(V2) } }
  expect(after({ gone: behind })).toEqual({ weighs: true, stable: hashOf(V2) })
})
test('and selects as before when nothing of it is left, or its pods go with the Rollout', () => {
  expect(after({ gone, keeps: [] })).toEqual({ weighs: true, stable: '' })
  expect(after({ gone, isOwned: true })).toEqual({ weighs: true, stable: '' })
})

describe('another Rollout that names its VirtualService', () => {
  const renamed = { ...gone, metadata: { ...metadata, name: 'renamed', uid: 'renamed' } }
  const canary = { stableService: 'theirs', canaryService: 'their-canary', trafficRouting: istio(['b']) }
  const neighbour = { ...renamed, spec: { ...gone.spec, strategy: { canary } } }
  const dying = { ...gone, metadata: { ...metadata, deletionTimestamp: '2026-08-01T12:00:00Z' } }

  test('has its route: the weights there, and the subsets, stay as they are', () => {
    expect(after({ gone, beside: renamed })).toEqual({ weighs: false, stable: 'as it was' })
    expect(after({ gone: dying, isThere: true, isOwned: true, beside: renamed })).toEqual({
      weighs: false,
      stable: 'as it was',
    })
  })
  test('has a route of its own in it: the other one is given back', () => {
    expect(after({ gone, keeps: [], beside: neighbour })).toEqual({ weighs: true, stable: '' })
  })
  test('is going, too: each gives the route back', () => {
    const both = { ...renamed, metadata: { ...renamed.metadata, deletionTimestamp: '2026-08-01T12:00:00Z' } }
    expect(after({ gone, beside: both })).toMatchObject({ weighs: true })
    expect(after({ gone: dying, isThere: true, beside: both })).toMatchObject({ weighs: true })
  })
  test('has its Ingress: the note of the one that is gone does not take the weight there', () => {
    const { trafficRouting, object } = ROUTE_SCENES.alb
    const ingress = object(30, { stable: 'theirs', canary: 'their-canary' })
    const note = JSON.stringify({ demo: Object.keys(ingress.metadata.annotations ?? {}) })
    const annotations = { ...ingress.metadata.annotations, [MANAGED_ALB]: note }
    const strategy = { canary: { ...canary, trafficRouting } }
    const marked = (...beside: readonly Rollout[]) => {
      const store = createStore({ indices: [INDICES] })
      store.put(INGRESS, { ...ingress, metadata: { ...ingress.metadata, annotations } })
      for (const one of beside) store.put(ROLLOUT, one)
      return leftBehindBy(keyOf(gone), store, { now: NOW, answers: {}, memory: undefined })?.marked.length
    }
    expect(marked()).toBe(1)
    expect(marked({ ...renamed, spec: { ...gone.spec, strategy } })).toBe(0)
  })
})
