// The one shape every controller has. All members are pure; runtime/loop/loop.ts plays them.
import type { Instant } from '../std/instant.ts'
import type { Json } from '../std/json.ts'
import type { Cache } from './cache.ts'
import type { KubeError } from './errors.ts'
import type { Key, Kind, KubeObject } from './object.ts'
import type { Refusal } from './refusal.ts'
import type { Repeats } from './repeats.ts'
import type { EventNote, Write } from './write.ts'

/** Something that must pass before the key has more to do; the earliest `until` of a decision wakes it. */
export interface Wait {
  readonly for: string
  readonly since: Instant
  readonly until?: Instant
  /** What a person could do about it. */
  readonly cure?: string
}

/** Asked once for an id; its answer stays for as long as decisions list the question. A new attempt is a new id. */
export interface Question {
  readonly id: string
  readonly about: Json
}

export type Answer = { readonly at: Instant } & ({ readonly value: Json } | { readonly error: string })

/** `Status` is what the kind reports, in its own type; the loop alone sees it as JSON. */
export interface Decision<Status = Json> {
  /** Applied in order; the first failure ends the pass. */
  readonly writes: readonly Write[]
  /** The whole wanted status, built on the stored one; the loop sends the difference, last. */
  readonly status?: Status
  /**
   * Applied after the status, which is true without them: what only tidies up. One that is refused keeps no other from
   * being made, and holds up no wait; the pass has failed.
   */
  readonly trims?: readonly Write[]
  /** What is told before the first write: why this pass does what it does. */
  readonly announced?: readonly EventNote[]
  /** What the change of status tells; handed over just before it. */
  readonly events?: readonly EventNote[]
  /** Told once all that is decided is written, one by one beside other work: nobody waits for these. */
  readonly afterwards?: readonly EventNote[]
  readonly waits?: readonly Wait[]
  readonly questions?: readonly Question[]
  /** Fields of `status` that may be late: when only these moved, the write waits for a second after the last one. */
  readonly lazyStatus?: readonly string[]
  /** The status waits until this is no longer so, half a second at most: it tells of what its writes cause, too. */
  readonly awaitsEffects?: boolean
}

export interface Selection {
  readonly namespace?: string
  readonly labels?: string
  readonly fields?: string
  readonly metadataOnly?: boolean
}

export interface WatchDeclaration {
  readonly kind: Kind
  readonly selection?: Selection
  /** Watched when the server has it, and from then on. */
  readonly optional?: boolean
  /** This very version of the kind, where the server has it, whichever it stores. */
  readonly isChosen?: boolean
  /** What is kept of an object. */
  trim?(object: KubeObject): KubeObject
  /** The keys that a change concerns. */
  keysFor(now: KubeObject | undefined, before: KubeObject | undefined, cache: Cache): readonly Key[]
}

export interface IndexDeclaration {
  readonly of: Kind
  values(object: KubeObject): readonly string[]
}

/** What the loop knows of a key besides its answers. */
export interface Memory {
  /** The questions that are asked and not answered yet. */
  readonly open: readonly string[]
  /** What was written for the key lately, by this very controller, as far as `remembersRepeats` says. */
  readonly repeats: Repeats
  /** As it was last seen, when it has gone (or is no longer this controller's) and a pass of it is not done yet. */
  readonly gone?: KubeObject | undefined
}

export interface Reconciler<Snapshot, Status = Json> {
  readonly kind: Kind
  /** How logs and metrics call it; the kind's plural when absent. */
  readonly name?: string
  /** By name; two reconcilers that declare the same name for the same kind mean the same index. */
  readonly indices: Readonly<Record<string, IndexDeclaration>>
  readonly watches: readonly WatchDeclaration[]
  /** Passes of what has gone see how it was, until one of them has nothing to do. */
  readonly remembersGone?: true
  /** Resources, by `resourceName`, of which `Memory.repeats` counts the writes; none when absent. */
  readonly remembersRepeats?: ReadonlySet<string>
  gather(
    key: Key,
    cache: Cache,
    now: Instant,
    answers: Readonly<Record<string, Answer>>,
    memory?: Memory,
  ): Snapshot | undefined
  decide(snapshot: Snapshot): Decision<Status>
  /** Asked once for a failed write. `found`: what stands in the way of a create. Undefined: back off, decide anew. */
  recover?(
    snapshot: Snapshot,
    write: Write,
    error: KubeError,
    found: KubeObject | undefined,
  ): Decision<Status> | undefined
  /**
   * What people see of a write that keeps failing and that `recover` knows no answer to; its Event is sent once, also
   * where no status changes. The pass has failed all the same. Undefined: they see it already, or have nowhere to look.
   */
  refused?(snapshot: Snapshot, refusal: Refusal): Pick<Decision<Status>, 'status' | 'events'> | undefined
  /** What is told of an object that is new to this controller (or that was there at its start), or that has gone. */
  announce?(object: KubeObject, what: 'appeared' | 'vanished'): EventNote | undefined
}
