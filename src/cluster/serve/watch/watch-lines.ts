// A watch's notices as lines of JSON. What a stored object's bytes are is never copied, and a line is made once for
// all watches that show an event in the same form.
import type { Clock } from '../../../doors/clock.ts'
import { apiVersionOf, type KubeObject } from '../../../kube/object.ts'
import { tablePrinter } from '../../describe/tables/table.ts'
import { encoded } from '../../resources/encoded.ts'
import type { ServedKind, StatusError, WatchNotice } from '../../resources/resources.ts'
import { statusBody } from '../answers.ts'
import type { Line } from './outboxes.ts'
import { partialObject, rowParts, type Form } from '../render.ts'

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end'

interface Shown {
  readonly kind: ServedKind
  readonly form: Form
  readonly clock: Pick<Clock, 'now'>
}

type Lines = (notice: WatchNotice) => Line
type Part = string | Uint8Array

/** For one watch. Tables carry their columns in the first event only. */
export function watchLines(shown: Shown): Lines {
  let isFirst = true
  return notice => {
    switch (notice.type) {
      case 'BOOKMARK':
        return lineOf(['{"type":"BOOKMARK","object":', bookmark(shown, notice), '}\n'])
      case 'ERROR':
        return errorLine(notice.error)
      default: {
        const line = sharedLine(shown, notice, isFirst)
        isFirst = false
        return line
      }
    }
  }
}

export function errorLine(error: StatusError): Line {
  return lineOf(['{"type":"ERROR","object":', JSON.stringify(statusBody(error)), '}\n'])
}

type Change = Extract<WatchNotice, { readonly object: KubeObject }>

/** Every watch is told of one change before any is told of the next: the last object is all that need be known. */
const last: { object: KubeObject | undefined; readonly lines: Map<string, Line> } = {
  object: undefined,
  lines: new Map(),
}

function sharedLine(shown: Shown, notice: Change, isFirst: boolean): Line {
  const { form, clock } = shown
  if (form.shape === 'object') return wholeLine(notice)
  if (last.object !== notice.object) {
    last.object = notice.object
    last.lines.clear()
  }
  // The age of an object, as tables show it, has whole seconds.
  const { shape, metaVersion, includeObject } = form
  const table = shape === 'table' ? `${includeObject} ${isFirst} ${Math.floor(clock.now() / 1000)}` : ''
  const key = `${notice.type} ${shape} ${metaVersion} ${table}`
  const known = last.lines.get(key)
  if (known !== undefined) return known
  const line = lineOf([
    `{"type":"${notice.type}","object":`,
    ...objectParts(shown, notice.object, isFirst),
    '}\n',
  ])
  last.lines.set(key, line)
  return line
}

const wholeLines = { ADDED: linesOf('ADDED'), MODIFIED: linesOf('MODIFIED'), DELETED: linesOf('DELETED') }
const END = Buffer.from('}\n')

function linesOf(type: Change['type']) {
  return { start: Buffer.from(`{"type":"${type}","object":`), known: new WeakMap<KubeObject, Line>() }
}

/** The object as it is: nothing is made but the bytes that are kept with it. */
function wholeLine({ type, object }: Change): Line {
  const { start, known } = wholeLines[type]
  const found = known.get(object)
  if (found !== undefined) return found
  const body = encoded(object)
  const line = { parts: [start, body, END], bytes: start.length + body.length + END.length, ownBytes: 0 }
  known.set(object, line)
  return line
}

function objectParts({ kind, form, clock }: Shown, object: KubeObject, isFirst: boolean): readonly Part[] {
  if (form.shape === 'metadata') return [partialObject(object, form)]
  const columns = isFirst ? tablePrinter(kind).columns : null
  const row = rowParts(object, { kind, form, now: clock.now() })
  return tableParts(form, { columns, row, resourceVersion: object.metadata.resourceVersion ?? '' })
}

interface TableEvent {
  readonly columns: readonly unknown[] | null
  readonly row: readonly Part[]
  readonly resourceVersion: string
}

function tableParts(form: Form, { columns, row, resourceVersion }: TableEvent): readonly Part[] {
  const head = JSON.stringify({
    kind: 'Table',
    apiVersion: `meta.k8s.io/${form.metaVersion}`,
    metadata: { resourceVersion },
    columnDefinitions: columns,
  })
  return [`${head.slice(0, -1)},"rows":[`, ...row, ']}']
}

function bookmark({ kind, form }: Shown, notice: Extract<WatchNotice, { type: 'BOOKMARK' }>): string {
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
  const { resourceVersion } = notice
  return tableParts(form, { columns: null, row: [row], resourceVersion }).join('')
}

/** Texts that stand beside each other become one part; the bytes of a stored object stay where they are. */
function lineOf(parts: readonly Part[]): Line {
  const bytes: Uint8Array[] = []
  let text = ''
  let ownBytes = 0
  const flush = () => {
    if (text === '') return
    const made = Buffer.from(text)
    ownBytes += made.length
    bytes.push(made)
    text = ''
  }
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    flush()
    bytes.push(part)
  }
  flush()
  return { parts: bytes, bytes: bytes.reduce((sum, part) => sum + part.length, 0), ownBytes }
}
