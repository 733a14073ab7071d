// A life as data: what is asked for, who does what when, and what goes wrong. The same data plays the same life.
import type { CanaryStep } from '../../api/rollout.ts'
import type { ReplicaProgressThreshold } from '../../api/strategy.ts'
import type { LifeRouter } from './routes/registry.ts'

export interface Scenario {
  /** It begins when its first revision stands; else with an empty cluster. */
  readonly isGrown?: boolean
  readonly spec: LifeSpec
  readonly acts: readonly Act[]
  readonly faults: readonly Fault[]
  /** When all is at rest somebody breaks it by hand. */
  readonly raid?: Deed
}

/** Istio by subsets is one of its `sides`. */
type Router = Exclude<LifeRouter, 'istioSubsets'>

export interface LifeSpec {
  readonly strategy: 'blueGreen' | 'basic' | 'routed' | 'dynamic'
  /** Another one that somebody may ask for meanwhile. */
  readonly other?: LifeSpec['strategy']
  readonly router: Router
  /** Of Istio and ALB: Services that swap their roles; of Istio: subsets of a DestinationRule instead of Services. */
  readonly sides?: 'pair' | 'subsets'
  readonly replicas: number
  /** An autoscaler says how many pods there are. */
  readonly isAutoscaled?: boolean
  readonly steps: readonly CanaryStep[]
  readonly maxSurge?: number | string
  readonly maxUnavailable?: number | string
  /** A basic canary may go without Services of its own. */
  readonly hasServices: boolean
  readonly isAutomatic: boolean
  readonly autoPromotionSeconds?: number
  readonly previewReplicaCount?: number
  readonly scaleDownDelaySeconds?: number
  readonly abortScaleDownDelaySeconds?: number
  readonly scaleDownDelayRevisionLimit?: number
  readonly revisionHistoryLimit?: number
  /** Blue/green: an analysis after the switch. Canary: one beside all steps. */
  readonly isWatched?: boolean
  /** Metadata of roles. */
  readonly isDressed?: boolean
  readonly minReadySeconds?: number
  readonly abortsAtDeadline?: boolean
  /** A step's, or the one before promotion. */
  readonly isAnalysed: boolean
  /** One at the end of the steps, too. */
  readonly endsAnalysed?: boolean
  /** Analyses are made by Jobs, not by measurements. */
  readonly isByJob?: boolean
  /** A canary whose first step is an experiment: pods of both versions beside its own. */
  readonly isTried?: boolean
  /** What the new version gets in it, where the router can share with experiments. */
  readonly triedWeight?: number
  /** So many revisions back an undo needs no steps. */
  readonly rollbackWindow?: number
  /** The fewest pods of a side that is routed to. */
  readonly minPods?: number
  /** So many pods of a canary are enough to go on. */
  readonly progressThreshold?: ReplicaProgressThreshold
  /** Of Istio, ALB and APISIX: steps may send users of a header to the canary; of Istio copies of requests, too. */
  readonly hasManagedRoutes?: boolean
}

/** `at`: milliseconds since the life began. */
export type Act = { readonly at: number } & Deed

