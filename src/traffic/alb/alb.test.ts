// AWS Load Balancer Controller: the laws of the family, golden files, and what is its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { INGRESS } from '../../kube/kinds.ts'
import { fromJson, refKey } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { objects, record, text, withFields } from '../../std/json-parts.ts'
import { applied, anIntent, bound, foundIn, NAMESPACE, routerGoldens, routerLaws } from '../router.suite.ts'
import type { RouterMember, Scene } from '../router.suite.ts'
import type { Found } from '../router.ts'
import { alb } from './alb.ts'

const NOTE = 'rollouts.argoproj.io/managed-alb-annotations'
const ACTION = 'alb.ingress.kubernetes.io/actions.root'

function path(service: string): JsonObject {
  const backend = { service: { name: service, port: { name: 'use-annotation' } } }
  return { path: '/*', pathType: 'ImplementationSpecific', backend }
}

function anIngress(name: string, annotations: JsonObject | undefined, rules: Json): KubeObject {
  const metadata = { name, namespace: NAMESPACE, ...(annotations === undefined ? {} : { annotations }) }
  return fromJson({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec: { rules } })
}

const rules = fc.constantFrom<Json>(
  [{ http: { paths: [path('root')] } }],
  [{ host: 'a.example', http: { paths: [path('other'), path('root')] } }, { host: 'b.example' }],
)
const annotations = fc.constantFrom<JsonObject | undefined>(
  undefined,
  { 'kubernetes.io/ingress.class': 'alb' },
  { [ACTION]: 'no JSON', 'alb.ingress.kubernetes.io/scheme': 'internal' },
  { [ACTION]: '{"Type":"forward"}', [NOTE]: '{"another":["x/actions.y"]}' },
  { [NOTE]: 'no JSON', 'alb.ingress.kubernetes.io/actions.theirs': 'x'.repeat(200_000) },
)

const scenes: fc.Arbitrary<Scene> = fc
  .record({ first: rules, second: rules, a: annotations, b: annotations, isSticky: fc.boolean() })
  .map(({ first, second, a, b, isSticky }) => ({
    trafficRouting: {
      alb: {
        ingresses: ['main', 'extra'],
        rootService: 'root',
        servicePort: 8080,
        ...(isSticky ? { stickinessConfig: { enabled: true, durationSeconds: 60 } } : {}),
      },
      managedRoutes: [{ name: 'h' }],
    },
    maxWeight: 100,
    objects: [anIngress('main', a, first), anIngress('extra', b, second)],
  }))

/** Without our action, our entry in the note, and what steps make. */
function withoutOurs(object: JsonObject): Json {
  const metadata = record(object['metadata'])
  const { [NOTE]: note, [ACTION]: _action, ...theirs } = record(metadata['annotations'])
  const isNote = text(note).startsWith('{')
  const noted = withFields(record(isNote ? JSON.parse(text(note)) : {}), { guestbook: undefined })
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...theirs, [NOTE]: JSON.stringify(noted) } },
  }
}

const member: RouterMember<ReturnType<typeof alb.config> & object> = {
  router: alb,
  carriesOthers: true,
  scenes,
  withoutOurs,
}

routerLaws(member)
routerGoldens(member, new URL('../testdata/alb/', import.meta.url))

const key = refKey({ kind: INGRESS, namespace: NAMESPACE, name: 'main' })

