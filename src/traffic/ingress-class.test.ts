// Whose Ingress it is, by its class.
import { expect, test } from 'vitest'
import { fromJson, refKey } from '../kube/object.ts'
import type { JsonObject } from '../std/json.ts'
import { unlistedClass } from './ingress-class.ts'
import { routersOf } from './registry.ts'
import { aRollout } from './router.suite.ts'

function told(own: JsonObject, classes: Readonly<Record<string, readonly string[]>>): string | undefined {
  const { annotations = {}, ...spec } = own
  const routers = routersOf(aRollout({ nginx: { stableIngress: 'main' } }))
  const [ref] = routers[0]?.refs ?? []
  const { namespace = '', name = '' } = ref ?? {}
  const ingress = fromJson({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace, annotations },
    spec,
  })
  return unlistedClass(routers, ref === undefined ? {} : { [refKey(ref)]: ingress }, classes)
}

const annotated = (name: string): JsonObject => ({ annotations: { 'kubernetes.io/ingress.class': name } })

test.each<[string, JsonObject, Readonly<Record<string, readonly string[]>>]>([
  ['any class', { ingressClassName: 'other' }, {}],
  ['the class of another router', { ingressClassName: 'other' }, { alb: ['alb'] }],
  ['its class in the field', { ingressClassName: 'inner' }, { nginx: ['nginx', 'inner'] }],
  [
    'its class in the annotation, which goes before',
    { ...annotated('inner'), ingressClassName: 'x' },
    { nginx: ['inner'] },
  ],
])('with %s nothing is told', (_what, own, classes) => {
  expect(told(own, classes)).toBeUndefined()
})

test('an Ingress of a class that was not named is told, with both and the cure', () => {
  expect(told(annotated('outer'), { nginx: ['nginx', 'inner'] })).toBe(
    'Ingress "main" has the class "outer", and --nginx-ingress-classes names nginx, inner: its weights are written, ' +
      'and nobody may follow them. Name its class there, or give it one of these.',
  )
  expect(told({}, { nginx: ['nginx'] })).toContain('has no class')
  expect(told(annotated('alb'), { nginx: ['nginx'], alb: ['alb'] })).toContain('--nginx-ingress-classes')
})

test('what is not there has no class to speak of', () => {
  const routers = routersOf(aRollout({ nginx: { stableIngress: 'main' } }))
  expect(unlistedClass(routers, {}, { nginx: ['nginx'] })).toBeUndefined()
})
