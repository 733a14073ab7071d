// What lives assert on: short readings of a namespace and of all that was seen in it.
import { expect } from 'vitest'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import { EVENT, REPLICA_SET, ROLLOUT } from '../../src/kube/kinds.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Life } from './life.ts'

/** Wanted pods of each ReplicaSet, by revision. */
export function sizes(life: Life): readonly number[] {
  return life.replicaSets().map(one => one.spec.replicas ?? 0)
}

/** So many pods are wanted of each revision, and so many are there. */
export async function untilSizes(life: Life, wanted: readonly number[]): Promise<void> {
  const there = () => life.replicaSets().map(one => one.status?.replicas ?? 0)
  const text = wanted.join(', ')
  await life.until(
    `revisions of ${text} pods`,
    () => sizes(life).join(', ') === text && there().join(', ') === text,
  )
}

/** The pause that is the step of this index. */
export async function untilStep(life: Life, step: number): Promise<void> {
  await life.until(`the pause of step ${step}`, () => {
    const { currentStepIndex, phase } = life.rollout().status ?? {}
    return currentStepIndex === step && phase === 'Paused'
  })
}

export function counts(life: Life) {
  const { spec, status = {} } = life.rollout()
  return {
    desired: spec.replicas ?? 1,
    current: status.replicas ?? 0,
    updated: status.updatedReplicas ?? 0,
    ready: status.readyReplicas ?? 0,
    available: status.availableReplicas ?? 0,
  }
}

/** Available pods of all revisions. */
export function available(life: Life): number {
  return total(life.replicaSets(), one => one.status?.availableReplicas)
}

function total(all: readonly ReplicaSet[], count: (one: ReplicaSet) => number | undefined): number {
  return all.reduce((sum, one) => sum + (count(one) ?? 0), 0)
}

/** The ReplicaSets as they were at each change since then. */
function states(life: Life, since: number): readonly (readonly ReplicaSet[])[] {
  const known = new Map<string, ReplicaSet>()
  return life.changes().flatMap(({ kind, now, before }, i) => {
    if (kind.kind !== REPLICA_SET.kind) return []
    if (now === undefined) known.delete(before?.metadata.name ?? '')
    else known.set(now.metadata.name, now as ReplicaSet)
    return i < since ? [] : [[...known.values()]]
  })
}

/** Wanted pods of all revisions together, at each change since then. */
export function sizesOverTime(life: Life, since: number): readonly number[] {
  return states(life, since).map(all => total(all, one => one.spec.replicas))
}

/** The fewest pods that were available at any time since then. */
export function fewestAvailable(life: Life, since: number): number {
  return Math.min(...states(life, since).map(all => total(all, one => one.status?.availableReplicas)))
}

export async function timesOut(life: Life, revision: number): Promise<void> {
  await life.until(`revision ${revision}`, () => life.hasRevision(revision))
  const { name } = life.revision(revision).metadata
  await life.untilPhase(
    'Degraded',
    `ProgressDeadlineExceeded: ReplicaSet "${name}" has timed out progressing.`,
  )
}

export function conditionTypes(life: Life): readonly string[] {
  return (life.rollout().status?.conditions ?? []).map(one => one.type).toSorted()
}

export function condition(life: Life, type: string): string {
  const found = life.rollout().status?.conditions?.find(one => one.type === type)
  return found === undefined ? 'absent' : `${found.status} ${found.reason}`
}

/** These Events, in this order, and no others. */
export async function untilTold(life: Life, reasons: readonly string[]): Promise<void> {
  await life.until(`${reasons.length} Events`, () => life.events().length >= reasons.length)
  expect(life.events()).toEqual(reasons)
  const about = life.history<ToldEvent>(EVENT).map(one => one.involvedObject)
  const { uid, namespace } = life.rollout().metadata
  const whom = about.filter(one => one.kind === ROLLOUT.kind)
  expect(whom).toEqual(whom.map(() => expect.objectContaining({ name: 'app', uid, namespace })))
}

/**
 * The reasons of the Rollout's Events in the order in which they were told, repeated ones again: those that the API
 * server has at this very moment.
 */
export async function toldEvents(life: Life): Promise<readonly string[]> {
  const { items } = await life.client.list(EVENT, { namespace: life.namespace })
  const last = Math.max(0, ...items.map(versionOf))
  const seen = () => life.history<ToldEvent>(EVENT)
  await life.until(
    'the Events have been seen',
    () => last === 0 || seen().some(one => versionOf(one) === last),
  )
  return seen()
    .filter(one => one.involvedObject.kind === ROLLOUT.kind && versionOf(one) <= last)
    .map(one => one.reason)
}

function versionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion)
}

interface ToldEvent extends KubeObject {
  readonly involvedObject: { readonly kind: string }
  readonly reason: string
}