describe('ALB', () => {
  const settings = { ingress: 'main', rootService: 'root', servicePort: 80 }
  const managedRoutes = [{ name: 'staff' }, { name: 'beta' }]
  const main = bound(alb, { alb: settings, managedRoutes })
  const found = foundIn(member, [anIngress('main', undefined, [{ http: { paths: [path('root')] } }])])
  const annotationsIn = (state: Found) => state[key]?.metadata.annotations ?? {}

  test('the action is the text that people know, and the note says whose it is', () => {
    const after = applied(alb.route(main, anIntent(30), found), found)
    expect(annotationsIn(after)).toEqual({
      [ACTION]:
        '{"Type":"forward","ForwardConfig":{"TargetGroups":[' +
        '{"ServiceName":"canary","ServicePort":"80","Weight":30},' +
        '{"ServiceName":"stable","ServicePort":"80","Weight":70}]}}',
      [NOTE]: `{"guestbook":["${ACTION}"]}`,
    })
  })
  test('experiments stand between the two', () => {
    const others = [{ service: 'guestbook-a-2-1-base', podHash: 'x', weight: 5 }]
    const stable = { service: 'stable', podHash: 'old', weight: 75 }
    const after = applied(alb.route(main, anIntent(20, { others, stable }), found), found)
    expect(annotationsIn(after)[ACTION]).toContain(
      '"Weight":20},{"ServiceName":"guestbook-a-2-1-base","ServicePort":"80","Weight":5},{"ServiceName":"stable"',
    )
    expect(alb.read(main, after)?.canary).toBe(20)
  })
  test('a prefix of one’s own, the stable Service as root, and sessions that last', () => {
    const own = bound(alb, {
      alb: {
        ingress: 'main',
        servicePort: 8443,
        annotationPrefix: 'lb.corp.example',
        stickinessConfig: { enabled: true, durationSeconds: 777 },
      },
    })
    const state = foundIn(member, [anIngress('main', {}, [{ http: { paths: [path('stable')] } }])])
    const after = applied(alb.route(own, anIntent(35), state), state)
    expect(annotationsIn(after)['lb.corp.example/actions.stable']).toContain(
      '"TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":777}}}',
    )
  })
  test('sessions that last no time, or more than a week, are said', () => {
    for (const durationSeconds of [0, 604_801]) {
      const own = bound(alb, { alb: { ...settings, stickinessConfig: { enabled: true, durationSeconds } } })
      expect(alb.route(own, anIntent(5), found)).toHaveProperty(
        'invalid.message',
        expect.stringContaining('604800s'),
      )
    }
  })
  const header = (name: string, ...values: readonly string[]) => ({
    name,
    match: values.map(exact => ({ headerName: 'x-who', headerValue: { exact } })),
  })
  test('routes by header stand first in each rule, all values of a header in one condition; then they go', () => {
    const headerRoutes = [header('beta', 'b'), header('staff', 'yes', '<very>')]
    const after = applied(alb.route(main, anIntent(10, { headerRoutes }), found), found)
    const paths = objects(record(objects(record(record(after[key])['spec'])['rules'])[0]?.['http'])['paths'])
    expect(paths).toEqual([path('staff'), path('beta'), path('root')])
    expect(annotationsIn(after)).toMatchObject({
      'alb.ingress.kubernetes.io/actions.staff':
        '{"Type":"forward","ForwardConfig":{"TargetGroups":[' +
        '{"ServiceName":"canary","ServicePort":"80","Weight":100}]}}',
      'alb.ingress.kubernetes.io/conditions.staff':
        '[{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"x-who",' +
        '"values":["yes","\\u003cvery\\u003e"]}}]',
      [NOTE]: expect.stringContaining('"alb.ingress.kubernetes.io/conditions.beta"') as string,
    })
    expect(alb.read(main, after)).toMatchObject({ canary: 10, byHeader: true })
    const ended = applied(alb.route(main, anIntent(0), after), after)
    expect(alb.read(main, ended)).not.toHaveProperty('byHeader')
    expect(applied(alb.leave(main, { now: 0 }, ended), ended)[key]).toHaveProperty(
      'spec',
      found[key] && record(found[key])['spec'],
    )
    expect(Object.keys(annotationsIn(ended))).toEqual([ACTION, NOTE])
  })
  test('routes by header of two Rollouts stand one behind the other, and none is written again', () => {
    const others = bound(alb, {
      alb: { ...settings, rootService: 'other' },
      managedRoutes: [{ name: 'early' }],
    })
    const both = foundIn(member, [
      anIngress('main', undefined, [{ http: { paths: [path('root'), path('other')] } }]),
    ])
    const rollout = { ...others.rollout, metadata: { ...others.rollout.metadata, name: 'others' } }
    const intent = (name: string) => anIntent(10, { headerRoutes: [header(name, 'b')] })
    const once = applied(alb.route(main, intent('beta'), both), both)
    const twice = applied(alb.route({ ...others, rollout }, intent('early'), once), once)
    const paths = objects(record(objects(record(record(twice[key])['spec'])['rules'])[0]?.['http'])['paths'])
    expect(paths).toEqual([path('early'), path('beta'), path('root'), path('other')])
    expect(applied(alb.route(main, intent('beta'), twice), twice)).toEqual(twice)
    expect(applied(alb.route({ ...others, rollout }, intent('early'), twice), twice)).toEqual(twice)
  })
  test('a route by header that stands behind a path for everybody is put before it', () => {
    const behind = foundIn(member, [
      anIngress('main', undefined, [{ http: { paths: [path('root'), path('beta'), path('other')] } }]),
    ])
    const after = applied(
      alb.route(main, anIntent(10, { headerRoutes: [header('beta', 'b')] }), behind),
      behind,
    )
    const paths = objects(record(objects(record(record(after[key])['spec'])['rules'])[0]?.['http'])['paths'])
    expect(paths).toEqual([path('beta'), path('root'), path('other')])
  })
  test('the second Ingress is put right although the first is as it should be', () => {
    const both = bound(alb, { alb: { ...settings, ingress: '', ingresses: ['main', 'extra'] } })
    const state = {
      ...found,
      ...foundIn(member, [anIngress('extra', undefined, [{ http: { paths: [path('root')] } }])]),
    }
    const after = applied(alb.route(both, anIntent(40), state), state)
    const edited = {
      ...after,
      ...foundIn(member, [anIngress('extra', {}, [{ http: { paths: [path('root')] } }])]),
    }
    expect(applied(alb.route(both, anIntent(40), edited), edited)).toEqual(after)
    expect(alb.read(both, after)?.canary).toBe(40)
  })
  test('left, the action goes to the stable Service alone, and other Rollouts keep their note', () => {
    const theirs = foundIn(member, [
      anIngress('main', { [NOTE]: '{"another":["x"]}' }, [{ http: { paths: [path('root')] } }]),
    ])
    const at30 = applied(alb.route(main, anIntent(30), theirs), theirs)
    const after = applied(alb.leave(main, { now: 0 }, at30), at30)
    expect(annotationsIn(after)).toEqual({
      [ACTION]:
        '{"Type":"forward","ForwardConfig":{"TargetGroups":[' +
        '{"ServiceName":"stable","ServicePort":"80","Weight":100}]}}',
      [NOTE]: '{"another":["x"]}',
    })
    expect(alb.leave(main, { now: 0 }, after)).toEqual({ placed: [] })
  })
  test('an action that another Rollout manages is left alone, and said', () => {
    const note = { [ACTION]: '{}', [NOTE]: JSON.stringify({ another: [ACTION] }) }
    const theirs = foundIn(member, [anIngress('main', note, [{ http: { paths: [path('root')] } }])])
    expect(alb.route(main, anIntent(30), theirs)).toHaveProperty(
      'invalid.message',
      'the action of Service root in ingress `main` is managed by another Rollout, another',
    )
    expect(alb.leave(main, { now: 0 }, theirs)).toEqual({ placed: [] })
  })
  test('reads what stands there: any action of target groups, nothing of what is none', () => {
    const reads = (action: string) =>
      alb.read(main, foundIn(member, [anIngress('main', { [ACTION]: action }, [])]))?.canary
    const groups = (canary: Json, stable: Json) =>
      JSON.stringify({
        forwardConfig: {
          targetGroups: [
            { serviceName: 'canary', weight: canary },
            { serviceName: 'stable', weight: stable },
          ],
        },
      })
    expect(reads(groups(1, 2))).toBe(34)
    expect(reads(groups('5', 2))).toBe(0)
    expect(reads(groups(-5, 2))).toBe(0)
    expect(reads(groups(1e300, 0))).toBe(100)
    expect(reads('x'.repeat(200_000))).toBeUndefined()
    expect(reads('[]')).toBeUndefined()
  })
})
