// Whether an object of somebody else's has the shape that we are about to read: CRDs of meshes and gateways
// can be permissive, and a broken object must give its owner a sentence, not end the pass.
import { isJsonObject } from '../std/json.ts'

export type Check = (value: unknown) => boolean

export const isText: Check = value => typeof value === 'string'

export function optional(check: Check): Check {
  return value => value === undefined || check(value)
}

export function listOf(check: Check): Check {
  return value => Array.isArray(value) && value.every(check)
}

/** An object whose named fields pass; its other fields may be anything. */
export function shape(fields: Readonly<Record<string, Check>>): Check {
  return value => isJsonObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]))
}

export function mapOf(check: Check): Check {
  return value => isJsonObject(value) && Object.values(value).every(check)
}
