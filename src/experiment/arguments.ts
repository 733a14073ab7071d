// The arguments that an Experiment hands to an analysis: what stands between braces in their values is a fact of the
// experiment. `{{templates.a.podTemplateHash}}`, `{{templates.a.replicaset.name}}`, `{{experiment.availableAt}}`.
import type { Argument } from '../api/analysis.ts'
import type { Experiment } from '../api/experiment.ts'
import { printInstant } from '../std/instant.ts'
import type { TemplateState } from './templates.ts'
import { endOf } from './timing.ts'

export type Arguments = { readonly value: readonly Argument[] } | { readonly problem: string }

export function argumentsOf(
  experiment: Experiment,
  given: readonly Argument[],
  templates: readonly TemplateState[],
): Arguments {
  const facts = factsOf(experiment, templates)
  const unknown = given.flatMap(({ value = '' }) => tagsIn(value)).find(tag => isFact(tag) && !facts.has(tag))
  if (unknown !== undefined) return { problem: `failed to resolve {{${unknown}}}` }
  const value = given.map(arg =>
    arg.value === undefined ? arg : { ...arg, value: filled(arg.value, facts) },
  )
  return { value }
}

function factsOf(experiment: Experiment, templates: readonly TemplateState[]): ReadonlyMap<string, string> {
  const end = endOf(experiment)
  const { availableAt } = experiment.status ?? {}
  return new Map([
    ...(availableAt === undefined ? [] : [['experiment.availableAt', availableAt] as const]),
    ...(end === undefined ? [] : [['experiment.finishedAt', printInstant(end)] as const]),
    ...templates.flatMap(({ template, hash, replicaSet }) => [
      [`templates.${template.name}.podTemplateHash`, hash] as const,
      [`templates.${template.name}.replicaset.name`, replicaSet] as const,
    ]),
  ])
}

/** Everything else between braces may mean something to the metric. */
function isFact(tag: string): boolean {
  return tag.startsWith('templates.') || tag.startsWith('experiment.')
}

const TAG = /\{\{([^{}]*)\}\}/g

function tagsIn(value: string): readonly string[] {
  return [...value.matchAll(TAG)].map(([, tag = '']) => tag.trim())
}

function filled(value: string, facts: ReadonlyMap<string, string>): string {
  return value.replaceAll(TAG, (whole, tag: string) => facts.get(tag.trim()) ?? whole)
}
