// From a raw request to its handler: host and credentials first, then room, then what the path is about.
// Everything that goes wrong on the way becomes a Status.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { StatusError } from '../resources/resources.ts'
import { badRequest } from '../resources/refusals.ts'
import {
  errorAnswer,
  internalError,
  noSuchMethod,
  noSuchResource,
  pageNotFound,
  textAnswer,
} from './answers.ts'
import type { Authenticate } from './authentication.ts'
import { createDocuments, type Documents } from './documents.ts'
import { healthAnswer, type HealthCheck } from './health.ts'
import type { CheckHost } from './hosts.ts'
import type { InFlight } from './in-flight.ts'
import { parsePath } from './paths.ts'
import type { Api, ApiRequest, Handled } from './request.ts'
import { handleResource } from './resource-requests.ts'
import { answerTraffic, TRAFFIC_PATH } from './traffic.ts'

export interface Gates {
  readonly authenticate: Authenticate
  readonly checkHost: CheckHost
  /** Requests that end by themselves; watches leave it as soon as they run. */
  readonly inFlight: InFlight
  readonly healthChecks: readonly HealthCheck[]
  /** The text of `/metrics`. */
  readonly numbers: () => Promise<string>
}

type Route = (raw: IncomingMessage, response: ServerResponse) => Promise<Handled>

export function createRouter(api: Api, gates: Gates): Route {
  const documents = createDocuments(api.resources)
  return async (raw, response) => {
    let leave: (() => void) | undefined
    try {
      const asked = parseRequest(raw, response)
      gates.checkHost(raw.headers.host)
      const request = { ...asked, user: gates.authenticate(raw, asked.path).name }
      leave = gates.inFlight.enter()
      return await dispatch(api, request, { ...gates, documents })
    } catch (error) {
      if (response.headersSent) {
        response.destroy()
        return 'taken over'
      }
      return errorAnswer(asStatus(api, raw, error))
    } finally {
      leave?.()
    }
  }
}

function asStatus(api: Api, raw: IncomingMessage, error: unknown): StatusError {
  if (error instanceof StatusError) return error
  if (raw.destroyed && !raw.complete) return badRequest('the request was not complete')
  api.log.error('a request failed', {
    method: raw.method ?? '',
    path: (raw.url ?? '').split('?')[0] ?? '',
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  })
  return internalError()
}

function parseRequest(raw: IncomingMessage, response: ServerResponse): Omit<ApiRequest, 'user'> {
  const url = raw.url ?? '/'
  const at = url.indexOf('?')
  return {
    raw,
    response,
    method: raw.method ?? 'GET',
    path: at === -1 ? url : url.slice(0, at),
    query: new URLSearchParams(at === -1 ? '' : url.slice(at + 1)),
  }
}

async function dispatch(
  api: Api,
  request: ApiRequest,
  gates: Gates & { readonly documents: Documents },
): Promise<Handled> {
  const path = parsePath(request.path)
  if (path === undefined) throw badRequest('the path of the request is not properly encoded')
  if (path.type === 'resource') return handleResource(api, request, path)
  if (path.type === 'nothing') return noSuchResource()
  if (request.path === TRAFFIC_PATH) return answerTraffic(api, request)
  const answer =
    healthAnswer(request.path, request.query, gates.healthChecks) ??
    (request.path === '/metrics' ? textAnswer(200, await gates.numbers()) : undefined) ??
    gates.documents.answer(request, path)
  if (answer === undefined) return pageNotFound()
  return request.method === 'GET' || request.method === 'HEAD' ? answer : noSuchMethod()
}