/** What somebody does. */
export type Deed =
  | { readonly do: 'image'; readonly image: number }
  | { readonly do: 'promote' | 'full' | 'abort' | 'retry' | 'undo' | 'restart' }
  /** To the other one of the life, or back. */
  | { readonly do: 'strategy'; readonly isOther: boolean }
  | { readonly do: 'scale'; readonly replicas: number }
  | { readonly do: 'pause'; readonly paused: boolean }
  | { readonly do: 'steps'; readonly steps: readonly CanaryStep[] }
  /** The nth ReplicaSet by age, deleted by somebody. */
  | { readonly do: 'delete-set'; readonly nth: number }
  /** Deleted, and made again by a tool some seconds later as it was at first. */
  | { readonly do: 'renew'; readonly what: 'stable' | 'canary' | 'route'; readonly afterMs: number }
  /** A GitOps tool puts selectors and weights back as they are in its repository. */
  | { readonly do: 'revert'; readonly what: 'stable' | 'canary' | 'route' }
  /** By hand: a Service selects the nth ReplicaSet. */
  | { readonly do: 'move'; readonly what: 'stable' | 'canary'; readonly nth: number }
  /** All users are sent, by the route, to the side that has the fewest. */
  | { readonly do: 'weigh' }
  /** The nth ReplicaSet loses its pods. */
  | { readonly do: 'empty-set'; readonly nth: number }
  /** More users come, or go: so many pods would carry them. */
  | { readonly do: 'load'; readonly pods: number }
  /** The spec gets a mistake, or loses it. */
  | { readonly do: 'spoil'; readonly isSpoiled: boolean }
  /** The Experiment that came last is deleted, or told to end. */
  | { readonly do: 'end-experiment'; readonly isDeleted: boolean }
  /** The Rollout is restored from a backup, which has no status. */
  | { readonly do: 'lose-status' }
  /** The nth ReplicaSet is made again under its name, as another object. */
  | { readonly do: 'replace-set'; readonly nth: number }

/** A kind whose writes are refused; `routes`: of whatever router there is. */
export type Refused = 'status' | 'replicasets' | 'services' | 'routes' | 'analysisruns'

export type Fault =
  /** Of the nth write of ours. `touch`: somebody changes the object just before it. */
  | {
      readonly on: 'write'
      readonly nth: number
      readonly do: 'touch' | 'refuse' | 'busy' | 'lose' | 'late' | 'crash-before' | 'crash-after'
      readonly ms?: number
    }
  /** Exactly before, or right after, the nth write of ours somebody does something. */
  | { readonly on: 'write'; readonly nth: number; readonly do: 'before' | 'after'; readonly deed: Deed }
  /** A first controller hangs in its nth write; another one takes over, and the write is done `ms` later. */
  | { readonly on: 'write'; readonly nth: number; readonly do: 'crash-late'; readonly ms: number }
  /** From the nth write of ours on the controller's clock is wrong by so much; when it is calm, it is right again. */
  | { readonly on: 'clock'; readonly nth: number; readonly ms: number }
  /** From the nth write of ours on those to one kind are refused for so long: a webhook denies them. */
  | { readonly on: 'refusal'; readonly of: Refused; readonly nth: number; readonly ms: number }
  /** All writes take so long on their way, from the nth on. */
  | { readonly on: 'line'; readonly nth: number; readonly ms: number }
  /** Of the nth event of a kind's watch. `slow`: of all from that one on. */
  | {
      readonly on: 'event'
      readonly kind: string
      readonly nth: number
      readonly do: 'late' | 'twice' | 'miss' | 'slow'
      readonly ms?: number
    }
  /** Of the nth pod that is made. */
  | {
      readonly on: 'pod'
      readonly nth: number
      readonly do: 'slow' | 'never' | 'dies' | 'flaps'
      readonly ms: number
    }
  /** Of the nth image, all pods: they start only when it is calm, or lose their readiness for a minute. */
  | { readonly on: 'image'; readonly nth: number; readonly do: 'never' | 'sickens'; readonly ms: number }
  /** Of the nth Job that is made: somebody deletes it, or it fails. */
  | { readonly on: 'job'; readonly nth: number; readonly do: 'vanishes' | 'fails'; readonly ms: number }
  /** Of the nth measurement. */
  | { readonly on: 'measurement'; readonly nth: number; readonly do: 'bad' | 'unclear' | 'error' | 'slow' }

/** When faults have stopped: pods that never came up do, and nothing new goes wrong. */
export const CALM_MS = 420_000
/** How long after that a life must have come to its rest, and how long it must then be silent. */
export const REST_MS = 900_000
export const SILENT_MS = 600_000
/** What is broken at rest must be as it was within so long. */
export const ANSWER_MS = 30_000
/** More than any honest life takes until its rest. */
export const MOST_EVENTS = 10_000
