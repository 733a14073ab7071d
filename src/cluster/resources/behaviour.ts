// What differs between kinds, as one value for each: how a body is read, what the server fills in, what it
// refuses. The pipeline (create.ts, update.ts, removal.ts …) is the same for all of them.
import type { KubeObject } from '../../kube/object.ts'
import type { Instant } from '../../std/instant.ts'
import type { JsonObject } from '../../std/json.ts'
import type { FieldProblem } from '../schema/field-errors.ts'
import type { Decoded } from '../schema/type-decoder.ts'
import type { ScalePaths } from './scale-paths.ts'
import type { ServedKind } from './resources.ts'

/** What a kind's hooks may know of the world around the object. */
export interface Surroundings {
  readonly now: Instant
  /** A free address of the pods' network. */
  freePodAddress(): string
  freeServiceAddress(): string
  freeNodePort(): number
  isServiceAddressTaken(address: string): boolean
  isNodePortTaken(port: number): boolean
  /** Who asks. */
  readonly user: string
  /** Nothing of it is to happen. */
  readonly dryRun: boolean
  /** The node that pods run on. */
  readonly nodeName: string | undefined
  all(resource: string): readonly KubeObject[]
  find(resource: string, namespace: string, name: string): KubeObject | undefined
  refuse(why: string): never
  badRequest(why: string): never
  refuseInvalid(problem: FieldProblem): never
  warn(text: string): void
}

export interface Hooks {
  /** The object is a question: it is answered, and not kept. */
  readonly answer?: (object: JsonObject, around: Surroundings) => JsonObject
  /** Fills in what the server decides when an object is made (no defaults: those belong to `decode`). */
  readonly prepareCreate?: (object: JsonObject, around: Surroundings) => JsonObject
  readonly prepareUpdate?: (object: JsonObject, old: JsonObject, around: Surroundings) => JsonObject
  /** A write through `/status`; by default everything but status and metadata is the old object's. */
  readonly prepareStatus?: (object: JsonObject, old: JsonObject) => JsonObject
  readonly validate?: (
    object: JsonObject,
    old: JsonObject | undefined,
    subresource: string,
  ) => readonly FieldProblem[]
  /** Whether the change is one of what users asked for. Kinds without the hook have no generation. */
  readonly bumpsGeneration?: (object: JsonObject, old: JsonObject) => boolean
  /** Fields by which lists can be selected, besides name and namespace. */
  readonly fields?: (object: JsonObject) => Readonly<Record<string, string>>
  readonly validateName?: (name: string) => string | undefined
  /** Where the replica counts are, if the kind can be scaled. */
  readonly scale?: ScalePaths
  readonly keepsStatusOnCreate?: true
  readonly createsOnUpdate?: true
  /** An update must name the version that it replaces. */
  readonly needsVersion?: true
  /** Put on an object when it is deleted, for a follower of the commit stream to take away. */
  readonly cleanupFinalizer?: string
  /** Deleted with a grace period, which the kubelet ends. */
  readonly graceSeconds?: (object: JsonObject, asked: number | undefined) => number
  /** What DELETE does with dependents when nobody says. */
  readonly orphansByDefault?: true
}

export interface Behaviour {
  readonly kind: ServedKind
  /** `group/plural`: where the store keeps the objects, whatever version they are served in. */
  readonly resource: string
  /** The body as it would be stored: types checked, unknown fields dropped and named, defaults filled in. */
  readonly decode: (body: JsonObject) => Decoded
  /** A stored object as this version serves it. */
  readonly show: (object: KubeObject) => KubeObject
  /** A served object as the store keeps it. */
  readonly keep: (object: JsonObject) => JsonObject
  readonly hooks: Hooks
}
