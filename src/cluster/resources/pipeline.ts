// The embedded API server without its wire: one pipeline for every kind, over a store.
// `createResources` puts the parts together; each call finds the kind's behaviour and goes through its part.
import type { Clock } from '../../doors/clock.ts'
import type { Random } from '../../doors/random.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { following } from '../../doors/following.ts'
import type { Instant } from '../../std/instant.ts'
import type { Change, Store } from '../storage/store.ts'
import { encoded } from '../storage/encoded.ts'
import { splitKey } from '../storage/versions.ts'
import { createAddresses } from './addresses.ts'
import type { Behaviour } from './behaviour.ts'
import { builtInBehaviours } from './built-in.ts'
import type { Core } from './core.ts'
import { followDefinitions } from './definitions.ts'
import { followExpiry } from './expiry.ts'
import { followScheduling } from './standing/scheduling.ts'
import { followRootCertificate } from './standing/root-certificate.ts'
import { followNamespaces } from './terminating-namespaces.ts'
import { followOwners } from './collector.ts'
import { create } from './create.ts'
import { createKindsRegistry } from './kinds-registry.ts'
import { checkServed, patched } from './patch.ts'
import { get, listObjects } from './reads.ts'
import { evict } from './eviction.ts'
import { entityTooLarge, notFound, OBJECT_MAX_BYTES } from './refusals.ts'
import { remove } from './removal.ts'
import { StatusError } from './resources.ts'
import type { DeleteOptions, ListAnswer, ListQuery, Resources, ServedKind, Written } from './resources.ts'
import { scaleOf, updateScale } from './scale.ts'
import { update } from './update.ts'
import type { UpdateRequest } from './update.ts'
import { createWatches } from './watches.ts'

export interface ResourcesOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** The node that every pod is bound to; without one pods stay unbound. */
  readonly nodeName?: string
  /** The authority that signed this server's certificate: each namespace has it in a ConfigMap. */
  readonly rootCertificate?: string
  /** Told of what went wrong in work that nobody waits for: collecting, expiry, emptying of namespaces. */
  readonly onError?: (error: unknown) => void
}

export interface RunningResources extends Resources {
  /** Ends all that waits for a moment: expiry, bookmarks, reads that wait for a revision. */
  close(): void
}

export function createResources(options: ResourcesOptions): RunningResources {
  const { store } = options
  const registry = createKindsRegistry(builtInBehaviours())
  const closing = new AbortController()
  const core = createCore(options, { registry, signal: closing.signal })
  const watches = createWatches(core)
  followDefinitions(core, { registry, watches })
  followOwners(core)
  followNamespaces(core)
  followExpiry(core)
  followScheduling(core)
  if (options.rootCertificate !== undefined) followRootCertificate(core, options.rootCertificate)

  return {
    kinds: () => registry.all().map(behaviour => behaviour.kind),
    kind: (group, version, plural) => registry.find({ group, version, plural })?.kind,
    onKindsChange: listener => registry.onChange(listener),
    resourceVersion: () => String(store.revision()),
    get(ref, query = {}) {
      const behaviour = core.behaviour(ref.kind)
      checkSubresource(behaviour, ref.name, query.subresource)
      const object = get(core, behaviour, ref)
      return query.subresource === 'scale' ? scaleOf(behaviour, object) : object
    },
    list: (kind, query) => listObjects(core, core.behaviour(kind), query),
    watch: (kind, query, sink) => watches.start(core.behaviour(kind), query, sink),
    async create(kind, namespace, body, write) {
      const behaviour = core.behaviour(kind)
      const request = { namespace, body, options: write }
      checkSubresource(behaviour, write.name ?? '', write.subresource)
      return write.subresource === 'eviction'
        ? evict(core, behaviour, request)
        : create(core, behaviour, request)
    },
    update: async (ref, body, write) => change(core, { ref, options: write, body: () => body }),
    async patch(ref, patch, write) {
      checkServed(patch)
      const body = (current: KubeObject) => patched(core.behaviour(ref.kind), current, patch)
      return change(core, { ref, options: write, body, isPatch: true })
    },
    delete: async (ref, write) => remove(core, core.behaviour(ref.kind), { ref, options: write }),
    deleteCollection: (kind, query, write) => deleteCollection(core, kind, { query, options: write }),
    close: () => closing.abort(),
  }
}

