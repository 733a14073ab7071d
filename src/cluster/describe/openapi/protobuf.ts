// The version 2 document in protobuf, as Go clients ask for it (kubectl's validation of unknown kinds, Argo
// CD). Field numbers are those of the openapi.v2.Document message; only what the JSON form holds is encoded.
import type { Json, JsonObject } from '../../../std/json.ts'

type Bytes = Buffer

export function openApiV2Protobuf(document: Json): Buffer {
  const { swagger, info, paths, definitions } = document as JsonObject
  return message(
    text(1, swagger),
    part(2, message(text(1, (info as JsonObject)['title']), text(2, (info as JsonObject)['version']))),
    part(8, message(...named(2, paths as JsonObject, pathItem))),
    part(9, message(...named(1, definitions as JsonObject, schema))),
  )
}

function pathItem(value: Json): Bytes {
  const item = value as JsonObject
  const fields = [
    ['get', 2],
    ['put', 3],
    ['post', 4],
    ['delete', 5],
    ['patch', 8],
  ] as const
  return message(
    ...fields.flatMap(([method, number]) =>
      item[method] === undefined ? [] : [part(number, operation(item[method] as JsonObject))],
    ),
  )
}

function operation(value: JsonObject): Bytes {
  const response = message(part(1, message(text(1, 'OK'))))
  return message(
    text(5, value['operationId']),
    ...texts(6, value['produces']),
    ...texts(7, value['consumes']),
    ...queryParameters(value['parameters']).map(one => part(8, one)),
    part(9, message(part(1, message(text(1, '200'), part(2, response))))),
    ...extensions(13, value),
  )
}

function queryParameters(parameters: Json | undefined): readonly Bytes[] {
  const all = Array.isArray(parameters) ? (parameters as readonly JsonObject[]) : []
  return all
    .filter(one => one['in'] === 'query')
    .map(({ name, type }) => {
      const query = message(text(2, 'query'), text(4, name), text(6, type))
      return message(part(1, message(part(2, message(part(3, query))))))
    })
}

function schema(value: Json): Bytes {
  const { $ref, format, description, default: usual, required, enum: choices, ...more } = value as JsonObject
  const { additionalProperties, type, items, properties } = more
  return message(
    text(1, $ref),
    text(2, format),
    text(4, description),
    ...(usual === undefined ? [] : [part(5, any(usual))]),
    ...texts(19, required),
    ...(Array.isArray(choices) ? choices.map(one => part(20, any(one))) : []),
    ...(additionalProperties === undefined ? [] : [part(21, schemaOrBool(additionalProperties))]),
    ...(type === undefined ? [] : [part(22, message(text(1, type)))]),
    ...(items === undefined ? [] : [part(23, message(part(1, schema(items))))]),
    ...(properties === undefined ? [] : [part(25, message(...named(1, properties as JsonObject, schema)))]),
    ...extensions(31, value as JsonObject),
  )
}

function schemaOrBool(value: Json): Bytes {
  return typeof value === 'boolean' ? message(flag(2, value)) : message(part(1, schema(value)))
}

function extensions(number: number, value: JsonObject): readonly Bytes[] {
  return Object.entries(value)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, one]) => part(number, message(text(1, name), part(2, any(one)))))
}

/** JSON is YAML. */
function any(value: Json): Bytes {
  return message(text(2, `${JSON.stringify(value)}\n`))
}

function named(number: number, values: JsonObject, encode: (value: Json) => Bytes): readonly Bytes[] {
  return Object.entries(values).map(([name, value]) =>
    part(number, message(text(1, name), part(2, encode(value)))),
  )
}

function message(...fields: readonly Bytes[]): Bytes {
  return Buffer.concat(fields)
}

const NOTHING = Buffer.alloc(0)

function text(number: number, value: Json | undefined): Bytes {
  return typeof value === 'string' && value !== '' ? part(number, Buffer.from(value)) : NOTHING
}

function texts(number: number, values: Json | undefined): readonly Bytes[] {
  return Array.isArray(values) ? values.map(value => text(number, value)) : []
}

function flag(number: number, value: boolean): Bytes {
  return Buffer.concat([varint(number << 3), varint(value ? 1 : 0)])
}

/** A field with a length: a text or a message. */
function part(number: number, content: Bytes): Bytes {
  return Buffer.concat([varint((number << 3) | 2), varint(content.length), content])
}

function varint(value: number): Bytes {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}
