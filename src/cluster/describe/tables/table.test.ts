// Rows of tables: equal to what a real kube-apiserver 1.34 printed for the same objects; custom columns by
// their CRD.
import { describe, expect, test } from 'vitest'
import { parseInstant } from '../../../std/instant.ts'
import { asJson, fromJson } from '../../../kube/object.ts'
import type { ServedKind } from '../../resources/resources.ts'
import golden from '../../../../test/golden/api/tables.json' with { type: 'json' }
import kinds from '../../resources/built-in-kinds.json' with { type: 'json' }
import recorded from './table-columns.json' with { type: 'json' }
import { tablePrinter } from './table.ts'

const served = [...new Set(kinds.map(({ group, plural }) => (group === '' ? plural : `${plural}.${group}`)))]
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

test.each(served)('%s shows the columns that Kubernetes has for it, each with its cell', resource => {
  const printer = tablePrinter(builtIn(resource))
  const columns = recorded[resource as keyof typeof recorded] ?? []
  const isDefault = columns.length === 0 || columns[1]?.[0] === 'Created At'
  const expected = isDefault ? ['Name', 'Created At'] : columns.map(([name]) => name)
  expect(printer.columns.map(column => column.name)).toEqual(expected)
  const spec = { containers: [] }
  const bare = fromJson({ apiVersion: 'v1', kind: 'Any', metadata: { name: 'bare' }, spec })
  expect(printer.cells(bare, at)).toHaveLength(expected.length)
})

test('a volume, a class and a quota show what they are', () => {
  const cells = (resource: string, object: object) =>
    tablePrinter(builtIn(resource)).cells(fromJson({ apiVersion: 'v1', kind: 'Any', ...object } as never), at)
  const metadata = { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' }
  const volume = {
    metadata,
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace: 'shop', name: 'disk' },
      volumeMode: 'Filesystem',
    },
    status: { phase: 'Bound' },
  }
  expect(cells('persistentvolumes', volume).slice(0, 8)).toEqual([
    'x',
    '1Gi',
    'RWO,ROX',
    'Retain',
    'Bound',
    'shop/disk',
    '',
    '<unset>',
  ])
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
  const storageClass = { metadata: { ...metadata, annotations }, provisioner: 'acme.com/disk' }
  expect(cells('storageclasses.storage.k8s.io', storageClass).slice(0, 5)).toEqual([
    'x (default)',
    'acme.com/disk',
    'Delete',
    'Immediate',
    false,
  ])
  const status = { hard: { pods: '10', 'limits.cpu': '4', cpu: '2' }, used: { pods: '3' } }
  expect(cells('resourcequotas', { metadata, status }).slice(1, 3)).toEqual([
    'cpu: 0/2, pods: 3/10',
    'limits.cpu: 0/4',
  ])
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
