// Finding what belongs to whom, and the order in which people see it.
import { compareText } from '../std/compare.ts'
import type { KubeObject } from '../kube/object.ts'

export function ownedBy<T extends KubeObject>(owner: KubeObject, objects: readonly T[]): T[] {
  const { uid } = owner.metadata
  return objects.filter(one => one.metadata.ownerReferences?.some(ref => ref.uid === uid) ?? false)
}

export interface Placed {
  readonly name: string
  readonly revision: number
  readonly createdAt: string
}

/** Newest revision first, and within it oldest first. */
export function byRevisionThenAge(a: Placed, b: Placed): number {
  return b.revision - a.revision || compareText(a.createdAt, b.createdAt) || compareText(a.name, b.name)
}

export function byRevisionThenName(a: Placed, b: Placed): number {
  return b.revision - a.revision || compareText(a.name, b.name)
}

export function byAge(a: Omit<Placed, 'revision'>, b: Omit<Placed, 'revision'>): number {
  return compareText(a.createdAt, b.createdAt) || compareText(a.name, b.name)
}
