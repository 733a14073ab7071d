// A watch on the wire: one JSON line for each event, as they happen, until the client goes, time is up, the
// kind is gone, or the client reads so slowly that too much waits for it (it then lists anew).
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../doors/clock.ts'
import { apiVersionOf, type KubeObject } from '../../kube/object.ts'
import { tablePrinter } from '../describe/tables/table.ts'
import { encoded } from '../resources/encoded.ts'
import type { Resources, ServedKind, WatchNotice, WatchQuery } from '../resources/resources.ts'
import { statusBody } from './answers.ts'
import { partialObject, rowOf, type Form } from './render.ts'

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end'

export interface WatchStream {
  readonly resources: Resources
  readonly kind: ServedKind
  readonly query: WatchQuery
  readonly form: Form
  readonly clock: Clock
  readonly timeoutMs: number
  /** What may wait for the client before its watch is ended. */
  readonly watchWaitingBytes: number
  /** Ends every watch when the server closes. */
  readonly closing: AbortSignal
}

/** Refusals that are known at once are thrown, before any byte is sent. */
export function streamWatch(response: ServerResponse, stream: WatchStream): void {
  const { resources, kind, query, clock, timeoutMs, closing } = stream
  const line = lineWriter(stream)
  const over = new AbortController()
  let early: string[] | undefined = []

  const write = (text: string) => {
    if (early !== undefined) early.push(text)
    else if (response.writableLength > stream.watchWaitingBytes) end('destroy')
    else writeSoon(response, text)
  }
  const end = (how: 'end' | 'destroy' = 'end') => {
    if (over.signal.aborted) return
    over.abort()
    stop()
    if (how === 'destroy') response.destroy()
    else if (early === undefined) response.end()
  }
  let stop: () => void = () => undefined
  stop = resources.watch(kind, query, {
    notice: notice => write(line(notice)),
    ended: () => end(),
  })

  response.writeHead(200, {
    'Content-Type': stream.form.media,
    'Cache-Control': 'no-cache, private',
  })
  response.flushHeaders()
  const waiting = early
  early = undefined
  for (const text of waiting) writeSoon(response, text)
  if (over.signal.aborted) {
    stop()
    response.end()
    return
  }
  response.once('close', () => end('destroy'))
  closing.addEventListener('abort', () => end(), { once: true, signal: over.signal })
  endLater(clock, timeoutMs, { over: over.signal, end })
}

/** What is written in one turn goes out together. */
function writeSoon(response: ServerResponse, text: string): void {
  if (response.writableCorked === 0) {
    response.cork()
    process.nextTick(() => response.uncork())
  }
  response.write(text)
}

function endLater(
  clock: Clock,
  timeoutMs: number,
  { over, end }: { over: AbortSignal; end: () => void },
): void {
  void clock.sleepUntil(clock.now() + timeoutMs, over).then(() => end())
}

function lineWriter({ kind, form, clock }: WatchStream): (notice: WatchNotice) => string {
  const asObject = objectWriter(kind, form, clock)
  return notice => {
    switch (notice.type) {
      case 'BOOKMARK':
        return `{"type":"BOOKMARK","object":${bookmark(kind, form, notice)}}\n`
      case 'ERROR':
        return `{"type":"ERROR","object":${JSON.stringify(statusBody(notice.error))}}\n`
      default:
        return `{"type":"${notice.type}","object":${asObject(notice.object)}}\n`
    }
  }
}

/** Tables carry their columns in the first event only. */
function objectWriter(kind: ServedKind, form: Form, clock: Clock): (object: KubeObject) => string {
  if (form.shape === 'object') return object => encoded(object).toString()
  if (form.shape === 'metadata') return object => partialObject(object, form)
  let isFirst = true
  return object => {
    const columns = isFirst ? tablePrinter(kind).columns : null
    isFirst = false
    const row = rowOf(object, { kind, form, now: clock.now() })
    return tableText(form, columns, row, object.metadata.resourceVersion ?? '')
  }
}

function tableText(
  form: Form,
  columns: readonly unknown[] | null,
  row: string,
  resourceVersion: string,
): string {
  const head = JSON.stringify({
    kind: 'Table',
    apiVersion: `meta.k8s.io/${form.metaVersion}`,
    metadata: { resourceVersion },
    columnDefinitions: columns,
  })
  return `${head.slice(0, -1)},"rows":[${row}]}`
}

function bookmark(kind: ServedKind, form: Form, notice: WatchNotice & { type: 'BOOKMARK' }): string {
  const metadata = {
    resourceVersion: notice.resourceVersion,
    ...(notice.initialEventsEnd ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {}),
  }
  const meta = { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${form.metaVersion}`, metadata }
  if (form.shape === 'metadata') return JSON.stringify(meta)
  if (form.shape === 'object') {
    return JSON.stringify({ kind: kind.kind, apiVersion: apiVersionOf(kind), metadata })
  }
  const row = JSON.stringify({ cells: tablePrinter(kind).columns.map(() => ''), object: meta })
  return tableText(form, null, row, notice.resourceVersion)
}
