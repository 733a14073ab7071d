// The world as it should look now (third step of a decision): an answer for every object that the Rollout
// owns.
import type { ReplicaSet } from '../kube/apps.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { Instant } from '../std/instant.ts'
import type { RunMoves } from './runs.ts'

export interface Wanted {
  /** ReplicaSet name → pods. */
  readonly replicas: Readonly<Record<string, number>>
  /**
   * ReplicaSet name → when it may be scaled down; 'none' takes it away; a name that is missing stays as it
   * is.
   */
  readonly deadlines: Readonly<Record<string, Instant | 'none'>>
  /**
   * ReplicaSets that users come to in spite of a deadline: it is of an earlier time, and goes whatever else a
   * pass may do.
   */
  readonly outdated: readonly ReplicaSet[]
  /** Service name → hash that it should select. */
  readonly selectors: Readonly<Record<string, string>>
  /** The routes change before the canary Service does, not after. */
  readonly drains: boolean
  readonly runs: RunMoves
  readonly waits: readonly Wait[]
}
