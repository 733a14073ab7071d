// Requests about resources: path and method → the verb, checked against what the kind can do → the call on
// Resources.
import type { ObjectRef } from '../../kube/object.ts'
import type { ServedKind } from '../resources/resources.ts'
import { responseKindOf } from '../describe/response-kind.ts'
import { badRequest } from '../resources/refusals.ts'
import { noSuchMethod, noSuchResource, pageNotFound } from './answers.ts'
import { getObject, listObjects, watchObjects } from './reads.ts'
import { getLog } from './log-requests.ts'
import { streamRefusal } from './unstreamed.ts'
import { createObject, createPart, patchObject, replaceObject } from './writes.ts'
import { deleteCollection, deleteObject } from './deletes.ts'
import type { ResourcePath } from './paths.ts'
import { flag } from './query.ts'
import type { Api, ApiRequest, Handled } from './request.ts'

/** What a request is about, once the kind is known. */
interface Target {
  readonly kind: ServedKind
  readonly namespace: string | undefined
}

export async function handleResource(api: Api, request: ApiRequest, path: ResourcePath): Promise<Handled> {
  const { group, version, plural, namespace, name } = path
  const kind = api.resources.kind(group, version, plural)
  if (kind === undefined) return isGroupServed(api, group) ? noSuchResource() : pageNotFound()
  if (namespace !== undefined && !kind.namespaced) return noSuchResource()
  const target = { kind, namespace }
  if (name === undefined) return handleCollection(api, request, { ...target, isWatch: path.isWatch })
  if (kind.namespaced && namespace === undefined) return noSuchResource()
  checkSegment('Name', name)
  if (namespace !== undefined) checkSegment('Namespace', namespace)
  const ref: ObjectRef = namespace === undefined ? { kind, name } : { kind, name, namespace }
  if (path.subresource === undefined) {
    return handleObject(api, request, { ...target, ref, isWatch: path.isWatch })
  }
  return handleSubresource(api, request, { ...target, ref, subresource: path.subresource })
}

function isGroupServed(api: Api, group: string): boolean {
  return group === '' || api.resources.kinds().some(kind => kind.group === group)
}

function checkSegment(what: string, name: string): void {
  if (name === '.' || name === '..') {
    throw badRequest(`${what} parameter invalid: ${JSON.stringify(name)}: may not be '${name}'`)
  }
  const sign = ['%', '/'].find(one => name.includes(one))
  if (sign !== undefined) {
    throw badRequest(`${what} parameter invalid: ${JSON.stringify(name)}: may not contain '${sign}'`)
  }
}

async function handleCollection(
  api: Api,
  request: ApiRequest,
  target: Target & { readonly isWatch: boolean },
): Promise<Handled> {
  const { kind, namespace, isWatch } = target
  const can = (verb: string) => kind.verbs.includes(verb)
  const isEverywhere = kind.namespaced && namespace === undefined
  switch (request.method) {
    case 'GET':
      if (isWatch || flag(request.query, 'watch')) {
        return can('watch') ? watchObjects(api, request, target) : noSuchMethod()
      }
      return can('list') ? listObjects(api, request, target) : noSuchMethod()
    case 'POST':
      return can('create') && !isEverywhere && !isWatch ? createObject(api, request, target) : noSuchMethod()
    case 'DELETE':
      return can('deletecollection') && !isEverywhere && !isWatch
        ? deleteCollection(api, request, target)
        : noSuchMethod()
    default:
      return noSuchMethod()
  }
}

async function handleObject(
  api: Api,
  request: ApiRequest,
  target: Target & { readonly ref: ObjectRef; readonly isWatch: boolean },
): Promise<Handled> {
  const { kind, ref, isWatch } = target
  const can = (verb: string) => kind.verbs.includes(verb)
  switch (request.method) {
    case 'GET':
      if (isWatch) return can('watch') ? watchObjects(api, request, target, ref.name) : noSuchMethod()
      return can('get') ? getObject(api, request, { ...target, ref }) : noSuchMethod()
    case 'PUT':
      return can('update') ? replaceObject(api, request, { ...target, ref }) : noSuchMethod()
    case 'PATCH':
      return can('patch') ? patchObject(api, request, { ...target, ref }) : noSuchMethod()
    case 'DELETE':
      return can('delete') ? deleteObject(api, request, { ...target, ref }) : noSuchMethod()
    default:
      return noSuchMethod()
  }
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Subresources that are read and written like objects; the others are calls of their own. */
const OBJECT_PARTS = ['status', 'scale', 'finalize']
const MADE_PARTS = ['eviction']

async function handleSubresource(
  api: Api,
  request: ApiRequest,
  target: Target & { readonly ref: ObjectRef; readonly subresource: string },
): Promise<Handled> {
  const { kind, ref, subresource } = target
  const part = kind.subresources.find(one => one.name === subresource)
  if (part === undefined) return noSuchResource()
  const verb = VERBS[request.method]
  if (verb === undefined || !part.verbs.includes(verb)) return noSuchMethod()
  if (subresource === 'log') return getLog(api, request, ref)
  if (![...OBJECT_PARTS, ...MADE_PARTS].includes(subresource))
    throw await streamRefusal(api, ref, subresource)
  const answer = responseKindOf(kind, part)
  const answerKind = { ...kind, ...answer, custom: kind.custom && answer.kind === kind.kind }
  const about = { ...target, answerKind }
  if (MADE_PARTS.includes(subresource)) return createPart(api, request, about)
  if (verb === 'get') return getObject(api, request, about)
  if (verb === 'update') return replaceObject(api, request, about)
  if (verb === 'patch') return patchObject(api, request, about)
  return noSuchMethod()
}
