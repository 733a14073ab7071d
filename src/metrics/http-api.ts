// Prometheus' HTTP API over the store, as a function: a path and its parameters → a status and a body. Whoever drives
// it lets others work between two bits.
import type { Answer } from '../lang/promql/answer.ts'
import type { Matcher } from '../lang/promql/ast.ts'
import { evaluation } from '../lang/promql/evaluate.ts'
import { durationMs, goFloat } from '../lang/promql/numbers.ts'
import { parseQuery } from '../lang/promql/parse.ts'
import { positionText } from '../lang/promql/notes.ts'
import { parseInstant } from '../std/instant.ts'
import type { SeriesStore } from './series-store.ts'

export interface ApiRequest {
  readonly path: string
  /** Of the query and of a form alike. */
  readonly parameters: URLSearchParams
  readonly now: number
}

export interface ApiResponse {
  readonly status: number
  readonly body: object
}

interface Problem {
  readonly problem: string
}

const POINTS_MAX = 11_000
const INTEGER_MAX = 2 ** 63
const VALUES = /^\/api\/v1\/label\/([^/]+)\/values$/
const TRUNCATED = 'results truncated due to limit'

/** Undefined for a path that is none of the API's. */
export function* answerApi(
  store: SeriesStore,
  request: ApiRequest,
): Generator<undefined, ApiResponse | undefined> {
  const { path } = request
  if (path === '/api/v1/query') return yield* query(store, request, instantOf(request))
  if (path === '/api/v1/query_range') return yield* query(store, request, rangeOf(request))
  const name = path === '/api/v1/labels' ? undefined : VALUES.exec(path)?.[1]
  if (path !== '/api/v1/labels' && path !== '/api/v1/series' && name === undefined) return undefined
  const limit = limitOf(request)
  if (typeof limit === 'object') return badData(limit.problem)
  const matched = yield* matchedSeries(store, request)
  if ('problem' in matched) return badData(matched.problem)
  if (path === '/api/v1/series')
    return listed(
      matched.map(labels => Object.fromEntries(labels)),
      limit,
    )
  const found = matched.flatMap(labels =>
    labels
      .filter(([label]) => name === undefined || label === name)
      .map(([label, value]) => (name === undefined ? label : value)),
  )
  return listed([...new Set(found)].toSorted(), limit)
}

function listed(all: readonly unknown[], limit: number): ApiResponse {
  const isCut = limit > 0 && all.length > limit
  const data = isCut ? all.slice(0, limit) : all
  return { status: 200, body: { status: 'success', data, ...(isCut && { warnings: [TRUNCATED] }) } }
}

/** The labels of the series that one of `match[]` selects; without any all of them, but for /series. */
function* matchedSeries(
  store: SeriesStore,
  { parameters, path }: ApiRequest,
): Generator<undefined, readonly (readonly (readonly [string, string])[])[] | Problem> {
  const asked = parameters.getAll('match[]')
  if (asked.length === 0 && path === '/api/v1/series') return { problem: 'no match[] parameter provided' }
  const selections: (readonly Matcher[])[] = asked.length === 0 ? [[]] : []
  for (const text of asked) {
    const parsed = yield* parseQuery(text)
    if ('problem' in parsed) {
      const position = `${positionText(text, parsed.at)}: parse error: ${parsed.problem}`
      return { problem: `invalid parameter "match[]": ${position}` }
    }
    if (parsed.root.kind !== 'selector')
      return {
        problem: 'invalid parameter "match[]": 1:1: parse error: unexpected expression, expected selector',
      }
    selections.push(parsed.root.matchers)
  }
  const found = new Set(selections.flatMap(matchers => store.select(matchers)))
  return [...found].map(series => series.labels.entries())
}

type Time = { readonly at: number } | { readonly start: number; readonly end: number; readonly step: number }

