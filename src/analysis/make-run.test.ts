// AnalysisRuns for whoever asks: here an Experiment, since nothing in it is a Rollout's.
import { describe, expect, test } from 'vitest'
import type { AnalysisRun, AnalysisTemplate, AnalysisTemplateSpec } from '../api/analysis.ts'
import type { FoundObjects } from '../api/references.ts'
import { ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE } from '../kube/kinds.ts'
import { refKey, refOf } from '../kube/object.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import { isRunOf, makeRun, runSpecFor } from './make-run.ts'
import type { AnalysisRequest, RunDraft } from './make-run.ts'

const owner: KubeObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Experiment',
  metadata: {
    name: 'ab',
    namespace: 'shop',
    uid: 'experiment-1',
    labels: { app: 'shop', 'argo-rollouts.argoproj.io/controller-instance-id': 'blue' },
  },
}

const template = { spec: { containers: [{ name: 'check', image: 'alpine:3' }] } }
const metric = (name: string) => ({ name, provider: { job: { spec: { template } } } })

function found(kind: Kind, namespace: string | undefined, specs: Record<string, AnalysisTemplateSpec>) {
  const objects = Object.entries(specs).map(([name, spec]): AnalysisTemplate => {
    const metadata = namespace === undefined ? { name } : { name, namespace }
    return { apiVersion: 'argoproj.io/v1alpha1', kind: kind.kind, metadata, spec }
  })
  return Object.fromEntries(objects.map(one => [refKey(refOf(kind, one)), one]))
}

function specOf(request: Partial<AnalysisRequest>, templates: FoundObjects) {
  const none = { templates: [], args: [], dryRun: [], measurementRetention: [] }
  return runSpecFor(owner, { ...none, ...request }, templates)
}

describe('the spec of a run', () => {
  test('is what its templates measure, those of its namespace and of the cluster, with what they include', () => {
    const templates = {
      ...found(ANALYSIS_TEMPLATE, 'shop', {
        own: {
          metrics: [metric('own')],
          templates: [{ templateName: 'shared', clusterScope: true }, { templateName: 'own' }],
        },
      }),
      ...found(ANALYSIS_TEMPLATE, 'elsewhere', { shared: { metrics: [metric('stranger')] } }),
      ...found(CLUSTER_ANALYSIS_TEMPLATE, undefined, { shared: { metrics: [metric('shared')] } }),
    }
    const dryRun = [{ metricName: 'own' }]
    expect(specOf({ templates: [{ templateName: 'own' }], dryRun }, templates)).toMatchObject({
      value: { metrics: [{ name: 'own' }, { name: 'shared' }], dryRun },
    })
  })

  test('has the arguments that the templates declare, and says which one is open', () => {
    const templates = found(ANALYSIS_TEMPLATE, 'shop', {
      own: { metrics: [metric('own')], args: [{ name: 'host' }, { name: 'port', value: '80' }] },
    })
    const request = { templates: [{ templateName: 'own' }] }
    expect(specOf(request, templates)).toEqual({ problem: 'args.host was not resolved' })
    const args = [
      { name: 'host', value: 'shop' },
      { name: 'other', value: 'x' },
    ]
    expect(specOf({ ...request, args }, templates)).toMatchObject({
      value: {
        args: [
          { name: 'host', value: 'shop' },
          { name: 'port', value: '80' },
        ],
      },
    })
  })

  test('is refused when its templates do not fit together, and an endless chain of templates is none', () => {
    const include = (...names: readonly string[]) => names.map(templateName => ({ templateName }))
    const rule = { metricName: 'a', limit: 5 }
    const templates = found(ANALYSIS_TEMPLATE, 'shop', {
      a: { metrics: [metric('a')], templates: include('b'), measurementRetention: [rule] },
      b: { metrics: [metric('b')], templates: include('c', 'a') },
      c: { templates: include('b') },
      twin: { metrics: [metric('a')] },
      x: { metrics: [metric('x')], args: [{ name: 'n', value: '1' }] },
      y: { metrics: [metric('y')], args: [{ name: 'n', value: '2' }] },
    })
    const asked = (names: readonly string[], more = {}) =>
      specOf({ templates: include(...names), ...more }, templates)
    expect(asked(['a'])).toMatchObject({ value: { metrics: [{ name: 'a' }, { name: 'b' }] } })
    expect(asked(['a', 'twin'])).toEqual({ problem: "two metrics have the same name 'a'" })
    expect(asked(['a'], { measurementRetention: [rule] })).toEqual({
      problem: "two Measurement Retention metric rules have the same metric name 'a'",
    })
    const dryRun = [{ metricName: 'b' }, { metricName: 'b' }]
    expect(asked(['a'], { dryRun })).toEqual({
      problem: "two Dry-Run metric rules have the same metric name 'b'",
    })
    expect(asked(['x', 'y'])).toEqual({
      problem: 'Argument `n` specified multiple times with different values',
    })
  })

  test('has a web metric as Go writes it, with its empty structs', () => {
    const web = { name: 'up', provider: { web: { url: 'http://shop' } } }
    const templates = found(ANALYSIS_TEMPLATE, 'shop', { own: { metrics: [web] } })
    const authentication = { sigv4: {}, oauth2: {}, basicAuth: {} }
    expect(specOf({ templates: [{ templateName: 'own' }] }, templates)).toMatchObject({
      value: { metrics: [{ provider: { web: { authentication } } }] },
    })
  })

  test('has a Job as Go writes it, with its empty structs', () => {
    const templates = found(ANALYSIS_TEMPLATE, 'shop', { own: { metrics: [metric('own')] } })
    expect(specOf({ templates: [{ templateName: 'own' }] }, templates)).toMatchObject({
      value: {
        metrics: [
          {
            provider: {
              job: {
                metadata: {},
                spec: {
                  template: { metadata: {}, spec: { containers: [{ name: 'check', resources: {} }] } },
                },
              },
            },
          },
        ],
      },
    })
  })
})

