// Objects that no schema has looked at make a table all the same, and end nothing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromJson } from '../../kube/object.ts'
import { INGRESS } from '../../kube/kinds.ts'
import type { Json } from '../../std/json.ts'
import { createMatcher } from '../matching.ts'
import { table } from './families.suite.ts'
import { aRoute } from './route.suite.ts'
import { soundly } from './sound.ts'

const KINDS = [
  ['networking.k8s.io/v1', 'Ingress'],
  ['getambassador.io/v3alpha1', 'Mapping'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
] as const

const NAMES = (
  'rules matches path type value headers name backendRefs port weight filters host http paths backend service ' +
  'number pathType defaultBackend hostnames prefix hostname regex_headers queryParams method urlRewrite ' +
  'parentRefs query_parameters'
).split(' ')

const VALUES = [
  '/',
  'Exact',
  'RegularExpression',
  'RequestRedirect',
  'stable',
  '*',
  '',
  5,
  -1,
  true,
  null,
] as const

const anyJson: fc.Arbitrary<Json> = fc.letrec<{ any: Json }>(tie => ({
  any: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(...VALUES),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('any'), { maxKeys: 5 }),
  ),
})).any

const object = fc.record({
  kind: fc.constantFrom(...KINDS),
  spec: anyJson,
  annotations: fc.dictionary(fc.string(), anyJson),
})

test('whatever stands in them', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 4 }), objects => {
      const made = table(
        objects.map(({ kind: [apiVersion, kind], spec, annotations }, i) => ({
          apiVersion,
          kind,
          metadata: { name: `o${i}`, namespace: 'shop', annotations },
          spec,
        })),
      )
      const asked = {
        host: 'stable.shop.localhost',
        path: '/',
        method: 'GET',
        header: () => 'x',
        query: () => 'x',
      }
      expect(createMatcher(made).match(asked)).toBeDefined()
    }),
    { numRuns: 500, seed: 7 },
  )
})

describe('an object that cannot be read', () => {
  const good = fromJson({ apiVersion: 'v1', kind: 'Ingress', metadata: { name: 'good', namespace: 'shop' } })
  const bad = fromJson({ apiVersion: 'v1', kind: 'Ingress', metadata: { name: 'bad', namespace: 'shop' } })

  test('is left out alone, and its author is told', () => {
    const made = soundly([INGRESS], [good, bad], objects => {
      if (objects.includes(bad)) throw new TypeError('it is a number')
      return { routes: objects.map(() => aRoute([])), notices: [] }
    })
    expect(made.routes).toHaveLength(1)
    expect(made.notices).toMatchObject([
      { from: 'networking.k8s.io/ingresses/shop/bad', reason: 'RouteNotPlayed' },
    ])
  })

  test('by the one who matches is left out, too', () => {
    const odd = { ...aRoute([]), host: 5 as unknown as string, from: 'a/b/c/odd' }
    const made = soundly([INGRESS], [good], () => ({ routes: [odd, aRoute([])], notices: [] }))
    expect(made.routes).toHaveLength(1)
    expect(made.notices).toMatchObject([{ from: 'a/b/c/odd', reason: 'RouteNotPlayed' }])
  })
})
