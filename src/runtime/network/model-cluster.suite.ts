// A model of an API server for tests of the runtime: versions, conflicts, watches from a version, initial
// events, expired versions. It keeps to the contract of client.ts and can be told to misbehave.
import { KubeError } from '../../kube/errors.ts'
import { apiVersionOf, asJson, fromJson, refKey, refOf, sameResource } from '../../kube/object.ts'
import type { AnyObject, Kind, KubeObject, ObjectRef, RefKey } from '../../kube/object.ts'
import { applyJsonPatch } from '../../kube/json-patch.ts'
import { applyMergePatch } from '../../kube/patch.ts'
import type { Selection } from '../../kube/reconciler.ts'
import { withVersion } from '../../kube/request.ts'
import type { Write } from '../../kube/write.ts'
import { equal } from '../../std/equal.ts'
import type { Json } from '../../std/json.ts'
import { noLines } from './client.ts'
import type { Client, ListPage, WatchEvent, WatchOptions } from './client.ts'

type Happened = Extract<WatchEvent, { object: KubeObject }>

export interface ModelCluster {
  readonly client: Client
  /** The truth. */
  list(kind: Kind): readonly KubeObject[]
  put(kind: Kind, object: KubeObject): KubeObject
  remove(ref: ObjectRef): void
  /** Forgets the history: watches from an older version get a 410. */
  compact(): void
  /** Ends every watch, as a cut socket does. */
  cut(): void
  setServed(kind: Kind, served: boolean): void
  /** Called before each write; a KubeError that it gives back is the answer, at once or in its time. */
  refuse: (write: Write) => KubeError | undefined | Promise<KubeError>
  readonly requests: string[]
}

interface Watcher {
  readonly kind: Kind
  readonly queue: WatchEvent[]
  wake: () => void
  ended: boolean
}

export function modelCluster(kinds: readonly Kind[]): ModelCluster {
  const objects = new Map<RefKey, KubeObject>()
  const history: { version: number; kind: Kind; event: Happened }[] = []
  const watchers = new Set<Watcher>()
  const absent = new Set<string>()
  let version = 100
  let compacted = 0

  const happen = (kind: Kind, type: Happened['type'], object: KubeObject): KubeObject => {
    version++
    const stamped = {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(version) },
    }
    if (type === 'DELETED') objects.delete(refKey(refOf(kind, object)))
    else objects.set(refKey(refOf(kind, object)), stamped)
    const event = { type, object: stamped }
    history.push({ version, kind, event })
    for (const watcher of watchers) if (sameResource(watcher.kind, kind)) push(watcher, event)
    return stamped
  }
  const kindOf = (object: KubeObject): Kind => {
    const found = kinds.find(kind => kind.kind === object.kind && apiVersionOf(kind) === object.apiVersion)
    if (found === undefined) throw new KubeError('NotFound', `no kind ${object.kind}`, { status: 404 })
    return found
  }
  const mustServe = (kind: Kind) => {
    if (!kinds.some(one => sameResource(one, kind)) || absent.has(kind.plural))
      throw new KubeError('NotFound', `no kind ${kind.plural}`, { status: 404 })
  }
  const mustFind = (ref: ObjectRef): KubeObject => {
    const found = objects.get(refKey(ref))
    if (found !== undefined) return found
    const details = { kind: ref.kind.plural, name: ref.name }
    throw new KubeError('NotFound', `${ref.name} not found`, { status: 404, details })
  }

  const cluster: ModelCluster = {
    requests: [],
    refuse: () => undefined,
    list: kind => ofKind(objects, kind),
    put(kind, object) {
      const before = objects.get(refKey(refOf(kind, object)))
      const uid = before?.metadata.uid ?? object.metadata.uid ?? `uid-${version + 1}`
      const metadata = { ...object.metadata, uid }
      return happen(kind, before === undefined ? 'ADDED' : 'MODIFIED', { ...object, metadata })
    },
    remove: ref => void happen(ref.kind, 'DELETED', mustFind(ref)),
    compact() {
      history.length = 0
      compacted = version
    },
    cut() {
      for (const watcher of watchers) end(watcher)
    },
    setServed(kind, served) {
      if (served) absent.delete(kind.plural)
      else absent.add(kind.plural)
      for (const watcher of watchers) if (!served && sameResource(watcher.kind, kind)) end(watcher)
    },
    client: {
      async get(ref) {
        cluster.requests.push(`get ${refKey(ref)}`)
        return mustFind(ref)
      },
      async list(kind, selection, page) {
        cluster.requests.push(`list ${kind.plural}`)
        mustServe(kind)
        return pageOf(selected(ofKind(objects, kind), selection), String(version), page)
      },
      lines: noLines,
      async serves(kind) {
        return kinds.some(one => sameResource(one, kind)) && !absent.has(kind.plural)
      },
      async stores() {
        return false
      },
      async *watch(kind: Kind, selection: Selection, { from, signal }: WatchOptions) {
        cluster.requests.push(`watch ${kind.plural} ${from}`)
        mustServe(kind)
        if (from !== '' && Number(from) < compacted) {
          yield { type: 'ERROR', error: new KubeError('Expired', 'too old', { status: 410 }) } as const
          return
        }
        const watcher = follow(watchers, kind)
        const stop = () => end(watcher)
        signal.addEventListener('abort', stop, { once: true })
        try {
          if (from === '') {
            for (const object of selected(ofKind(objects, kind), selection))
              watcher.queue.push({ type: 'ADDED', object })
            watcher.queue.push({ type: 'BOOKMARK', resourceVersion: String(version), initialEventsEnd: true })
          } else {
            for (const past of history)
              if (past.version > Number(from) && sameResource(past.kind, kind)) watcher.queue.push(past.event)
          }
          yield* drain(watcher)
        } finally {
          watchers.delete(watcher)
          signal.removeEventListener('abort', stop)
        }
      },
      async write(write) {
        cluster.requests.push(`${write.verb} ${write.why}`)
        const refusal = await cluster.refuse(write)
        if (refusal !== undefined) throw refusal
        if (write.verb === 'create') return create(write.object)
        const before = mustFind(write.target)
        if (write.verb === 'delete' || write.verb === 'evict') {
          cluster.remove(write.target)
          return undefined
        }
        const after = patched(before, write)
        if (after.metadata.resourceVersion !== before.metadata.resourceVersion)
          throw new KubeError('Conflict', `${write.target.name} has been modified`, { status: 409 })
        return equal(before, after) ? before : happen(write.target.kind, 'MODIFIED', after)
      },
    },
  }
  const create = (object: KubeObject): KubeObject => {
    const kind = kindOf(object)
    const name = object.metadata.name || `${object.metadata.generateName ?? ''}${version}`
    const named = { ...object, metadata: { ...object.metadata, name, generation: 1 } }
    if (objects.has(refKey(refOf(kind, named))))
      throw new KubeError('AlreadyExists', `${name} already exists`, { status: 409 })
    return cluster.put(kind, named)
  }
  return cluster
}

