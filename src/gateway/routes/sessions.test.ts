// What HTTPRoutes and Ingresses ask of sessions, and the backends that an experiment's weights come to.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../std/json.ts'
import { httpRoute, ingress, noticesOf, routeTo, table, to, whereTo } from './families.suite.ts'

const backendRefs = [
  { name: 'stable', port: 80, weight: 50 },
  { name: 'canary', port: 80, weight: 50 },
]

describe('sessionPersistence of a rule', () => {
  const route = (sessionPersistence: Json) => httpRoute({ rules: [{ backendRefs, sessionPersistence }] })
  const session = (asked: Json) => routeTo([route(asked)], 'web.test/')?.session

  test('is a cookie that ends with the browser, with a name of ours for the whole route', () => {
    const of = (object: Json) => routeTo([object], 'web.test/')?.session
    expect(session({})).toEqual({
      by: 'cookie',
      name: expect.stringMatching(/^crossfade-session-[a-z0-9]+$/),
      attributes: 'Path=/; HttpOnly; SameSite=Lax',
    })
    expect(session({ type: 'Cookie' })).toEqual(session({}))
    const other = httpRoute({ rules: [{ backendRefs, sessionPersistence: {} }] }, { name: 'other' })
    expect(of(other)?.name).not.toBe(session({})?.name)
  })

  test('may last, and may end', () => {
    const permanent = { cookieConfig: { lifetimeType: 'Permanent' }, absoluteTimeout: '1h30m' }
    expect(session(permanent)).toMatchObject({ maxAgeSeconds: 5400, absoluteSeconds: 5400 })
    const ending = session({ absoluteTimeout: '1h', idleTimeout: '90s', sessionName: 'mine' })
    expect(ending).toMatchObject({ name: 'mine', absoluteSeconds: 3600, idleSeconds: 90 })
    expect(ending).not.toHaveProperty('maxAgeSeconds')
    expect(session({ idleTimeout: '0s' })).not.toHaveProperty('idleSeconds')
  })

  test('may be a header', () => {
    expect(session({ type: 'Header', sessionName: 'X-Mine' })).toMatchObject({ by: 'header', name: 'x-mine' })
  })

  test.each([
    [{ sessionName: 'a b' }, 'sessionPersistence: "a b" is no name of a cookie'],
    [{ sessionName: 'x'.repeat(129) }, 'is no name of a cookie'],
    [{ type: 'Header', sessionName: 'Host' }, 'sessionPersistence: the header Host means something else'],
    [{ type: 'Header', sessionName: 'cookie' }, 'the header cookie means something else'],
    [{ absoluteTimeout: '-1s' }, 'a timeout is no length of time'],
    [{ idleTimeout: 5 }, 'a timeout is no length of time'],
  ])('that cannot be played is said, and the rule is served without: %j', (asked, message) => {
    expect(session(asked)).toBeUndefined()
    expect(whereTo([route(asked)], 'web.test/')).toBe('stable=50 canary=50')
    expect(noticesOf([route(asked)])).toMatchObject([{ message: expect.stringContaining(message) }])
  })
})

describe('affinity of an Ingress', () => {
  const rules = (service: string, path = '/') => ({
    rules: [{ host: 'web.test', http: { paths: [to(service, path)] } }],
  })
  const main = (annotations: Record<string, string>, path = '/') =>
    ingress('web', { annotations: { affinity: 'cookie', ...annotations }, spec: rules('stable', path) })
  const session = (annotations: Record<string, string>, path = '/') =>
    routeTo([main(annotations, path)], `web.test${path}`)?.session

  test('has a cookie for its path, with the attributes that annotations say', () => {
    expect(session({}, '/shop')?.attributes).toBe('Path=/shop; HttpOnly; SameSite=Lax')
    const all = {
      'session-cookie-name': 'mine',
      'session-cookie-path': '/',
      'session-cookie-samesite': 'Strict',
      'session-cookie-secure': 'true',
      'session-cookie-max-age': '60',
    }
    expect(session(all, '/shop')).toEqual({
      by: 'cookie',
      name: 'mine',
      attributes: 'Path=/; HttpOnly; SameSite=Strict; Secure',
      maxAgeSeconds: 60,
    })
    expect(session({ 'session-cookie-expires': '90' })).toMatchObject({ maxAgeSeconds: 90, hasExpires: true })
  })

  test('with values that are none is as if they were not there', () => {
    const odd = {
      'session-cookie-name': 'a=b;',
      'session-cookie-max-age': '-1',
      'session-cookie-path': '/; Domain=x',
    }
    expect(session(odd)).toEqual({
      by: 'cookie',
      name: 'INGRESSCOOKIE',
      attributes: 'Path=/; HttpOnly; SameSite=Lax',
    })
    expect(session({ affinity: 'ip' })).toBeUndefined()
  })

  const canary = (annotations: Record<string, string>) =>
    ingress('web-canary', {
      annotations: { canary: 'true', 'canary-weight': '30', 'canary-by-header': 'x-go', ...annotations },
      spec: rules('canary'),
    })

  test('keeps clients with the canary, unless that is to be as it was', () => {
    const sessionWith = (annotations: Record<string, string>) =>
      routeTo([main({}), canary(annotations)], 'web.test/')?.session
    expect(sessionWith({})?.name).toBe('INGRESSCOOKIE')
    expect(sessionWith({ 'affinity-canary-behavior': 'sticky' })?.name).toBe('INGRESSCOOKIE')
    expect(sessionWith({ 'affinity-canary-behavior': 'legacy' })).toBeUndefined()
  })

  test('is not asked by a tester’s header, and learns nothing from it', () => {
    const objects = [main({}), canary({})]
    const always = routeTo(objects, 'web.test/', { headers: { 'x-go': 'always' } })
    expect([always?.backends.map(one => one.service), always?.session]).toEqual([['canary'], undefined])
  })
})

