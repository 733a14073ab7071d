// One reconciler at play: its queue, delays, barrier and answers. Internal to the loop.
import { assert } from '../../std/assert.ts'
import { keyOf, parseKey, resourceName } from '../../kube/object.ts'
import type { Key, Kind, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { Answer, Decision, Question, WatchDeclaration } from '../../kube/reconciler.ts'
import type { Repeats } from '../../kube/repeats.ts'
import type { Instant } from '../../std/instant.ts'
import { KEY_BACKOFF, createBackoff } from './backoff.ts'
import type { Backoff } from './backoff.ts'
import { createBarrier } from './barrier.ts'
import type { Barrier, Seen } from './barrier.ts'
import type { AnyReconciler } from '../mirror/watches.ts'
import { createRefusals } from './refusals.ts'
import type { Refusals } from './refusals.ts'
import type { Change } from '../mirror/store.ts'
import { createWorkQueue } from './workqueue.ts'
import type { WorkQueue } from './workqueue.ts'

/** As it was last seen, and when it went. */
interface Gone {
  readonly object: KubeObject
  readonly at: Instant
}

export interface Controller {
  readonly name: string
  readonly reconciler: AnyReconciler
  /** The reconciler's watches, by the resource that they look at. */
  readonly watches: ReadonlyMap<string, readonly WatchDeclaration[]>
  readonly queue: WorkQueue
  readonly backoff: Backoff
  readonly refusals: Refusals
  /** The Events of each key that were told of a status which is not written yet. */
  readonly told: Map<Key, ReadonlySet<string>>
  readonly barrier: Barrier
  /** What each key has asked and not dropped; undefined: no answer yet. */
  readonly asked: Map<Key, Map<string, Answer | undefined>>
  /** What was written for each key lately. */
  readonly repeats: Map<Key, Repeats>
  /** What has gone, until a pass of it has nothing to do. */
  readonly gone: Map<Key, Gone>
  /** When the status of each key was last written: what may be late waits for a second after that. */
  readonly reportedAt: Map<Key, Instant>
  /** What each key was last said to wait for. */
  readonly waitsFor: Map<Key, string>
  /** When each key made the first write whose effects its status waits for. */
  readonly effectsSince: Map<Key, Instant>
  /** Keys in namespaces that are being deleted: for them nothing is decided any more. */
  readonly namespaceGoing: Set<Key>
}

export function createControllers(reconcilers: readonly AnyReconciler[]): readonly Controller[] {
  const names = new Set<string>()
  return reconcilers.map(reconciler => {
    const name = reconciler.name ?? reconciler.kind.plural
    assert(!names.has(name), `two reconcilers are called ${name}; give one of them a name`)
    names.add(name)
    return {
      name,
      reconciler,
      watches: byResource(reconciler.watches),
      queue: createWorkQueue(),
      backoff: createBackoff(KEY_BACKOFF),
      refusals: createRefusals(),
      told: new Map(),
      barrier: createBarrier(),
      asked: new Map(),
      repeats: new Map(),
      gone: new Map(),
      reportedAt: new Map(),
      waitsFor: new Map(),
      effectsSince: new Map(),
      namespaceGoing: new Set(),
    }
  })
}

function byResource(watches: readonly WatchDeclaration[]): Controller['watches'] {
  const all = new Map<string, WatchDeclaration[]>()
  for (const watch of watches) {
    const known = all.get(resourceName(watch.kind))
    if (known === undefined) all.set(resourceName(watch.kind), [watch])
    else known.push(watch)
  }
  return all
}

/** The keys that a change concerns, by the reconciler's own declaration. */
export function keysOf(controller: Controller, change: Change, cache: Seen): readonly Key[] {
  const [watch, ...others] = watchesOf(controller, change.kind)
  if (watch === undefined) return []
  const keys = watch.keysFor(change.now, change.before, cache)
  if (others.length === 0) return keys
  return [...keys, ...others.flatMap(one => one.keysFor(change.now, change.before, cache))]
}

/** Those that look at the kind's resource, in whatever version. */
export function watchesOf(controller: Controller, kind: Kind): readonly WatchDeclaration[] {
  return controller.watches.get(resourceName(kind)) ?? []
}

/** Every key that the cache knows of. */
export function everyKey(controller: Controller, cache: Seen): ReadonlySet<Key> {
  const { kind, watches } = controller.reconciler
  return new Set([
    ...cache.list(kind).map(keyOf),
    ...watches.flatMap(watch =>
      cache.list(watch.kind).flatMap(object => watch.keysFor(object, undefined, cache)),
    ),
  ])
}

export function refOfKey(controller: Controller, key: Key): ObjectRef {
  const { kind } = controller.reconciler
  const { namespace, name } = parseKey(key)
  return namespace === '' ? { kind, name } : { kind, name, namespace }
}

export function answersOf(controller: Controller, key: Key): Readonly<Record<string, Answer>> {
  const answers: Record<string, Answer> = {}
  for (const [id, answer] of controller.asked.get(key) ?? []) if (answer !== undefined) answers[id] = answer
  return answers
}

/** What is asked, and not answered yet. */
export function openQuestions(controller: Controller, key: Key): readonly string[] {
  return [...(controller.asked.get(key) ?? [])].flatMap(([id, answer]) => (answer === undefined ? [id] : []))
}

/**
 * Which of a decision's questions are new, and which of the key's are no longer listed. Takes note of both.
 */
export function takeQuestions(
  controller: Controller,
  key: Key,
  decision: Decision<unknown>,
): { ask: readonly Question[]; drop: readonly string[] } {
  const wanted = decision.questions ?? []
  const known = controller.asked.get(key) ?? new Map<string, Answer | undefined>()
  const ask = wanted.filter(question => !known.has(question.id))
  const drop = [...known.keys()].filter(id => !wanted.some(question => question.id === id))
  if (wanted.length === 0) controller.asked.delete(key)
  else controller.asked.set(key, new Map(wanted.map(({ id }) => [id, known.get(id)])))
  return { ask, drop }
}

/** How it was, where that is asked for. */
export function rememberGone({ reconciler, gone }: Controller, object: KubeObject, at: Instant): void {
  if (reconciler.remembersGone === true) gone.set(keyOf(object), { object, at })
}

/** The object of a key is gone for good: nothing of it is kept but, where that is asked for, how it was. */
export function forget(controller: Controller, object: KubeObject, now: Instant): void {
  const key = keyOf(object)
  controller.repeats.delete(key)
  rememberGone(controller, object, now)
  controller.reportedAt.delete(key)
  controller.waitsFor.delete(key)
  controller.effectsSince.delete(key)
  controller.namespaceGoing.delete(key)
  controller.backoff.succeeded(key)
  controller.refusals.forget(key)
  controller.told.delete(key)
}
