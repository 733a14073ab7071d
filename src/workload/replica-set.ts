// ReplicaSets as rollouts and experiments make them: one for a revision; which ones belong to an owner;
// revision numbers; which are beyond the history limit.
import { NOT_COPIED, POD_TEMPLATE_HASH, REVISION, REVISION_HISTORY } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { LabelSelector, PodTemplateSpec } from '../kube/core.ts'
import { REPLICA_SET } from '../kube/kinds.ts'
import {
  apiVersionOf,
  controllerOf,
  ownerReference,
  type KubeObject,
  type OwnerReference,
} from '../kube/object.ts'
import { matches } from '../kube/selector.ts'
import { hasNoPods } from './availability.ts'

type Maps = Readonly<Record<string, string>>

const HISTORY_MAX_LENGTH = 2000

export interface ReplicaSetParts {
  readonly owner: KubeObject
  readonly name: string
  /** The revision's hash: it becomes a label of the ReplicaSet and its pods, and part of its selector. */
  readonly hash: string
  readonly selector: LabelSelector
  /** The template as its owner has it, with whatever was injected. */
  readonly template: PodTemplateSpec
  readonly replicas: number
  readonly minReadySeconds?: number | undefined
  readonly annotations: Maps
}

/**
 * The ReplicaSet of a revision. It belongs to its owner and carries the hash wherever pods are found by it.
 */
export function newReplicaSet(parts: ReplicaSetParts): ReplicaSet {
  const { owner, hash, selector, template, minReadySeconds = 0 } = parts
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash }
  const { namespace } = owner.metadata
  return {
    apiVersion: apiVersionOf(REPLICA_SET),
    kind: REPLICA_SET.kind,
    metadata: {
      name: parts.name,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: parts.annotations,
      ownerReferences: [ownerReference(owner)],
    },
    spec: {
      replicas: parts.replicas,
      ...(minReadySeconds === 0 ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [POD_TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

/** An owner's annotations as its ReplicaSets get them: without those that mean the owner alone. */
export function copiedAnnotations(owner: KubeObject): Maps {
  return Object.fromEntries(
    Object.entries(owner.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.includes(key)),
  )
}

/** The hash that an object is labelled with; empty when it has none. */
export function podHashOf(object: KubeObject): string {
  return object.metadata.labels?.[POD_TEMPLATE_HASH] ?? ''
}

export interface Claimed {
  /** Controlled by the owner and selected by it. */
  readonly owned: readonly ReplicaSet[]
  /** Selected, and controlled by nobody: they are to be adopted. */
  readonly adopt: readonly ReplicaSet[]
  /** Controlled by the owner, but no longer selected: they are to be let go. */
  readonly release: readonly ReplicaSet[]
}

/**
 * Whose are these? A ReplicaSet that somebody else controls, or that is being deleted unowned, is nobody's
 * business.
 */
export function claim(
  owner: KubeObject,
  selector: LabelSelector,
  replicaSets: readonly ReplicaSet[],
): Claimed {
  const isSelected = (one: ReplicaSet) => matches(selector, one.metadata.labels)
  const isOurs = (one: ReplicaSet) => controllerOf(one)?.uid === owner.metadata.uid
  const isOrphan = (one: ReplicaSet) =>
    controllerOf(one) === undefined && one.metadata.deletionTimestamp === undefined
  const mayAdopt = owner.metadata.deletionTimestamp === undefined
  return {
    owned: replicaSets.filter(one => isOurs(one) && isSelected(one)),
    adopt: mayAdopt ? replicaSets.filter(one => isOrphan(one) && isSelected(one)) : [],
    release: replicaSets.filter(one => isOurs(one) && !isSelected(one)),
  }
}

/** The owner references of an orphan once it is adopted. */
export function adoptedReferences(owner: KubeObject, orphan: KubeObject): readonly OwnerReference[] {
  return [...(orphan.metadata.ownerReferences ?? []), ownerReference(owner)]
}

/** The owner references of an object once its owner has let it go. */
export function releasedReferences(owner: KubeObject, owned: KubeObject): readonly OwnerReference[] {
  return (owned.metadata.ownerReferences ?? []).filter(one => one.uid !== owner.metadata.uid)
}

/** The revision number that an object carries; 0 when there is none. */
export function revisionOf(object: KubeObject | undefined): number {
  const text = object?.metadata.annotations?.[REVISION] ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : 0
}

/** The highest revision number among ReplicaSets; 0 when none has one. */
export function highestRevision(replicaSets: readonly KubeObject[]): number {
  return Math.max(0, ...replicaSets.map(revisionOf))
}

/** The annotations that give a ReplicaSet a number, and remember the one that it had. */
export function revisionAnnotations(replicaSet: KubeObject | undefined, revision: number): Maps {
  const before = replicaSet?.metadata.annotations ?? {}
  const old = before[REVISION]
  if (old === undefined || old === '' || old === String(revision)) return { [REVISION]: String(revision) }
  const history = before[REVISION_HISTORY] ?? ''
  return {
    [REVISION]: String(revision),
    [REVISION_HISTORY]: history === '' ? old : withinHistory(`${history},${old}`),
  }
}

/** Going back and forth adds a number each time: the oldest are forgotten, as Kubernetes forgets them. */
function withinHistory(history: string): string {
  const from = history.length - HISTORY_MAX_LENGTH
  return from <= 0 ? history : history.slice(history.indexOf(',', from - 1) + 1)
}

/** Oldest first; by name among those of one second. */
export function byCreation(a: KubeObject, b: KubeObject): number {
  const [first, second] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '']
  if (first !== second) return first < second ? -1 : 1
  return a.metadata.name < b.metadata.name ? -1 : 1
}

/** Times are told in whole seconds: of two made in the same second, none was made before. */
export function isMadeBefore(a: KubeObject | undefined, b: KubeObject | undefined): boolean {
  const [first, second] = [a?.metadata.creationTimestamp, b?.metadata.creationTimestamp]
  return first !== undefined && second !== undefined && first < second
}

/** Newest revision first; by age and name among those without a number. */
export function byRevisionDescending(a: KubeObject, b: KubeObject): number {
  return revisionOf(b) - revisionOf(a) || byCreation(b, a)
}

/**
 * The old ReplicaSets beyond the newest `limit` ones that may be deleted: they have no pods and nothing is
 * pending.
 */
export function beyondHistory(older: readonly ReplicaSet[], limit: number): readonly ReplicaSet[] {
  const alive = older.filter(one => one.metadata.deletionTimestamp === undefined).toSorted(byCreation)
  return alive.slice(0, Math.max(0, alive.length - limit)).filter(hasNoPods)
}
