// The subsets of a DestinationRule that follow the ReplicaSets: the hash among their labels. Subsets of others stay as
// they are.
import { MANAGED_BY_ROLLOUTS, POD_TEMPLATE_HASH } from '../../api/words.ts'
import type { KubeObject } from '../../kube/object.ts'
import { asJson, fromJson, specOf } from '../../kube/object.ts'
import type { EventNote } from '../../kube/write.ts'
import type { JsonObject } from '../../std/json.ts'
import { objects, record, text, withFields } from '../../std/json-parts.ts'
import { isExperimentService } from '../experiment-services.ts'
import type { TrafficIntent } from '../router.ts'
import type { Subsets } from './settings.ts'

function subsetsOf(rule: KubeObject): readonly JsonObject[] {
  return objects(specOf(rule)['subsets'])
}

/** What is wrong with the rule; undefined when nothing is. */
export function ruleProblem(rule: KubeObject, { canary, stable }: Subsets): string | undefined {
  const names = subsetsOf(rule).map(one => text(one['name']))
  const lacking = [canary, stable].find(name => !names.includes(name))
  return lacking === undefined
    ? undefined
    : `DestinationRule "${rule.metadata.name}" has no subset "${lacking}"`
}

/** Whether one of the two is there. */
export function hasSubset(rule: KubeObject, { canary, stable }: Subsets): boolean {
  return subsetsOf(rule).some(({ name }) => name === canary || name === stable)
}

/** The hash that a subset selects; undefined when it selects by its own labels alone. */
export function subsetHash(rule: KubeObject | undefined, name: string): string | undefined {
  const subset = rule === undefined ? undefined : subsetsOf(rule).find(one => one['name'] === name)
  const hash = text(record(subset?.['labels'])[POD_TEMPLATE_HASH])
  return hash === '' ? undefined : hash
}

export function ruleWith(
  rule: KubeObject,
  { canary, stable }: Subsets,
  { rollout, intent }: { readonly rollout: KubeObject; readonly intent: TrafficIntent },
): KubeObject {
  const hashes = new Map([
    [stable, intent.stable.podHash],
    [canary, intent.canary.podHash],
    ...intent.others.map(({ service, podHash }) => [service, podHash] as const),
  ])
  const kept = subsetsOf(rule).flatMap(subset => {
    const name = text(subset['name'])
    const hash = hashes.get(name)
    if (hash === undefined) return isExperimentService(name, rollout) ? [] : [subset]
    return [withHash(subset, hash)]
  })
  const known = new Set(kept.map(one => text(one['name'])))
  const added = [...hashes]
    .filter(([name]) => !known.has(name))
    .map(([name, hash]) => ({ name, labels: { [POD_TEMPLATE_HASH]: hash } }))
  return rewritten(rule, [...kept, ...added], rollout.metadata.name)
}

/** One subset follows another revision; all others stay. */
export function ruleFollowing(
  rule: KubeObject,
  { subset, hash, rollout }: { readonly subset: string; readonly hash: string; readonly rollout: KubeObject },
): KubeObject {
  const subsets = subsetsOf(rule).map(one => (one['name'] === subset ? withHash(one, hash) : one))
  return rewritten(rule, subsets, rollout.metadata.name)
}

/** As it was before a Rollout came: without hashes, without the note of whose it is. */
export function ruleWithout(rule: KubeObject, { canary, stable }: Subsets, rollout: KubeObject): KubeObject {
  const subsets = subsetsOf(rule).flatMap(subset => {
    const name = text(subset['name'])
    if (name === canary || name === stable) return [withHash(subset, undefined)]
    return isExperimentService(name, rollout) ? [] : [subset]
  })
  return rewritten(rule, subsets, undefined)
}

/** The Rollout that changes it. */
export function ruleOwners({ metadata }: KubeObject): readonly string[] {
  const owner = text(record(metadata.annotations)[MANAGED_BY_ROLLOUTS])
  return owner === '' ? [] : [owner]
}

export function ruleHashes(rule: KubeObject): readonly string[] {
  return subsetsOf(rule).flatMap(one => subsetHash(rule, text(one['name'])) ?? [])
}

/** Without hash in any subset: nobody knows any more which two were ours. */
export function unmarkedRule(rule: KubeObject): KubeObject {
  const subsets = subsetsOf(rule).map(subset => withHash(subset, undefined))
  return rewritten(rule, subsets, undefined)
}

function withHash(subset: JsonObject, hash: string | undefined): JsonObject {
  if (hash === '') return subset
  const labels = withFields(record(subset['labels']), { [POD_TEMPLATE_HASH]: hash })
  return hash === undefined && subset['labels'] === undefined ? subset : { ...subset, labels }
}

function rewritten(
  rule: KubeObject,
  subsets: readonly JsonObject[],
  manager: string | undefined,
): KubeObject {
  const { metadata, ...rest } = rule
  const annotations = withFields({ ...metadata.annotations }, { [MANAGED_BY_ROLLOUTS]: manager })
  const named = { ...metadata, ...(isNoted(metadata, manager) ? { annotations } : {}) }
  const spec = { ...specOf(rule), subsets }
  return fromJson(asJson({ ...rest, metadata: named, spec }) as JsonObject)
}

function isNoted({ annotations }: KubeObject['metadata'], manager: string | undefined): boolean {
  return annotations !== undefined || manager !== undefined
}

export function ruleEvent(
  name: string,
  { canary, stable }: Subsets,
  intent: Pick<TrafficIntent, 'canary' | 'stable'>,
): EventNote {
  const hashes = `${canary}: ${intent.canary.podHash}, ${stable}: ${intent.stable.podHash}`
  const message = `DestinationRule ${name} subset updated (${hashes})`
  return { type: 'Normal', reason: 'UpdatedDestinationRule', message }
}
