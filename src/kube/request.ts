// Writes, gets, lists and watches as HTTP requests: values without a socket. runtime/network/http-client.ts sends
// them.
import { assert } from '../std/assert.ts'
import type { Json, JsonObject } from '../std/json.ts'
import { record } from '../std/json-parts.ts'
import { knownKind } from './kinds.ts'
import { asJson, type Kind, type KubeObject, type ObjectRef } from './object.ts'
import type { Selection } from './reconciler.ts'
import type { PatchType, Write } from './write.ts'

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Percent-encoded, without query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Json
}

const JSON_TYPE = 'application/json'
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'
const METADATA_ONLY_EVENTS = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json'
const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
}

/**
 * `/api/v1/namespaces/default/pods`, or `/apis/GROUP/VERSION/PLURAL` for all namespaces and cluster-wide
 * kinds.
 */
function collectionPath(kind: Kind, namespace?: string): string {
  const root = kind.group === '' ? '/api' : `/apis/${kind.group}`
  const scope =
    kind.namespaced && namespace !== undefined && namespace !== ''
      ? `/namespaces/${encodeURIComponent(namespace)}`
      : ''
  return `${root}/${kind.version}${scope}/${kind.plural}`
}

/** The path of one object, or of one of its subresources. */
function objectPath(ref: ObjectRef, subresource?: string): string {
  const path = `${collectionPath(ref.kind, ref.namespace)}/${encodeURIComponent(ref.name)}`
  return subresource === undefined ? path : `${path}/${subresource}`
}

export function getRequest(ref: ObjectRef): KubeRequest {
  return { method: 'GET', path: objectPath(ref), query: {}, headers: { accept: JSON_TYPE } }
}

export function listRequest(
  kind: Kind,
  selection: Selection,
  page?: { readonly limit: number; readonly continue?: string },
): KubeRequest {
  const paging: Record<string, string> = page === undefined ? {} : { limit: String(page.limit) }
  const query = page?.continue === undefined ? paging : { ...paging, continue: page.continue }
  return {
    method: 'GET',
    path: collectionPath(kind, selection.namespace),
    query: { ...selectors(selection), ...query },
    headers: { accept: selection.metadataOnly === true ? METADATA_ONLY : JSON_TYPE },
  }
}

export interface WatchOptions {
  /** The version to go on from; '': what is there comes first, and a bookmark says when that is all. */
  readonly from: string
  /** When the server should end the watch by itself. */
  readonly timeoutSeconds: number
}

const INITIAL_EVENTS = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }

/** A watch with bookmarks, so that it can go on after a quiet time. */
export function watchRequest(kind: Kind, selection: Selection, options: WatchOptions): KubeRequest {
  return {
    method: 'GET',
    path: collectionPath(kind, selection.namespace),
    query: {
      ...selectors(selection),
      watch: 'true',
      allowWatchBookmarks: 'true',
      ...(options.from === '' ? INITIAL_EVENTS : { resourceVersion: options.from }),
      timeoutSeconds: String(options.timeoutSeconds),
    },
    headers: { accept: selection.metadataOnly === true ? METADATA_ONLY_EVENTS : JSON_TYPE },
  }
}

function selectors(selection: Selection): Readonly<Record<string, string>> {
  return {
    ...(selection.labels === undefined ? {} : { labelSelector: selection.labels }),
    ...(selection.fields === undefined ? {} : { fieldSelector: selection.fields }),
  }
}

/** How a write becomes a request. `kindOf` tells the kinds of objects to be created that are not ours. */
export function writeRequest(
  write: Write,
  kindOf: (object: KubeObject) => Kind | undefined = knownKind,
): KubeRequest {
  switch (write.verb) {
    case 'create':
      return createRequest(write.object, kindOf(write.object))
    case 'patch':
      return patchRequest(write)
    case 'delete':
      return deleteRequest(write)
    case 'evict':
      return evictRequest(write.target)
  }
}

const SENDS_JSON = { accept: JSON_TYPE, 'content-type': JSON_TYPE }

function createRequest(object: KubeObject, kind: Kind | undefined): KubeRequest {
  assert(kind !== undefined, `nobody knows the plural of ${object.apiVersion} ${object.kind}`)
  const path = collectionPath(kind, object.metadata.namespace)
  return { method: 'POST', path, query: {}, headers: SENDS_JSON, body: asJson(object) }
}

function patchRequest(write: Extract<Write, { verb: 'patch' }>): KubeRequest {
  const { target, patch, type = 'merge', subresource, ifVersion } = write
  return {
    method: 'PATCH',
    path: objectPath(target, subresource),
    query: {},
    headers: { accept: JSON_TYPE, 'content-type': PATCH_TYPES[type] },
    body: ifVersion === undefined ? patch : withVersion(patch, ifVersion),
  }
}

/** A patch that the server refuses with a Conflict unless the object is at this version. */
export function withVersion(patch: Json, version: string): Json {
  if (Array.isArray(patch)) {
    return [{ op: 'replace', path: '/metadata/resourceVersion', value: version }, ...patch]
  }
  const fields: JsonObject = record(patch)
  const metadata = record(fields['metadata'])
  return { ...fields, metadata: { ...metadata, resourceVersion: version } }
}

function deleteRequest(write: Extract<Write, { verb: 'delete' }>): KubeRequest {
  const { target, ifUid, gracePeriodSeconds, propagation = 'Background' } = write
  return {
    method: 'DELETE',
    path: objectPath(target),
    query: {},
    headers: SENDS_JSON,
    body: {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: propagation,
      ...(ifUid === undefined ? {} : { preconditions: { uid: ifUid } }),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    },
  }
}

function evictRequest(target: ObjectRef): KubeRequest {
  const { name, namespace } = target
  const metadata = namespace === undefined ? { name } : { name, namespace }
  return {
    method: 'POST',
    path: objectPath(target, 'eviction'),
    query: {},
    headers: SENDS_JSON,
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata },
  }
}

/** Path and query as they stand in a request line. */
export function requestTarget(request: KubeRequest): string {
  const query = new URLSearchParams(request.query).toString()
  return query === '' ? request.path : `${request.path}?${query}`
}
