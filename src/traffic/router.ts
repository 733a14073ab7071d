// What a mesh, ingress or gateway must tell us: one file a router, one line in registry.ts.
// The law every router is tested against: read(route(intent)) = intent's weights.
import type { FieldError } from '../api/field-error.ts'
import type { TrafficRouting } from '../api/traffic.ts'
import type { Kind, KubeObject, ObjectRef, RefKey } from '../kube/object.ts'
import type { Question, Wait } from '../kube/reconciler.ts'
import type { EventNote } from '../kube/write.ts'
import type { Instant } from '../std/instant.ts'
import type { Json } from '../std/json.ts'

interface Backend {
  readonly service: string
  /** Of its Service, where that is known not to be the port of the others. */
  readonly port?: number
  readonly podHash: string
  readonly weight: number
}

interface HeaderRoute {
  readonly name: string
  readonly match: readonly {
    readonly headerName: string
    readonly headerValue: { readonly exact?: string; readonly prefix?: string; readonly regex?: string }
  }[]
}

interface MirrorRoute {
  readonly name: string
  readonly match: readonly { readonly [what: string]: Json }[]
  readonly percentage: number
}

/** The whole wanted state; there is no "undo" call. */
export interface TrafficIntent {
  readonly now: Instant
  /** When the update completed or was aborted: some routers keep an object for a few seconds after. */
  readonly endedAt?: Instant
  readonly maxWeight: number
  readonly stable: Backend
  readonly canary: Backend
  /** Experiment templates. */
  readonly others: readonly Backend[]
  readonly headerRoutes: readonly HeaderRoute[]
  readonly mirrorRoutes: readonly MirrorRoute[]
}

export type Found = Readonly<Record<RefKey, KubeObject>>

/** One object as it should be; `object` undefined: it should not exist. */
export interface Placed {
  readonly ref: ObjectRef
  readonly object: KubeObject | undefined
  readonly why: string
  readonly event?: EventNote
}

/** By role, since subsets can share a service. */
export interface Weights {
  readonly stable: number
  readonly canary: number
  readonly others: Readonly<Record<string, number>>
  /** The revision that the canary's side selects, where the router selects pods itself and names one. */
  readonly canaryHash?: string
  /** The same of the stable side. */
  readonly stableHash?: string
  /** A route of a step leads users of a header to the canary's side. */
  readonly byHeader?: boolean
  /** A route of a step sends copies of requests there. */
  readonly isCopied?: boolean
}

/** Objects as they should be, and what is waited for until the next look. */
export interface Placing {
  readonly placed: readonly Placed[]
  readonly waits?: readonly Wait[]
  /** What is told when the weights are recorded although no object changes. */
  readonly told?: readonly EventNote[]
}

export type Routed = Placing | { readonly problem: EventNote } | { readonly invalid: FieldError }

/** When a router is left, and the revision to which its users go back, where there is one. */
export interface LeftAt {
  readonly now: Instant
  readonly stableHash?: string | undefined
  /** What its subsets or nodes select is not given back: it is still asked for, or pods of that revision live on. */
  readonly keepsHashes?: boolean
}

/** The Services between which a router shares the traffic. */
export interface Services {
  readonly stable: string
  readonly canary: string
}

/**
 * A router's settings, and whose they are. They may be remembered ones that the spec no longer has, so of the Rollout
 * only its identity is known.
 */
export interface Binding<Config> {
  readonly config: Config
  readonly rollout: KubeObject
  readonly services: Services
}

/** Objects of users in which a router notes whose they are. */
export interface Marks {
  readonly kind: Kind
  /** Names of Rollouts of its namespace. */
  ownersIn(object: KubeObject): readonly string[]
  /** Revisions that it leads to. */
  hashesIn?(object: KubeObject): readonly string[]
  /** As it should be when that Rollout is gone, and those revisions with it. */
  without(object: KubeObject, rollout: string): KubeObject
}

/** What of a canary's steps a router can do beside the weight. */
export interface Abilities {
  readonly headerRoutes: boolean
  readonly mirrorRoutes: boolean
}

export interface TrafficRouter<Config> {
  readonly name: string
  /** The field of `trafficRouting` that it reads, or the name of the plug-in whose settings it takes over. */
  readonly field: string
  /** The kinds that it reads and writes: watched where the server has them; what RBAC must allow. */
  readonly kinds: readonly Kind[]
  /** Its weights are of `maxTrafficWeight`; those of all others are of 100. */
  readonly knowsMaximum?: true
  /** Shares among the pair of Services whose roles swap, where there is one, whatever else is named. */
  readonly prefersSwapping?: true
  readonly marks?: Marks
  /** Objects that are named by others of its objects, and only so. */
  readonly linked?: {
    readonly kinds: readonly Kind[]
    refs(binding: Binding<Config>, found: Found): readonly ObjectRef[]
  }
  /** Whether its objects select the pods of a revision themselves, by its hash. */
  selectsPods?(config: Config): boolean
  /** A step that none of a Rollout's routers can do is its user's mistake, and told. */
  readonly can: Abilities
  /** This router's part of `trafficRouting`; undefined when it is not asked for, or when nobody can read it. */
  config(trafficRouting: TrafficRouting): Config | undefined
  /** The objects that it must know: they are gathered into `found`. */
  refs(binding: Binding<Config>): readonly ObjectRef[]
  route(binding: Binding<Config>, intent: TrafficIntent, found: Found): Routed
  /**
   * The weight that may be reaching users, whoever wrote it: the largest that one of the objects gives the canary.
   * Undefined only when none of them says anything. Never throws, whatever stands in them.
   */
  read(binding: Binding<Config>, found: Found): Weights | undefined
  /**
   * What takes its weight away when the Rollout no longer asks for it: ours goes, what is a user's gives the canary 0
   * in each part that can be weighed, what is somebody else's stays as it is. Where it selects pods itself the stable
   * side first follows the stable revision, and is given back once it has all users. Done when nothing is placed and
   * nothing is waited for.
   */
  leave(binding: Binding<Config>, at: LeftAt, found: Found): Placing
  /** An object that it makes, in another version of its kind, where that says it otherwise. */
  inVersion?(object: KubeObject, version: string): KubeObject
  /** Has it arrived at the data plane? */
  question?(binding: Binding<Config>, intent: TrafficIntent, found: Found): Question | undefined
}
