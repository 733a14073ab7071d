// What a Rollout names must be there and fit it, in the words that users have been told until now.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ANALYSIS_TEMPLATE, INGRESS, SERVICE } from '../kube/kinds.ts'
import { apiVersionOf, refKey, refOf } from '../kube/object.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import { fieldErrorText } from './field-error.ts'
import { referencedObjects, templatesOf } from './references.ts'
import type { Rollout, RolloutSpec } from './rollout.ts'
import { validateReferences, workloadKindError } from './validate-references.ts'

interface Recorded {
  readonly manifest: Rollout
  readonly controller?: {
    readonly conditions: readonly { readonly type: string; readonly message: string }[]
  }
}

const golden = new URL('../../test/golden/invalid.json', import.meta.url)
const recorded = JSON.parse(readFileSync(golden, 'utf8')) as Record<string, Recorded>

const object = (kind: Kind, name: string, more: object): KubeObject => ({
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  metadata: { name, namespace: 'test' },
  ...more,
})
const service = (name: string, selector = { app: 'demo' }, annotations = {}) => ({
  ...object(SERVICE, name, { spec: { selector } }),
  metadata: { name, namespace: 'test', annotations },
})
const ingress = (name: string, backend = 'stable') =>
  object(INGRESS, name, {
    spec: {
      rules: [{ http: { paths: [{ backend: { service: { name: backend, port: { number: 80 } } } }] } }],
    },
  })
const template = (name: string, spec: object) => object(ANALYSIS_TEMPLATE, name, { spec })
const found = (...list: readonly { readonly kind: Kind; readonly objects: readonly KubeObject[] }[]) =>
  Object.fromEntries(
    list.flatMap(({ kind, objects }) => objects.map(one => [refKey(refOf(kind, one)), one] as const)),
  )
const inTest = (rollout: Rollout): Rollout => ({
  ...rollout,
  metadata: { ...rollout.metadata, namespace: 'test' },
})
const rollout = (strategy: NonNullable<RolloutSpec['strategy']>): Rollout =>
  inTest({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'demo' },
    spec: { strategy, template: { metadata: { labels: { app: 'demo' } }, spec: { containers: [] } } },
  })
const problems = (of: Rollout, there: ReturnType<typeof found>) =>
  validateReferences(of, { found: there }).map(fieldErrorText)

const services = {
  kind: SERVICE,
  objects: ['active', 'preview', 'stable', 'canary', 'a'].map(name => service(name)),
}
const ingresses = { kind: INGRESS, objects: ['demo', 'a', 'b'].map(name => ingress(name)) }
const once = { name: 'm', provider: { job: { spec: { template: { spec: { containers: [] } } } } } }
const templates = { kind: ANALYSIS_TEMPLATE, objects: [template('a', { metrics: [once] })] }
const everything = found(services, ingresses, templates)

describe('recorded', () => {
  const names = ['bg-missing-template', 'ingress-both', 'ingress-none', 'istio-both', 'istio-none']
  for (const name of names) {
    test(name, () => {
      const { manifest, controller } = recorded[name] as Recorded
      const said = controller?.conditions.find(condition => condition.type === 'InvalidSpec')?.message
      expect(problems(inTest(manifest), everything)).toHaveLength(1)
      expect(`The Rollout "${name}" is invalid: ${problems(inTest(manifest), everything)[0]}`).toBe(said)
    })
  }
  test('workload-ref-unknown-kind', () => {
    const { manifest, controller } = recorded['workload-ref-unknown-kind'] as Recorded
    const error = workloadKindError(manifest)
    expect(controller?.conditions[0]?.message).toBe(
      `The Rollout "workload-ref-unknown-kind" is invalid: ${error === undefined ? '' : fieldErrorText(error)}`,
    )
  })
})