async function change(core: Core, request: UpdateRequest): Promise<Written> {
  const behaviour = core.behaviour(request.ref.kind)
  const { subresource } = request.options
  checkSubresource(behaviour, request.ref.name, subresource)
  return subresource === 'scale' ? updateScale(core, behaviour, request) : update(core, behaviour, request)
}

function checkSubresource(behaviour: Behaviour, name: string, subresource: string | undefined): void {
  if (subresource === undefined || behaviour.kind.subresources.some(one => one.name === subresource)) return
  if (behaviour.kind.custom) throw notFound(behaviour.kind, name)
  throw new StatusError(404, 'NotFound', 'the server could not find the requested resource')
}

async function deleteCollection(
  core: Core,
  kind: ServedKind,
  request: { query: ListQuery; options: DeleteOptions },
): Promise<ListAnswer> {
  const behaviour = core.behaviour(kind)
  const found = await listObjects(core, behaviour, request.query)
  const removals = found.items.map(({ metadata: { name, namespace } }) =>
    remove(core, behaviour, { ref: refTo(kind, namespace, name), options: request.options }).catch(
      ignoreNotFound,
    ),
  )
  await Promise.all(removals)
  return found
}

function refTo(kind: ServedKind, namespace: string | undefined, name: string): ObjectRef {
  return namespace === undefined ? { kind, name } : { kind, name, namespace }
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof StatusError && error.code === 404)) throw error
}

/**
 * What was to be deleted or changed has meanwhile gone or changed: the next change of it will be looked at
 * anew.
 */
function ignoreRefusal(error: unknown, report: ((error: unknown) => void) | undefined): void {
  if (error instanceof StatusError && (error.code === 404 || error.code === 409)) return
  report?.(error)
}

function createCore(
  { store, clock, random, nodeName, onError }: ResourcesOptions,
  { registry, signal }: { registry: ReturnType<typeof createKindsRegistry>; signal: AbortSignal },
): Core {
  const addresses = createAddresses()
  for (const resource of ['/pods', '/services']) {
    for (const { value } of store.newestOf(resource)) addresses.changed(resource, undefined, value)
  }
  return {
    store,
    addresses,
    nodeName,
    now: clock.now,
    random: random.next,
    uid: () => uidFrom(random),
    behaviour(kind): Behaviour {
      const found = registry.find(kind)
      if (found) return found
      throw notFound({ kind: '', namespaced: false, statusSubresource: false, ...kind }, '')
    },
    resources: () => registry.resources(),
    serves: (group, kind) => registry.serves(group, kind),
    spawn: work => void work.catch((error: unknown) => ignoreRefusal(error, onError)),
    storedBehaviour: resource => registry.stored(resource),
    at: (instant, act) => schedule(clock, { instant, act, signal }),
    commit(changes) {
      if (changes.some(isTooLarge)) throw entityTooLarge()
      noteAddresses(store, addresses, changes)
      return store.commit(changes)
    },
  }
}

/** Asked before the store accepts anything; the bytes are kept for whoever writes or sends them next. */
function isTooLarge({ value }: Change): boolean {
  return value !== undefined && encoded(value).length > OBJECT_MAX_BYTES
}

function noteAddresses(store: Store, addresses: Core['addresses'], changes: readonly Change[]): void {
  for (const { key, value } of changes) {
    addresses.changed(splitKey(key).resource, store.newest(key)?.value, value)
  }
}

function schedule(
  clock: Clock,
  { instant, act, signal }: { instant: Instant; act: () => void; signal: AbortSignal },
): () => void {
  const own = following(signal)
  void clock.sleepUntil(instant, own.signal).then(() => {
    if (own.signal.aborted) return
    own.abort()
    act()
  })
  return () => own.abort()
}

/** A version 4 UUID from the door's chance: four draws of 32 bits. */
function uidFrom(random: Random): string {
  const draw = () => Math.floor(random.next() * 2 ** 32)
  const hex = (value: number) => value.toString(16).padStart(8, '0')
  const [a, b, c, d] = [hex(draw()), hex(draw()), hex(draw()), hex(draw())]
  const variant = (8 + (Number.parseInt(c.slice(0, 1), 16) & 3)).toString(16)
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`
}