function* query(
  source: SeriesStore,
  { parameters }: ApiRequest,
  time: Time | Problem,
): Generator<undefined, ApiResponse> {
  const limit = limitOf({ parameters })
  if (typeof limit === 'object') return badData(limit.problem)
  if ('problem' in time) return badData(time.problem)
  const timeout = parameterMs(parameters.get('timeout') || '0')
  if (typeof timeout === 'string') return badData(`invalid parameter "timeout": ${timeout}`)
  const lookbackMs = parameterMs(parameters.get('lookback_delta') || '0')
  if (typeof lookbackMs === 'string') return badData(`error parsing lookback delta duration: ${lookbackMs}`)
  const limits = lookbackMs <= 0 ? {} : { lookbackMs }
  const answer = yield* evaluation({ query: parameters.get('query') ?? '', time, source, limits })
  return shaped(answer, limit)
}

function shaped(answer: Answer, limit: number): ApiResponse {
  if ('error' in answer) {
    const { errorType, error, http } = answer
    return { status: http, body: { status: 'error', errorType, error } }
  }
  const { data, warnings = [], infos } = answer
  const isList = data.resultType === 'vector' || data.resultType === 'matrix'
  const isCut = isList && limit > 0 && data.result.length > limit
  const all = isCut ? [...warnings, TRUNCATED] : warnings
  return {
    status: 200,
    body: {
      status: 'success',
      data: isCut ? { ...data, result: data.result.slice(0, limit) } : data,
      ...(all.length > 0 && { warnings: all }),
      ...(infos !== undefined && { infos }),
    },
  }
}

function badData(error: string): ApiResponse {
  return { status: 400, body: { status: 'error', errorType: 'bad_data', error } }
}

/** 0 is no limit. */
function limitOf({ parameters }: Pick<ApiRequest, 'parameters'>): number | Problem {
  const text = parameters.get('limit') ?? ''
  if (text === '') return 0
  const limit = Number(text)
  const wrong = (problem: string) => ({ problem: `invalid parameter "limit": ${problem}` })
  const parsing = `strconv.Atoi: parsing ${JSON.stringify(text)}`
  if (!/^[+-]?\d+$/.test(text)) return wrong(`${parsing}: invalid syntax`)
  if (Math.abs(limit) >= INTEGER_MAX) return wrong(`${parsing}: value out of range`)
  return limit < 0 ? wrong('limit must be non-negative') : limit
}

function instantOf({ parameters, now }: ApiRequest): Time | Problem {
  const text = parameters.get('time') ?? ''
  const at = text === '' ? now : timestamp(text)
  if (at !== undefined) return { at }
  const problem = `invalid time value for 'time': cannot parse ${JSON.stringify(text)} to a valid timestamp`
  return { problem: `invalid parameter "time": ${problem}` }
}

function rangeOf({ parameters }: ApiRequest): Time | Problem {
  const [start, end] = ['start', 'end'].map(name => timestamp(parameters.get(name) ?? ''))
  const step = parameterMs(parameters.get('step') ?? '')
  const wrong = (name: string) => {
    const given = JSON.stringify(parameters.get(name) ?? '')
    return { problem: `invalid parameter "${name}": cannot parse ${given} to a valid timestamp` }
  }
  if (start === undefined) return wrong('start')
  if (end === undefined) return wrong('end')
  if (end < start) return { problem: 'invalid parameter "end": end timestamp must not be before start time' }
  if (typeof step === 'string') return { problem: `invalid parameter "step": ${step}` }
  if (step <= 0) {
    const cure = 'zero or negative query resolution step widths are not accepted. Try a positive integer'
    return { problem: `invalid parameter "step": ${cure}` }
  }
  if ((end - start) / step > POINTS_MAX) {
    const cure = 'Try decreasing the query resolution (?step=XX)'
    return { problem: `exceeded maximum resolution of 11,000 points per timeseries. ${cure}` }
  }
  return { start, end, step }
}

function timestamp(text: string): number | undefined {
  const seconds = goFloat(text)
  if (seconds === undefined) return parseInstant(text)
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : undefined
}

/** Milliseconds, cut and not rounded; or what is wrong. */
function parameterMs(text: string): number | string {
  const isNone = `cannot parse ${JSON.stringify(text)} to a valid duration`
  const seconds = goFloat(text)
  if (seconds === undefined) {
    const ms = durationMs(text)
    return typeof ms === 'string' ? isNone : ms
  }
  const nanoseconds = seconds * 1e9
  if (!(Math.abs(nanoseconds) < INTEGER_MAX)) return `${isNone}. It overflows int64`
  return Math.trunc(Math.trunc(nanoseconds) / 1e6)
}
