// Weights that are none (texts, negative, huge), and objects that are very large: nobody else's route suffers, and no
// share is made up.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { httpRoute, ingress, istio, routeTo, table, to } from './families.suite.ts'
import { weightedChoice } from './weights.ts'

const made = (apiVersion: string, kind: string, name: string, spec: Json): Json => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
})
const pair = (weight: Json, name = 'name') => [
  { [name]: 'stable', port: 80, servicePort: 80, weight: 70 },
  { [name]: 'canary', port: 80, servicePort: 80, weight },
]

/** What asks for `web.test/`, with that weight for the canary. */
const FAMILIES: Readonly<Record<string, (weight: Json) => readonly Json[]>> = {
  'a VirtualService': weight => [
    istio('VirtualService', 'web', {
      hosts: ['web.test'],
      http: [
        {
          route: [
            { destination: { host: 'stable' }, weight: 70 },
            { destination: { host: 'canary' }, weight },
          ],
        },
      ],
    }),
  ],
  'a TraefikService': weight => [
    made('traefik.io/v1alpha1', 'TraefikService', 'web', { weighted: { services: pair(weight) } }),
    made('traefik.io/v1alpha1', 'IngressRoute', 'web', {
      routes: [{ match: 'Host(`web.test`)', services: [{ name: 'web', kind: 'TraefikService' }] }],
    }),
  ],
  'an ApisixRoute': weight => [
    made('apisix.apache.org/v2', 'ApisixRoute', 'web', {
      http: [
        { name: 'a', match: { hosts: ['web.test'], paths: ['/*'] }, backends: pair(weight, 'serviceName') },
      ],
    }),
  ],
  'an HTTPRoute': weight => [
    httpRoute({ hostnames: ['web.test'], rules: [{ backendRefs: pair(weight) }] } as Json),
  ],
  'an action of an Ingress': weight => [
    ingress('web', {
      metadata: {
        annotations: {
          'alb.ingress.kubernetes.io/actions.root': JSON.stringify({
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [
                { ServiceName: 'stable', ServicePort: '80', Weight: 70 },
                { ServiceName: 'canary', ServicePort: '80', Weight: weight },
              ],
            },
          }),
        },
      },
      spec: {
        rules: [
          {
            host: 'web.test',
            http: {
              paths: [
                {
                  path: '/*',
                  pathType: 'ImplementationSpecific',
                  backend: { service: { name: 'root', port: { name: 'use-annotation' } } },
                },
              ],
            },
          },
        ],
      },
    }),
  ],
}
const NONE: readonly Json[] = ['many', '-5', -5, -1e300, 1e300, {}, [1], true]
const CASES = Object.keys(FAMILIES).flatMap(family => NONE.map(weight => [family, weight] as const))

test.each(CASES)('the weight of %s may be %j: others are served, and the choice ends', (family, weight) => {
  const other = ingress('other', { spec: { rules: [{ host: 'o.test', http: { paths: [to('stable')] } }] } })
  const objects = [...(FAMILIES[family]?.(weight) ?? []), other]
  expect(routeTo(objects, 'o.test/')?.backends.map(one => one.service)).toEqual(['stable'])
  const weights = routeTo(objects, 'web.test/')?.backends.map(one => one.weight) ?? []
  expect(weights.every(one => Number.isFinite(one) && one >= 0)).toBe(true)
  const choice = weightedChoice(weights, { next: () => 0.5 })
  const chosen = Array.from({ length: 300 }, () => choice.next())
  expect(chosen.every(one => one === undefined || (one >= 0 && one < weights.length))).toBe(true)
})

describe('a very large object', () => {
  test('a VirtualService of 1,000 routes has them all', () => {
    const http = Array.from({ length: 1000 }, (_, i) => ({
      name: `r${i}`,
      match: [{ uri: { prefix: `/${i}/` } }],
      route: [{ destination: { host: i === 999 ? 'canary' : 'stable' } }],
    }))
    const object = istio('VirtualService', 'web', { hosts: ['web.test'], http })
    expect(table([object]).routes.filter(route => !route.isImplicit).length).toBe(1000)
    expect(routeTo([object], 'web.test/999/x')?.backends.map(one => one.service)).toEqual(['canary'])
  })

  test.each([
    ['no JSON', 'x'.repeat(200_000)],
    ['brackets in brackets', '['.repeat(200_000)],
    [
      'thousands of groups',
      JSON.stringify({
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: Array.from({ length: 3500 }, () => ({
            ServiceName: 'stable',
            ServicePort: '80',
            Weight: 1,
          })),
        },
      }),
    ],
  ])('an action of 200 kB, %s, lets others be served', (_what, action) => {
    const web = ingress('web', {
      metadata: { annotations: { 'alb.ingress.kubernetes.io/actions.root': action } },
      spec: { rules: [{ host: 'web.test', http: { paths: [to('root', '/*', 'ImplementationSpecific')] } }] },
    })
    const other = ingress('other', { spec: { rules: [{ host: 'o.test', http: { paths: [to('stable')] } }] } })
    expect(routeTo([web, other], 'o.test/')?.backends.map(one => one.service)).toEqual(['stable'])
  })
})
