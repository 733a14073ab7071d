// The garbage collector: what nobody owns any more goes. It follows the commit stream with an index of
// owners, so it acts exactly when something changes and never looks around.
import { asJson } from '../../kube/object.ts'
import type { Kind, KubeObject, OwnerReference, RefKey } from '../../kube/object.ts'
import { splitKey } from '../storage/versions.ts'
import type { Entry } from '../storage/store.ts'
import type { Behaviour } from './behaviour.ts'
import type { Core } from './core.ts'
import { withMeta } from './metadata.ts'
import { FOREGROUND, ORPHAN, remove } from './removal.ts'
import { replace } from './update.ts'

interface Graph {
  /** uid → where the object is. */
  readonly places: Map<string, RefKey>
  /** uid of an owner → keys of what names it. */
  readonly dependents: Map<string, Set<RefKey>>
}

/** Kinds that come and go by themselves and own nothing. */
const IGNORED: ReadonlySet<string> = new Set(['/events'])

export function followOwners(core: Core): () => void {
  const graph: Graph = { places: new Map(), dependents: new Map() }
  const standing = core.resources().flatMap(resource => core.store.list(resource))
  for (const { key, value } of standing) note(graph, key, undefined, value)
  for (const { key, value } of standing) look(core, graph, { key, value, previous: undefined })
  return core.store.follow(changes => {
    for (const { key, resource, value, previous } of changes) {
      if (IGNORED.has(resource)) continue
      note(graph, key, previous, value)
      look(core, graph, { key, value, previous })
    }
  })
}

function note(
  graph: Graph,
  key: RefKey,
  previous: KubeObject | undefined,
  value: KubeObject | undefined,
): void {
  if (previous?.metadata.uid !== undefined && previous.metadata.uid !== value?.metadata.uid) {
    graph.places.delete(previous.metadata.uid)
  }
  if (value?.metadata.uid !== undefined) graph.places.set(value.metadata.uid, key)
  const before = ownersOf(previous)
  const now = ownersOf(value)
  if (before === now) return
  for (const { uid } of before) graph.dependents.get(uid)?.delete(key)
  for (const { uid } of now) {
    const known = graph.dependents.get(uid)
    if (known) known.add(key)
    else graph.dependents.set(uid, new Set([key]))
  }
  for (const { uid } of before) if (graph.dependents.get(uid)?.size === 0) graph.dependents.delete(uid)
}

function ownersOf(object: KubeObject | undefined): readonly OwnerReference[] {
  return object?.metadata.ownerReferences ?? []
}

interface Change {
  readonly key: RefKey
  readonly value: KubeObject | undefined
  readonly previous: KubeObject | undefined
}

/** What one change asks of the collector: of the object itself, of what it owns, of what owned it. */
function look(core: Core, graph: Graph, { key, value, previous }: Change): void {
  if (value) {
    if (ownersOf(value).length > 0 && ownersOf(value) !== ownersOf(previous)) attend(core, graph, key)
    if (isWaiting(value, ORPHAN)) core.spawn(orphan(core, graph, key))
    if (isWaiting(value, FOREGROUND)) deleteInForeground(core, graph, value)
  } else if (previous?.metadata.uid !== undefined) {
    for (const dependent of dependentsOf(graph, previous.metadata.uid)) attend(core, graph, dependent)
  }
  for (const owner of ownersOf(previous)) {
    const place = graph.places.get(owner.uid)
    const standing = place === undefined ? undefined : core.store.newest(place)?.value
    if (standing && isWaiting(standing, FOREGROUND)) deleteInForeground(core, graph, standing)
  }
}

function isWaiting(object: KubeObject, finalizer: string): boolean {
  const { deletionTimestamp, finalizers } = object.metadata
  return deletionTimestamp !== undefined && finalizers?.includes(finalizer) === true
}

function dependentsOf(graph: Graph, uid: string): readonly RefKey[] {
  return [...(graph.dependents.get(uid) ?? [])]
}

type OwnerState = 'solid' | 'absent' | 'waiting'

/** A dependent whose owners may have gone: it goes with the last of them, and forgets the others. */
function attend(core: Core, graph: Graph, key: RefKey): void {
  const entry = core.store.newest(key)
  if (!entry || entry.value.metadata.deletionTimestamp !== undefined) return
  const owners = ownersOf(entry.value)
  const states = owners.map(owner => stateOf(core, graph, { owner, dependent: entry.value }))
  if (owners.length === 0 || states.every(state => state === 'solid')) return
  if (states.includes('solid')) {
    const kept = owners.filter((_, i) => states[i] === 'solid')
    core.spawn(replace(core, entry, withMeta(asJson(entry.value), { ownerReferences: kept as never })))
    return
  }
  const hasOwn = dependentsOf(graph, entry.value.metadata.uid ?? '').length > 0
  const isForeground = states.includes('waiting') && hasOwn
  core.spawn(removeEntry(core, entry, isForeground ? 'Foreground' : undefined))
}