function ofKind(objects: ReadonlyMap<RefKey, KubeObject>, kind: Kind): KubeObject[] {
  return [...objects].filter(([key]) => key.startsWith(`${kind.group}/${kind.plural}/`)).map(([, one]) => one)
}

/** Namespace and one `label=value`; enough of selectors for these tests. */
function selected(all: readonly KubeObject[], { namespace, labels, metadataOnly }: Selection): KubeObject[] {
  const [label = '', value] = labels?.split('=') ?? []
  return all
    .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
    .filter(({ metadata }) => labels === undefined || metadata.labels?.[label] === value)
    .map(one => (metadataOnly ? { apiVersion: one.apiVersion, kind: one.kind, metadata: one.metadata } : one))
}

function pageOf(
  all: readonly KubeObject[],
  resourceVersion: string,
  page: { limit: number; continue?: string } | undefined,
): ListPage {
  const from = Number(page?.continue ?? 0)
  const items = all.slice(from, from + (page?.limit ?? all.length))
  const next = from + items.length
  return { items, resourceVersion, ...(next < all.length ? { continue: String(next) } : {}) }
}

function follow(watchers: Set<Watcher>, kind: Kind): Watcher {
  const watcher: Watcher = { kind, queue: [], wake: () => {}, ended: false }
  watchers.add(watcher)
  return watcher
}

function push(watcher: Watcher, event: WatchEvent): void {
  watcher.queue.push(event)
  watcher.wake()
}

function end(watcher: Watcher): void {
  watcher.ended = true
  watcher.wake()
}

async function* drain(watcher: Watcher): AsyncIterable<WatchEvent> {
  for (;;) {
    const event = watcher.queue.shift()
    if (event !== undefined) yield event
    else if (watcher.ended) return
    else
      await new Promise<void>(resolve => {
        watcher.wake = resolve
      })
  }
}

function patched(before: KubeObject, write: Extract<Write, { verb: 'patch' }>): KubeObject {
  const merged = applied(before, write) as AnyObject
  const old = before as AnyObject
  const after: AnyObject = write.subresource === 'status' ? { ...old, status: merged['status'] } : merged
  const { generation = 1 } = before.metadata
  const changed = !equal(old['spec'], after['spec'])
  return changed ? { ...after, metadata: { ...after.metadata, generation: generation + 1 } } : after
}

function applied(before: KubeObject, write: Extract<Write, { verb: 'patch' }>): KubeObject {
  const { patch, type, ifVersion } = write
  const body = ifVersion === undefined ? patch : withVersion(patch, ifVersion)
  if (type !== 'json') return fromJson(applyMergePatch(asJson(before), body))
  const result = applyJsonPatch(asJson(before), body as readonly Json[])
  if ('problem' in result) throw new KubeError('Invalid', result.problem, { status: 422 })
  return fromJson(result.value)
}
