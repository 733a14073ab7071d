// Objects that stand for more than anybody means: hosts times rules times matches, and services that lead to services.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { httpRoute, istio, noticesOf, table, to, ingress } from './families.suite.ts'

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))
const hosts = times(100, i => `h${i}.test`)
const traefik = (kind: string, name: string, spec: Json): Json => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
})
const quoted = (texts: readonly string[]) => texts.map(one => `\`${one}\``).join()

const MANY: readonly (readonly [string, Json])[] = [
  [
    'a VirtualService',
    istio('VirtualService', 'web', {
      hosts,
      http: times(100, () => ({ route: [{ destination: { host: 'stable' } }] })),
    }),
  ],
  [
    'an HTTPRoute',
    httpRoute({
      hostnames: hosts,
      rules: times(100, () => ({ backendRefs: [{ name: 'stable', port: 80 }] })),
    }),
  ],
  [
    'an ApisixRoute',
    {
      apiVersion: 'apisix.apache.org/v2',
      kind: 'ApisixRoute',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { http: [{ match: { hosts, paths: times(100, i => `/${i}`) }, backends: [] }] },
    },
  ],
  [
    'an IngressRoute',
    traefik('IngressRoute', 'web', {
      routes: [
        {
          match: `Host(${quoted(times(100, i => `h${i}`))}) && Path(${quoted(times(100, i => `/${i}`))})`,
          services: [{ name: 'stable', port: 80 }],
        },
      ],
    }),
  ],
]

describe('what stands for more than 4096 routes', () => {
  test.each(MANY)('%s takes no request, its author is told, and others are served', (_, object) => {
    const other = ingress('other', { spec: { rules: [{ host: 'o.test', http: { paths: [to('stable')] } }] } })
    const explicit = table([object, other]).routes.filter(route => !route.isImplicit)
    expect(explicit.map(route => route.host)).toEqual(['o.test'])
    expect(noticesOf([object]).map(one => one.message)).toEqual([
      'it takes no request: it stands for 10000 routes, and 4096 are the most; give some an object of their own',
    ])
  })
})

test('TraefikServices that lead to ever more of each other are followed once each', () => {
  const level = (depth: number) => {
    const next = { name: `s${depth + 1}`, kind: 'TraefikService', weight: 1 }
    const leaf = { name: 'stable', port: 80, weight: 1 }
    return traefik('TraefikService', `s${depth}`, {
      weighted: { services: times(20, () => (depth === 7 ? leaf : next)) },
    })
  }
  const route = traefik('IngressRoute', 'web', {
    routes: [{ match: 'Host(`web.test`)', services: [{ name: 's0', kind: 'TraefikService' }] }],
  })
  expect(noticesOf([route, ...times(8, level)]).map(one => one.message)).toEqual([
    'routes[0] has nobody for its share: more than 200 Services stand behind one route',
  ])
})
