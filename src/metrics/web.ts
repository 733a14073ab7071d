// The web metric: one request, and what its jsonPath finds in the answer; an answer that is no JSON is a text.
import type { Metric } from '../api/metric.ts'
import { HttpError } from '../doors/http.ts'
import { lateOr, within } from '../doors/outgoing/deadline.ts'
import { followed } from '../doors/outgoing/followed.ts'
import { hopHeaders, isToken } from '../doors/outgoing/hop.ts'
import type { Hop, RoundTrip } from '../doors/outgoing/hop.ts'
import { fromJson, string } from '../lang/expression/typed.ts'
import { compileTemplate } from '../lang/json-path-results.ts'
import type { Template } from '../lang/json-path-results.ts'
import { goJson, readGoJson } from '../std/go/json.ts'
import { goQuote } from '../std/go/text.ts'
import { portOf, readUrl } from '../std/go/url.ts'
import { BODY_MAX } from './asker.ts'
import type { Asker, Asking, AskWorld, NoReading, Reading } from './asker.ts'
import { oauth2Problem, withToken } from './oauth2.ts'

type Settings = NonNullable<Metric['provider']['web']>

const TIMEOUT_SECONDS = 10

export const web: Asker = { field: 'web', prepare }

function prepare({ provider }: Metric, world: AskWorld): Asking | NoReading {
  const settings = provider.web as Settings
  const problem = oauth2Problem(settings.authentication?.oauth2)
  if (problem !== undefined) return { problem }
  const path = compileTemplate(settings.jsonPath || '{$}')
  if ('problem' in path) return path
  const request = requestOf(settings)
  if ('problem' in request) return request
  const { url } = request.hop
  return {
    place: `${url.host.replace(/:\d*$/, '')}:${portOf(url)}`,
    ask: signal => ask(world, { settings, hop: request.hop, template: path.template }, signal),
  }
}

function requestOf(settings: Settings): { readonly hop: Hop } | NoReading {
  const { method: wanted = '', url, body = '', jsonBody, headers } = settings
  const method: string = wanted === '' ? 'GET' : wanted
  const hasJson = jsonBody !== undefined
  if (body !== '' && hasJson)
    return { problem: 'use either Body or JSONBody; both cannot exists for WebMetric payload' }
  if ((body !== '' || hasJson) && method !== 'POST' && method !== 'PUT')
    return { problem: 'Body/JSONBody can only be used with POST or PUT WebMetric Method types' }
  if (!isToken(method)) return { problem: `net/http: invalid method ${goQuote(method)}` }
  const read = readUrl(url)
  if ('problem' in read) return read
  const sent = hasJson ? goJson(jsonBody) : body
  return {
    hop: {
      method,
      url: read.url,
      headers: { ...hopHeaders(headers), ...(hasJson ? { 'Content-Type': 'application/json' } : {}) },
      body: sent === '' ? undefined : sent,
    },
  }
}

interface Question {
  readonly settings: Settings
  readonly hop: Hop
  readonly template: Template
}

const WAITING = ' (Client.Timeout exceeded while awaiting headers)'
const READING = ' (Client.Timeout or context cancellation while reading body)'

function ask(
  { clock, outgoing, hidden }: AskWorld,
  question: Question,
  signal: AbortSignal,
): Promise<Reading | NoReading> {
  const { settings, hop, template } = question
  const { timeoutSeconds = 0, insecure = false, authentication } = settings
  const seconds = timeoutSeconds > 0 ? timeoutSeconds : TIMEOUT_SECONDS
  // Compat: the client of an insecure metric knows no proxy.
  const way: RoundTrip = withToken(
    outgoing.transport({ insecure, proxied: !insecure }),
    authentication?.oauth2,
    hidden,
  )
  return within({ clock, ms: seconds * 1000, signal }, async timed => {
    let words = WAITING
    try {
      const answer = await followed(way, hop, timed.signal)
      if (answer.status < 200 || answer.status > 299) {
        answer.discard()
        return { problem: `received non 2xx response code: ${answer.status}` }
      }
      words = READING
      return reading(await answer.text(BODY_MAX), template)
    } catch (error) {
      const said = lateOr(error, timed, message => message + words)
      if (!(said instanceof HttpError)) throw error
      return { problem: words === READING ? `Received no bytes in response: ${said.message}` : said.message }
    }
  })
}

function reading(body: string, template: Template): Reading | NoReading {
  const data = readGoJson(body)
  if (data === undefined) return { value: body, result: string(body) }
  // There it ends the controller.
  if (data === null) return { problem: 'the answer is null: there is no value in it' }
  const found = template.results(data)
  if ('problem' in found) return { problem: `Could not find JSONPath in body: ${found.problem}` }
  const [value] = found.results.flat()
  if (value === undefined) return { problem: 'result of web metric produced no value' }
  return { value: goJson(value, VALUE_MAX), result: fromJson(value) }
}

/** More is not kept. */
const VALUE_MAX = 128 * 1024
