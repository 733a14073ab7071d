// Objects and lists in the form that was negotiated: as they are, as rows of a Table, or as metadata alone;
// JSON or YAML. What is stored is sent as the bytes that are kept with it; nothing is encoded twice.
import { apiVersionOf, asJson, type KubeObject } from '../../kube/object.ts'
import type { Instant } from '../../std/instant.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { tablePrinter } from '../describe/tables/table.ts'
import { encoded } from '../resources/encoded.ts'
import type { ListAnswer, ServedKind } from '../resources/resources.ts'
import { badRequest } from '../resources/refusals.ts'
import { bytesAnswer, type Answer, notAcceptable } from './answers.ts'
import { isMetaTransform, negotiate, type Transform } from './negotiate.ts'
import { printYaml } from '../../doors/yaml.ts'

type IncludeObject = 'None' | 'Metadata' | 'Object'

/** How one request wants its answer. */
export interface Form {
  readonly media: 'application/json' | 'application/yaml'
  readonly shape: 'object' | 'table' | 'metadata'
  /** `meta.k8s.io/v1` or `v1beta1`: of the Table or the metadata. */
  readonly metaVersion: string
  readonly includeObject: IncludeObject
  readonly isPretty: boolean
}

const ACCEPTED = ['application/json', 'application/yaml']

export interface FormRequest {
  readonly accept: string | undefined
  readonly query: URLSearchParams
  readonly userAgent: string | undefined
}

/** Throws 406 when nothing that the client accepts can be given. */
export function formOf(request: FormRequest, isList: boolean): Form {
  const metadata = isList ? 'PartialObjectMetadataList' : 'PartialObjectMetadata'
  const canTransform = (transform: Transform) => isMetaTransform(transform, 'Table', metadata)
  const chosen = negotiate(request.accept, canTransform)
  if (typeof chosen === 'string') throw notAcceptable(ACCEPTED)
  const { transform } = chosen
  const shape = transform === undefined ? 'object' : transform.kind === 'Table' ? 'table' : 'metadata'
  return {
    media: chosen.media,
    shape,
    metaVersion: transform?.version ?? 'v1',
    includeObject: shape === 'table' ? includeObject(request.query) : 'Metadata',
    isPretty: chosen.isPretty || wantsPretty(request),
  }
}

function includeObject(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') || 'Metadata'
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: ` +
      `must be 'Metadata', 'Object', 'None', or empty`,
  )
}

/** People who look with a browser or curl get line breaks. */
export function wantsPretty({ query, userAgent }: Pick<FormRequest, 'query' | 'userAgent'>): boolean {
  const asked = query.get('pretty')
  if (asked !== null && asked !== '') return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(asked)
  return /^(curl|Wget|Mozilla\/5\.0)/.test(userAgent ?? '')
}

export interface Shown {
  readonly kind: ServedKind
  readonly form: Form
  readonly now: Instant
}

export function objectAnswer(status: number, object: KubeObject, shown: Shown): Answer {
  const { form } = shown
  if (form.shape === 'table') {
    const rows = [rowParts(object, shown)]
    return partsAnswer(status, tableParts({ resourceVersion: versionOf(object) }, rows, shown), form)
  }
  if (form.shape === 'metadata') return partsAnswer(status, [partialObject(object, form)], form)
  return partsAnswer(status, [encoded(object)], form)
}

function versionOf(object: KubeObject): string {
  return object.metadata.resourceVersion ?? ''
}

export function listAnswer(list: ListAnswer, shown: Shown): Answer {
  const { form, kind } = shown
  const metadata = {
    resourceVersion: list.resourceVersion,
    ...(list.continue === undefined ? {} : { continue: list.continue }),
    ...(list.remainingItemCount === undefined ? {} : { remainingItemCount: list.remainingItemCount }),
  }
  if (form.shape === 'table') {
    const rows = list.items.map(item => rowParts(item, shown))
    return partsAnswer(200, tableParts(metadata, rows, shown), form)
  }
  const head =
    form.shape === 'metadata'
      ? { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.metaVersion}` }
      : { kind: kind.listKind, apiVersion: apiVersionOf(kind) }
  const items = list.items.map(item =>
    form.shape === 'metadata' ? partialObject(item, form) : encoded(item),
  )
  const start = `${JSON.stringify({ ...head, metadata }).slice(0, -1)},"items":[`
  return partsAnswer(200, [start, ...separated(items), ']}'], form)
}

type Part = string | Uint8Array

function separated(parts: readonly Part[]): Part[] {
  const all: Part[] = []
  for (const part of parts) {
    if (all.length > 0) all.push(',')
    all.push(part)
  }
  return all
}

function tableParts(
  metadata: JsonObject,
  rows: readonly (readonly Part[])[],
  { kind, form }: Shown,
): readonly Part[] {
  const columnDefinitions = tablePrinter(kind).columns
  const head = { kind: 'Table', apiVersion: `meta.k8s.io/${form.metaVersion}`, metadata, columnDefinitions }
  const parts = rows.flatMap((row, i) => (i === 0 ? row : [',', ...row]))
  return [`${JSON.stringify(head).slice(0, -1)},"rows":[`, ...parts, ']}']
}

export function rowParts(object: KubeObject, { kind, form, now }: Shown): readonly Part[] {
  const cells = JSON.stringify(tablePrinter(kind).cells(object, now))
  if (form.includeObject === 'None') return [`{"cells":${cells},"object":null}`]
  const start = `{"cells":${cells},"object":`
  return form.includeObject === 'Object'
    ? [start, encoded(object), '}']
    : [`${start}${partialObject(object, form)}}`]
}

export function partialObject(object: KubeObject, form: Form): string {
  const apiVersion = `meta.k8s.io/${form.metaVersion}`
  const metadata = asJson(object)['metadata'] as Json
  return JSON.stringify({ kind: 'PartialObjectMetadata', apiVersion, metadata })
}

/** The parts together are one JSON text. */
function partsAnswer(status: number, parts: readonly Part[], form: Form): Answer {
  if (form.media === 'application/yaml') return bytesAnswer(status, form.media, [printYaml(joined(parts))])
  if (form.isPretty) {
    return bytesAnswer(status, form.media, [`${JSON.stringify(joined(parts), null, 2)}\n`])
  }
  return bytesAnswer(status, form.media, [...parts, '\n'])
}

function joined(parts: readonly Part[]): Json {
  const texts = parts.map(part => (typeof part === 'string' ? part : Buffer.from(part).toString()))
  return JSON.parse(texts.join('')) as Json
}
