// The prometheus metric: a query for now or over a range of time, as Prometheus' own Go client asks it: a form first,
// and where a server knows none, a GET.
import type { Metric } from '../../api/metric.ts'
import { HttpError } from '../../doors/http.ts'
import { lateOr, within } from '../../doors/outgoing/deadline.ts'
import { followed } from '../../doors/outgoing/followed.ts'
import type { Answered, Hop, RoundTrip } from '../../doors/outgoing/hop.ts'
import { float64, floats } from '../../lang/expression/typed.ts'
import { timeOf } from '../../lang/expression/time.ts'
import { durationProblem, parseDuration } from '../../std/duration.ts'
import { goForm } from '../../std/go/escape.ts'
import { plain } from '../../std/go/number.ts'
import { portOf, readUrl } from '../../std/go/url.ts'
import type { GoUrl } from '../../std/go/url.ts'
import type { Instant } from '../../std/instant.ts'
import { BODY_MAX } from '../asker.ts'
import type { Asker, Asking, AskWorld, NoReading, Reading } from '../asker.ts'
import { readAnswer } from './answer.ts'
import { NO_CREDENTIALS } from './sigv4.ts'
import { wayTo } from './way.ts'

type Settings = NonNullable<Metric['provider']['prometheus']>

const TIMEOUT_SECONDS = 30
const ADDRESS = 'ARGO_ROLLOUTS_PROMETHEUS_ADDRESS'

export const prometheus: Asker = { field: 'prometheus', prepare }

async function prepare(
  { provider }: Metric,
  world: AskWorld,
  given: AbortSignal,
): Promise<Asking | NoReading> {
  const settings = provider.prometheus as Settings
  const { query = '', timeout = TIMEOUT_SECONDS } = settings
  if (timeout < 0) return { problem: 'prometheus timeout should not be negative' }
  const address = addressOf(settings, world)
  if ('problem' in address) return address
  const { url, text } = address
  const way = await within({ clock: world.clock, ms: timeout * 1000, signal: given }, async timed => {
    const found = await wayTo(settings, world, { address: text, signal: timed.signal })
    return 'problem' in found && timed.isOver() ? { problem: `${NO_CREDENTIALS}: ${LATE}` } : found
  })
  if ('problem' in way) return way
  return {
    place: `${url.host.replace(/:\d*$/, '')}:${portOf(url)}`,
    ...(query === '' ? {} : { metadata: { ResolvedPrometheusQuery: query } }),
    ask: signal => ask(world, { settings, url, way: way.roundTrip, seconds: timeout }, signal),
  }
}

type Address = { readonly url: GoUrl; readonly text: string } | NoReading

function addressOf({ address = '' }: Settings, { env }: AskWorld): Address {
  const text = address === '' ? (env[ADDRESS] ?? '') : address
  if (text === '') return { problem: 'prometheus address is not configured' }
  const read = readUrl(text)
  if ('problem' in read || read.url.scheme === '' || read.url.host === '')
    return { problem: 'prometheus address is not is url format' }
  return { url: read.url, text }
}

interface Question {
  readonly settings: Settings
  readonly url: GoUrl
  readonly way: RoundTrip
  readonly seconds: number
}

const LATE = 'context deadline exceeded'

async function ask(world: AskWorld, question: Question, signal: AbortSignal): Promise<Reading | NoReading> {
  const { settings, url, way, seconds } = question
  const request = requestOf(settings, world.clock.now())
  if ('problem' in request) return request
  const { name, fields } = request
  const target: GoUrl = { ...url, path: joined(url.path, `api/v1/${name}`), rawPath: '' }
  // Compat: no time at all is over before anything is sent.
  if (seconds === 0) return { problem: `Post ${JSON.stringify(shown(target))}: ${LATE}` }
  return within({ clock: world.clock, ms: seconds * 1000, signal }, async timed => {
    try {
      const answer = await sentOrAsked(way, target, { form: goForm(fields), signal: timed.signal })
      return reading(answer.status, await answer.text(BODY_MAX), world)
    } catch (error) {
      const said = lateOr(error, timed, message => (message === 'context canceled' ? LATE : message))
      if (!(said instanceof HttpError)) throw error
      return { problem: said.message }
    }
  })
}

function shown({ scheme, host, path, query }: GoUrl): string {
  return `${scheme}://${host}${path}${query}`
}

/** path.Join. */
function joined(base: string, end: string): string {
  const kept: string[] = []
  for (const part of `${base}/${end}`.split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return `/${kept.join('/')}`
}

type Request = { readonly name: string; readonly fields: Readonly<Record<string, string>> } | NoReading

function requestOf({ query = '', rangeQuery }: Settings, now: Instant): Request {
  if (rangeQuery === undefined) return { name: 'query', fields: { query, time: plain(now / 1000) } }
  const start = timeOf(rangeQuery.start ?? '', now)
  if ('problem' in start) return { problem: `failed to parse rangeQuery.start as time: ${start.problem}` }
  const end = timeOf(rangeQuery.end ?? '', now)
  if ('problem' in end) return { problem: `failed to parse rangeQuery.end as time: ${end.problem}` }
  const step = parseDuration(rangeQuery.step ?? '')
  if (step === undefined)
    return {
      problem: `failed to parse rangeQuery.step as duration: ${durationProblem(rangeQuery.step ?? '') ?? ''}`,
    }
  const seconds = (at: bigint) => plain(Number(at / 1_000_000_000n) + Number(at % 1_000_000_000n) / 1e9)
  return {
    name: 'query_range',
    fields: {
      query,
      start: seconds(start.nanoseconds),
      end: seconds(end.nanoseconds),
      step: plain(step / 1000),
    },
  }
}

/** These know no form. */
const ASK_AGAIN = [403, 405, 501]

async function sentOrAsked(
  way: RoundTrip,
  url: GoUrl,
  { form, signal }: { readonly form: string; readonly signal: AbortSignal },
): Promise<Answered> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const post: Hop = { method: 'POST', url, headers, body: form }
  const answer = await followed(way, post, signal)
  if (!ASK_AGAIN.includes(answer.status)) return answer
  answer.discard()
  return followed(
    way,
    { method: 'GET', url: { ...url, query: `?${form}` }, headers: {}, body: undefined },
    signal,
  )
}

function reading(status: number, body: string, { hidden }: AskWorld): Reading | NoReading {
  const answer = readAnswer(status, body)
  if ('problem' in answer) {
    // It shows a piece of the answer, and may have cut what is secret in it.
    const told = readAnswer(status, hidden.inValue(body))
    return 'problem' in told ? told : answer
  }
  const { kind, values, warnings } = answer.samples
  const texts = values.map(plain)
  const metadata =
    warnings.length === 0 ? {} : { metadata: { warnings: warnings.map(one => `"${one}"`).join(', ') } }
  if (kind === 'scalar') return { value: texts.join(''), result: float64(values[0] ?? 0), ...metadata }
  return { value: `[${texts.join(',')}]`, result: floats(values), ...metadata }
}
