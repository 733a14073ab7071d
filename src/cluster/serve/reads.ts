// GET: one object, a list, a watch.
import type { ObjectRef } from '../../kube/object.ts'
import type { ServedKind } from '../resources/resources.ts'
import { badRequest } from '../resources/refusals.ts'
import { integer, listQuery, text, watchQuery } from './query.ts'
import { formOf, listAnswer, objectAnswer } from './render.ts'
import { type Api, type ApiRequest, formRequest, type Handled } from './request.ts'
import { streamWatch } from './watch/watch-stream.ts'

export interface ObjectTarget {
  readonly kind: ServedKind
  readonly ref: ObjectRef
  readonly subresource?: string
  /** What the subresource answers with, when it is not the kind itself. */
  readonly answerKind?: ServedKind
}

export async function getObject(api: Api, request: ApiRequest, target: ObjectTarget): Promise<Handled> {
  const form = formOf(formRequest(request), false)
  const resourceVersion = text(request.query, 'resourceVersion')
  const object = api.resources.get(target.ref, {
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(target.subresource === undefined ? {} : { subresource: target.subresource }),
  })
  return objectAnswer(200, object, { kind: target.answerKind ?? target.kind, form, now: api.clock.now() })
}

interface ListTarget {
  readonly kind: ServedKind
  readonly namespace: string | undefined
}

export async function listObjects(
  api: Api,
  request: ApiRequest,
  { kind, namespace }: ListTarget,
): Promise<Handled> {
  const query = listQuery(request.query, namespace)
  const form = formOf(formRequest(request), true)
  const list = await api.resources.list(kind, query)
  return listAnswer(list, { kind, form, now: api.clock.now() })
}

/**
 * A watch without a time of its own lasts between half an hour and a whole one, so that not all end at once.
 */
const WATCH_MIN_MS = 30 * 60_000
const WATCH_MAX_MS = 24 * 3_600_000

export function watchObjects(
  api: Api,
  request: ApiRequest,
  { kind, namespace }: ListTarget,
  name?: string,
): Handled {
  const seconds = integer(request.query, 'timeoutSeconds') ?? 0
  const timeoutMs = seconds > 0 ? seconds * 1000 : WATCH_MIN_MS * (1 + api.random())
  const asked = watchQuery(request.query, namespace)
  const query = name === undefined ? asked : { ...asked, fieldSelector: nameSelector(asked, name) }
  const form = formOf(formRequest(request), false)
  const leave = api.lasting.enter()
  request.response.once('close', leave)
  try {
    streamWatch(request.response, {
      ...api,
      kind,
      query,
      form,
      timeoutMs: Math.min(timeoutMs, WATCH_MAX_MS),
    })
  } catch (error) {
    leave()
    throw error
  }
  return 'taken over'
}

function nameSelector({ fieldSelector }: { readonly fieldSelector?: string }, name: string): string {
  const wanted = `metadata.name=${name}`
  if (fieldSelector === undefined || fieldSelector === wanted) return wanted
  throw badRequest("fieldSelector metadata.name doesn't match requested name")
}
