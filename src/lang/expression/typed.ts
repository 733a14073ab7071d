// What a provider measured, as expressions see it: a value with the Go type that it has there.
import type { Json } from '../../std/json.ts'
import type { GoType } from './go-types.ts'
import { ANYS, BOOL, FLOAT64, FLOATS, NIL, STRING, STRING_MAP } from './go-types.ts'
import { GoSlice } from './go-values.ts'
import type { GoValue } from './go-values.ts'

export interface Typed {
  readonly type: GoType
  readonly value: GoValue
}

/** No result at all, or a pointer to nothing. */
export const nilResult: Typed = { type: NIL, value: null }

export function float64(value: number): Typed {
  return { type: FLOAT64, value }
}

export function string(value: string): Typed {
  return { type: STRING, value }
}

export function floats(value: readonly number[]): Typed {
  return { type: FLOATS, value: new GoSlice(FLOATS, value) }
}

/** A JSON value: numbers are float64, lists []any, objects map[string]any. */
export function fromJson(value: Json): Typed {
  if (value === null) return nilResult
  if (typeof value === 'boolean') return { type: BOOL, value }
  if (typeof value === 'number') return float64(value)
  if (typeof value === 'string') return string(value)
  return { type: Array.isArray(value) ? ANYS : STRING_MAP, value }
}
