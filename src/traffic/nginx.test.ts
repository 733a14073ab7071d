// NGINX: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TrafficRouting } from '../api/traffic.ts'
import { INGRESS } from '../kube/kinds.ts'
import type { Ingress } from '../kube/networking.ts'
import { refKey, type KubeObject } from '../kube/object.ts'
import type { JsonObject } from '../std/json.ts'
import { nginx } from './nginx.ts'
import { applied, anIntent, bound, foundIn, NAMESPACE, routerGoldens, routerLaws } from './router.suite.ts'
import type { RouterMember, Scene } from './router.suite.ts'

function anIngress(name: string, more: Partial<Ingress['spec']> = {}): Ingress {
  const backend = { service: { name: 'stable', port: { number: 80 } } }
  const rules = [{ host: 'demo.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }]
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: NAMESPACE },
    spec: { ingressClassName: 'nginx', rules, ...more },
  }
}

const service = fc.constantFrom('stable', 'other', 'canary')
const path = fc.record({
  path: fc.constantFrom('/', '/a', '/b'),
  pathType: fc.constant('Prefix'),
  backend: fc.oneof(
    service.map(name => ({ service: { name, port: { number: 80 } } })),
    fc.constant({ resource: { kind: 'Bucket', name: 'x' } }),
  ),
})
const rule = fc.oneof(
  fc.record({ host: fc.constantFrom('a.example', 'b.example') }),
  fc.record({ http: fc.record({ paths: fc.array(path, { minLength: 1, maxLength: 3 }) }) }),
)

const ingress = (name: string): fc.Arbitrary<Ingress> =>
  fc
    .record({
      before: fc.array(rule, { maxLength: 2 }),
      after: fc.array(rule, { maxLength: 2 }),
      tls: fc.option(fc.constant([{ hosts: ['a.example'], secretName: 's' }]), { nil: undefined }),
    })
    .map(({ before, after, tls }) => {
      const good = anIngress(name)
      const rules = [...before, ...(good.spec.rules ?? []), ...after]
      return anIngress(name, tls === undefined ? { rules } : { rules, tls })
    })

/** A canary Ingress that stood there before, with something of somebody else's in it. */
function aCanary(name: string, annotations: Record<string, string>): KubeObject {
  const owner = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'guestbook',
    uid: 'uid-of-guestbook',
  }
  const metadata = {
    name: `guestbook-${name}-canary`,
    namespace: NAMESPACE,
    annotations,
    labels: { team: 'x' },
    ownerReferences: [{ ...owner, controller: true }],
  }
  return { ...anIngress(name), metadata }
}

const prefix = fc.constantFrom(undefined, 'custom.example')
const scenes: fc.Arbitrary<Scene> = fc
  .record({
    prefix,
    max: fc.constantFrom(undefined, 100, 1000),
    several: fc.boolean(),
    first: ingress('main'),
    second: ingress('extra'),
    canary: fc.option(fc.dictionary(fc.constantFrom('mine', 'yours'), fc.string(), { maxKeys: 2 }), {
      nil: undefined,
    }),
  })
  .map(parts => {
    const names = parts.several ? { stableIngresses: ['main', 'extra'] } : { stableIngress: 'main' }
    const settings = parts.prefix === undefined ? names : { ...names, annotationPrefix: parts.prefix }
    const trafficRouting: TrafficRouting =
      parts.max === undefined ? { nginx: settings } : { nginx: settings, maxTrafficWeight: parts.max }
    const canary = parts.canary === undefined ? [] : [aCanary('main', parts.canary)]
    return { trafficRouting, maxWeight: parts.max ?? 100, objects: [parts.first, parts.second, ...canary] }
  })

const OURS = /\/canary(-weight(-total)?)?$/

const member: RouterMember<ReturnType<typeof nginx.config> & object> = {
  router: nginx,
  scenes,
  withoutOurs({ spec: _ours, metadata, ...rest }: JsonObject) {
    const { annotations, ...others } = metadata as JsonObject
    const theirs = Object.entries((annotations ?? {}) as JsonObject).filter(([key]) => !OURS.test(key))
    return { ...rest, metadata: { ...others, annotations: Object.fromEntries(theirs) } }
  },
}

routerLaws(member)
routerGoldens(member, new URL('testdata/nginx/', import.meta.url))

describe('NGINX', () => {
  const trafficRouting = { nginx: { stableIngress: 'main' } }
  const main = bound(nginx, trafficRouting)
  const found = foundIn(member, [anIngress('main')])

  test('says which of the two fields is missing, or is too much', () => {
    const neither = bound(nginx, { nginx: {} })
    expect(nginx.route(neither, anIntent(1), found)).toHaveProperty(
      'invalid.message',
      'Either StableIngress or StableIngresses must be configured. Neither are configured.',
    )
    const both = bound(nginx, { nginx: { stableIngress: 'a', stableIngresses: ['b'] } })
    expect(nginx.route(both, anIntent(1), found)).toHaveProperty(
      'invalid.message',
      'Either StableIngress or StableIngresses must be configured. Both are configured.',
    )
  })
  test('leaves an Ingress alone that somebody else controls', () => {
    const theirs = aCanary('main', {})
    const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'another', controller: true }
    const foreign = { ...theirs, metadata: { ...theirs.metadata, ownerReferences: [owner] } }
    const routed = nginx.route(main, anIntent(1), foundIn(member, [anIngress('main'), foreign]))
    expect(routed).toHaveProperty(
      'problem.message',
      'canary ingress `guestbook-main-canary` controlled by different object',
    )
  })
  test('keeps the end of a name that would be too long', () => {
    const name = 'x'.repeat(250)
    const long = bound(nginx, { nginx: { stableIngress: name } })
    const names = nginx.refs(long).map(ref => ref.name)
    expect(names[1]).toHaveLength(253)
    expect(names[1]).toMatch(/^guestbook-x+-canary$/)
  })
  test('takes the maximum back out when the user does', () => {
    const large = bound(nginx, { ...trafficRouting, maxTrafficWeight: 1000 })
    const before = applied(nginx.route(large, anIntent(1), found), found)
    const after = applied(nginx.route(main, anIntent(1), before), before)
    const key = refKey({ kind: INGRESS, namespace: NAMESPACE, name: 'guestbook-main-canary' })
    const total = 'nginx.ingress.kubernetes.io/canary-weight-total'
    expect(before[key]?.metadata.annotations).toHaveProperty([total], '1000')
    expect(after[key]?.metadata.annotations).not.toHaveProperty([total])
  })
  test('is silent where two Ingresses do not say the same', () => {
    const two = bound(nginx, { nginx: { stableIngresses: ['main', 'extra'] } })
    const annotations = (weight: string) => ({
      'nginx.ingress.kubernetes.io/canary': 'true',
      'nginx.ingress.kubernetes.io/canary-weight': weight,
    })
    const read = (a: string, b: string) =>
      nginx.read(two, foundIn(member, [aCanary('main', annotations(a)), aCanary('extra', annotations(b))]))
    expect(read('10', '10')).toEqual({ canary: 10, stable: 90, others: {} })
    expect(read('10', '20')).toBeUndefined()
    expect(read('10', 'x')).toBeUndefined()
  })
})
