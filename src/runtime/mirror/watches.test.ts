// Which watches a list of reconcilers comes to.
import { describe, expect, test } from 'vitest'
import { AMBASSADOR_MAPPING, AMBASSADOR_MAPPING_V2, SERVICE } from '../../kube/kinds.ts'
import type { WatchDeclaration } from '../../kube/reconciler.ts'
import type { AnyReconciler } from './watches.ts'
import { plannedWatches } from './watches.ts'

function watching(...watches: readonly Omit<WatchDeclaration, 'keysFor'>[]): AnyReconciler {
  return {
    kind: SERVICE,
    indices: {},
    watches: watches.map(one => ({ ...one, keysFor: () => [] })),
    gather: () => undefined,
    decide: () => ({ writes: [] }),
  }
}

describe('planned watches', () => {
  test('two versions of a kind are one watch, the first one preferred', () => {
    const both = watching({ kind: AMBASSADOR_MAPPING }, { kind: AMBASSADOR_MAPPING_V2 })
    expect(plannedWatches([both, both])).toMatchObject([
      { kind: AMBASSADOR_MAPPING, others: [AMBASSADOR_MAPPING_V2] },
    ])
  })

  test('what one reconciler cannot do without is not optional', () => {
    const planned = plannedWatches([watching({ kind: SERVICE, optional: true }), watching({ kind: SERVICE })])
    expect(planned).toMatchObject([{ kind: SERVICE, optional: false }])
  })

  test('the kinds of the reconcilers themselves are told from those that they look at', () => {
    const watches = [
      { kind: SERVICE, optional: true },
      { kind: AMBASSADOR_MAPPING, optional: true },
    ]
    expect(plannedWatches([watching(...watches)])).toMatchObject([
      { kind: SERVICE, isOwn: true },
      { kind: AMBASSADOR_MAPPING, isOwn: false },
    ])
  })

  test('what two reconcilers keep differently of a kind is kept whole', () => {
    const planned = plannedWatches([
      watching({ kind: SERVICE, trim: object => object }),
      watching({ kind: SERVICE }),
    ])
    expect(planned[0]?.trim).toBeUndefined()
  })
})
