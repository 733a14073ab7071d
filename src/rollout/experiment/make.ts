// The Experiment that a step asks for: the pods of the stable and of the new revision, with what the step adds to them.
import type { Experiment, ExperimentAnalysis, RolloutExperiment } from '../../api/experiment.ts'
import type { Rollout } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH, REVISION } from '../../api/words.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { EXPERIMENT } from '../../kube/kinds.ts'
import { apiVersionOf, controllerOf, ownerReference } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import { argumentsOf } from '../runs/arguments.ts'
import { isTaken } from '../runs/make.ts'
import type { Story } from '../story.ts'

export interface MadeExperiment {
  readonly experiment: Experiment
  readonly isNew: boolean
}

type StepTemplate = RolloutExperiment['templates'][number]
type Template = Experiment['spec']['templates'][number]

/**
 * `asked`: the name of the one that is asked for anew. Undefined as long as a revision that it needs is not there, or
 * its arguments make no sense.
 */
export function madeExperiment(
  story: Story,
  step: RolloutExperiment,
  asked: string | undefined,
): MadeExperiment | undefined {
  const spec = specOf(story, step)
  if (spec === undefined) return undefined
  const { rollout, snapshot } = story
  const name = nameOf(story)
  const taken = new Map(snapshot.experiments.map(one => [one.metadata.name, one]))
  for (let n = 0; ; n++) {
    const free = n === 0 ? name : `${name}-${n}`
    const known = taken.get(free)
    if (known === undefined) return { experiment: newExperiment(story, free, spec), isNew: true }
    if (isOurs(rollout, known) && isTaken(story, known, { known: asked }) && equal(known.spec, spec))
      return { experiment: known, isNew: false }
  }
}

function nameOf({ rollout, hash, revision, position }: Story): string {
  return `${rollout.metadata.name}-${hash}-${revision}-${position.index ?? 0}`
}

/** What was asked for in another step is no answer. */
export function isOfStep(story: Story, { metadata }: Experiment): boolean {
  const name = nameOf(story)
  return metadata.name === name || metadata.name.startsWith(`${name}-`)
}

export function isOurs(rollout: Rollout, experiment: Experiment): boolean {
  const { deletionTimestamp } = experiment.metadata
  return controllerOf(experiment)?.uid === rollout.metadata.uid && deletionTimestamp === undefined
}

function newExperiment(
  { rollout, hash, revision }: Story,
  name: string,
  spec: Experiment['spec'],
): Experiment {
  return {
    apiVersion: apiVersionOf(EXPERIMENT),
    kind: EXPERIMENT.kind,
    metadata: {
      name,
      namespace: rollout.metadata.namespace ?? '',
      // Compat: it has the labels of the Rollout itself.
      labels: { ...rollout.metadata.labels, [POD_TEMPLATE_HASH]: hash },
      annotations: { [REVISION]: String(revision) },
      ownerReferences: [ownerReference(rollout)],
    },
    spec,
  }
}

function specOf(story: Story, step: RolloutExperiment): Experiment['spec'] | undefined {
  const { progressDeadlineSeconds } = story.rollout.spec
  const templates = step.templates.map(template => templateOf(story, template))
  const analyses = (step.analyses ?? []).map(analysis => analysisOf(story, analysis))
  if (templates.includes(undefined) || analyses.includes(undefined)) return undefined
  const { duration, scaleDownDelaySeconds, dryRun } = step
  return {
    templates: templates.filter(one => one !== undefined),
    ...(duration === undefined ? {} : { duration }),
    ...(progressDeadlineSeconds === undefined ? {} : { progressDeadlineSeconds }),
    ...(scaleDownDelaySeconds === undefined ? {} : { scaleDownDelaySeconds }),
    ...(analyses.length === 0 ? {} : { analyses: analyses.filter(one => one !== undefined) }),
    ...(dryRun === undefined ? {} : { dryRun }),
    // Compat: it is there even when nothing is asked for.
    analysisRunMetadata: step.analysisRunMetadata ?? {},
  }
}

function templateOf({ stable, current }: Story, asked: StepTemplate): Template | undefined {
  const source = asked.specRef === 'stable' ? stable : current
  if (source === undefined) return undefined
  const { name, replicas, weight, service, metadata = {} } = asked
  const { minReadySeconds = 0 } = source.spec
  const ours = service ?? (weight === undefined ? undefined : {})
  return {
    name,
    ...(replicas === undefined ? {} : { replicas }),
    ...(minReadySeconds === 0 ? {} : { minReadySeconds }),
    selector: selectorOf(source, asked),
    template: withMetadata(source, metadata),
    ...(ours === undefined ? {} : { service: ours }),
  }
}

/** Compat: labels that are added to the pods are selected by, too. */
function selectorOf({ spec }: ReplicaSet, { selector = spec.selector, metadata }: StepTemplate) {
  if (metadata?.labels === undefined) return selector
  return { ...selector, matchLabels: { ...selector.matchLabels, ...metadata.labels } }
}

function withMetadata(
  { spec: { template } }: ReplicaSet,
  { labels, annotations }: NonNullable<StepTemplate['metadata']>,
): Template['template'] {
  const before = template.metadata ?? {}
  return {
    ...template,
    metadata: {
      ...before,
      ...(labels === undefined ? {} : { labels: { ...before.labels, ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...before.annotations, ...annotations } }),
    },
  }
}

type StepAnalysis = NonNullable<RolloutExperiment['analyses']>[number]

function analysisOf({ rollout, hash }: Story, asked: StepAnalysis): ExperimentAnalysis | undefined {
  const { args, ...rest } = asked
  if (args === undefined) return rest
  const given = argumentsOf(rollout, args, { latest: hash, stable: rollout.status?.stableRS ?? '' })
  return 'problem' in given ? undefined : { ...rest, args: given.value }
}