describe('what is missing is said first, and alone', () => {
  const canary = {
    stableService: 'stable',
    canaryService: 'none',
    trafficRouting: { nginx: { stableIngress: 'gone' } },
  }
  test('a Service before an Ingress', () => {
    expect(problems(rollout({ canary }), everything)).toEqual([
      'spec.strategy.canary.canaryService: Invalid value: "none": service "none" not found',
    ])
  })
  test('an Ingress by its group', () => {
    expect(problems(rollout({ canary: { ...canary, canaryService: 'canary' } }), everything)).toEqual([
      'spec.strategy.canary.trafficRouting.nginx.stableIngress: Invalid value: "gone": ' +
        'ingress.networking.k8s.io "gone" not found',
    ])
  })
  test('a template that a template names', () => {
    const outer = found(services, {
      kind: ANALYSIS_TEMPLATE,
      objects: [template('outer', { templates: [{ templateName: 'inner' }] })],
    })
    const steps = [{ analysis: { templates: [{ templateName: 'outer' }] } }]
    expect(problems(rollout({ canary: { steps } }), outer)).toEqual([
      `spec.templates: Invalid value: "inner": AnalysisTemplate 'inner' not found`,
    ])
  })
})

describe('what is there must fit', () => {
  const blueGreen = { activeService: 'active', previewService: 'preview' }
  test('Services select labels of the template, and belong to one Rollout', () => {
    const there = found({
      kind: SERVICE,
      objects: [
        service('active', { app: 'other' }),
        service('preview', undefined, { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'other' }),
      ],
    })
    expect(problems(rollout({ blueGreen }), there)).toEqual([
      'spec.strategy.blueGreen.activeService: Invalid value: "active": ' +
        'Service "active" has unmatch label "app" in rollout',
      'spec.strategy.blueGreen.previewService: Invalid value: "preview": ' +
        'Service "preview" is managed by another Rollout',
    ])
  })
  test('an Ingress routes to the stable Service', () => {
    const trafficRouting = { nginx: { stableIngresses: ['demo', 'x'] } }
    const canary = { stableService: 'stable', canaryService: 'canary', trafficRouting }
    const there = { ...everything, ...found({ kind: INGRESS, objects: [ingress('x', 'web')] }) }
    expect(problems(rollout({ canary }), there)).toEqual([
      'spec.strategy.canary.trafficRouting.nginx.stableIngresses: Invalid value: "x": ' +
        'ingress `x` has no rules using service stable backend',
    ])
  })
  test('an analysis that is waited for ends; one beside the steps has its arguments', () => {
    const endless = template('endless', {
      metrics: [{ ...once, interval: '5s' }],
      args: [{ name: 'host' }],
    })
    const there = found({ kind: ANALYSIS_TEMPLATE, objects: [endless] })
    const analysis = { templates: [{ templateName: 'endless' }] }
    expect(problems(rollout({ canary: { analysis, steps: [{ analysis }] } }), there)).toEqual([
      'spec.strategy.canary.steps[0].analysis.templates: Invalid value: "endless": AnalysisTemplate endless has ' +
        'metric m which runs indefinitely. Invalid value for count: <nil>',
      'spec.strategy.canary.analysis.templates: Invalid value: "endless": missing analysis arguments in rollout spec',
    ])
  })
})

test('templates that name each other end', () => {
  const round = found({
    kind: ANALYSIS_TEMPLATE,
    objects: [
      template('a', { templates: [{ templateName: 'b' }] }),
      template('b', { templates: [{ templateName: 'a' }, { templateName: 'b' }] }),
    ],
  })
  const names = templatesOf(rollout({}), [{ templateName: 'a' }], round).map(one => one.metadata.name)
  expect(names).toEqual(['a', 'b'])
})

test('all objects that a spec names are known before any is read', () => {
  const canary = {
    stableService: 's',
    trafficRouting: { alb: { ingress: 'i', servicePort: 80 } },
    analysis: { templates: [{ templateName: 't', clusterScope: true }] },
  }
  expect(referencedObjects(rollout({ canary })).map(refKey)).toEqual([
    '/services/test/s',
    'networking.k8s.io/ingresses/test/i',
    'argoproj.io/clusteranalysistemplates//t',
  ])
})
