// What stands behind a dot or in brackets.
import { UNKNOWN, NIL, dereferenced, isAssignable, isInteger, isUnknown } from '../go-types.ts'
import type { GoType } from '../go-types.ts'
import { STRING } from '../go-types.ts'
import { refuse } from '../refusal.ts'

/** `.name` and `["name"]`. */
export function propertyType(of: GoType, name: string, isCalled: boolean): GoType {
  if (of === NIL) return refuse(`type nil has no field ${name}`)
  const method = of.methods?.get(name) ?? dereferenced(of).methods?.get(name)
  if (method !== undefined) return method
  const base = dereferenced(of)
  if (base.kind === 'map' || base.kind === 'slice') return indexType(of, STRING)
  const field = base.fields?.get(name)
  return field ?? refuse(`type ${base.name} has no ${isCalled ? 'method' : 'field'} ${name}`)
}

export function indexType(of: GoType, property: GoType): GoType {
  const base = dereferenced(of)
  if (base.kind === 'map') {
    const key = base.key ?? UNKNOWN
    const fits =
      isUnknown(property) || isAssignable(property, key) || isAssignable(dereferenced(property), key)
    if (!fits) refuse(`cannot use ${property.name} to get an element from ${base.name}`)
    return base.element ?? UNKNOWN
  }
  if (base.kind === 'slice') {
    const index = dereferenced(property)
    if (!isInteger(index) && !isUnknown(index)) {
      refuse(`array elements can only be selected using an integer (got ${index.name})`)
    }
    return base.element ?? UNKNOWN
  }
  return refuse(`type ${base.name}[${property.name}] is undefined`)
}

export function sliceType(of: GoType): GoType {
  if (!isUnknown(of) && of.kind !== 'string' && of.kind !== 'slice') refuse(`cannot slice ${of.name}`)
  return of
}
