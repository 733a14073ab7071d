// What an API server's words say of an object.
import { expect, test } from 'vitest'
import { KubeError, isAbsent } from './errors.ts'
import { REPLICA_SET } from './kinds.ts'

test('an object is absent where the server names it, or a part of it; an unknown path says nothing', () => {
  const ref = { kind: REPLICA_SET, name: 'web', namespace: 'default' }
  const told = (kind: string, name: string) => new KubeError('NotFound', '', { details: { kind, name } })
  expect(isAbsent(told('replicasets', 'web'), ref)).toBe(true)
  expect(isAbsent(told('replicasets/scale', 'web'), ref)).toBe(true)
  expect(isAbsent(told('replicasets', 'shop'), ref)).toBe(false)
  expect(isAbsent(told('namespaces', 'default'), ref)).toBe(false)
  expect(isAbsent(new KubeError('NotFound', '404 page not found'), ref)).toBe(false)
  expect(
    isAbsent(new KubeError('Forbidden', '', { details: { kind: 'replicasets', name: 'web' } }), ref),
  ).toBe(false)
})
