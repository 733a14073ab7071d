// What stands in the way of an Experiment, as its status says it: the first mistake in its spec, or a missing right.
import { experimentDeadlineSeconds } from '../api/defaults.ts'
import type { Experiment } from '../api/experiment.ts'
import { resourceName } from '../kube/object.ts'
import { durationProblem } from '../std/duration.ts'
import type { ExperimentSnapshot } from './snapshot.ts'
import { endOf } from './timing.ts'

export function problemOf(snapshot: ExperimentSnapshot): string | undefined {
  return mistakeIn(snapshot.experiment) ?? unreadProblem(snapshot)
}

function mistakeIn(experiment: Experiment): string | undefined {
  const { name } = experiment.metadata
  const { templates = [] } = experiment.spec
  const seen = new Set<string>()
  for (const [i, template] of templates.entries()) {
    if (isEmpty(template.selector))
      return `This experiment is selecting all pods at index ${i}. A non-empty selector is required.`
    if (!isSelected(template))
      return `spec.templates[${i}].selector: it does not match the labels of the template`
    if ((template.minReadySeconds ?? 0) > experimentDeadlineSeconds(experiment.spec))
      return `MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index ${i}`
    if (template.name === '') return `Experiment ${name} has empty template name at index ${i}`
    if (seen.has(template.name))
      return `Experiment ${name} has repeated template name '${template.name}' in templates`
    seen.add(template.name)
  }
  return analysisProblem(experiment) ?? durationProblemOf(experiment)
}

/**
 * A template that may not be read seems to be missing, and may not be: what has begun needs it no more. Whoever has
 * pods waits no longer than they are to stay.
 */
function unreadProblem({ experiment, now, unread: [ref] }: ExperimentSnapshot): string | undefined {
  const { spec, status } = experiment
  if (now >= (endOf(experiment) ?? Infinity)) return undefined
  const begun = new Set(status?.analysisRuns?.map(one => one.name))
  const waiting = (spec.analyses ?? []).findIndex(one => !begun.has(one.name))
  if (ref === undefined || waiting < 0) return undefined
  const kind = resourceName(ref.kind)
  return `spec.analyses[${waiting}]: this controller may not read ${kind}: let it get, list and watch them`
}

type Template = Experiment['spec']['templates'][number]

function isEmpty(selector: Template['selector'] | undefined): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {}
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0
}

/** The hash of the pods is put in place of the one that a Rollout's revision has. */
function isSelected({ selector, template }: Template): boolean {
  const labels = template.metadata?.labels ?? {}
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
}

function analysisProblem({ metadata, spec }: Experiment): string | undefined {
  const names = (spec.analyses ?? []).map(one => one.name)
  const twice = names.find((one, i) => names.indexOf(one) < i)
  return twice === undefined
    ? undefined
    : `Experiment ${metadata.name} has repeated analysis name '${twice}' in analyses`
}

/** It could never end by its time, and nobody would be told. */
function durationProblemOf({ spec }: Experiment): string | undefined {
  const { duration = '' } = spec
  const problem = duration === '' ? undefined : durationProblem(duration)
  return problem === undefined ? undefined : `spec.duration: ${problem}`
}
