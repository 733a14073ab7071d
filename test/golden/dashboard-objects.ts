// Stored objects rebuilt from recorded answers of the dashboard's API: a Rollout with all that it owns, such that who
// looks at them must say what was recorded.
import type { KubeObject } from '../../src/kube/object.ts'
import { ANALYSIS_RUN, EXPERIMENT, POD, REPLICA_SET, ROLLOUT } from '../../src/kube/kinds.ts'
import type { Kind } from '../../src/kube/object.ts'

interface RecordedPart {
  readonly objectMeta: { readonly name: string; readonly namespace?: string; readonly uid?: string }
  readonly status: string
  readonly message?: string
  readonly revision?: number
  readonly template?: string
}

interface RecordedPod extends RecordedPart {
  readonly ready: string
  readonly restarts?: number
}

interface RecordedSet extends RecordedPart {
  readonly stable?: boolean
  readonly active?: boolean
  readonly preview?: boolean
  readonly replicas?: number
  readonly available?: number
  readonly scaleDownDeadline?: string
  readonly images?: readonly string[]
  readonly initContainerImages?: readonly string[]
  readonly pods?: readonly RecordedPod[]
}

interface RecordedRun extends RecordedPart {
  readonly specAndStatus: object
}

interface RecordedExperiment extends RecordedPart {
  readonly replicaSets?: readonly RecordedSet[]
  readonly analysisRuns?: readonly RecordedRun[]
}

export interface RecordedInfo extends RecordedExperiment {
  readonly strategy: string
  readonly step?: string
  readonly generation: string
  readonly desired?: number
  readonly current?: number
  readonly updated?: number
  readonly ready?: number
  readonly available?: number
  readonly steps?: readonly object[]
  readonly containers?: readonly object[]
  readonly initContainers?: readonly object[]
  readonly experiments?: readonly RecordedExperiment[]
}

export interface Stored {
  readonly kind: Kind
  readonly object: KubeObject
}

const HASH = 'rollouts-pod-template-hash'

const BLUE_GREEN = { activeService: 'on' }

const hashOf = (name: string) => name.split('-').at(-1) ?? ''

export function storedFrom(info: RecordedInfo): Stored[] {
  const sets = info.replicaSets ?? []
  const hashWith = (tag: 'stable' | 'active' | 'preview') => {
    const found = sets.find(one => one[tag])
    return found === undefined ? undefined : hashOf(found.objectMeta.name)
  }
  const newest = sets[0] === undefined ? undefined : hashOf(sets[0].objectMeta.name)
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: meta(info, 'Rollout'),
    spec: {
      replicas: info.desired ?? 0,
      strategy:
        info.strategy === 'Canary' ? { canary: { steps: info.steps } } : { blueGreen: BLUE_GREEN },
      template: { spec: { containers: info.containers, initContainers: info.initContainers } },
    },
    status: {
      phase: info.status,
      message: info.message,
      ...(info.message?.startsWith('RolloutAborted') ? { abort: true } : {}),
      replicas: info.current,
      updatedReplicas: info.updated,
      readyReplicas: info.ready,
      availableReplicas: info.available,
      observedGeneration: info.generation,
      currentPodHash: newest,
      stableRS: hashWith('stable'),
      blueGreen: { activeSelector: hashWith('active'), previewSelector: hashWith('preview') },
      ...(info.step === undefined ? {} : { currentStepIndex: Number(info.step.split('/')[0]) }),
    },
  } as unknown as KubeObject
  return [
    { kind: ROLLOUT, object: rollout },
    ...sets.flatMap(one => setWithPods(one, rollout)),
    ...(info.analysisRuns ?? []).map(one => runFrom(one, rollout)),
    ...(info.experiments ?? []).flatMap(one => experimentFrom(one, rollout)),
  ]
}

function meta(info: RecordedPart & { readonly scaleDownDeadline?: string }, kind: string, owner?: KubeObject) {
  const { uid, name } = info.objectMeta
  return {
    ...info.objectMeta,
    uid: uid === '<uid>' ? `<uid of ${kind}/${name}>` : uid,
    ...(owner === undefined
      ? {}
      : {
          ownerReferences: [
            {
              apiVersion: owner.apiVersion,
              kind: owner.kind,
              name: owner.metadata.name,
              uid: owner.metadata.uid,
              controller: true,
            },
          ],
          annotations: {
            ...(info.revision === undefined ? {} : { 'rollout.argoproj.io/revision': String(info.revision) }),
            ...(info.scaleDownDeadline === undefined
              ? {}
              : { 'scale-down-deadline': info.scaleDownDeadline }),
            ...(info.template === undefined ? {} : { 'experiment.argoproj.io/template-name': info.template }),
          },
        }),
  }
}

function setWithPods(info: RecordedSet, owner: KubeObject): Stored[] {
  const metadata = meta(info, 'ReplicaSet', owner)
  const containers = (images: readonly string[] = []) => images.map((image, i) => ({ name: `c${i}`, image }))
  const hash = hashOf(info.objectMeta.name)
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...metadata, labels: { [HASH]: hash } },
    spec: {
      // A set that is to have none has none left, or is on its way there.
      replicas: info.status === 'ScaledDown' ? 0 : (info.replicas ?? (info.status === 'Progressing' ? 1 : 0)),
      template: {
        metadata: { labels: { [HASH]: hash } },
        spec: { containers: containers(info.images), initContainers: containers(info.initContainerImages) },
      },
    },
    status: {
      replicas: info.replicas,
      availableReplicas: info.available,
    },
  } as unknown as KubeObject
  return [
    { kind: REPLICA_SET, object: set },
    ...(info.pods ?? []).map(pod => ({ kind: POD, object: podFrom(pod, set) })),
  ]
}

function podFrom(info: RecordedPod, owner: KubeObject): KubeObject {
  const [ready = 0, total = 0] = info.ready.split('/').map(Number)
  const isRunning = ['Running', 'Terminating'].includes(info.status)
  const containerStatuses = Array.from({ length: total }, (_, i) => ({
    name: `c${i}`,
    ready: i < ready,
    restartCount: i === 0 ? (info.restarts ?? 0) : 0,
    state: isRunning || i < ready ? { running: {} } : { waiting: { reason: info.status } },
  }))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...meta(info, 'Pod', owner),
      ...(info.status === 'Terminating' ? { deletionTimestamp: '<time>' } : {}),
    },
    spec: { containers: containerStatuses.map(({ name }) => ({ name, image: 'x' })) },
    status: {
      phase: info.status === 'Running' ? 'Running' : 'Pending',
      ...(info.status === 'Pending' ? {} : { containerStatuses }),
    },
  } as unknown as KubeObject
}

function runFrom(info: RecordedRun, owner: KubeObject): Stored {
  const metadata = meta(info, 'AnalysisRun', owner)
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata,
    ...info.specAndStatus,
  } as unknown as KubeObject
  return { kind: ANALYSIS_RUN, object }
}

function experimentFrom(info: RecordedExperiment, owner: KubeObject): Stored[] {
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: meta(info, 'Experiment', owner),
    spec: { templates: [] },
    status: { phase: info.status, message: info.message },
  } as unknown as KubeObject
  return [
    { kind: EXPERIMENT, object },
    ...(info.replicaSets ?? []).flatMap(one => setWithPods(one, object)),
    ...(info.analysisRuns ?? []).map(one => runFrom(one, object)),
  ]
}
