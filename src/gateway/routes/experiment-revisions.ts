// Of which revision of a Rollout the pods of an experiment are. They have a hash of their own; the selector of their
// template still names the revision whose pods it was made of.
import type { Experiment } from '../../api/experiment.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import { controllerOf, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { objects, record, text } from '../../std/json-parts.ts'

/** `rollout/hash` by `namespace/hash` of the experiment's pods. */
export function revisionsOfTemplates(experiments: readonly KubeObject[]): ReadonlyMap<string, string> {
  const revisions = new Map<string, string>()
  for (const experiment of experiments) {
    const owner = controllerOf(experiment)
    if (owner?.kind !== ROLLOUT.kind) continue
    for (const [template, hash] of madeFrom(experiment)) {
      const pods = hashOf(experiment, template)
      if (pods !== '')
        revisions.set(`${experiment.metadata.namespace ?? ''}/${pods}`, `${owner.name}/${hash}`)
    }
  }
  return revisions
}

/** The templates that were made of the pods of a revision, and its hash. */
function madeFrom(experiment: KubeObject): readonly (readonly [template: string, hash: string])[] {
  return objects(specOf(experiment)['templates']).flatMap(({ name, selector }) => {
    const hash = text(record(record(selector)['matchLabels'])[POD_TEMPLATE_HASH])
    return hash === '' ? [] : [[text(name), hash] as const]
  })
}

function hashOf(experiment: KubeObject, template: string): string {
  const { status } = experiment as Partial<Experiment>
  return status?.templateStatuses?.find(({ name }) => name === template)?.podTemplateHash ?? ''
}
