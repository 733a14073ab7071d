// Columns of custom resources: their CRD says which JSONPath fills a cell and of what type it is.
import { age } from '../../../std/age.ts'
import type { Instant } from '../../../std/instant.ts'
import { parseInstant } from '../../../std/instant.ts'
import { compileJsonPath, type JsonPath } from '../../../lang/json-path.ts'
import { asJson } from '../../../kube/object.ts'
import type { Json } from '../../../std/json.ts'
import type { PrinterColumn } from '../../resources/resources.ts'
import type { Cell, Column, Printer } from './printer.ts'

export interface CustomColumn {
  readonly column: Column
  /** Undefined for the name, and for a path that says nothing. */
  readonly path: JsonPath | undefined
}

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

/** The name first; the age alone when the CRD declares no columns. */
export function customColumns(declared: readonly PrinterColumn[]): readonly CustomColumn[] {
  const name: Column = { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }
  const columns = (declared.length === 0 ? [AGE] : declared).map(one => ({
    column: {
      name: one.name,
      type: one.type,
      format: one.format ?? '',
      description:
        one.description ?? `Custom resource definition column (in JSONPath format): ${one.jsonPath}`,
      priority: one.priority ?? 0,
    },
    path: compileJsonPath(`{${one.jsonPath}}`),
  }))
  return [{ column: name, path: undefined }, ...columns]
}

export function customPrinter(columns: readonly CustomColumn[]): Printer {
  return (object, now) => [
    object.metadata.name,
    ...columns.slice(1).map(({ column, path }) => {
      const value = path?.find(asJson(object))[0]
      return value === undefined ? null : customCell(column.type, value, now)
    }),
  ]
}

/** A cell holds nothing when the value is not of the column's type. */
function customCell(type: string, value: Json, now: Instant): Cell {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date': {
      if (typeof value !== 'string') return null
      const at = parseInstant(value)
      return at === undefined ? '<invalid>' : age(now - at)
    }
    default:
      return typeof value === 'string' ? value : JSON.stringify(value)
  }
}
