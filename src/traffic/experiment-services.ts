// The Services of experiments that a Rollout's steps began: known by their names, ROLLOUT-HASH-REVISION-STEP-TEMPLATE,
// or by the names that the steps give them. A destination that once was an experiment's is ours to take away, whoever
// wrote it.
import type { KubeObject } from '../kube/object.ts'
import { specOf } from '../kube/object.ts'
import { objects, record, text } from '../std/json-parts.ts'
import { rememberedOn } from '../std/remembered-on.ts'

const NUMBERED = /^[a-z0-9]{4,10}-\d+-\d+(-\d+)?-[a-z0-9]/

export function isExperimentService(name: string, rollout: KubeObject): boolean {
  const start = `${rollout.metadata.name}-`
  if (name.startsWith(start) && NUMBERED.test(name.slice(start.length))) return true
  return namedIn(rollout).includes(name)
}

/** In the steps as they are, and as they were when weight was given: the status still says it. */
const namedIn = rememberedOn((rollout: KubeObject): readonly string[] => {
  const { steps } = record(record(specOf(rollout)['strategy'])['canary'])
  const named = objects(steps)
    .flatMap(step => objects(record(step['experiment'])['templates']))
    .map(template => text(record(template['service'])['name']))
  const { status } = rollout as { readonly status?: unknown }
  const { additional } = record(record(record(status)['canary'])['weights'])
  const given = objects(additional).map(one => text(one['serviceName']))
  return [...named, ...given].filter(name => name !== '')
})
