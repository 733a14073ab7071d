// Ingresses of the AWS load balancer: where an action leads, in which parts, and for whom.
import { describe, expect, test } from 'vitest'
import { ingress, noticesOf, routeTo, whereTo } from '../families.suite.ts'

const action = (name: string, path = '/*') => ({
  path,
  pathType: 'ImplementationSpecific',
  backend: { service: { name, port: { name: 'use-annotation' } } },
})
const groups = (weight: number, more: object = {}) =>
  JSON.stringify({
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: [
        { ServiceName: 'canary', ServicePort: '80', Weight: weight },
        { ServiceName: 'stable', ServicePort: '80', Weight: 100 - weight },
      ],
      ...more,
    },
  })

function alb(annotations: Readonly<Record<string, string>>, paths = [action('root')], metadata: object = {}) {
  const prefixed = Object.entries(annotations).map(([name, value]) => [
    name.includes('/') ? name : `alb.ingress.kubernetes.io/${name}`,
    value,
  ])
  return ingress('web', {
    metadata: { annotations: Object.fromEntries(prefixed), ...metadata },
    spec: { ingressClassName: 'alb', rules: [{ host: 'web.test', http: { paths } }] },
  })
}

describe('an action', () => {
  test('splits by weight, whatever the case of its keys', () => {
    expect(whereTo([alb({ 'actions.root': groups(30) })], 'web.test/any/where')).toBe('canary=30 stable=70')
    const lower = groups(5).replaceAll(/"([A-Z])/g, (_, letter: string) => `"${letter.toLowerCase()}`)
    expect(whereTo([alb({ 'actions.root': lower })], 'web.test/')).toBe('canary=5 stable=95')
  })

  test('with a port of no use has its share, and nobody behind it', () => {
    const odd = groups(30).replace(/"servicePort":[^,}]*/i, '"servicePort":{"valueOf":1,"toString":1}')
    expect(odd).toContain('toString')
    expect(whereTo([alb({ 'actions.root': odd })], 'web.test/')).toBe('canary=30 stable=70')
  })

  test('keeps clients where stickiness is on', () => {
    const sticky = { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } }
    expect(routeTo([alb({ 'actions.root': groups(30, sticky) })], 'web.test/')?.session?.name).toBe(
      'AWSALBTG',
    )
    expect(routeTo([alb({ 'actions.root': groups(30) })], 'web.test/')?.session?.name).toBeUndefined()
  })

  test('with conditions on headers is for those requests alone; values have wildcards, and no case', () => {
    const conditions = JSON.stringify([
      { field: 'http-header', httpHeaderConfig: { httpHeaderName: 'X-Who', values: ['team-?', 'b.c*'] } },
      { field: 'http-header', httpHeaderConfig: { httpHeaderName: 'X-Two', values: ['yes'] } },
    ])
    const objects = [
      alb({ 'actions.root': groups(0), 'actions.testers': groups(100), 'conditions.testers': conditions }, [
        action('testers'),
        action('root'),
      ]),
    ]
    const to = (who: string, two = 'yes') =>
      whereTo(objects, 'web.test/', { headers: { 'x-who': who, 'x-two': two } })
    expect(to('Team-1')).toBe('canary=100 stable=0')
    expect(to('b.cd')).toBe('canary=100 stable=0')
    expect(to('bxcd')).toBe('canary=0 stable=100')
    expect(to('team-1', 'no')).toBe('canary=0 stable=100')
  })

  test('is read by the prefix that a Rollout says', () => {
    const rollouts = [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: { name: 'web', namespace: 'shop' },
        spec: {
          strategy: { canary: { trafficRouting: { alb: { ingress: 'web', annotationPrefix: 'my.alb' } } } },
        },
      },
    ]
    expect(whereTo([alb({ 'my.alb/actions.root': groups(30) })], 'web.test/', { rollouts })).toBe(
      'canary=30 stable=70',
    )
  })

  test.each([
    [{}, 'the annotation actions.root is not there, or no JSON object'],
    [{ 'actions.root': '{' }, 'the annotation actions.root is not there, or no JSON object'],
    [{ 'actions.root': '{"type":"redirect"}' }, 'actions.root: an action of type "redirect" is not played'],
    [
      { 'actions.root': groups(1), 'conditions.root': '[{"field":"source-ip"}]' },
      'conditions.root: a condition on source-ip is not played',
    ],
  ])('that cannot be played takes no request, and says so: %j', (annotations, problem) => {
    expect(whereTo([alb(annotations)], 'web.test/')).toBeUndefined()
    expect(noticesOf([alb(annotations)]).map(one => one.message)).toEqual([
      `a path takes no request: ${problem}`,
    ])
  })
})

test.each([
  ['/*', 'web.test/a', true],
  ['/a/*', 'web.test/a/b', true],
  ['/a/*', 'web.test/b', false],
  ['/a', 'web.test/a', true],
  ['/a', 'web.test/a/b', false],
  ['/*/edit', 'web.test/a/edit', true],
  ['/v?/x', 'web.test/v1/x', true],
])('a path %s has its wildcards: %s %s', (path, url, isFor) => {
  const found = whereTo([alb({ 'actions.root': groups(30) }, [action('root', path)])], url)
  expect(found !== undefined).toBe(isFor)
})