function stateOf(
  core: Core,
  graph: Graph,
  { owner, dependent }: { owner: OwnerReference; dependent: KubeObject },
): OwnerState {
  if (!isServed(core, owner)) return 'solid'
  const place = graph.places.get(owner.uid)
  const standing = place === undefined ? undefined : core.store.newest(place)?.value
  if (!standing || standing.metadata.uid !== owner.uid) return 'absent'
  const { namespace } = standing.metadata
  if (namespace !== undefined && namespace !== dependent.metadata.namespace) return 'absent'
  return isWaiting(standing, FOREGROUND) ? 'waiting' : 'solid'
}

/** An owner of a kind that nobody serves can't be looked up, so it is not held to be absent. */
function isServed(core: Core, owner: OwnerReference): boolean {
  const group = owner.apiVersion.includes('/') ? owner.apiVersion.slice(0, owner.apiVersion.indexOf('/')) : ''
  return core.serves(group, owner.kind)
}

/** Dependents first; the owner is let go when none is left that blocks it. */
function deleteInForeground(core: Core, graph: Graph, owner: KubeObject): void {
  const { uid } = owner.metadata
  const entries = dependentsOf(graph, uid ?? '').flatMap(key => core.store.newest(key) ?? [])
  const blocking = entries.filter(({ value }) =>
    ownersOf(value).some(one => one.uid === uid && one.blockOwnerDeletion === true),
  )
  if (blocking.length === 0 || isBlockedByItself(core, graph, owner)) {
    const place = graph.places.get(uid ?? '')
    if (place !== undefined) core.spawn(letGo(core, place, FOREGROUND))
  }
  for (const { key } of entries) attend(core, graph, key)
}

/** Owners in a ring would wait for each other for ever. */
function isBlockedByItself(core: Core, graph: Graph, owner: KubeObject): boolean {
  const seen = new Set<string>()
  const waiting = [owner]
  for (let object = waiting.pop(); object; object = waiting.pop()) {
    for (const { uid } of ownersOf(object)) {
      if (uid === owner.metadata.uid) return true
      const place = graph.places.get(uid)
      const next = place === undefined || seen.has(uid) ? undefined : core.store.newest(place)?.value
      seen.add(uid)
      if (next && isWaiting(next, FOREGROUND)) waiting.push(next)
    }
  }
  return false
}

/** Dependents forget their owner, then it may go. */
async function orphan(core: Core, graph: Graph, key: RefKey): Promise<void> {
  const uid = core.store.newest(key)?.value.metadata.uid
  const freed = dependentsOf(graph, uid ?? '').map(dependent => {
    const entry = core.store.newest(dependent)
    if (!entry) return undefined
    const kept = ownersOf(entry.value).filter(owner => owner.uid !== uid)
    const ownerReferences = kept.length > 0 ? (kept as never) : undefined
    return replace(core, entry, withMeta(asJson(entry.value), { ownerReferences }))
  })
  await Promise.all(freed)
  await letGo(core, key, ORPHAN)
}

export async function letGo(core: Core, key: RefKey, finalizer: string): Promise<void> {
  const entry = core.store.newest(key)
  if (!entry?.value.metadata.finalizers?.includes(finalizer)) return
  const kept = entry.value.metadata.finalizers.filter(name => name !== finalizer)
  await replace(
    core,
    entry,
    withMeta(asJson(entry.value), { finalizers: kept.length > 0 ? kept : undefined }),
  )
}

/** Deletes what stands at an entry, as a client would. */
export async function removeEntry(
  core: Core,
  entry: Entry,
  propagationPolicy?: 'Foreground' | 'Background',
): Promise<void> {
  const behaviour = core.storedBehaviour(splitKey(entry.key).resource)
  const { uid } = entry.value.metadata
  if (!behaviour) return
  const options = {
    ...(propagationPolicy ? { propagationPolicy } : policyOf(entry.value)),
    ...(uid === undefined ? {} : { preconditions: { uid } }),
  }
  await remove(core, behaviour, { ref: refOf(behaviour.kind, behaviour, entry.value), options })
}

/** Without a wish of its own, a dependent goes in the background. */
function policyOf(object: KubeObject): { propagationPolicy?: 'Background' } {
  const finalizers = object.metadata.finalizers ?? []
  return finalizers.includes(ORPHAN) || finalizers.includes(FOREGROUND)
    ? {}
    : { propagationPolicy: 'Background' }
}

function refOf(kind: Kind, { kind: { namespaced } }: Behaviour, object: KubeObject) {
  const { name, namespace } = object.metadata
  return namespaced && namespace !== undefined ? { kind, name, namespace } : { kind, name }
}
