// A body of a built-in kind read as Go reads it into its struct: wrong types refused, unknown fields named
// and dropped, nulls and empty values gone or zeroed exactly where the struct says so, quantities and times
// canonical.
import { parseInstant, printInstant, printInstantMicro } from '../../std/instant.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { KUBERNETES_TYPES } from '../../kube/go-print.ts'
import { canonicalQuantity } from '../../kube/quantity.ts'

/** The text that Go's decoder would complain with. */
export class UndecodableBody extends Error {}

export interface Decoded {
  readonly value: JsonObject
  /** Paths of fields that the type does not have: `spec.template.spec.contaners`. */
  readonly unknown: readonly string[]
}

export function decodeType(type: string, body: JsonObject): Decoded {
  const unknown: string[] = []
  const value = decoderOf(type)(body, { path: '', goPath: '', struct: '', unknown })
  return { value: value as JsonObject, unknown }
}

/** Where the decoder is: as a path for people, as Go's names, and what it has met so far. */
interface Place {
  readonly path: string
  readonly goPath: string
  readonly struct: string
  readonly unknown: string[]
}

/** `undefined` in: the zero value of the type out. */
type Decode = (value: Json | undefined, place: Place) => Json

interface Field {
  readonly name: string
  readonly decode: Decode
  /** Whether the field's zero value is left out. */
  readonly isOmitted: (value: Json | undefined) => boolean
}

const decoders = new Map<string, Decode>()

function decoderOf(type: string): Decode {
  const known = decoders.get(type) ?? SCALARS[type]
  if (known) return known
  let fields: readonly Field[] | undefined
  const struct = goName(type)
  const decode: Decode = (value, place) => {
    fields ??= fieldsOf(type)
    if (value === undefined || value === null) return decodeStruct(fields, {}, { ...place, struct })
    if (!isJsonObject(value)) throw mismatch(value, place, `v1.${struct}`)
    return decodeStruct(fields, value, { ...place, struct })
  }
  decoders.set(type, decode)
  return decode
}

function decodeStruct(fields: readonly Field[], body: JsonObject, place: Place): JsonObject {
  const result: { [field: string]: Json } = {}
  let met = 0
  for (const field of fields) {
    const given = body[field.name]
    if (given !== undefined) met++
    else if (field.isOmitted(undefined)) continue
    const inside = {
      path: place.path === '' ? field.name : `${place.path}.${field.name}`,
      goPath: `${place.goPath}.${field.name}`,
      struct: place.struct,
      unknown: place.unknown,
    }
    const value = field.decode(given === null ? undefined : given, inside)
    if (!field.isOmitted(given === null ? undefined : value)) result[field.name] = value
  }
  if (met < Object.keys(body).length) noteUnknown(fields, body, place)
  return result
}

function noteUnknown(fields: readonly Field[], body: JsonObject, place: Place): void {
  const known = new Set(fields.map(field => field.name))
  for (const name of Object.keys(body)) {
    if (known.has(name) || body[name] === undefined) continue
    if (place.path === '' && (name === 'apiVersion' || name === 'kind')) continue
    place.unknown.push(place.path === '' ? name : `${place.path}.${name}`)
  }
}

function fieldsOf(type: string): readonly Field[] {
  return (KUBERNETES_TYPES[type] ?? []).flatMap(([name, of, , flags]): readonly Field[] => {
    if (flags.includes('i')) return fieldsOf(of)
    return [{ name, ...fieldOf(of, flags) }]
  })
}

function fieldOf(type: string, flags: string): Omit<Field, 'name'> {
  const omits = flags.includes('e')
  const one = decoderOf(type)
  if (flags.includes('r')) {
    return { decode: listDecoder(one, type), isOmitted: v => omits && (!Array.isArray(v) || v.length === 0) }
  }
  if (flags.includes('m')) {
    const isEmpty = (v: Json | undefined) => !isJsonObject(v) || Object.keys(v).length === 0
    return { decode: mapDecoder(one, type), isOmitted: v => omits && isEmpty(v) }
  }
  if (flags.includes('p')) {
    const decode: Decode = (value, place) => (value === undefined ? null : one(value, place))
    return { decode, isOmitted: value => omits && (value === undefined || value === null) }
  }
  if (flags.includes('z')) return { decode: one, isOmitted: value => value === undefined || value === null }
  const zero = ZEROES[type]
  if (zero === undefined) return { decode: one, isOmitted: () => false }
  return { decode: one, isOmitted: value => omits && (value === undefined || value === zero) }
}

function listDecoder(one: Decode, type: string): Decode {
  return (value, place) => {
    if (value === undefined) return null
    if (!Array.isArray(value)) throw mismatch(value, place, `[]${goTypeName(type)}`)
    return value.map((item: Json, i) =>
      one(item === null ? undefined : item, { ...place, path: `${place.path}[${i}]` }),
    )
  }
}

function mapDecoder(one: Decode, type: string): Decode {
  return (value, place) => {
    if (value === undefined) return null
    if (!isJsonObject(value)) throw mismatch(value, place, `map[string]${goTypeName(type)}`)
    // From entries, since a key may be `__proto__`.
    const entries = Object.entries(value).map(([key, item]) => {
      const inside = { ...place, path: `${place.path}.${key}` }
      return [key, one(item === null ? undefined : item, inside)] as const
    })
    return Object.fromEntries(entries)
  }
}

const INT32 = 2_147_483_647

