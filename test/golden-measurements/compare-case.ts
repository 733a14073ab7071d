// What was played against what was recorded: requests, the run's last status, its Events. A place in a text whose value
// follows from the time is compared as that time, one second more or less; in a run without an end one measurement more
// or less means nothing.
import { createHash } from 'node:crypto'
import type { Metric } from '../../src/api/metric.ts'
import { parseInstant } from '../../src/std/instant.ts'
import type { Instant } from '../../src/std/instant.ts'
import { isJsonObject } from '../../src/std/json.ts'
import type { Json } from '../../src/std/json.ts'
import type { PlayedCase } from './play-case.ts'
import type { RecordedCase, RecordedRequest } from './recorded-case.ts'
import { filled } from './scripted-outside.ts'
import type { SeenRequest } from './scripted-server.ts'
import { isSignedRight } from './signature.ts'

export interface Difference {
  /** `status.metricResults[0].message`, `requests[1].body`, `events`. */
  readonly field: string
  readonly want: unknown
  readonly got: unknown
}

export function compareCase(recorded: RecordedCase, played: PlayedCase): readonly Difference[] {
  const isRefused = recorded.createError !== undefined || recorded.result === undefined
  if (isRefused || played.createError !== undefined) {
    if (isRefused && played.createError !== undefined) return []
    return [{ field: 'createError', want: recorded.createError, got: played.createError }]
  }
  const slack = isEndless(recorded) ? 1 : 0
  const found: Difference[] = []
  const context = { at: played.createdAt, slack, isRandom: /random/i.test(recorded.note ?? ''), found }
  compareValues(context, 'status', recorded.result?.status ?? {}, inOrder(recorded, played.status ?? {}))
  compareRequests(context, recorded, played.requests)
  compareEvents(context, recorded, played)
  const isGone = recorded.deletedAfter !== undefined
  if (isGone !== played.isDeleted) found.push({ field: 'deletedAfter', want: isGone, got: played.isDeleted })
  return found
}

interface Context {
  readonly at: Instant
  readonly slack: number
  readonly isRandom: boolean
  readonly found: Difference[]
}

function metricsOf({ objects: [{ spec }] }: RecordedCase): readonly Metric[] {
  return spec?.metrics ?? []
}

/** It goes on until somebody stops it. */
function isEndless(recorded: RecordedCase): boolean {
  return metricsOf(recorded).some(({ count = 0, interval = '' }) => Number(count) === 0 && interval !== '')
}

/** Metrics in the order of the spec, as they were recorded. */
function inOrder(recorded: RecordedCase, status: Json): Json {
  if (!isJsonObject(status) || !Array.isArray(status['metricResults'])) return status
  const names = metricsOf(recorded).map(metric => metric.name)
  const results = (status['metricResults'] as readonly { name: string }[]).toSorted(
    (a, b) => names.indexOf(a.name) - names.indexOf(b.name),
  )
  return { ...status, metricResults: results as unknown as Json }
}

const COUNTS = ['count', 'successful', 'failed', 'inconclusive', 'error', 'consecutiveSuccess']

function compareValues(context: Context, field: string, want: Json | undefined, got: Json | undefined): void {
  if (Array.isArray(want) && Array.isArray(got) && Math.abs(want.length - got.length) <= context.slack) {
    for (let i = 0; i < Math.min(want.length, got.length); i++)
      compareValues(context, `${field}[${i}]`, want[i] as Json, (got as readonly Json[])[i])
    return
  }
  if (isJsonObject(want) && isJsonObject(got) && !isCutText(want)) {
    for (const name of new Set([...Object.keys(want), ...Object.keys(got)]))
      compareValues(context, `${field}.${name}`, want[name], got[name])
    return
  }
  if (!isThat(context, field, { want, got })) context.found.push({ field, want, got })
}

function isThat(
  { slack, at, isRandom }: Context,
  field: string,
  { want, got }: { readonly want: Json | undefined; readonly got: Json | undefined },
): boolean {
  const last = /[^.]+$/.exec(field)?.[0] ?? ''
  if (isCutText(want)) return isThatText(want, got)
  if (typeof want === 'number' && typeof got === 'number')
    return Math.abs(want - got) <= (COUNTS.includes(last) ? slack : 0)
  if (typeof want !== 'string' || typeof got !== 'string') return want === got
  if (last.endsWith('At')) return isThatTime(want, got, at)
  return (isRandom && last === 'value') || isThatText(want, got, at)
}

function isThatTime(want: string, got: string, createdAt: Instant): boolean {
  const seconds = ((parseInstant(got) ?? NaN) - createdAt) / 1000
  return Math.abs(seconds - Number(want.replace(/s$/, ''))) <= 1.01
}

interface CutText {
  readonly $length: number
  readonly $sha256: string
  readonly $head: string
}

function isCutText(value: unknown): value is CutText & Json {
  return isJsonObject(value) && '$sha256' in value
}

/** The text, with its placeholders. */
function isThatText(want: string | CutText, got: unknown, at: Instant = 0): boolean {
  if (typeof got !== 'string') return false
  if (typeof want !== 'string') return createHash('sha256').update(got).digest('hex') === want.$sha256
  const text = filled(want)
  if (text === got) return true
  if (!PLACEHOLDER.test(text)) return false
  const names: string[] = []
  const pattern = text
    .split(new RegExp(PLACEHOLDER, 'g'))
    .map((part, i) => {
      if (i % 2 === 0) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
      names.push(part)
      return '(.+?)'
    })
    .join('')
  const values = new RegExp(`^${pattern}$`, 's').exec(got)?.slice(1)
  return values !== undefined && values.every((value, i) => isMeant(names[i] as string, value, at))
}

