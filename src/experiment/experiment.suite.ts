// Experiments to decide about, for tests: two templates `a` and `b`, and the world around them.
import type { AnalysisRun, AnalysisTemplate } from '../api/analysis.ts'
import type { Experiment, ExperimentStatus } from '../api/experiment.ts'
import { EXPERIMENT_NAME, EXPERIMENT_TEMPLATE_NAME, POD_TEMPLATE_HASH } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Service } from '../kube/core.ts'
import { ANALYSIS_TEMPLATE } from '../kube/kinds.ts'
import { ownerReference, refKey, refOf } from '../kube/object.ts'
import { deepFreeze } from '../std/deep-freeze.suite.ts'
import { printInstant } from '../std/instant.ts'
import type { ExperimentSnapshot } from './snapshot.ts'

export const NOW = Date.UTC(2026, 7, 1, 12)
/** So many seconds after. */
export const at = (seconds: number) => printInstant(NOW + seconds * 1000)

type Spec = Experiment['spec']

export function aTemplate(name: string, more: Partial<Spec['templates'][number]> = {}) {
  const labels = { app: name }
  const containers = [{ name: 'app', image: `demo:${name}`, ports: [{ containerPort: 8080 }] }]
  return {
    name,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
    ...more,
  } as Spec['templates'][number]
}

export function anExperiment(spec: Partial<Spec> = {}, status?: Partial<ExperimentStatus>): Experiment {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'demo', namespace: 'shop', uid: 'uid-of-demo', generation: 1 },
    spec: { templates: [aTemplate('a'), aTemplate('b')], ...spec },
    ...(status === undefined ? {} : { status }),
  }
}

/** Pods of a template; all are available unless it says otherwise. */
export function pods(
  template: string,
  {
    replicas = 1,
    available = replicas,
    deadline,
  }: { replicas?: number; available?: number; deadline?: string } = {},
): ReplicaSet {
  const labels = { app: template, [POD_TEMPLATE_HASH]: `hash-${template}` }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `demo-${template}`,
      namespace: 'shop',
      uid: `uid-of-demo-${template}`,
      labels,
      annotations: {
        [EXPERIMENT_NAME]: 'demo',
        [EXPERIMENT_TEMPLATE_NAME]: template,
        ...(deadline === undefined ? {} : { 'scale-down-deadline': deadline }),
      },
      ownerReferences: [ownerReference(anExperiment())],
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [] } },
    },
    status: { replicas, readyReplicas: available, availableReplicas: available },
  } as ReplicaSet
}

/** `template`: the one that it was made for. */
export function aService(name: string, template?: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: 'shop',
      ...(template === undefined ? {} : { annotations: { [EXPERIMENT_TEMPLATE_NAME]: template } }),
      ownerReferences: [ownerReference(anExperiment())],
    },
    spec: {},
  } as Service
}

export function words(a: string, b = a, since = at(-60)): Partial<ExperimentStatus> {
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 }
  const status = (name: string, word: string) => ({
    name,
    ...counts,
    status: word,
    lastTransitionTime: since,
  })
  return { templateStatuses: [status('a', a), status('b', b)] } as Partial<ExperimentStatus>
}

/** All pods have been available for a minute. */
export const RUNNING: Partial<ExperimentStatus> = {
  phase: 'Running',
  availableAt: at(-60),
  ...words('Running'),
}

export function aRun(name: string, status?: AnalysisRun['status'], spec: object = {}): AnalysisRun {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name, namespace: 'shop', ownerReferences: [ownerReference(anExperiment())] },
    spec: { metrics: [], ...spec },
    ...(status === undefined ? {} : { status }),
  } as AnalysisRun
}

const CHECK = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name: 'check', namespace: 'shop' },
  spec: {
    args: [{ name: 'hash', value: 'none' }],
    metrics: [{ name: 'check', provider: { job: { spec: { template: { spec: {} } } } } }],
  },
} as unknown as AnalysisTemplate

export function aSnapshot(
  experiment: Experiment,
  more: Partial<ExperimentSnapshot> = {},
): ExperimentSnapshot {
  return deepFreeze({
    now: NOW,
    experiment,
    replicaSets: [],
    services: [],
    analysisRuns: [],
    named: { [refKey(refOf(ANALYSIS_TEMPLATE, CHECK))]: CHECK },
    unread: [],
    carrying: [],
    refused: {},
    taken: [],
    ...more,
  })
}