function integer(name: string, min: number, max: number): Decode {
  return (value, place) => {
    if (value === undefined) return 0
    if (typeof value !== 'number') throw mismatch(value, place, name)
    if (!Number.isInteger(value) || value < min || value > max) {
      throw mismatch(value, place, name, `number ${value}`)
    }
    return value
  }
}

const text: Decode = (value, place) => {
  if (value === undefined) return ''
  if (typeof value !== 'string') throw mismatch(value, place, 'string')
  return value
}

const BASE64 = /^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/

const bytes: Decode = (value, place) => {
  if (value === undefined) return ''
  if (typeof value !== 'string') throw mismatch(value, place, '[]uint8')
  const packed = value.replaceAll(/[\r\n]/g, '')
  if (!BASE64.test(value) || packed.length % 4 !== 0) {
    const at = /[^A-Za-z0-9+/=\r\n]/.exec(value)?.index ?? packed.length - (packed.length % 4)
    throw new UndecodableBody(`illegal base64 data at input byte ${at}`)
  }
  return packed
}

const bool: Decode = (value, place) => {
  if (value === undefined) return false
  if (typeof value !== 'boolean') throw mismatch(value, place, 'bool')
  return value
}

const quantity: Decode = value => {
  if (value === undefined) return '0'
  const canonical =
    typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value) : undefined
  if (canonical === undefined) {
    throw new UndecodableBody(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )
  }
  return canonical
}

const intOrString: Decode = (value, place) => {
  if (value === undefined) return 0
  if (typeof value === 'string') return value
  return integer('int32', -INT32 - 1, INT32)(value, place)
}

function time(print: (at: number) => string, layout: string): Decode {
  return (value, place) => {
    if (value === undefined || value === '') return null
    if (typeof value !== 'string') throw mismatch(value, place, 'string')
    const at = parseInstant(value)
    if (at === undefined) {
      throw unparsed(value, layout, [value, '2006'])
    }
    return print(at)
  }
}

function unparsed(value: string, layout: string, [rest, part]: readonly [string, string]): UndecodableBody {
  const cannot = `cannot parse ${JSON.stringify(rest)} as "${part}"`
  return new UndecodableBody(`parsing time ${JSON.stringify(value)} as "${layout}": ${cannot}`)
}

const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00'

/** Six decimals are asked for. What comes so in UTC goes out as it came. */
const microTime: Decode = (value, place) => {
  if (typeof value !== 'string' || value === '') return time(printInstantMicro, MICRO_LAYOUT)(value, place)
  const [, rest] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(.*)$/.exec(value) ?? []
  if (rest !== undefined && !/^\.\d{6}(Z|[+-])/.test(rest)) {
    throw unparsed(value, MICRO_LAYOUT, [rest, '.000000'])
  }
  return rest?.endsWith('Z') ? value : time(printInstantMicro, MICRO_LAYOUT)(value, place)
}

const raw: Decode = value => value ?? null

const strings: Decode = listDecoder(text, 'string')

const META = 'apimachinery.pkg.apis.meta.v1'
const EXTENSIONS = 'apiextensions_apiserver.pkg.apis.apiextensions.v1'

/** A schema, or what may stand instead of one. */
function schemaOr(other: (value: Json) => boolean): Decode {
  return (value, place) => {
    if (value === undefined || other(value)) return value ?? null
    if (Array.isArray(value))
      return value.map((one: Json) => decoderOf(`${EXTENSIONS}.JSONSchemaProps`)(one, place))
    return decoderOf(`${EXTENSIONS}.JSONSchemaProps`)(value, place)
  }
}

const SCALARS: Readonly<Record<string, Decode>> = {
  string: text,
  bytes,
  bool,
  int32: integer('int32', -INT32 - 1, INT32),
  int64: integer('int64', -(2 ** 63), 2 ** 63),
  double: (value, place) => {
    if (value === undefined) return 0
    if (typeof value !== 'number') throw mismatch(value, place, 'float64')
    return value
  },
  'apimachinery.pkg.api.resource.Quantity': quantity,
  'apimachinery.pkg.util.intstr.IntOrString': intOrString,
  [`${META}.Time`]: time(printInstant, '2006-01-02T15:04:05Z07:00'),
  [`${META}.MicroTime`]: microTime,
  [`${META}.Duration`]: value => value ?? '0s',
  [`${META}.FieldsV1`]: raw,
  'apimachinery.pkg.runtime.RawExtension': raw,
  [`${EXTENSIONS}.JSON`]: raw,
  [`${EXTENSIONS}.JSONSchemaPropsOrArray`]: schemaOr(() => false),
  [`${EXTENSIONS}.JSONSchemaPropsOrBool`]: schemaOr(value => typeof value === 'boolean'),
  [`${EXTENSIONS}.JSONSchemaPropsOrStringArray`]: schemaOr(
    value => Array.isArray(value) && value.every(one => typeof one === 'string'),
  ),
  'api.authentication.v1.ExtraValue': strings,
  'api.authorization.v1.ExtraValue': strings,
}

const ZEROES: Readonly<Record<string, Json>> = {
  string: '',
  bytes: '',
  bool: false,
  int32: 0,
  int64: 0,
  double: 0,
}

function mismatch(value: Json, place: Place, goType: string, given = jsonType(value)): UndecodableBody {
  const where = place.struct === '' ? 'Go value' : `Go struct field ${place.struct}${place.goPath}`
  return new UndecodableBody(`json: cannot unmarshal ${given} into ${where} of type ${goType}`)
}

function jsonType(value: Json): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

function goName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1)
}

function goTypeName(type: string): string {
  if (type === 'bytes') return '[]uint8'
  return type.includes('.') ? `v1.${goName(type)}` : type
}
