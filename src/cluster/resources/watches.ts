// Watches: each is the log, filtered, from a revision on. One dispatcher follows the store and hands every
// change to the watches of its resource, in the order of revisions.
import type { KubeObject } from '../../kube/object.ts'
import { forbidden } from '../schema/field-errors.ts'
import type { Committed } from '../storage/store.ts'
import type { Behaviour } from './behaviour.ts'
import type { Core } from './core.ts'
import { namespaceOf, revisionOf, tooLarge } from './reads.ts'
import { invalidObject } from './refusals.ts'
import { StatusError } from './resources.ts'
import type { WatchNotice, WatchQuery, WatchSink } from './resources.ts'
import { selectionOf } from './selection.ts'
import type { Matcher } from './selection.ts'

export interface Watches {
  start(behaviour: Behaviour, query: WatchQuery, sink: WatchSink): () => void
  /** Ends every watch of a resource: its kind is gone or serves other versions now. */
  end(resource: string): void
}

interface Watch {
  readonly behaviour: Behaviour
  readonly namespace: string | undefined
  readonly matches: Matcher
  readonly sink: WatchSink
  readonly bookmarks: boolean
  /** Changes up to here have been told. */
  told: number
}

const BOOKMARK_EVERY_MS = 60_000

export function createWatches(core: Core): Watches {
  const byResource = new Map<string, Set<Watch>>()
  let cancelBookmarks: (() => void) | undefined

  const watchesOf = (resource: string) => {
    const found = byResource.get(resource) ?? new Set<Watch>()
    byResource.set(resource, found)
    return found
  }

  core.store.follow(changes => {
    for (const change of changes) {
      for (const watch of byResource.get(change.resource) ?? []) {
        attempt(watch, () => tell(watch, change))
      }
    }
  })

  const bookmarkAll = () => {
    const revision = core.store.revision()
    for (const watch of [...byResource.values()].flatMap(watches => [...watches])) {
      if (watch.bookmarks) attempt(watch, () => watch.sink.notice(bookmark(revision, false)))
    }
    cancelBookmarks = isAnyoneWatching() ? core.at(core.now() + BOOKMARK_EVERY_MS, bookmarkAll) : undefined
  }

  const attempt = (watch: Watch, step: () => void) => {
    const failure = failureOf(step)
    if (failure === undefined) return
    stop(watch)
    core.spawn(endBroken(watch, failure))
  }

  const isAnyoneWatching = () => [...byResource.values()].some(watches => watches.size > 0)

  const stop = (watch: Watch) => {
    byResource.get(watch.behaviour.resource)?.delete(watch)
    if (isAnyoneWatching()) return
    cancelBookmarks?.()
    cancelBookmarks = undefined
  }

  return {
    start(behaviour, query, sink) {
      checkQuery(query)
      const watch: Watch = {
        behaviour,
        namespace: namespaceOf(behaviour, query),
        matches: selectionOf(behaviour, query),
        sink,
        bookmarks: query.allowWatchBookmarks === true,
        told: core.store.revision(),
      }
      if (!begin(core, watch, query)) return () => undefined
      watchesOf(behaviour.resource).add(watch)
      cancelBookmarks ??= core.at(core.now() + BOOKMARK_EVERY_MS, bookmarkAll)
      return () => stop(watch)
    },
    end(resource) {
      const watches = [...(byResource.get(resource) ?? [])]
      for (const watch of watches) {
        stop(watch)
        watch.sink.ended()
      }
    },
  }
}

/** Tells what the query wants to hear first; false when the watch has ended with an error. */
function begin(core: Core, watch: Watch, query: WatchQuery): boolean {
  const { sink } = watch
  const asked = revisionOf(query.resourceVersion)
  const current = core.store.revision()
  if (asked > current) return refuse(sink, tooLarge(asked, current))
  if (query.sendInitialEvents === true || (asked === 0 && query.sendInitialEvents !== false)) {
    for (const { value } of core.store.list(watch.behaviour.resource, watch.namespace)) {
      if (watch.matches(value)) sink.notice({ type: 'ADDED', object: watch.behaviour.show(value) })
    }
    if (query.sendInitialEvents === true && watch.bookmarks) sink.notice(bookmark(current, true))
    return true
  }
  const missed = asked === 0 ? [] : core.store.history(asked)
  if (!missed) {
    const message = `too old resource version: ${asked} (${core.store.oldestRevision()})`
    return refuse(sink, new StatusError(410, 'Expired', message))
  }
  for (const change of missed) if (change.resource === watch.behaviour.resource) emit(watch, change)
  return true
}

function refuse(sink: WatchSink, error: StatusError): false {
  sink.notice({ type: 'ERROR', error })
  sink.ended()
  return false
}

function bookmark(revision: number, initialEventsEnd: boolean): WatchNotice {
  return { type: 'BOOKMARK', resourceVersion: String(revision), initialEventsEnd }
}

/** A broken reader must not stop the log: its watch ends, and it may begin anew. */
function failureOf(step: () => void): unknown {
  try {
    step()
    return undefined
  } catch (error) {
    return error ?? new Error('a watch failed')
  }
}

async function endBroken(watch: Watch, failure: unknown): Promise<void> {
  await Promise.resolve()
  watch.sink.ended()
  throw failure
}

function tell(watch: Watch, change: Committed): void {
  if (change.revision <= watch.told) return
  watch.told = change.revision
  emit(watch, change)
}

function emit(watch: Watch, change: Committed): void {
  const { namespace, matches, sink, behaviour } = watch
  const { value, previous } = change
  const metadata = (value ?? previous)?.metadata
  if (namespace !== undefined && namespace !== '' && metadata?.namespace !== namespace) return
  const matched = previous !== undefined && matches(previous)
  const matching = value !== undefined && matches(value)
  if (matching) sink.notice({ type: matched ? 'MODIFIED' : 'ADDED', object: behaviour.show(value) })
  else if (matched)
    sink.notice({ type: 'DELETED', object: behaviour.show(lastSeen(previous, change.revision)) })
}

const lastStates = new WeakMap<KubeObject, KubeObject>()

/**
 * The last state that matched, under the revision of the change that took it away; made once for all
 * watches.
 */
function lastSeen(previous: KubeObject, revision: number): KubeObject {
  const known = lastStates.get(previous)
  if (known) return known
  const made = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } }
  lastStates.set(previous, made)
  return made
}

function checkQuery(query: WatchQuery): void {
  const { sendInitialEvents, resourceVersionMatch } = query
  const detail =
    sendInitialEvents !== undefined && resourceVersionMatch !== 'NotOlderThan'
      ? 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'
      : sendInitialEvents === undefined && resourceVersionMatch
        ? 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'
        : undefined
  if (detail === undefined) return
  const problem = forbidden('resourceVersionMatch', detail)
  throw invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [problem])
}
