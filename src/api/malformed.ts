// What Go's decoder makes of a value of a wrong type: it goes on without it. A scalar is left out, an element of a
// list becomes empty, a map of amounts goes as a whole, and ephemeral containers go together.
import { KUBERNETES_TYPES } from '../kube/go-print.ts'
import type { GoField } from '../kube/go-print.ts'
import { parseQuantity } from '../kube/quantity.ts'
import { parseInstant } from '../std/instant.ts'
import { isJsonObject } from '../std/json.ts'
import type { Json, JsonObject } from '../std/json.ts'
import { record } from '../std/json-parts.ts'
import type { FieldError } from './field-error.ts'
import { invalid } from './field-error.ts'
import type { KubernetesType } from './schema.ts'

/** What is left of a value, undefined when nothing is; the very same value when nothing was wrong. */
export interface Read {
  readonly value: Json | undefined
  readonly problems: readonly FieldError[]
}

export type Reader = (value: Json, path: string) => Read

/** A value that is as it should be, or is gone. */
function scalar(isRight: (value: Json) => boolean, wanted: string): Reader {
  return (value, path) => {
    if (isRight(value)) return { value, problems: [] }
    const cure = `Write ${wanted}.`
    return { value: undefined, problems: [invalid({ path, value, cure }, `must be ${wanted}`)] }
  }
}

const isWhole = (value: Json, limit: number) =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= limit

export const readString = scalar(value => typeof value === 'string', 'a text')
export const readBoolean = scalar(value => typeof value === 'boolean', 'true or false')
export const readInt32 = scalar(value => isWhole(value, 2 ** 31), 'a whole number')
export const readInt64 = scalar(value => isWhole(value, Number.MAX_SAFE_INTEGER), 'a whole number')
export const readTime = scalar(
  value => typeof value === 'string' && parseInstant(value) !== undefined,
  'a time such as 2026-01-31T12:00:00Z',
)
export const readIntOrString = scalar(
  value => typeof value === 'string' || isWhole(value, 2 ** 31),
  'a whole number or a text',
)
const readAnything: Reader = value => ({ value, problems: [] })
export const readRaw = scalar(isJsonObject, 'an object')

const readQuantity = scalar(
  value => (typeof value === 'string' || typeof value === 'number') && parseQuantity(value) !== undefined,
  'an amount such as 500m or 1Gi',
)

/** `empty`: what a wrong element becomes. */
export function readList(element: Reader, empty: Json): Reader {
  return (value, path) => {
    if (!Array.isArray(value)) return wrongWhole(path, value, 'a list')
    const read = (value as readonly Json[]).map((one, i) => element(one, `${path}[${i}]`))
    const problems = read.flatMap(one => one.problems)
    if (problems.length === 0) return { value, problems }
    return { value: read.map(one => (one.value === undefined ? empty : one.value)), problems }
  }
}

export function readMap(element: Reader, empty: Json): Reader {
  return (value, path) => {
    if (!isJsonObject(value)) return wrongWhole(path, value, 'an object')
    const read = Object.entries(value).map(([key, one]) => [key, element(one, `${path}[${key}]`)] as const)
    const problems = read.flatMap(([, one]) => one.problems)
    if (problems.length === 0) return { value, problems }
    return { value: Object.fromEntries(read.map(([key, one]) => [key, one.value ?? empty])), problems }
  }
}

/** `field` undefined: nobody knows that name, and it stays as it is. An explicit null is an absent field. */
export function readFields(field: (name: string) => Reader | undefined): Reader {
  return (value, path) => {
    if (!isJsonObject(value)) return wrongWhole(path, value, 'an object')
    const read = Object.entries(value).map(([name, one]) => {
      const reader = one === null ? undefined : field(name)
      return [
        name,
        reader ? reader(one, path === '' ? name : `${path}.${name}`) : readAnything(one, ''),
      ] as const
    })
    const problems = read.flatMap(([, one]) => one.problems)
    if (problems.length === 0) return { value, problems }
    const kept = read.flatMap(([name, one]) => (one.value === undefined ? [] : [[name, one.value] as const]))
    return { value: Object.fromEntries(kept), problems }
  }
}

/** Anything wrong inside, and the whole is gone. */
function allOrNothing(reader: Reader): Reader {
  return (value, path) => {
    const { problems } = reader(value, path)
    return { value: problems.length === 0 ? value : undefined, problems }
  }
}

function wrongWhole(path: string, value: Json, wanted: string): Read {
  return scalar(() => false, wanted)(value, path)
}

/** The Go types behind the parts of built-in kinds that ours contain. */
export const GO_TYPES: Readonly<Record<KubernetesType, string>> = {
  PodTemplateSpec: 'api.core.v1.PodTemplateSpec',
  JobSpec: 'api.batch.v1.JobSpec',
  LabelSelector: 'apimachinery.pkg.apis.meta.v1.LabelSelector',
}

const QUANTITY = 'apimachinery.pkg.api.resource.Quantity'

const GO_SCALARS: Readonly<Record<string, Reader>> = {
  string: readString,
  bool: readBoolean,
  int32: readInt32,
  int64: readInt64,
  [QUANTITY]: readQuantity,
  'apimachinery.pkg.util.intstr.IntOrString': readIntOrString,
  'apimachinery.pkg.apis.meta.v1.Time': readTime,
}

/** The reader of one of Kubernetes' own types. */
export function goReader(type: string): Reader {
  const scalarReader = GO_SCALARS[type]
  if (scalarReader !== undefined) return scalarReader
  if (KUBERNETES_TYPES[type] === undefined) return readAnything
  return readFields(name => {
    const field = goField(type, name)
    return field === undefined ? undefined : goFieldReader(field)
  })
}

export function goField(type: string, name: string): GoField | undefined {
  for (const field of KUBERNETES_TYPES[type] ?? []) {
    if (field[3].includes('i')) {
      const inner = goField(field[1], name)
      if (inner !== undefined) return inner
    } else if (field[0] === name) return field
  }
  return undefined
}

function goFieldReader([name, type, , flags]: GoField): Reader {
  const element = goReader(type)
  const empty: Json = type === 'string' ? '' : type.startsWith('int') ? 0 : {}
  if (flags.includes('m'))
    return type === QUANTITY ? allOrNothing(readMap(element, empty)) : readMap(element, empty)
  if (!flags.includes('r')) return element
  const list = readList(element, empty)
  return name === 'ephemeralContainers' ? allOrNothing(list) : list
}

export function asObject(read: Read): {
  readonly value: JsonObject
  readonly problems: readonly FieldError[]
} {
  return { value: record(read.value), problems: read.problems }
}