describe('backends that an experiment has put into a rule', () => {
  const annotations = { 'crossfade.dev/experiment-backends': 'a,b' }
  const refs = (stable: number, canary: number) => [
    { name: 'stable', port: 80, weight: stable },
    { name: 'canary', port: 80, weight: canary },
    { name: 'a', port: 80, weight: 25 },
    { name: 'all-traffic', port: 80, weight: 25 },
  ]
  const route = (backends: readonly Json[], metadata: object = { annotations }) =>
    httpRoute({ rules: [{ backendRefs: backends }] }, metadata)

  test('and that have gone before it knows have no share, and nobody is told', () => {
    expect(whereTo([route(refs(25, 25))], 'web.test/')).toBe('stable=25 canary=25 all-traffic=25')
    expect(noticesOf([route(refs(25, 25))])).toEqual([])
  })

  test('and of which nobody else has weight leave it to the stable pods', () => {
    const hash = { 'rollouts-pod-template-hash': 'old' }
    const pods = ['stable-1', 'canary-1'].map((name, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop', labels: i === 0 ? hash : {} },
      spec: { containers: [{ name: 'web', image: 'web' }] },
    }))
    const rollouts = [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { strategy: { canary: {} } },
        status: { stableRS: 'old', currentPodHash: 'new' },
      },
    ]
    const alone = route(refs(0, 0).slice(0, 3))
    expect(whereTo([alone], 'web.test/', { pods, rollouts })).toBe('stable=1 canary=0')
  })

  test('are told from those of users, which answer for themselves', () => {
    expect(whereTo([route(refs(25, 25), {})], 'web.test/')).toBe('stable=25 canary=25 a=25 all-traffic=25')
    expect(noticesOf([route(refs(25, 25), {})])).toMatchObject([{ reason: 'BackendRefused' }])
  })
})

test('pods of an experiment are of the revision that they were made of', () => {
  const owner = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'web',
    uid: 'u',
    controller: true,
  }
  const experiment = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'web-b-2-1', namespace: 'shop', ownerReferences: [owner] },
    spec: {
      templates: [
        { name: 'a', selector: { matchLabels: { app: 'web', 'rollouts-pod-template-hash': 'old' } } },
        { name: 'alone', selector: { matchLabels: { app: 'web' } } },
      ],
    },
    status: {
      templateStatuses: [
        { name: 'a', podTemplateHash: 'own' },
        { name: 'alone', podTemplateHash: 'other' },
      ],
    },
  }
  const pod = (name: string, hash: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels: { app: 'web', 'rollouts-pod-template-hash': hash } },
    spec: { containers: [{ name: 'web', image: 'web' }] },
  })
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'web' } }, strategy: { canary: {} } },
    status: { stableRS: 'old', currentPodHash: 'new' },
  }
  const revisions = (pods: readonly Json[]) => {
    const world = { pods, rollouts: [rollout], experiments: [experiment] }
    const { routes } = table([httpRoute({ rules: [{ backendRefs }] })], world)
    const found = routes.find(one => !one.isImplicit)
    return found?.backends.map(one => one.endpoints[0]?.revision)
  }
  expect(revisions([pod('stable-1', 'old'), pod('canary-1', 'own')])).toEqual(['web/old', 'web/old'])
  expect(revisions([pod('stable-1', 'new'), pod('canary-1', 'other')])).toEqual(['web/new', ''])
})
