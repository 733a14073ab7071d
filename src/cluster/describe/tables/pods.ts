// Cells of pods and of what carries a pod template: ReplicaSets, Deployments, StatefulSets, Jobs and their
// like.
import type { Pod } from '../../../kube/core.ts'
import { age } from '../../../std/age.ts'
import { parseInstant } from '../../../std/instant.ts'
import { podSummary } from '../../../workload/pod-status.ts'
import { count, field, isTerminating, keys, list, text } from './fields.ts'
import type { Printer } from './printer.ts'
import {
  containerImages,
  containerNames,
  hasTrueCondition,
  labelsText,
  selectorOrNone,
  selectorText,
  since,
} from './words.ts'

export const pod: Printer = (object, now) => {
  const summary = podSummary(object as Pod)
  const restartedAt = summary.lastRestartAt === undefined ? undefined : parseInstant(summary.lastRestartAt)
  const ago = restartedAt === undefined || summary.restarts === 0 ? '' : ` (${age(now - restartedAt)} ago)`
  const gates = list(object, 'spec', 'readinessGates')
  const met = gates.filter(gate => hasTrueCondition(object, text(gate, 'conditionType'))).length
  return [
    object.metadata.name,
    `${summary.ready}/${summary.total}`,
    summary.word,
    `${summary.restarts}${ago}`,
    since(object.metadata.creationTimestamp, now),
    text(list(object, 'status', 'podIPs')[0], 'ip') || text(object, 'status', 'podIP') || '<none>',
    text(object, 'spec', 'nodeName') || '<none>',
    text(object, 'status', 'nominatedNodeName') || '<none>',
    gates.length === 0 ? '<none>' : `${met}/${gates.length}`,
  ]
}

export const replicaSet: Printer = (object, now) => [
  object.metadata.name,
  count(object, 'spec', 'replicas'),
  count(object, 'status', 'replicas'),
  count(object, 'status', 'readyReplicas'),
  since(object.metadata.creationTimestamp, now),
  ...templateCells(object),
  selectorOrNone(field(object, 'spec', 'selector')),
]

/** Its selector is a plain map, not a label selector. */
export const replicationController: Printer = (object, now) => [
  ...replicaSet(object, now).slice(0, -1),
  labelsText(field(object, 'spec', 'selector')),
]

export const deployment: Printer = (object, now) => [
  object.metadata.name,
  `${count(object, 'status', 'readyReplicas')}/${count(object, 'spec', 'replicas')}`,
  count(object, 'status', 'updatedReplicas'),
  count(object, 'status', 'availableReplicas'),
  since(object.metadata.creationTimestamp, now),
  ...templateCells(object),
  selectorText(field(object, 'spec', 'selector')),
]

export const statefulSet: Printer = (object, now) => [
  object.metadata.name,
  `${count(object, 'status', 'readyReplicas')}/${count(object, 'spec', 'replicas')}`,
  since(object.metadata.creationTimestamp, now),
  ...templateCells(object),
]

export const daemonSet: Printer = (object, now) => [
  object.metadata.name,
  count(object, 'status', 'desiredNumberScheduled'),
  count(object, 'status', 'currentNumberScheduled'),
  count(object, 'status', 'numberReady'),
  count(object, 'status', 'updatedNumberScheduled'),
  count(object, 'status', 'numberAvailable'),
  labelsText(field(object, 'spec', 'template', 'spec', 'nodeSelector')),
  since(object.metadata.creationTimestamp, now),
  ...templateCells(object),
  selectorOrNone(field(object, 'spec', 'selector')),
]

export const job: Printer = (object, now) => [
  object.metadata.name,
  jobWord(object),
  completions(object),
  jobDuration(object, now),
  since(object.metadata.creationTimestamp, now),
  ...templateCells(object),
  selectorOrNone(field(object, 'spec', 'selector')),
]

export const cronJob: Printer = (object, now) => {
  const suspend = field(object, 'spec', 'suspend')
  const lastScheduled = field(object, 'status', 'lastScheduleTime')
  const template = field(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec')
  return [
    object.metadata.name,
    text(object, 'spec', 'schedule'),
    text(object, 'spec', 'timeZone') || '<none>',
    suspend === undefined ? '<unset>' : suspend === true ? 'True' : 'False',
    list(object, 'status', 'active').length,
    lastScheduled === undefined ? '<none>' : since(lastScheduled, now),
    since(object.metadata.creationTimestamp, now),
    containerNames(template),
    containerImages(template),
    selectorOrNone(field(object, 'spec', 'jobTemplate', 'spec', 'selector')),
  ]
}

export const podTemplate: Printer = object => [
  object.metadata.name,
  containerNames(field(object, 'template', 'spec')),
  containerImages(field(object, 'template', 'spec')),
  labelsText(field(object, 'template', 'metadata', 'labels')),
]

export const podDisruptionBudget: Printer = (object, now) => {
  const amount = (name: string) => (keys(object, 'spec').includes(name) ? text(object, 'spec', name) : 'N/A')
  return [
    object.metadata.name,
    amount('minAvailable'),
    amount('maxUnavailable'),
    count(object, 'status', 'disruptionsAllowed'),
    since(object.metadata.creationTimestamp, now),
  ]
}

function templateCells(object: unknown): readonly string[] {
  const spec = field(object, 'spec', 'template', 'spec')
  return [containerNames(spec), containerImages(spec)]
}

const JOB_CONDITIONS = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']

function jobWord(object: Parameters<Printer>[0]): string {
  if (hasTrueCondition(object, 'Complete')) return 'Complete'
  if (hasTrueCondition(object, 'Failed')) return 'Failed'
  if (isTerminating(object)) return 'Terminating'
  return JOB_CONDITIONS.find(type => hasTrueCondition(object, type)) ?? 'Running'
}

function completions(object: unknown): string {
  const succeeded = count(object, 'status', 'succeeded')
  const wanted = field(object, 'spec', 'completions')
  if (typeof wanted === 'number') return `${succeeded}/${wanted}`
  const parallelism = count(object, 'spec', 'parallelism')
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function jobDuration(object: unknown, now: number): string {
  const started = parseInstant(text(object, 'status', 'startTime'))
  if (started === undefined) return ''
  return age((parseInstant(text(object, 'status', 'completionTime')) ?? now) - started)
}
