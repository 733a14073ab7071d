// A Rollout as a tolerant reader has it: fields of a wrong type are left out and told of, the rest stands. API servers
// let such fields through where a schema is loose (amounts of containers, volumes); one bad object must not stop all.
import { unreachable } from '../std/assert.ts'
import type { Json, JsonObject } from '../std/json.ts'
import type { FieldError } from './field-error.ts'
import {
  asObject,
  GO_TYPES,
  goReader,
  readBoolean,
  readFields,
  readInt32,
  readInt64,
  readIntOrString,
  readList,
  readMap,
  readRaw,
  readString,
  readTime,
} from './malformed.ts'
import type { Reader } from './malformed.ts'
import type { Rollout, RolloutSpec } from './rollout.ts'
import { rolloutSpec } from './rollout.ts'
import type { Schema } from './schema.ts'

export interface Sanitised {
  /** The very same spec when nothing was wrong with it. */
  readonly spec: RolloutSpec
  /** One for each field that was left out. */
  readonly problems: readonly FieldError[]
}

/** What remains of a Rollout's spec, and what was wrong with it. */
export function sanitise(rollout: Pick<Rollout, 'spec'>): Sanitised {
  const { value, problems } = asObject(readSpec(rollout.spec as Json, 'spec'))
  return { spec: value as unknown as RolloutSpec, problems }
}

/** What remains of any object by its schema. */
export function tolerantReader(schema: Schema): (value: JsonObject) => JsonObject {
  const read = readerOf(schema)
  return value => asObject(read(value, '')).value
}

/** The tolerant reader of a schema. */
function readerOf(schema: Schema): Reader {
  const { shape } = schema
  switch (shape.kind) {
    case 'string':
      return readString
    case 'time':
      return readTime
    case 'boolean':
      return readBoolean
    case 'integer':
      return shape.bits === 32 ? readInt32 : readInt64
    case 'int-or-string':
      return readIntOrString
    case 'raw':
      return readRaw
    case 'list':
      return readList(readerOf(shape.of), emptyOf(shape.of))
    case 'map':
      return readMap(readerOf(shape.of), emptyOf(shape.of))
    case 'object': {
      const readers = new Map(Object.entries(shape.fields).map(([name, field]) => [name, readerOf(field)]))
      return readFields(name => readers.get(name))
    }
    case 'kubernetes':
      return goReader(GO_TYPES[shape.type])
    default:
      return unreachable(shape)
  }
}

function emptyOf({ shape }: Schema): Json {
  return shape.kind === 'string' ? '' : {}
}

const readSpec = readerOf(rolloutSpec)
