// An API server as a model without promises: objects, versions, generations, conflicts, owners. A write is answered at
// once; whoever listens hears of each change in its order.
import { KubeError } from '../../kube/errors.ts'
import type { KubeErrorReason } from '../../kube/errors.ts'
import { knownKind, POD } from '../../kube/kinds.ts'
import { generatedName } from '../../kube/names.ts'
import { keyOf, refOf, resourceName } from '../../kube/object.ts'
import type { Kind, KubeObject, ObjectMeta, ObjectRef } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import type { Random } from '../../doors/random.ts'
import { equal } from '../../std/equal.ts'
import { printInstant } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import { filledIn } from './filled-in.ts'
import { changedBy, firstGeneration } from './changed.ts'
import { createShelves } from './shelves.ts'
import type { Shelves } from './shelves.ts'

export interface ClusterChange {
  readonly kind: Kind
  readonly now: KubeObject | undefined
  readonly before: KubeObject | undefined
  readonly version: number
}

export interface ClusterModel {
  get<T extends KubeObject>(ref: ObjectRef): T | undefined
  list<T extends KubeObject>(kind: Kind, namespace?: string): readonly T[]
  kinds(): readonly Kind[]
  /** As a request would be answered. */
  write(write: Write): KubeObject | KubeError | undefined
  /** In the place of what stands, as a status write of somebody who is right does it. */
  put(kind: Kind, object: KubeObject): KubeObject
  version(): number
  /** As it stands now, to begin others with. */
  furnished(): Furnished
  onChange(listener: (change: ClusterChange) => void): void
}

export interface ClusterOptions {
  readonly now: () => Instant
  readonly random: Random
  /** What is there at the start, shared until it is written to. */
  readonly furnished?: Furnished
}

export interface Furnished {
  readonly shelves: Shelves
  readonly version: number
  readonly made: number
}

const POD_GRACE_SECONDS = 30

interface World extends ClusterOptions {
  readonly shelves: Shelves
  readonly listeners: ((change: ClusterChange) => void)[]
  version: number
  made: number
}

export function createCluster(options: ClusterOptions): ClusterModel {
  const { furnished } = options
  const shelves = furnished?.shelves.copy() ?? createShelves()
  const world: World = {
    ...options,
    shelves,
    listeners: [],
    version: furnished?.version ?? 1000,
    made: furnished?.made ?? 0,
  }
  return {
    get: <T extends KubeObject>(ref: ObjectRef) => shelves.get(ref.kind, nameIn(ref)) as T | undefined,
    list<T extends KubeObject>(kind: Kind, namespace?: string) {
      const all = [...shelves.all(kind)] as T[]
      return namespace === undefined ? all : all.filter(one => one.metadata.namespace === namespace)
    },
    kinds: () => shelves.kinds(),
    write: write => perform(world, write),
    put: (kind, object) => store(world, kind, object),
    version: () => world.version,
    furnished: () => ({ shelves: shelves.copy(), version: world.version, made: world.made }),
    onChange: listener => void world.listeners.push(listener),
  }
}

function nameIn({ namespace = '', name }: ObjectRef): string {
  return `${namespace}/${name}`
}

function perform(world: World, write: Write): KubeObject | KubeError | undefined {
  if (write.verb === 'create') return create(world, write.object)
  const { target } = write
  const found = world.shelves.get(target.kind, nameIn(target))
  if (found === undefined) return refusal('NotFound', target, 'not found')
  if (write.verb === 'evict') return remove(world, target.kind, { found, grace: POD_GRACE_SECONDS })
  if (write.verb === 'patch') return patch(world, found, write)
  if (write.ifUid !== undefined && write.ifUid !== found.metadata.uid)
    return refusal('Conflict', target, 'Precondition failed')
  const grace = target.kind === POD ? (write.gracePeriodSeconds ?? POD_GRACE_SECONDS) : 0
  return remove(world, target.kind, { found, grace, orphans: write.propagation === 'Orphan' })
}

