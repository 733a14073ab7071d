// An object exactly as Go's json.Marshal prints the typed struct it is read into: fields in the struct's
// order, empty ones left out where the struct says so, unknown ones dropped, quantities canonical, < > &
// escaped. The pod template hash, comparisons and "the object as Go would write it back" stand on this.
import { parseInstant, printInstant, printInstantMicro } from '../std/instant.ts'
import { parseJson, type Json } from '../std/json.ts'
import table from './go-types.json' with { type: 'json' }
import { canonicalQuantity } from './quantity.ts'

/**
 * JSON name, type, protobuf number, flags (e omitempty, z omitzero, p pointer, r list, m map, i inline), map
 * key.
 */
export type GoField = readonly [name: string, type: string, number: number, flags: string, key?: string]
export type GoTypes = Readonly<Record<string, readonly GoField[]>>

/** The Go structs of Kubernetes' built-in kinds. */
export const KUBERNETES_TYPES = table as unknown as GoTypes

export const POD_TEMPLATE_SPEC = 'api.core.v1.PodTemplateSpec'

/** The text of one value; undefined and null are the type's zero value. */
type Print = (value: unknown) => string

interface FieldPrinter {
  readonly name: string
  readonly label: string
  readonly print: Print
  readonly isOmitted: (value: unknown) => boolean
}

export type GoPrinter = (type: string, value: unknown) => string

/** A printer for a table of types; it compiles each type once, when it is first met. */
export function goPrinter(types: GoTypes): GoPrinter {
  const compiled = new Map<string, Print>()
  const printOf = (type: string): Print => {
    const known = compiled.get(type) ?? SCALARS[type]
    if (known !== undefined) return known
    let fields: readonly FieldPrinter[] | undefined
    const print: Print = value => printStruct((fields ??= fieldPrinters(types, type, printOf)), value)
    compiled.set(type, print)
    return print
  }
  return (type, value) => printOf(type)(value)
}

const printKubernetes = goPrinter(KUBERNETES_TYPES)

/** A value as Go prints the named type of Kubernetes' (`api.core.v1.PodTemplateSpec`). */
export function goPrint(type: string, value: unknown): string {
  return printKubernetes(type, value)
}

/** The same as a value: unknown, empty and null fields gone, quantities canonical. */
export function goValue(type: string, value: unknown): Json {
  return parseJson(goPrint(type, value)) as Json
}

const GROUP_PACKAGES: Readonly<Record<string, string>> = {
  '': 'api.core',
  apps: 'api.apps',
  batch: 'api.batch',
  autoscaling: 'api.autoscaling',
  policy: 'api.policy',
  'networking.k8s.io': 'api.networking',
  'discovery.k8s.io': 'api.discovery',
  'coordination.k8s.io': 'api.coordination',
  'events.k8s.io': 'api.events',
  'rbac.authorization.k8s.io': 'api.rbac',
  'scheduling.k8s.io': 'api.scheduling',
  'storage.k8s.io': 'api.storage',
  'node.k8s.io': 'api.node',
  'authentication.k8s.io': 'api.authentication',
  'authorization.k8s.io': 'api.authorization',
  'admissionregistration.k8s.io': 'api.admissionregistration',
  'apiextensions.k8s.io': 'apiextensions_apiserver.pkg.apis.apiextensions',
  'meta.k8s.io': 'apimachinery.pkg.apis.meta',
}

/** The Go type of a built-in kind, or undefined when the kind is not built in. */
export function goTypeOf(apiVersion: string, kind: string): string | undefined {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const type = `${GROUP_PACKAGES[group] ?? group}.${apiVersion.slice(slash + 1)}.${kind}`
  return type in KUBERNETES_TYPES ? type : undefined
}

function fieldPrinters(
  types: GoTypes,
  type: string,
  printOf: (type: string) => Print,
): readonly FieldPrinter[] {
  return (types[type] ?? []).flatMap(([name, of, , flags]) => {
    if (flags.includes('i')) return fieldPrinters(types, of, printOf)
    return [{ name, label: `${JSON.stringify(name)}:`, ...printing(of, flags, printOf) }]
  })
}

function printing(
  type: string,
  flags: string,
  printOf: (type: string) => Print,
): Pick<FieldPrinter, 'print' | 'isOmitted'> {
  const omits = flags.includes('e')
  const one = printOf(type)
  if (flags.includes('r')) {
    return { print: listPrinter(one), isOmitted: v => omits && (!Array.isArray(v) || v.length === 0) }
  }
  if (flags.includes('m')) {
    return { print: mapPrinter(one), isOmitted: v => omits && !(isObject(v) && Object.keys(v).length > 0) }
  }
  if (flags.includes('p')) {
    const print: Print = value => (isAbsent(type, value) ? 'null' : one(value))
    return { print, isOmitted: value => omits && isAbsent(type, value) }
  }
  if (flags.includes('z')) return { print: one, isOmitted: value => isAbsent(type, value) }
  if (type === 'bytes')
    return { print: one, isOmitted: value => omits && (typeof value !== 'string' || value === '') }
  const zero = ZEROES[type]
  return { print: one, isOmitted: value => omits && zero !== undefined && one(value) === zero }
}

