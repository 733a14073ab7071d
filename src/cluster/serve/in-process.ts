// The embedded API server as a Client: what the controllers of the same process talk to.
// Answers, refusals and watches are those of the wire, without the wire.
import { KubeError, reasonOf } from '../../kube/errors.ts'
import { asJson, resourceName } from '../../kube/object.ts'
import type { Kind, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { Selection } from '../../kube/reconciler.ts'
import { withVersion } from '../../kube/request.ts'
import type { Write } from '../../kube/write.ts'
import { noLines } from '../../runtime/network/client.ts'
import type { Client, ListPage, WatchEvent } from '../../runtime/network/client.ts'
import { StatusError } from '../resources/resources.ts'
import type { ListQuery, Resources, ServedKind, WatchNotice, WriteOptions } from '../resources/resources.ts'

/** Notices that a running watch may be behind before it is ended; its reader then lists anew. */
const BEHIND_MAX = 10_000

export interface InProcessOptions {
  /** Who writes, as managedFields names it. */
  readonly fieldManager: string
}

export function inProcessClient(
  resources: Resources,
  options: InProcessOptions = { fieldManager: 'crossfade' },
): Client {
  return {
    get: ref => answered(() => resources.get(ref)),
    list: (kind, selection, page) =>
      answered(() => list(resources, servedKind(resources, kind), { selection, page })),
    watch: (kind, selection, from) => watch(resources, { kind, selection, ...from }),
    write: write => answered(() => perform(resources, write, options)),
    lines: noLines,
    serves: async kind => resources.kind(kind.group, kind.version, kind.plural) !== undefined,
    stores: async kind => resources.kind(kind.group, kind.version, kind.plural)?.storedIn === kind.version,
  }
}

async function answered<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw error instanceof StatusError ? kubeError(error) : error
  }
}

function servedKind(resources: Resources, kind: Kind): ServedKind {
  const served = resources.kind(kind.group, kind.version, kind.plural)
  if (served) return served
  throw new StatusError(
    404,
    'NotFound',
    `the server could not find the requested resource (${resourceName(kind)})`,
  )
}

function queryOf({ namespace, labels, fields }: Selection): ListQuery {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labelSelector: labels }),
    ...(fields === undefined ? {} : { fieldSelector: fields }),
  }
}

async function list(
  resources: Resources,
  kind: ServedKind,
  { selection, page }: { selection: Selection; page: { limit: number; continue?: string } | undefined },
): Promise<ListPage> {
  const answer = await resources.list(kind, { ...queryOf(selection), ...page })
  return {
    items: selection.metadataOnly ? answer.items.map(metadataOnly) : answer.items,
    resourceVersion: answer.resourceVersion,
    ...(answer.continue === undefined ? {} : { continue: answer.continue }),
  }
}

function metadataOnly({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata }
}

interface WatchRequest {
  readonly kind: Kind
  readonly selection: Selection
  readonly from: string
  readonly signal: AbortSignal
}

async function* watch(resources: Resources, request: WatchRequest): AsyncIterable<WatchEvent> {
  const { selection, signal } = request
  if (signal.aborted) return
  const kind = await answered(() => servedKind(resources, request.kind))
  const queue = createQueue()
  const start =
    request.from === ''
      ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
      : { resourceVersion: request.from }
  const query = { ...queryOf(selection), ...start, allowWatchBookmarks: true }
  const stop = await answered(() =>
    resources.watch(kind, query, {
      notice: notice => queue.push(eventOf(notice, selection.metadataOnly === true)),
      ended: queue.end,
    }),
  )
  queue.bound()
  signal.addEventListener('abort', queue.end, { once: true })
  try {
    yield* queue.events()
  } finally {
    stop()
    signal.removeEventListener('abort', queue.end)
  }
}

/**
 * Between the pipeline, which never waits, and a reader, who may. Bounded: a reader too far behind is cut
 * off.
 */
function createQueue() {
  let waiting: WatchEvent[] = []
  let hasEnded = false
  let wake: (() => void) | undefined
  let most = Infinity

  const end = () => {
    hasEnded = true
    wake?.()
  }

  return {
    push(event: WatchEvent) {
      if (hasEnded) return
      waiting.push(event)
      if (waiting.length > most) end()
      wake?.()
    },
    end,
    /** What stood at the start comes whole, however much it is; from here on the reader is to keep up. */
    bound() {
      most = waiting.length + BEHIND_MAX
    },
    async *events(): AsyncGenerator<WatchEvent> {
      for (;;) {
        const batch = waiting
        waiting = []
        yield* batch
        if (waiting.length > 0) continue
        if (hasEnded) return
        await new Promise<void>(resolve => (wake = resolve))
      }
    },
  }
}

function eventOf(notice: WatchNotice, isMetadataOnly: boolean): WatchEvent {
  if (notice.type === 'ERROR') return { type: 'ERROR', error: kubeError(notice.error) }
  if (notice.type === 'BOOKMARK') {
    const { resourceVersion, initialEventsEnd } = notice
    return { type: 'BOOKMARK', resourceVersion, ...(initialEventsEnd ? { initialEventsEnd } : {}) }
  }
  return isMetadataOnly ? { type: notice.type, object: metadataOnly(notice.object) } : notice
}

async function perform(
  resources: Resources,
  write: Write,
  options: InProcessOptions,
): Promise<KubeObject | undefined> {
  switch (write.verb) {
    case 'create':
      return makeObject(resources, write.object, options)
    case 'patch':
      return patchObject(resources, write, options)
    case 'delete': {
      const { object, gone } = await resources.delete(write.target, {
        ...(write.propagation === undefined ? {} : { propagationPolicy: write.propagation }),
        ...(write.ifUid === undefined ? {} : { preconditions: { uid: write.ifUid } }),
        ...(write.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: write.gracePeriodSeconds }),
      })
      return gone ? undefined : object
    }
    case 'evict':
      return evict(resources, write.target, options)
  }
}

async function makeObject(
  resources: Resources,
  object: KubeObject,
  options: WriteOptions,
): Promise<KubeObject | undefined> {
  const slash = object.apiVersion.indexOf('/')
  const group = slash < 0 ? '' : object.apiVersion.slice(0, slash)
  const version = object.apiVersion.slice(slash + 1)
  const kind = resources
    .kinds()
    .find(one => one.group === group && one.version === version && one.kind === object.kind)
  if (!kind) {
    const message = `the server could not find the requested resource (${object.kind} in ${object.apiVersion})`
    throw new StatusError(404, 'NotFound', message)
  }
  const { namespace } = object.metadata
  return (await resources.create(kind, namespace, asJson(object), options)).object
}

async function patchObject(
  resources: Resources,
  write: Extract<Write, { verb: 'patch' }>,
  options: WriteOptions,
): Promise<KubeObject> {
  const { target, subresource, ifVersion } = write
  const type = write.type ?? 'merge'
  const body = ifVersion === undefined ? write.patch : withVersion(write.patch, ifVersion)
  const asked = subresource === undefined ? options : { ...options, subresource }
  return (await resources.patch(target, { type, body }, asked)).object
}

async function evict(resources: Resources, pod: ObjectRef, options: WriteOptions): Promise<undefined> {
  const kind = servedKind(resources, pod.kind)
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod.name } }
  await resources.create(kind, pod.namespace, body, { ...options, subresource: 'eviction', name: pod.name })
  return undefined
}

function kubeError(error: StatusError): KubeError {
  return new KubeError(reasonOf(error.reason) ?? 'Internal', error.message, {
    status: error.code,
    details: error.details,
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterMs: error.retryAfterSeconds * 1000 }),
  })
}
