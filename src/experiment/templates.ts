// How each template of an Experiment stands: its ReplicaSet, how many pods it is to have now, and the word for it.
import { experimentDeadlineSeconds } from '../api/defaults.ts'
import type { Experiment, ExperimentTemplate, TemplateStatus, TemplateWord } from '../api/experiment.ts'
import { EXPERIMENT_TEMPLATE_NAME, POD_TEMPLATE_HASH } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { PodTemplateSpec } from '../kube/core.ts'
import { list, record } from '../std/json-parts.ts'
import type { JsonObject } from '../std/json.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import { parseInstant } from '../std/instant.ts'
import type { Instant } from '../std/instant.ts'
import { availableReplicas } from '../workload/availability.ts'
import { podHash } from '../workload/pod-hash.ts'
import { podHashOf } from '../workload/replica-set.ts'
import type { ExperimentSnapshot } from './snapshot.ts'
import { endOf, isEnding, isOver, progressDeadline } from './timing.ts'

export interface TemplateState {
  readonly template: ExperimentTemplate
  readonly before: TemplateStatus | undefined
  /** Undefined as long as none was made. */
  readonly found: ReplicaSet | undefined
  /** The name of its ReplicaSet, and the hash of its pods. */
  readonly replicaSet: string
  readonly hash: string
  readonly collisionCount: number | undefined
  /** The Service that is to lead to its pods: without a port there is none. */
  readonly service: string | undefined
  readonly ports: readonly JsonObject[]
  readonly desired: number
  readonly word: TemplateWord
  readonly message: string | undefined
  /** Since when the word holds. */
  readonly since: Instant
}

export function templateStates(snapshot: ExperimentSnapshot): readonly TemplateState[] {
  return snapshot.experiment.spec.templates.map(template => templateState(snapshot, template))
}

export function templateNameOf({ metadata }: ReplicaSet): string | undefined {
  return metadata.annotations?.[EXPERIMENT_TEMPLATE_NAME]
}

/** Without the hash that the revision of a Rollout gave it: its pods are of another kind than the Rollout's. */
export const bareTemplate = rememberedOn((template: PodTemplateSpec): PodTemplateSpec => {
  const { [POD_TEMPLATE_HASH]: revision, ...labels } = template.metadata?.labels ?? {}
  return revision === undefined ? template : { ...template, metadata: { ...template.metadata, labels } }
})

function templateState(snapshot: ExperimentSnapshot, template: ExperimentTemplate): TemplateState {
  const { experiment } = snapshot
  const before = experiment.status?.templateStatuses?.find(one => one.name === template.name)
  const isTaken = snapshot.taken.includes(template.name)
  const collisionCount = isTaken ? (before?.collisionCount ?? 0) + 1 : before?.collisionCount
  const found = snapshot.replicaSets.find(
    one => templateNameOf(one) === template.name && one.metadata.deletionTimestamp === undefined,
  )
  const replicaSet = found?.metadata.name ?? nameOf(experiment, template, collisionCount)
  const hash =
    found === undefined ? podHash(bareTemplate(template.template), collisionCount) : podHashOf(found)
  const { service, ports, lack } = wayIn(template, replicaSet)
  const { word, message } = wordOf(snapshot, { template, before, found, names: [replicaSet, service ?? ''] })
  const since = word === before?.status ? parseInstant(before.lastTransitionTime ?? '') : undefined
  return {
    template,
    before,
    found,
    replicaSet,
    hash,
    collisionCount,
    service,
    ports,
    desired: isOver(word) ? 0 : sizeOf(template),
    word,
    message: isOver(word) ? message : lack,
    since: since ?? snapshot.now,
  }
}

type WayIn = Pick<TemplateState, 'service' | 'ports'> & { readonly lack: string | undefined }

function wayIn({ service, template }: ExperimentTemplate, replicaSet: string): WayIn {
  const ports = portsOf(template)
  if (service === undefined) return { service: undefined, ports, lack: undefined }
  return ports.length === 0
    ? { service: undefined, ports, lack: 'no Service leads to its pods: no container names a port' }
    : { service: service.name ?? replicaSet, ports, lack: undefined }
}

/** Those of all its containers. */
function portsOf({ spec }: PodTemplateSpec): readonly JsonObject[] {
  return list(record(spec)['containers']).flatMap(one => list(record(one)['ports']).map(record))
}

function nameOf({ metadata }: Experiment, { name }: ExperimentTemplate, collisionCount?: number): string {
  return `${metadata.name}-${name}${collisionCount === undefined ? '' : `-${collisionCount}`}`
}

function sizeOf({ replicas = 1 }: ExperimentTemplate): number {
  return replicas
}

interface Standing {
  readonly template: ExperimentTemplate
  readonly before: TemplateStatus | undefined
  readonly found: ReplicaSet | undefined
  /** What may have been refused for it. */
  readonly names: readonly string[]
}

type Word = Pick<TemplateState, 'word' | 'message'>

/** A word that is final stays. */
function wordOf({ experiment, now, refused }: ExperimentSnapshot, standing: Standing): Word {
  const { template, before, found, names } = standing
  if (before?.status !== undefined && isOver(before.status))
    return { word: before.status, message: before.message }
  const refusal = names.map(name => refused[name]).find(one => one !== undefined)
  if (refusal !== undefined) return { word: 'Error', message: refusal }
  const end = endOf(experiment)
  if (isEnding(experiment) || (end !== undefined && now >= end))
    return { word: 'Successful', message: undefined }
  if (before === undefined || found === undefined || availableReplicas(found) !== sizeOf(template))
    return progressing(experiment, standing, now)
  return { word: 'Running', message: undefined }
}

function progressing(experiment: Experiment, { template, before }: Standing, now: Instant): Word {
  const began = before?.status === 'Progressing' ? parseInstant(before.lastTransitionTime ?? '') : undefined
  if (began === undefined || now < progressDeadline(experiment, began))
    return { word: 'Progressing', message: undefined }
  const seconds = experimentDeadlineSeconds(experiment.spec)
  const message = `Template '${template.name}' exceeded its progressDeadlineSeconds (${seconds})`
  return { word: 'Failed', message }
}
