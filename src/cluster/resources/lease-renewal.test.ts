// What need not survive a crash, told from what must.
import { describe, expect, test } from 'vitest'
import { fromJson } from '../../kube/object.ts'
import type { JsonObject } from '../../std/json.ts'
import { isRenewal } from './lease-renewal.ts'

const SPEC = {
  holderIdentity: 'a_1',
  leaseDurationSeconds: 15,
  acquireTime: '2026-08-01T12:00:00.000000Z',
  renewTime: '2026-08-01T12:00:00.000000Z',
  leaseTransitions: 3,
}
const aLease = (spec: JsonObject, metadata: JsonObject = {}) =>
  fromJson({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'lock', namespace: 'default', ...metadata },
    spec: { ...SPEC, ...spec },
  })
const change = (spec: JsonObject, metadata: JsonObject = {}) => ({
  revision: 2,
  at: 0,
  key: 'coordination.k8s.io/leases/default/lock' as const,
  resource: 'coordination.k8s.io/leases',
  previous: aLease({}, { resourceVersion: '1' }),
  value: aLease(spec, { resourceVersion: '2', ...metadata }),
})
const LATER = { renewTime: '2026-08-01T12:00:02.000000Z' }

describe('a lease', () => {
  test('that its holder renews may be late', () => expect(isRenewal(change(LATER))).toBe(true))

  test.each([
    ['comes to another', { ...LATER, holderIdentity: 'b_2', leaseTransitions: 4 }, {}],
    ['is given back', { ...LATER, holderIdentity: '', leaseDurationSeconds: 1 }, {}],
    ['is for longer', { ...LATER, leaseDurationSeconds: 60 }, {}],
    ['gets a label', LATER, { labels: { a: 'b' } }],
  ])('that %s may not', (_, spec, metadata) => expect(isRenewal(change(spec, metadata))).toBe(false))

  test('that is made, or goes, may not', () => {
    expect(isRenewal({ ...change(LATER), previous: undefined })).toBe(false)
    expect(isRenewal({ ...change(LATER), value: undefined })).toBe(false)
  })

  test('of another group is none', () =>
    expect(isRenewal({ ...change(LATER), resource: 'example.com/leases' })).toBe(false))
})
