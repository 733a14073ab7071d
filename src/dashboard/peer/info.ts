// RolloutInfo: what the page of Argo Rollouts is told of one Rollout, from what `get rollout` shows. As Go prints it:
// what is empty is left out.
import type { Rollout } from '../../api/rollout.ts'
import type { PodSpec } from '../../kube/core.ts'
import { asJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { stepsOf } from '../../rollout/steps.ts'
import type { ExperimentView } from '../../view/experiment-view.ts'
import type { PodView, ReplicaSetView } from '../../view/replica-set-view.ts'
import { rolloutView } from '../../view/rollout-view.ts'
import type { RolloutParts, RolloutView } from '../../view/rollout-view.ts'
import { analysisRunInfo } from './analysis-run-info.ts'
import { filled } from './filled.ts'
import { shortMeta } from './short-meta.ts'

/** `workload`: the pods of the workload that the rollout refers to. */
export function rolloutInfo(rollout: Rollout, parts: RolloutParts, workload?: PodSpec): JsonObject {
  const view = rolloutView(rollout, parts)
  const { managedFields: _, ...metadata } = asJson(rollout.metadata) as JsonObject
  const pods = rollout.spec.template?.spec ?? workload
  return filled({
    objectMeta: metadata,
    status: view.phase,
    message: view.message,
    icon: view.icon.trim(),
    strategy: view.strategy,
    ...progress(view),
    ...counts(view),
    restartedAt: rollout.status?.restartedAt ?? 'Never',
    generation: String(rollout.metadata.generation ?? 0),
    replicaSets: view.revisions.flatMap(one => one.replicaSets).map(one => replicaSetInfo(one, parts)),
    experiments: view.revisions.flatMap(one => one.experiments).map(one => experimentInfo(one, parts)),
    analysisRuns: view.revisions
      .flatMap(one => one.analysisRuns)
      .map(one => analysisRunInfo(one, parts.analysisRuns)),
    containers: containersOf(pods?.containers),
    initContainers: containersOf(pods?.initContainers),
    steps: asJson(stepsOf(rollout)),
  })
}

/** What a list says: neither experiments nor analyses. */
export function rolloutSummary(rollout: Rollout, parts: RolloutParts): JsonObject {
  return rolloutInfo(rollout, { ...parts, experiments: [], analysisRuns: [] })
}

function progress({ canary }: RolloutView): JsonObject {
  if (canary === undefined) return {}
  const { step, steps, setWeight, actualWeight } = canary
  return {
    step: steps === 0 ? '' : `${step ?? 0}/${steps}`,
    setWeight: String(setWeight),
    actualWeight: String(actualWeight),
  }
}

function counts({ replicas }: RolloutView): JsonObject {
  const { ready, current, desired, updated, available } = replicas
  return { ready, current, desired, updated, available }
}

function containersOf(list: PodSpec['initContainers']): JsonObject[] {
  return (list ?? []).map(({ name, image = '' }) => ({ name, image }))
}

function experimentInfo(view: ExperimentView, parts: RolloutParts): JsonObject {
  return filled({
    objectMeta: shortMeta(named(parts.experiments, view.name)),
    icon: view.icon.trim(),
    revision: view.revision,
    status: view.status,
    message: view.message,
    replicaSets: view.replicaSets.map(one => replicaSetInfo(one, parts)),
    analysisRuns: view.analysisRuns.map(one => analysisRunInfo(one, parts.analysisRuns)),
  })
}

function replicaSetInfo(view: ReplicaSetView, parts: RolloutParts): JsonObject {
  const stored = named(parts.replicaSets, view.name)
  return filled({
    objectMeta: shortMeta(stored),
    status: view.status,
    icon: view.icon.trim(),
    revision: view.revision,
    ...Object.fromEntries(view.tags.map(tag => [tag, true])),
    replicas: view.replicas,
    available: view.available,
    template: view.template ?? '',
    scaleDownDeadline: view.scaleDownAt ?? '',
    images: [...view.images],
    initContainerImages: containersOf(stored?.spec.template.spec.initContainers).map(
      one => one['image'] as Json,
    ),
    pods: view.pods.map(one => podInfo(one, parts)),
  })
}

function podInfo(view: PodView, parts: RolloutParts): JsonObject {
  return filled({
    objectMeta: shortMeta(named(parts.pods, view.name)),
    status: view.status,
    icon: view.icon.trim(),
    ready: `${view.ready}/${view.total}`,
    restarts: view.restarts,
  })
}

function named<T extends KubeObject>(objects: readonly T[], name: string): T | undefined {
  return objects.find(one => one.metadata.name === name)
}
