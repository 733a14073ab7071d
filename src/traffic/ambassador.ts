// Emissary-ingress (Ambassador): beside each Mapping of the stable Service stands a canary Mapping of ours
// with the weight; the user's Mapping serves the rest. The canary Mapping goes a few seconds after the update
// has ended, so that Emissary has seen its weight 0 first.
import type { FieldError } from '../api/field-error.ts'
import type { AmbassadorTrafficRouting } from '../api/traffic.ts'
import { AMBASSADOR_MAPPING, AMBASSADOR_MAPPING_V2 } from '../kube/kinds.ts'
import { controllerOf, ownerReference, refKey, type KubeObject, type ObjectRef } from '../kube/object.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { EventNote } from '../kube/write.ts'
import { largestOf, shareOf } from './reading.ts'
import type { Found, Placed, Routed, TrafficIntent, TrafficRouter } from './router.ts'

export interface Mapping extends KubeObject {
  readonly spec: {
    readonly service?: string
    readonly weight?: number
    readonly [field: string]: unknown
  }
}

const PATH = 'spec.strategy.canary.trafficRouting.ambassador.mappings'
const SUFFIX = '-canary'
const MAX_NAME = 253
const MAX_WEIGHT = 100
/** How long a canary Mapping without weight is kept after the update. */
const KEPT_MS = 5000

/** Both versions are one resource; what a server has decides which is written. */
const KINDS = [AMBASSADOR_MAPPING, AMBASSADOR_MAPPING_V2] as const

export const ambassador: TrafficRouter<AmbassadorTrafficRouting> = {
  name: 'Ambassador',
  field: 'ambassador',
  kinds: KINDS,
  can: { headerRoutes: false, mirrorRoutes: false },
  config: trafficRouting => trafficRouting.ambassador,
  refs: ({ config, rollout }) =>
    config.mappings.flatMap(name =>
      KINDS.flatMap(kind => [baseRef(rollout, name, kind), canaryRef(rollout, name, kind)]),
    ),
  route({ config, rollout }, intent, found) {
    const placed: Placed[] = []
    const waits: Wait[] = []
    const told: EventNote[] = []
    if (config.mappings.length === 0) {
      return {
        invalid: invalid('', 'no mappings are configured', 'Name the Mappings of the stable Service.'),
      }
    }
    for (const name of config.mappings) {
      const routed = routeOne({ name, rollout, intent }, found)
      if (!('placed' in routed)) return routed
      placed.push(...routed.placed)
      waits.push(...(routed.waits ?? []))
      told.push(...(routed.told ?? []))
    }
    return {
      placed,
      ...(waits.length === 0 ? {} : { waits }),
      ...(told.length === 0 ? {} : { told }),
    }
  },
  read({ config, rollout }, found) {
    return largestOf(
      config.mappings.map(name => weightSaid(rollout, name, found)),
      MAX_WEIGHT,
    )
  },
}

type MappingKind = (typeof KINDS)[number]

function baseRef(rollout: KubeObject, name: string, kind: MappingKind = AMBASSADOR_MAPPING): ObjectRef {
  return { kind, namespace: rollout.metadata.namespace ?? '', name }
}

function canaryRef(rollout: KubeObject, name: string, kind: MappingKind = AMBASSADOR_MAPPING): ObjectRef {
  return baseRef(rollout, name.slice(0, MAX_NAME - SUFFIX.length) + SUFFIX, kind)
}

function kindOf(mapping: KubeObject): MappingKind {
  return mapping.apiVersion === 'getambassador.io/v2' ? AMBASSADOR_MAPPING_V2 : AMBASSADOR_MAPPING
}

interface One {
  readonly name: string
  readonly rollout: KubeObject
  readonly intent: TrafficIntent
}

