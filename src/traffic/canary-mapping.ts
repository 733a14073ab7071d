// The canary Mapping that stands beside a Mapping of the stable Service: made, weighed, and deleted some seconds after
// its weight has become 0, so that Emissary has seen that first.
import { AMBASSADOR_MAPPING, AMBASSADOR_MAPPING_V2 } from '../kube/kinds.ts'
import { controllerOf, ownerReference, type KubeObject, type ObjectRef } from '../kube/object.ts'
import type { EventNote } from '../kube/write.ts'
import type { Instant } from '../std/instant.ts'
import { parseInstant, printInstantMicro } from '../std/instant.ts'
import { record, text } from '../std/json-parts.ts'
import type { Placed, Placing } from './router.ts'

export interface Mapping extends KubeObject {
  readonly spec: {
    readonly service?: string
    readonly weight?: number
    readonly [field: string]: unknown
  }
}

/** How long a canary Mapping without weight is kept. */
export const KEPT_MS = 5000

/** Annotation of a canary Mapping whose router was left: since when its weight is 0. */
const WEIGHTLESS_SINCE = 'crossfade.dev/weightless-since'

export interface MappingParts {
  readonly ref: ObjectRef
  readonly base: Mapping
  readonly existing: Mapping | undefined
  readonly service: string
}

export function kindOf(mapping: KubeObject): typeof AMBASSADOR_MAPPING {
  return mapping.apiVersion === 'getambassador.io/v2' ? AMBASSADOR_MAPPING_V2 : AMBASSADOR_MAPPING
}

export function weighed(parts: MappingParts, rollout: KubeObject, weight: number): Placed {
  const { ref, base, existing, service } = parts
  const { apiVersion, kind } = base
  const spec = { ...base.spec, service, weight }
  const metadata =
    existing === undefined
      ? { name: ref.name, namespace: ref.namespace ?? '', ownerReferences: [ownerReference(rollout)] }
      : ownedMetadata(existing, rollout)
  const mapping: Mapping = { ...(existing ?? { apiVersion, kind }), metadata, spec }
  return {
    ref,
    object: mapping,
    why: `set the weight of canary Mapping ${ref.name} to ${weight}`,
    event: weightEvent(weight),
  }
}

export function weightEvent(weight: number): EventNote {
  const message = `Set canary mapping weight to ${weight}`
  return { type: 'Normal', reason: 'CanaryMappingWeightUpdate', message }
}

export function deleted(ref: ObjectRef): Placing {
  return { placed: [{ ref, object: undefined, why: `delete canary Mapping ${ref.name}` }] }
}

export function isForeign(existing: Mapping, rollout: KubeObject): boolean {
  const owner = controllerOf(existing)
  return owner !== undefined && owner.uid !== rollout.metadata.uid
}

/** A canary Mapping that another controller left behind gets its owner. */
function ownedMetadata({ metadata }: Mapping, rollout: KubeObject, more: Record<string, string> = {}) {
  const { [WEIGHTLESS_SINCE]: _since, ...theirs } = metadata.annotations ?? {}
  const annotations = { ...theirs, ...more }
  const { ownerReferences = [] } = metadata
  const isOwned = ownerReferences.some(owner => owner.controller === true)
  return {
    ...metadata,
    ...(metadata.annotations === undefined && more[WEIGHTLESS_SINCE] === undefined ? {} : { annotations }),
    ...(isOwned ? {} : { ownerReferences: [...ownerReferences, ownerReference(rollout)] }),
  }
}

interface Left {
  readonly ref: ObjectRef
  readonly canary: Mapping
  readonly rollout: KubeObject
  /** Emissary gives all requests to a Mapping that stands alone, whatever its weight: waiting would not help. */
  readonly isAlone: boolean
}

/** First weight 0 and the time of it, written into the Mapping: there is no update from whose end one could count. */
export function withdrawn({ ref, canary, rollout, isAlone }: Left, now: Instant): Placing {
  const since = parseInstant(text(record(canary.metadata.annotations)[WEIGHTLESS_SINCE]))
  const isKnown = canary.spec?.weight === 0 && since !== undefined && since <= now
  const isOurs = controllerOf(canary) !== undefined
  if (isOurs && (isAlone || (isKnown && now >= since + KEPT_MS))) return deleted(ref)
  const wait = (from: Instant) => [
    { for: `end of canary Mapping ${ref.name}`, since: from, until: from + KEPT_MS },
  ]
  if (isOurs && isKnown) return { placed: [], waits: wait(since) }
  const metadata = ownedMetadata(canary, rollout, { [WEIGHTLESS_SINCE]: printInstantMicro(now) })
  const mapping: Mapping = { ...canary, metadata, spec: { ...canary.spec, weight: 0 } }
  const why = `take the weight of canary Mapping ${ref.name} away`
  const told = canary.spec?.weight === 0 ? {} : { event: weightEvent(0) }
  return { placed: [{ ref, object: mapping, why, ...told }], waits: wait(now) }
}
