// Logs of pods: which container is meant, how much of its log, and the text as it grows. Where the lines come
// from is the kubelet's affair; it is handed in as a LogSource.
import type { Clock } from '../../doors/clock.ts'
import type { Pod } from '../../kube/core.ts'
import { parseInstant, printInstantMicro, type Instant } from '../../std/instant.ts'
import { badRequest } from '../resources/refusals.ts'
import { StatusError } from '../resources/resources.ts'
import { flag, integer, text } from './query.ts'

/** How often a log that is followed is looked at. */
const POLL_MS = 200

interface LogLine {
  readonly at: Instant
  /** Without its line break. */
  readonly text: string
}

interface LogChunk {
  readonly lines: readonly LogLine[]
  /** What to ask for next. */
  readonly next: number
  /** Nothing more will come. */
  readonly isOver?: boolean
}

interface LogRequest {
  readonly pod: Pod
  readonly container: string
  /** The run before the latest restart. */
  readonly isPrevious: boolean
  /** The number of the first line to give; the first ever is 0. */
  readonly from: number
}

export interface LogSource {
  /** Undefined when the container has no such run, or no longer. */
  read(request: LogRequest): LogChunk | undefined | Promise<LogChunk | undefined>
}

export interface LogOptions {
  readonly container: string | undefined
  readonly isFollowing: boolean
  readonly isPrevious: boolean
  readonly hasTimestamps: boolean
  readonly tailLines: number | undefined
  readonly sinceAt: Instant | undefined
  readonly limitBytes: number | undefined
}

export function logOptions(query: URLSearchParams, pod: string, now: Instant): LogOptions {
  const tailLines = integer(query, 'tailLines')
  const sinceSeconds = integer(query, 'sinceSeconds')
  const sinceTime = text(query, 'sinceTime')
  const limitBytes = integer(query, 'limitBytes')
  const troubles = [
    ...below(tailLines, 0, 'tailLines', 'must be greater than or equal to 0'),
    ...below(limitBytes, 1, 'limitBytes', 'must be greater than 0'),
    ...below(sinceSeconds, 1, 'sinceSeconds', 'must be greater than 0'),
  ]
  if (troubles.length > 0) throw invalidLogOptions(pod, troubles)
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified'
    throw invalidLogOptions(pod, [{ field: '', reason: 'FieldValueForbidden', message }])
  }
  const since = sinceTime === undefined ? undefined : parseInstant(sinceTime)
  if (sinceTime !== undefined && since === undefined) {
    throw badRequest(`sinceTime: ${JSON.stringify(sinceTime)} is not an RFC 3339 time`)
  }
  return {
    container: text(query, 'container'),
    isFollowing: flag(query, 'follow'),
    isPrevious: flag(query, 'previous'),
    hasTimestamps: flag(query, 'timestamps'),
    tailLines,
    sinceAt: sinceSeconds === undefined ? since : now - sinceSeconds * 1000,
    limitBytes,
  }
}

interface Trouble {
  readonly field: string
  readonly reason: string
  readonly message: string
}

function below(value: number | undefined, min: number, field: string, why: string): readonly Trouble[] {
  if (value === undefined || value >= min) return []
  return [{ field, reason: 'FieldValueInvalid', message: `Invalid value: ${value}: ${why}` }]
}

function invalidLogOptions(pod: string, troubles: readonly Trouble[]): StatusError {
  const texts = troubles.map(one => (one.field === '' ? one.message : `${one.field}: ${one.message}`))
  const said = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new StatusError(422, 'Invalid', `PodLogOptions ${JSON.stringify(pod)} is invalid: ${said}`, {
    name: pod,
    kind: 'PodLogOptions',
    causes: troubles.map(({ reason, message, field }) => ({ reason, message, field })),
  })
}

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/** The container that is asked for, or the only one there is. */
function chooseContainer(pod: Pod, asked: string | undefined): string {
  const { name } = pod.metadata
  const main = pod.spec.containers.map(one => one.name)
  const init = (pod.spec.initContainers ?? []).map(one => one.name)
  const all = [...main, ...init, ...(pod.spec.ephemeralContainers ?? []).map(one => one.name)]
  if (asked !== undefined) {
    if (all.includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${name}`)
  }
  const usual = pod.metadata.annotations?.[DEFAULT_CONTAINER]
  if (all.length > 1 && usual !== undefined && main.includes(usual)) return usual
  if (main.length === 1 && init.length === 0) return main[0] as string
  const others = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${main.join(' ')}]${others}`,
  )
}

export interface OpenLog {
  readonly request: LogRequest
  readonly first: LogChunk
}

/**
 * The container's log, undefined when the pod has not been placed yet, or the 400 that says why there is
 * none.
 */
export async function openLog(
  source: LogSource,
  pod: Pod,
  options: LogOptions,
): Promise<OpenLog | undefined> {
  const container = chooseContainer(pod, options.container)
  if (pod.spec.nodeName === undefined) return undefined
  const request = { pod, container, isPrevious: options.isPrevious, from: 0 }
  const first = await source.read(request)
  if (first !== undefined) return { request, first }
  const { name } = pod.metadata
  if (options.isPrevious) {
    throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`)
  }
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const reason = statuses.find(one => one.name === container)?.state?.waiting?.reason ?? 'ContainerCreating'
  throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${reason}`)
}

export interface Following {
  readonly source: LogSource
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** The text to send, some lines at a time. */
export async function* logText(
  log: OpenLog,
  options: LogOptions,
  following: Following,
): AsyncGenerator<Uint8Array> {
  let left = options.limitBytes ?? Infinity
  for await (const lines of chunksOf(log, options, following)) {
    const texts = lines.map(line =>
      options.hasTimestamps ? `${printInstantMicro(line.at)} ${line.text}\n` : `${line.text}\n`,
    )
    const bytes = Buffer.from(texts.join(''))
    yield bytes.subarray(0, Math.min(left, bytes.length))
    left -= bytes.length
    if (left <= 0) return
  }
}

async function* chunksOf(
  { request, first }: OpenLog,
  { tailLines, sinceAt, isFollowing }: LogOptions,
  { source, clock, signal }: Following,
): AsyncGenerator<readonly LogLine[]> {
  const recent = first.lines.filter(line => sinceAt === undefined || line.at >= sinceAt)
  yield tailLines === undefined ? recent : tailLines === 0 ? [] : recent.slice(-tailLines)
  if (!isFollowing) return
  let { next, isOver = false } = first
  while (!isOver && !signal.aborted) {
    await clock.sleepUntil(clock.now() + POLL_MS, signal)
    const chunk = await source.read({ ...request, from: next })
    if (chunk === undefined) return
    next = chunk.next
    isOver = chunk.isOver ?? false
    if (chunk.lines.length > 0) yield chunk.lines
  }
}
