// Who has written an object last.
import { expect, test } from 'vitest'
import { lastOther, withNamesOfManagers } from './managers.ts'
import { fromJson } from './object.ts'
import type { Json } from '../std/json.ts'

const written = (managedFields: Json) =>
  fromJson({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', managedFields } })

test('the newest of the others is named, and no field is kept', () => {
  const kept = withNamesOfManagers(
    written([
      { manager: 'kubectl', time: '2026-08-01T12:00:00Z', fieldsV1: { 'f:data': {} } },
      { manager: 'argocd-controller', time: '2026-08-01T12:00:05Z', fieldsV1: { 'f:data': {} } },
      { manager: 'crossfade', time: '2026-08-01T12:00:09Z' },
    ]),
  )
  expect(lastOther(kept)).toBe('argocd-controller')
  expect(JSON.stringify(kept)).not.toContain('f:data')
})

test.each([[undefined], ['many'], [[1, null, {}]], [[{ manager: 'crossfade' }]]])(
  'of %j nobody is named',
  managedFields => {
    const object = managedFields === undefined ? written([]) : written(managedFields as Json)
    expect(lastOther(withNamesOfManagers(object))).toBeUndefined()
  },
)
