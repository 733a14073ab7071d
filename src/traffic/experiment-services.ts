// The Services of experiments that a Rollout's steps began, known by their names: ROLLOUT-HASH-REVISION-STEP-TEMPLATE.
// A destination that once was an experiment's is ours to take away, whoever wrote it.
import type { KubeObject } from '../kube/object.ts'

const NUMBERED = /^[a-z0-9]{4,10}-\d+-\d+(-\d+)?-[a-z0-9]/

export function isExperimentService(name: string, { metadata }: KubeObject): boolean {
  const start = `${metadata.name}-`
  return name.startsWith(start) && NUMBERED.test(name.slice(start.length))
}