function create(world: World, object: KubeObject): KubeObject | KubeError {
  const kind = knownKind(object)
  if (kind === undefined)
    return new KubeError('NotFound', `nobody serves ${object.kind} of ${object.apiVersion}`)
  const { generateName = '' } = object.metadata
  const name = object.metadata.name || generatedName(generateName, world.random.next)
  const ref = refOf(kind, { ...object, metadata: { ...object.metadata, name } })
  if (world.shelves.get(kind, nameIn(ref)) !== undefined)
    return refusal('AlreadyExists', ref, 'already exists')
  const number = ++world.made
  const generation = firstGeneration(kind)
  const metadata: ObjectMeta = {
    ...object.metadata,
    name,
    uid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    creationTimestamp: printInstant(world.now()),
    ...(generation === undefined ? {} : { generation }),
  }
  return store(world, kind, filledIn(kind, { ...object, metadata }, number))
}

function patch(
  world: World,
  found: KubeObject,
  write: Extract<Write, { verb: 'patch' }>,
): KubeObject | KubeError {
  const { target, ifVersion } = write
  if (ifVersion !== undefined && ifVersion !== found.metadata.resourceVersion)
    return refusal('Conflict', target, 'the object has been modified')
  const next = changedBy(found, write)
  if (next instanceof KubeError) return next
  if (equal(next, found)) return found
  const { deletionTimestamp, finalizers = [] } = next.metadata
  if (deletionTimestamp === undefined || finalizers.length > 0 || target.kind === POD)
    return store(world, target.kind, next)
  takeAway(world, target.kind, { found: next })
  return next
}

interface Removal {
  readonly found: KubeObject
  readonly grace: number
  readonly orphans?: boolean
}

function remove(world: World, kind: Kind, { found, grace, orphans }: Removal): KubeObject | undefined {
  const { finalizers = [], deletionTimestamp } = found.metadata
  if (grace === 0 && finalizers.length === 0) {
    takeAway(world, kind, { found, orphans: orphans === true })
    return undefined
  }
  if (deletionTimestamp !== undefined) return found
  return store(world, kind, {
    ...found,
    metadata: {
      ...found.metadata,
      deletionTimestamp: printInstant(world.now() + grace * 1000),
      deletionGracePeriodSeconds: grace,
    },
  })
}

/** Takes the object away, and what it owned with it; or lets that go. */
function takeAway(world: World, kind: Kind, { found, orphans = false }: Omit<Removal, 'grace'>): void {
  world.shelves.delete(kind, keyOf(found))
  const version = String(++world.version)
  const last = { ...found, metadata: { ...found.metadata, resourceVersion: version } }
  tell(world, { kind, now: undefined, before: last, version: world.version })
  const { uid, name } = found.metadata
  for (const other of world.shelves.kinds())
    for (const one of world.shelves.all(other)) {
      const { ownerReferences = [], namespace } = one.metadata
      const isInside = kind.kind === 'Namespace' && namespace === name
      if (!isInside && !ownerReferences.some(owner => owner.uid === uid)) continue
      if (!orphans)
        remove(world, other, { found: one, grace: other === POD && !isInside ? POD_GRACE_SECONDS : 0 })
      else {
        const rest = ownerReferences.filter(owner => owner.uid !== uid)
        store(world, other, { ...one, metadata: { ...one.metadata, ownerReferences: rest } })
      }
    }
}

function store(world: World, kind: Kind, object: KubeObject): KubeObject {
  const key = keyOf(object)
  const before = world.shelves.get(kind, key)
  const version = ++world.version
  const now = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
  world.shelves.set(kind, key, now)
  tell(world, { kind, now, before, version })
  return now
}

function tell({ listeners }: World, change: ClusterChange): void {
  for (const listener of listeners) listener(change)
}

const STATUS: Partial<Record<KubeErrorReason, number>> = { NotFound: 404, AlreadyExists: 409, Conflict: 409 }

function refusal(reason: KubeErrorReason, ref: ObjectRef, what: string): KubeError {
  const status = STATUS[reason] ?? 500
  const details = { kind: ref.kind.plural, name: ref.name }
  return new KubeError(reason, `${resourceName(ref.kind)} "${ref.name}" ${what}`, { status, details })
}