const draft: RunDraft = {
  name: 'ab-check',
  spec: { metrics: [metric('own')] },
  metadata: { labels: { team: 'shop', role: 'theirs' }, annotations: { note: 'a' } },
  labels: { role: 'ours' },
  annotations: {},
}

describe('a run', () => {
  test('belongs to whoever asked, in its namespace, with its labels and its controller', () => {
    const { run, isNew } = makeRun(owner, draft, [])
    expect(isNew).toBe(true)
    expect(run.metadata).toEqual({
      name: 'ab-check',
      namespace: 'shop',
      labels: {
        team: 'shop',
        role: 'ours',
        'argo-rollouts.argoproj.io/controller-instance-id': 'blue',
      },
      annotations: { note: 'a' },
      ownerReferences: [expect.objectContaining({ kind: 'Experiment', name: 'ab', uid: 'experiment-1' })],
    })
    expect(isRunOf(owner, run)).toBe(true)
  })

  const made = makeRun(owner, draft, []).run
  const like = (more: Partial<AnalysisRun>, metadata: Partial<KubeObject['metadata']> = {}): AnalysisRun => ({
    ...made,
    ...more,
    metadata: { ...made.metadata, ...metadata },
  })

  test('that is under way with that very task is taken', () => {
    const running = like({ status: { phase: 'Running' } })
    expect(makeRun(owner, draft, [running])).toEqual({ run: running, isNew: false })
  })

  test.each([
    ['has ended', like({ status: { phase: 'Failed' } })],
    ['has another task', like({ spec: { metrics: [metric('other')] } })],
    ['belongs to another owner', like({}, { ownerReferences: [] })],
    ['is being deleted', like({}, { deletionTimestamp: '2026-08-01T12:00:00Z' })],
  ])('that %s keeps its name, and the next name is free', (_, known) => {
    const next = makeRun(owner, draft, [known])
    expect(next.isNew).toBe(true)
    expect(next.run.metadata.name).toBe('ab-check.1')
    expect(makeRun(owner, draft, [known, next.run])).toEqual({ run: next.run, isNew: false })
  })
})