function routeOne({ name, rollout, intent }: One, found: Found): Routed {
  const base = found[refKey(baseRef(rollout, name))] as Mapping | undefined
  if (base === undefined) {
    const message = `mappings.getambassador.io "${name}" not found`
    return { invalid: invalid(name, message, 'Create the Mapping, or correct the name.') }
  }
  if (base.spec?.weight !== undefined) {
    const message = `ambassador mapping "${name}" can not define weight`
    return { invalid: invalid(name, message, 'Take the weight out of the Mapping: the rollout sets it.') }
  }
  const service = exchangedService(base.spec?.service, intent)
  if (service === undefined) {
    const message = `ambassador mapping "${name}" does not route to service ${intent.stable.service}`
    return { invalid: invalid(name, message, `Set spec.service to ${intent.stable.service}.`) }
  }
  const ref = canaryRef(rollout, name, kindOf(base))
  const existing = found[refKey(ref)] as Mapping | undefined
  if (existing !== undefined && isForeign(existing, rollout)) {
    const message = `canary mapping \`${ref.name}\` controlled by different object`
    return { problem: { type: 'Warning', reason: 'AmbassadorMappingConfigError', message } }
  }
  // Compat: no Mapping is needed for the weight 0, but people hear of it.
  if (intent.canary.weight === 0 && existing === undefined) return { placed: [], told: [weightEvent(0)] }
  if (intent.canary.weight === 0 && intent.endedAt !== undefined && existing?.spec?.weight === 0) {
    const until = intent.endedAt + KEPT_MS
    if (intent.now >= until)
      return { placed: [{ ref, object: undefined, why: `delete canary Mapping ${ref.name}` }] }
    return { placed: [], waits: [{ for: `end of canary Mapping ${ref.name}`, since: intent.endedAt, until }] }
  }
  return {
    placed: [withWeight({ ref, base, existing, service }, { name, rollout, intent })],
    ...waitFor(ref, intent),
  }
}

/** Before the end of the update the weight is written; the wait for the deletion begins with it. */
function waitFor(ref: ObjectRef, intent: TrafficIntent): { readonly waits?: readonly Wait[] } {
  if (intent.canary.weight !== 0 || intent.endedAt === undefined) return {}
  const until = Math.max(intent.endedAt, intent.now) + KEPT_MS
  return { waits: [{ for: `end of canary Mapping ${ref.name}`, since: intent.endedAt, until }] }
}

interface Parts {
  readonly ref: ObjectRef
  readonly base: Mapping
  readonly existing: Mapping | undefined
  readonly service: string
}

function withWeight({ ref, base, existing, service }: Parts, { rollout, intent }: One): Placed {
  const { weight } = intent.canary
  const { apiVersion, kind } = base
  const namespace = ref.namespace ?? ''
  const spec = { ...base.spec, service, weight }
  const mapping: Mapping =
    existing === undefined
      ? {
          apiVersion,
          kind,
          metadata: { name: ref.name, namespace, ownerReferences: [ownerReference(rollout)] },
          spec,
        }
      : { ...existing, metadata: ownedMetadata(existing, rollout), spec }
  return {
    ref,
    object: mapping,
    why: `set the weight of canary Mapping ${ref.name} to ${weight}`,
    event: weightEvent(weight),
  }
}

function weightEvent(weight: number): EventNote {
  const message = `Set canary mapping weight to ${weight}`
  return { type: 'Normal', reason: 'CanaryMappingWeightUpdate', message }
}

/** A canary Mapping that another controller left behind gets its owner. */
function ownedMetadata(existing: Mapping, rollout: KubeObject): Mapping['metadata'] {
  if (controllerOf(existing) !== undefined) return existing.metadata
  const references = existing.metadata.ownerReferences ?? []
  return { ...existing.metadata, ownerReferences: [...references, ownerReference(rollout)] }
}

function isForeign(existing: Mapping, rollout: KubeObject): boolean {
  const owner = controllerOf(existing)
  return owner !== undefined && owner.uid !== rollout.metadata.uid
}

/** `[SCHEME://]NAME[.NAMESPACE…][:PORT]` */
const SERVICE = /^([a-z][a-z0-9+.-]*:\/\/)?([a-z0-9]([-a-z0-9]*[a-z0-9])?)((?:\.[-a-z0-9.]+)?(?::.*)?)$/i

/** The canary's service in the place of the stable one; undefined when the Mapping goes elsewhere. */
function exchangedService(service: unknown, intent: TrafficIntent): string | undefined {
  const match = typeof service === 'string' ? SERVICE.exec(service) : null
  if (match === null || match[2] !== intent.stable.service) return undefined
  return `${match[1] ?? ''}${intent.canary.service}${match[4] ?? ''}`
}

/** What Emissary makes of the Mapping and its canary; undefined when neither is there, or nobody can read it. */
function weightSaid(rollout: KubeObject, name: string, found: Found): number | undefined {
  const isAlone = found[refKey(baseRef(rollout, name))] === undefined
  const canary = found[refKey(canaryRef(rollout, name))] as Mapping | undefined
  if (canary === undefined || isForeign(canary, rollout)) return isAlone ? undefined : 0
  if (isAlone) return MAX_WEIGHT
  const { weight } = canary.spec ?? {}
  // Mappings without a weight share alike.
  if (weight === undefined) return MAX_WEIGHT / 2
  return typeof weight === 'number' ? shareOf(weight, MAX_WEIGHT, MAX_WEIGHT) : undefined
}

function invalid(value: string, message: string, cure: string): FieldError {
  return { path: PATH, value, message, cure }
}