/**
 * Whether Go's decoder would leave a pointer nil: nothing there, or (tolerantly) a value of the wrong type.
 */
function isAbsent(type: string, value: unknown): boolean {
  if (value === undefined || value === null) return true
  const wanted = JSON_TYPES[type] ?? (type in SCALARS ? undefined : 'object')
  if (wanted === 'object') return !isObject(value)
  return wanted !== undefined && typeof value !== wanted
}

const JSON_TYPES: Readonly<Record<string, 'string' | 'number' | 'boolean'>> = {
  string: 'string',
  bytes: 'string',
  bool: 'boolean',
  int32: 'number',
  int64: 'number',
  double: 'number',
}

const ZEROES: Readonly<Record<string, string>> = {
  string: '""',
  bool: 'false',
  int32: '0',
  int64: '0',
  double: '0',
  'api.authentication.v1.ExtraValue': 'null',
  'api.authorization.v1.ExtraValue': 'null',
}

function printStruct(fields: readonly FieldPrinter[], value: unknown): string {
  const object = isObject(value) ? value : {}
  let text = '{'
  for (const field of fields) {
    const found = object[field.name]
    if (field.isOmitted(found)) continue
    text += (text.length > 1 ? ',' : '') + field.label + field.print(found)
  }
  return `${text}}`
}

function listPrinter(one: Print): Print {
  return value => (Array.isArray(value) ? `[${value.map(one).join(',')}]` : 'null')
}

function mapPrinter(one: Print): Print {
  return value => {
    if (!isObject(value)) return 'null'
    const entries = Object.keys(value)
      .toSorted()
      .map(key => `${printString(key)}:${one(value[key])}`)
    return `{${entries.join(',')}}`
  }
}

const ESCAPED = /[<>&\u2028\u2029]/
const LONE_SURROGATE = /\p{Surrogate}/u
const ALL_ESCAPED = new RegExp(ESCAPED, 'g')
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** JSON text with Go's escaping of what HTML and JavaScript would stumble over. */
export function escapeHtml(json: string): string {
  return json.replaceAll(ALL_ESCAPED, character => ESCAPES[character] as string)
}

function printString(value: string): string {
  const json = JSON.stringify(
    LONE_SURROGATE.test(value) ? value.replaceAll(/\p{Surrogate}/gu, '\ufffd') : value,
  )
  return ESCAPED.test(json) ? escapeHtml(json) : json
}

const printText: Print = value => (typeof value === 'string' ? printString(value) : '""')
const printInteger: Print = value => (typeof value === 'number' ? String(Math.trunc(value)) : '0')
const printRaw: Print = value => escapeHtml(JSON.stringify(value ?? null))
const printStrings: Print = listPrinter(printText)

function quantityText(value: unknown): string {
  const isAmount = typeof value === 'string' || typeof value === 'number'
  return (isAmount ? canonicalQuantity(value) : undefined) ?? '0'
}

function timePrinter(print: (at: number) => string): Print {
  return value => {
    const at = typeof value === 'string' ? parseInstant(value) : undefined
    return at === undefined ? 'null' : `"${print(at)}"`
  }
}

const META = 'apimachinery.pkg.apis.meta.v1'
const EXTENSIONS = 'apiextensions_apiserver.pkg.apis.apiextensions.v1'

/** How the types print that no struct tag describes. */
const SCALARS: Readonly<Record<string, Print>> = {
  string: printText,
  int32: printInteger,
  int64: printInteger,
  bool: value => (value === true ? 'true' : 'false'),
  double: value => (typeof value === 'number' ? JSON.stringify(value) : '0'),
  bytes: value => (typeof value === 'string' ? printString(value) : 'null'),
  'apimachinery.pkg.api.resource.Quantity': value => `"${quantityText(value)}"`,
  'apimachinery.pkg.util.intstr.IntOrString': value =>
    typeof value === 'string' ? printString(value) : printInteger(value),
  [`${META}.Time`]: timePrinter(printInstant),
  [`${META}.MicroTime`]: timePrinter(printInstantMicro),
  [`${META}.Duration`]: value => printString(typeof value === 'string' ? value : '0s'),
  [`${META}.FieldsV1`]: printRaw,
  'apimachinery.pkg.runtime.RawExtension': printRaw,
  [`${EXTENSIONS}.JSON`]: printRaw,
  [`${EXTENSIONS}.JSONSchemaPropsOrArray`]: printRaw,
  [`${EXTENSIONS}.JSONSchemaPropsOrBool`]: printRaw,
  [`${EXTENSIONS}.JSONSchemaPropsOrStringArray`]: printRaw,
  'api.authentication.v1.ExtraValue': printStrings,
  'api.authorization.v1.ExtraValue': printStrings,
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
