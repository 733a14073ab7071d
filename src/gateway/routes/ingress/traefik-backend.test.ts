// An Ingress that names a TraefikService as its backend.
import { expect, test } from 'vitest'
import type { Json } from '../../../std/json.ts'
import { ingress, noticesOf, routeTo, whereTo } from '../families.suite.ts'
import { slotCounts } from '../weights.ts'

const shared = (canary: number, group = 'traefik.io'): Json => ({
  apiVersion: `${group}/v1alpha1`,
  kind: 'TraefikService',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    weighted: {
      services: [
        { name: 'stable', port: 80, weight: 100 - canary },
        { name: 'canary', port: 80, weight: canary },
      ],
    },
  },
})
const backed = (name = 'web', group = 'traefik.io', kind = 'TraefikService') => {
  const backend = { resource: { apiGroup: group, kind, name } }
  const paths = [{ path: '/', pathType: 'Prefix', backend }]
  return ingress('web', { spec: { rules: [{ host: 'web.test', http: { paths } }] } })
}

test.each(['traefik.io', 'traefik.containo.us'])('shares requests as it says: %s', group => {
  const { backends = [] } = routeTo([backed('web', group), shared(30, group)], 'web.test/a') ?? {}
  expect(backends.map(one => one.service)).toEqual(['stable', 'canary'])
  expect(slotCounts(backends.map(one => one.weight))).toEqual([700, 300])
})

test('that is not there has nobody, and its author is told', () => {
  expect(whereTo([backed('other'), shared(30)], 'web.test/a')).toBe('')
  expect(noticesOf([backed('other'), shared(30)]).map(one => [one.reason, one.message])).toEqual([
    ['BackendRefused', 'a path has nobody for its share: TraefikService shop/other does not exist'],
  ])
})

test('a resource of another kind takes no request', () => {
  expect(whereTo([backed('web', 'example.com', 'Bucket')], 'web.test/a')).toBeUndefined()
})
