// Bodies that client-go's typed clients send: protobuf in Kubernetes' envelope, read by the table of Go
// types. Only the way in; answers are JSON, which those clients read as well. Numbers nobody knows are passed
// over.
import { goTypeOf, KUBERNETES_TYPES, type GoField } from '../../kube/go-print.ts'
import { printInstant, printInstantMicro } from '../../std/instant.ts'
import { parseJson, type Json, type JsonObject } from '../../std/json.ts'
import { ProtobufError, type Reader, readerOf } from './protobuf-reader.ts'

const PREFIX = Buffer.from([0x6b, 0x38, 0x73, 0x00])
const DEPTH_MAX = 100

/** The object in the envelope, apiVersion and kind included. Throws a ProtobufError. */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, PREFIX.length).equals(PREFIX)) {
    const start = body.subarray(0, 32).toString('hex')
    throw new ProtobufError(
      `provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (${start})`,
    )
  }
  const envelope = fieldsOf(readerOf(body.subarray(PREFIX.length)))
  const typeMeta = fieldsOf(readerOf(bytesIn(envelope, 1)))
  const apiVersion = bytesIn(typeMeta, 1).toString()
  const kind = bytesIn(typeMeta, 2).toString()
  const type = goTypeOf(apiVersion, kind) ?? OPTIONS[kind]
  if (type === undefined) {
    throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`)
  }
  const value = decodeStruct(type, readerOf(bytesIn(envelope, 2)), 0)
  return { apiVersion, kind, ...(value as JsonObject) }
}

/** Options of requests come under the version of what they are about. */
const OPTIONS: Readonly<Record<string, string>> = {
  DeleteOptions: 'apimachinery.pkg.apis.meta.v1.DeleteOptions',
}

function bytesIn(fields: ReadonlyMap<number, Buffer>, number: number): Buffer {
  return fields.get(number) ?? Buffer.alloc(0)
}

function fieldsOf(reader: Reader): ReadonlyMap<number, Buffer> {
  const fields = new Map<number, Buffer>()
  while (reader.hasMore()) {
    const { number, wire } = reader.tag()
    if (wire === 2) fields.set(number, reader.bytes())
    else reader.skip(wire)
  }
  return fields
}

const tables = new Map<string, ReadonlyMap<number, GoField>>()

function fieldTable(type: string): ReadonlyMap<number, GoField> {
  const known = tables.get(type)
  if (known !== undefined) return known
  const made = new Map((KUBERNETES_TYPES[type] ?? []).map(field => [field[2], field] as const))
  tables.set(type, made)
  return made
}

function decodeStruct(type: string, reader: Reader, depth: number): Json {
  const special = SPECIAL[type]
  if (special !== undefined) return special(reader, depth)
  if (depth > DEPTH_MAX) throw new ProtobufError('the message is nested too deeply')
  const table = fieldTable(type)
  const value: { [field: string]: Json } = {}
  while (reader.hasMore()) {
    const { number, wire } = reader.tag()
    const field = table.get(number)
    if (field === undefined) reader.skip(wire)
    else readField(value, field, { reader, wire, depth })
  }
  return value
}

interface At {
  readonly reader: Reader
  readonly wire: number
  readonly depth: number
}

/** `value` is the object that is being built. */
function readField(value: { [field: string]: Json }, field: GoField, at: At): void {
  const [name, type, , flags] = field
  if (flags.includes('i')) {
    Object.assign(value, decodeStruct(type, readerOf(at.reader.bytes()), at.depth + 1))
    return
  }
  if (flags.includes('m')) {
    const entry = decodeEntry(type, readerOf(at.reader.bytes()), at.depth + 1)
    const map = (value[name] ??= {}) as object
    Object.defineProperty(map, entry.key, { ...OWN, value: entry.value })
    return
  }
  const one = decodeValue(type, at)
  if (flags.includes('r')) ((value[name] ??= []) as Json[]).push(one)
  else value[name] = one
}

/** A key may be any text, `__proto__` too. */
const OWN = { enumerable: true, configurable: true, writable: true }

function decodeEntry(type: string, reader: Reader, depth: number): { key: string; value: Json } {
  let key = ''
  let value: Json = type === 'string' || type === 'bytes' ? '' : {}
  while (reader.hasMore()) {
    const { number, wire } = reader.tag()
    if (number === 1 && wire === 2) key = reader.bytes().toString()
    else if (number === 2) value = decodeValue(type, { reader, wire, depth })
    else reader.skip(wire)
  }
  return { key, value }
}

function decodeValue(type: string, { reader, wire, depth }: At): Json {
  switch (type) {
    case 'string':
      return reader.bytes().toString()
    case 'bytes':
      return reader.bytes().toString('base64')
    case 'bool':
      return reader.integer(wire) !== 0
    case 'int32':
    case 'int64':
      return reader.integer(wire)
    case 'double':
      return reader.double()
    default:
      return decodeStruct(type, readerOf(reader.bytes()), depth + 1)
  }
}

/** Numbers and texts of a message whose fields are plain. */
function plainFields(reader: Reader): ReadonlyMap<number, number | Buffer> {
  const fields = new Map<number, number | Buffer>()
  while (reader.hasMore()) {
    const { number, wire } = reader.tag()
    fields.set(number, wire === 2 ? reader.bytes() : reader.integer(wire))
  }
  return fields
}

function numberIn(fields: ReadonlyMap<number, number | Buffer>, number: number): number {
  const value = fields.get(number)
  return typeof value === 'number' ? value : 0
}

function textIn(fields: ReadonlyMap<number, number | Buffer>, number: number): string {
  const value = fields.get(number)
  return Buffer.isBuffer(value) ? value.toString() : ''
}

function texts(reader: Reader): Json {
  const all: string[] = []
  while (reader.hasMore()) {
    const { number, wire } = reader.tag()
    if (number === 1 && wire === 2) all.push(reader.bytes().toString())
    else reader.skip(wire)
  }
  return all
}

function rawJson(reader: Reader): Json {
  const text = textIn(plainFields(reader), 1)
  const value = text === '' ? null : parseJson(text)
  if (value === undefined) throw new ProtobufError('a raw field does not hold JSON')
  return value
}

/** Seconds and nanoseconds. The zero message is Go's zero time. */
function moment(print: (at: number) => string): (reader: Reader) => Json {
  return reader => {
    const fields = plainFields(reader)
    if (fields.size === 0) return null
    return print(numberIn(fields, 1) * 1000 + Math.floor(numberIn(fields, 2) / 1e6))
  }
}

function microTime(reader: Reader): Json {
  const fields = plainFields(reader)
  if (fields.size === 0) return null
  const micros = String(Math.floor(numberIn(fields, 2) / 1000)).padStart(6, '0')
  return printInstantMicro(numberIn(fields, 1) * 1000).replace(/\.\d+Z$/, `.${micros}Z`)
}

function intOrString(reader: Reader): Json {
  const fields = plainFields(reader)
  return numberIn(fields, 1) === 1 ? textIn(fields, 3) : numberIn(fields, 2)
}

/** A schema, or (field 2) what stands in its place. */
function schemaOr(other: 'bool' | 'schemas' | 'strings'): (reader: Reader, depth: number) => Json {
  return (reader, depth) => {
    let schema: Json | undefined
    let allows = false
    const many: Json[] = []
    while (reader.hasMore()) {
      const { number, wire } = reader.tag()
      const isSchema = wire === 2 && number === (other === 'bool' ? 2 : 1)
      if (wire !== 2) allows = reader.integer(wire) !== 0
      else if (isSchema) schema = decodeStruct(SCHEMA, readerOf(reader.bytes()), depth + 1)
      else if (other === 'strings') many.push(reader.bytes().toString())
      else many.push(decodeStruct(SCHEMA, readerOf(reader.bytes()), depth + 1))
    }
    return schema ?? (other === 'bool' ? allows : many)
  }
}

const META = 'apimachinery.pkg.apis.meta.v1'
const CRD = 'apiextensions_apiserver.pkg.apis.apiextensions.v1'
const SCHEMA = `${CRD}.JSONSchemaProps`

const SPECIAL: Readonly<Record<string, (reader: Reader, depth: number) => Json>> = {
  'apimachinery.pkg.api.resource.Quantity': reader => textIn(plainFields(reader), 1),
  'apimachinery.pkg.util.intstr.IntOrString': intOrString,
  'apimachinery.pkg.runtime.RawExtension': rawJson,
  [`${META}.FieldsV1`]: rawJson,
  [`${META}.Time`]: moment(printInstant),
  [`${META}.MicroTime`]: microTime,
  [`${META}.Duration`]: reader => `${numberIn(plainFields(reader), 1) / 1e9}s`,
  [`${META}.Verbs`]: texts,
  [`${CRD}.JSON`]: rawJson,
  [`${CRD}.JSONSchemaPropsOrBool`]: schemaOr('bool'),
  [`${CRD}.JSONSchemaPropsOrArray`]: schemaOr('schemas'),
  [`${CRD}.JSONSchemaPropsOrStringArray`]: schemaOr('strings'),
  'api.authentication.v1.ExtraValue': texts,
  'api.authorization.v1.ExtraValue': texts,
}
