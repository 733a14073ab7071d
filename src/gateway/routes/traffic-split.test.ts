// TrafficSplits: the root Service's host, shared by weight.
import { expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { noticesOf, whereTo } from './families.suite.ts'

const split = (backends: Json, more: object = {}): Json => ({
  apiVersion: 'split.smi-spec.io/v1alpha1',
  kind: 'TrafficSplit',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { service: 'all-traffic', backends, ...more },
})

test.each([
  [70, 30, 'stable=70 canary=30'],
  ['900m', '100m', 'stable=0.9 canary=0.1'],
  ['x', -5, 'stable=0 canary=0'],
])('weights %j and %j', (stable, canary, wanted) => {
  const backends = [
    { service: 'stable', weight: stable },
    { service: 'canary', weight: canary },
  ]
  expect(whereTo([split(backends)], 'all-traffic.shop.localhost/any')).toBe(wanted)
  expect(whereTo([split(backends)], 'stable.shop.localhost/')).toBe('stable=1')
})

test('one with matches takes no request, and says so', () => {
  const object = split([{ service: 'canary', weight: 1 }], {
    matches: [{ kind: 'HTTPRouteGroup', name: 'x' }],
  })
  expect(whereTo([object], 'all-traffic.shop.localhost/')).toBe('all-traffic=1')
  expect(noticesOf([object]).map(one => one.message)).toEqual([
    'this TrafficSplit takes no request: matches are not played',
  ])
})
