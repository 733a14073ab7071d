// What a list of reconcilers must have watched: one entry a kind, joined over all of them. Reflectors and
// store are made from it.
import { assert } from '../../std/assert.ts'
import { equal } from '../../std/equal.ts'
import { sameResource } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Reconciler, Selection } from '../../kube/reconciler.ts'

/** A reconciler whose snapshot and status are its own affair. */
export type AnyReconciler = Reconciler<unknown, unknown>

export interface PlannedWatch {
  readonly kind: Kind
  /** The same kind in other versions, for servers that do not have this one. */
  readonly others?: readonly Kind[]
  /** This very version, where the server has it, whichever it stores. */
  readonly isChosen?: boolean
  readonly selection: Selection
  /** Decisions do not wait for it when the server does not have it. */
  readonly optional: boolean
  /** The very kind of a reconciler: nothing is decided while it may not be read. */
  readonly isOwn?: boolean
  readonly trim: ((object: KubeObject) => KubeObject) | undefined
}

/**
 * Reconcilers of one loop agree on a kind's selection; what they trim differently is kept whole. Of several versions of
 * a kind the first that the server has is watched.
 */
export function plannedWatches(
  reconcilers: readonly (Pick<AnyReconciler, 'watches'> & { readonly kind?: Kind })[],
): readonly PlannedWatch[] {
  const own = reconcilers.flatMap(one => one.kind ?? [])
  const planned: PlannedWatch[] = []
  for (const { kind, selection = {}, optional = false, trim, isChosen = false } of reconcilers.flatMap(
    one => one.watches,
  )) {
    const at = planned.findIndex(one => sameResource(one.kind, kind))
    const known = planned[at]
    if (known === undefined) {
      const isOwn = own.some(one => sameResource(one, kind))
      planned.push({ kind, isChosen, isOwn, selection, optional, trim })
      continue
    }
    assert(equal(known.selection, selection), `the watches of ${kind.plural} select different objects`)
    const others = [...(known.others ?? []), kind].filter(one => one.version !== known.kind.version)
    planned[at] = {
      kind: known.kind,
      isChosen: known.isChosen === true,
      isOwn: known.isOwn === true,
      others: others.filter((one, i) => others.findIndex(({ version }) => version === one.version) === i),
      selection,
      optional: known.optional && optional,
      trim: known.trim === trim ? trim : undefined,
    }
  }
  return planned
}
