// What an API server's answers mean: Status objects as KubeErrors, items completed with their kind, watch
// lines as events.
import { KubeError, reasonOf } from '../../kube/errors.ts'
import type { KubeErrorReason } from '../../kube/errors.ts'
import { apiVersionOf, fromJson } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { isJsonObject, parseJson } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import type { ListPage, WatchEvent } from './client.ts'
import { text } from '../../std/json-parts.ts'

const BY_STATUS: Readonly<Record<number, KubeErrorReason>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  504: 'Timeout',
}

/**
 * A refusal: the Status that the server sent, or whatever else its body was. `retryAfter` is the header, in
 * seconds.
 */
export function refusal(status: number, body: string, retryAfter?: string): KubeError {
  const parsed = parseJson(body)
  const said: JsonObject = isJsonObject(parsed) && parsed['kind'] === 'Status' ? parsed : {}
  const reason = reasonOf(text(said['reason'])) ?? BY_STATUS[status] ?? 'Internal'
  const message = typeof said['message'] === 'string' ? said['message'] : `${status}: ${body.slice(0, 200)}`
  const details = said['details'] ?? null
  const waitSeconds = secondsOf(retryAfter) ?? secondsIn(details)
  return new KubeError(reason, message, {
    status,
    details,
    ...(waitSeconds === undefined ? {} : { retryAfterMs: waitSeconds * 1000 }),
  })
}

function secondsOf(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined
}

function secondsIn(details: Json): number | undefined {
  const seconds = isJsonObject(details) ? details['retryAfterSeconds'] : undefined
  return typeof seconds === 'number' && seconds > 0 ? seconds : undefined
}

/** The object, or undefined for the Status that says that a delete left nothing. */
export function objectAnswered(body: string): KubeObject | undefined {
  const parsed = parseJson(body)
  if (!isJsonObject(parsed))
    throw new KubeError('Internal', 'the server answered with something that is not JSON')
  return parsed['kind'] === 'Status' ? undefined : fromJson(parsed)
}

/** Items of a list come without their kind; metadata alone comes under another. */
export function pageAnswered(kind: Kind, body: string): ListPage {
  const parsed = parseJson(body)
  const metadata = isJsonObject(parsed) ? parsed['metadata'] : undefined
  if (!isJsonObject(parsed) || !isJsonObject(metadata))
    throw new KubeError('Internal', 'the server answered a list with something else')
  const items = Array.isArray(parsed['items']) ? (parsed['items'] as readonly JsonObject[]) : []
  const more = metadata['continue']
  return {
    items: items.map(item => withKind(kind, item)),
    resourceVersion: text(metadata['resourceVersion']),
    ...(typeof more === 'string' && more !== '' ? { continue: more } : {}),
  }
}

function withKind(kind: Kind, item: JsonObject): KubeObject {
  return fromJson({ ...item, apiVersion: apiVersionOf(kind), kind: kind.kind })
}

/** One line of a watch; undefined when it is none (a line that was cut off). */
export function eventAnswered(kind: Kind, line: string): WatchEvent | undefined {
  const parsed = parseJson(line)
  const object = isJsonObject(parsed) ? parsed['object'] : undefined
  if (!isJsonObject(parsed) || !isJsonObject(object)) return undefined
  switch (parsed['type']) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: parsed['type'], object: withKind(kind, object) }
    case 'BOOKMARK':
      return bookmark(object)
    case 'ERROR': {
      const code = typeof object['code'] === 'number' ? object['code'] : 500
      return { type: 'ERROR', error: refusal(code, JSON.stringify(object)) }
    }
    default:
      return undefined
  }
}

function bookmark(object: JsonObject): WatchEvent {
  const { metadata } = fromJson(object)
  const isEnd = metadata.annotations?.['k8s.io/initial-events-end'] === 'true'
  const resourceVersion = metadata.resourceVersion ?? ''
  return { type: 'BOOKMARK', resourceVersion, ...(isEnd ? { initialEventsEnd: true } : {}) }
}
