// What Go says when a value is of another type than the code relies on, and its conversions.
import { truncated } from '../go-integers.ts'
import { GoInt, typeName } from '../go-values.ts'
import type { GoValue, Whole } from '../go-values.ts'
import { refuse } from '../refusal.ts'

/** A failed type assertion. */
export function wrongType(value: GoValue, wanted: string): never {
  const given = value === null ? 'nil' : typeName(value)
  return refuse(`interface conversion: interface {} is ${given}, not ${wanted}`)
}

export function asText(value: GoValue | undefined): string {
  return typeof value === 'string' ? value : wrongType(value ?? null, 'string')
}

export function asBool(value: GoValue): boolean {
  return typeof value === 'boolean' ? value : wrongType(value, 'bool')
}

/** A whole number of any plain number. */
export function toWhole(value: GoValue | undefined): Whole {
  if (typeof value === 'number') return truncated(value)
  if (value instanceof GoInt && value.type.isNamed !== true) return value.value
  return refuse(`invalid operation: int(${typeName(value ?? null)})`)
}

export function toFloat(value: GoValue | undefined): number {
  if (typeof value === 'number') return value
  if (value instanceof GoInt && value.type.isNamed !== true) return Number(value.value)
  return refuse(`invalid operation: float(${typeName(value ?? null)})`)
}
