// Objects as the Table that `kubectl get` prints: columns with their meaning, one row of cells for each
// object, and as much of the object itself as the client wants beside it. Ages are computed here, at the
// moment of the answer.
import { type KubeObject, resourceName } from '../../../kube/object.ts'
import type { Instant } from '../../../std/instant.ts'
import type { ServedKind } from '../../resources/resources.ts'
import { createdAt, named } from './cluster-objects.ts'
import { customColumns, customPrinter } from './custom.ts'
import type { Cell, Column, Printer } from './printer.ts'
import { PRINTERS } from './printers.ts'
import recorded from './table-columns.json' with { type: 'json' }

export interface TablePrinter {
  readonly columns: readonly Column[]
  cells(object: KubeObject, now: Instant): readonly Cell[]
}

type RecordedColumn = readonly [name: string, type: string, format: string, priority: number]

const COLUMNS = recorded as unknown as Readonly<Record<string, readonly RecordedColumn[]>>

const NAME_AND_CREATION: readonly RecordedColumn[] = [
  ['Name', 'string', 'name', 0],
  ['Created At', 'date', '', 0],
]

const printers = new WeakMap<ServedKind, TablePrinter>()

/** How this kind is shown; made once for each state of a kind, since a CRD's columns may change. */
export function tablePrinter(kind: ServedKind): TablePrinter {
  const known = printers.get(kind)
  if (known !== undefined) return known
  const made = kind.custom ? customTable(kind) : builtInTable(kind)
  printers.set(kind, made)
  return made
}

function builtInTable(kind: ServedKind): TablePrinter {
  const resource = resourceName(kind)
  const columns = COLUMNS[resource] ?? NAME_AND_CREATION
  const printer: Printer | undefined = PRINTERS[resource]
  if (printer !== undefined) return { columns: columns.map(column), cells: printer }
  const isNameAndAge = columns.length === 2 && columns[1]?.[0] === 'Age'
  return isNameAndAge
    ? { columns: columns.map(column), cells: named }
    : { columns: NAME_AND_CREATION.map(column), cells: createdAt }
}

function customTable(kind: ServedKind): TablePrinter {
  const columns = customColumns(kind.columns ?? [])
  return { columns: columns.map(one => one.column), cells: customPrinter(columns) }
}

function column([name, type, format, priority]: RecordedColumn): Column {
  return { name, type, format, description: '', priority }
}
