// Rows of tables: equal to what a real kube-apiserver 1.34 printed for the same objects; custom columns by
// their CRD.
import { describe, expect, test } from 'vitest'
import { parseInstant } from '../../../std/instant.ts'
import { asJson, fromJson } from '../../../kube/object.ts'
import type { ServedKind } from '../../resources/resources.ts'
import golden from '../../../../test/golden/api/tables.json' with { type: 'json' }
import { tablePrinter } from './table.ts'

const at = parseInstant(golden.at) as number

const AGE = /(?<![\w.-])((\d+(y|d|h|m|s))+)(?![\w.-])/g

/** An age may be a second older than the recording says. */
function ageless(cells: readonly unknown[]): readonly unknown[] {
  return cells.map(cell => (typeof cell === 'string' ? cell.replaceAll(AGE, 'AGE') : cell))
}

function builtIn(resource: string): ServedKind {
  const [plural, ...group] = resource.split('.')
  return {
    group: group.join('.'),
    version: 'v1',
    kind: 'Any',
    plural: plural as string,
    namespaced: true,
    statusSubresource: true,
    singular: '',
    listKind: '',
    shortNames: [],
    categories: [],
    verbs: [],
    subresources: [],
    custom: false,
  }
}

describe.each(Object.entries(golden.tables))('%s', (resource, { columns, rows }) => {
  const printer = tablePrinter(builtIn(resource))
  test('has its columns', () => {
    expect(printer.columns.map(column => ({ ...column, description: undefined }))).toEqual(columns)
  })
  test.each(rows.map(row => [row.object.metadata.name, row] as const))('%s', (_, { object, cells }) => {
    expect(ageless(printer.cells(fromJson(asJson(object)), at))).toEqual(ageless(cells))
  })
})

describe('a custom kind', () => {
  const kind = (columns: ServedKind['columns']): ServedKind => ({
    ...builtIn('widgets.example.com'),
    custom: true,
    ...(columns === undefined ? {} : { columns }),
  })
  const widget = fromJson({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'w', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      size: 3,
      ratio: 0.5,
      isOn: true,
      colour: 'red',
      since: '2026-01-01T00:00:00Z',
      parts: ['a', 'b'],
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  })
  const cell = (type: string, jsonPath: string) =>
    tablePrinter(kind([{ name: 'X', type, jsonPath }])).cells(
      widget,
      parseInstant('2026-01-01T00:05:00Z')!,
    )[1]
  test('without columns shows name and age', () => {
    const printer = tablePrinter(kind(undefined))
    expect(printer.columns.map(column => column.name)).toEqual(['Name', 'Age'])
    expect(printer.cells(widget, parseInstant('2026-01-01T00:05:00Z')!)).toEqual(['w', '5m'])
  })
  test('shows values of the column’s type, and nothing for others', () => {
    expect(cell('integer', '.spec.size')).toBe(3)
    expect(cell('number', '.spec.ratio')).toBe(0.5)
    expect(cell('boolean', '.spec.isOn')).toBe(true)
    expect(cell('string', '.spec.colour')).toBe('red')
    expect(cell('date', '.spec.since')).toBe('5m')
    expect(cell('string', '.status.conditions[?(@.type=="Ready")].status')).toBe('True')
    expect(cell('integer', '.spec.colour')).toBeNull()
    expect(cell('string', '.spec.nope')).toBeNull()
    expect(cell('date', '.spec.colour')).toBe('<invalid>')
    expect(cell('string', '.spec.size')).toBe('3')
    expect(cell('string', '.spec.parts')).toBe('["a","b"]')
  })
})