const NAMES =
  'UNIX_S UNIX_MS UNIX_NS UNIX_FRAC RFC3339 LENGTH UUID AMZ_DATE AMZ_DAY SIGNATURE CLIENT PORT VERSION UID RESOLVER'
const PLACEHOLDER = new RegExp(String.raw`\{\{((?:${NAMES.replaceAll(' ', '|')})(?:[+-]\d+)?)\}\}`)

/** Whether a value may stand in the place of a name. */
function isMeant(placeholder: string, value: string, at: Instant): boolean {
  const [, name = '', by = '0'] = /^([A-Z_\d]*?[A-Z\d])([+-]\d+)?$/.exec(placeholder) ?? []
  const isNear = (seconds: number, shift: number) => Math.abs(seconds - at / 1000 - shift) <= 1.5
  switch (name) {
    case 'UNIX_S':
    case 'UNIX_FRAC':
      return /^\d+(\.\d{1,9})?$/.test(value) && !/\.\d*0$/.test(value) && isNear(Number(value), Number(by))
    case 'UNIX_MS':
      return isNear(Number(value) / 1000, Number(by) / 1000)
    case 'RFC3339':
      return isNear((parseInstant(value) ?? NaN) / 1000, Number(by))
    case 'AMZ_DATE':
      return /^\d{8}T\d{6}Z$/.test(value)
    case 'AMZ_DAY':
      return /^\d{8}$/.test(value)
    case 'SIGNATURE':
      return /^[\da-f]{64}$/.test(value)
    default:
      return value !== ''
  }
}

/** These are the client's own affair. */
const OWN_HEADERS = [
  'user-agent',
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'transfer-encoding',
]

function compareRequests(context: Context, recorded: RecordedCase, seen: readonly SeenRequest[]): void {
  const isOne = metricsOf(recorded).length < 2
  const want = isOne ? recorded.requests : recorded.requests.toSorted(byPlace)
  const got = seen.map(asRecorded)
  const sorted = isOne ? got : got.toSorted(byPlace)
  if (Math.abs(want.length - sorted.length) > context.slack) {
    const brief = (list: readonly RecordedRequest[]) => list.map(one => `${one.at} ${one.method} ${one.path}`)
    context.found.push({ field: 'requests', want: brief(want), got: brief(sorted) })
    return
  }
  for (let i = 0; i < Math.min(want.length, sorted.length); i++)
    compareRequest(context, `requests[${i}]`, want[i] as RecordedRequest, sorted[i] as Seen)

  function asRecorded({ at, via, method, target, headers, body }: SeenRequest): Seen {
    const mark = target.indexOf('?')
    const path = mark < 0 ? target : target.slice(0, mark)
    const rawQuery = mark < 0 ? '' : target.slice(mark + 1)
    return { at: (at - context.at) / 1000, via, method, path, rawQuery, headers, body, when: at }
  }
}

type Seen = RecordedRequest & { readonly when: Instant }

function byPlace(a: RecordedRequest, b: RecordedRequest): number {
  const [x, y] = [`${a.method} ${a.path}`, `${b.method} ${b.path}`]
  return x < y ? -1 : x > y ? 1 : a.at - b.at
}

function compareRequest({ found }: Context, field: string, want: RecordedRequest, got: Seen): void {
  const differ = (part: string, wanted: unknown, was: unknown) =>
    void found.push({ field: `${field}.${part}`, want: wanted, got: was })
  if (Math.abs(want.at - got.at) > 1.05) differ('at', want.at, got.at)
  if (want.via.replace('-raw', '') !== got.via) differ('via', want.via, got.via)
  if (want.method !== got.method) differ('method', want.method, got.method)
  if (!isThatText(want.path, got.path, got.when)) differ('path', want.path, got.path)
  if (!isThatText(want.rawQuery ?? '', got.rawQuery, got.when))
    differ('rawQuery', want.rawQuery, got.rawQuery)
  if (!isThatText(want.body ?? '', got.body, got.when)) differ('body', want.body, got.body)
  const [wanted, was] = [headersOf(want), headersOf(got)]
  for (const name of new Set([...wanted.keys(), ...was.keys()])) {
    const [a, b] = [wanted.get(name), was.get(name)]
    if (a === undefined || b === undefined || !isThatText(a, b, got.when)) differ(`headers.${name}`, a, b)
  }
  if (was.get('Authorization')?.startsWith('AWS4') === true && !isSignedRight(got))
    differ('signature', 'right', 'wrong')
}

function headersOf({ headers }: RecordedRequest): ReadonlyMap<string, string> {
  return new Map(headers.filter(([name]) => !OWN_HEADERS.includes(name.toLowerCase())))
}

function compareEvents({ found }: Context, recorded: RecordedCase, { events }: PlayedCase): void {
  const line = ({ type, reason, message, count }: (typeof events)[number]) =>
    `${type} ${reason} ${count}: ${message}`
  const want = recorded.events.map(line).toSorted()
  const got = events.map(line).toSorted()
  if (want.join('\n') !== got.join('\n')) found.push({ field: 'events', want, got })
}
