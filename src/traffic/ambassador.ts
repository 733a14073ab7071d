// Emissary-ingress (Ambassador): beside each Mapping of the stable Service stands a canary Mapping of ours
// with the weight; the user's Mapping serves the rest. The canary Mapping goes a few seconds after the update
// has ended, so that Emissary has seen its weight 0 first.
import type { FieldError } from '../api/field-error.ts'
import type { AmbassadorTrafficRouting } from '../api/traffic.ts'
import { AMBASSADOR_MAPPING, AMBASSADOR_MAPPING_V2 } from '../kube/kinds.ts'
import { refKey, type KubeObject, type ObjectRef } from '../kube/object.ts'
import type { Wait } from '../kube/reconciler.ts'
import {
  deleted,
  isForeign,
  kindOf,
  KEPT_MS,
  weighed,
  weightEvent,
  withdrawn,
  type Mapping,
  type MappingParts,
} from './canary-mapping.ts'
import type { Found, Placing, Routed, TrafficIntent, TrafficRouter } from './router.ts'
import { isText, listOf, shape } from './shape.ts'
import { largestOf, shareOf } from './weights.ts'

const PATH = 'spec.strategy.canary.trafficRouting.ambassador.mappings'
const SUFFIX = '-canary'
const MAX_NAME = 253
const MAX_WEIGHT = 100

const isSettings = shape({ mappings: listOf(isText) })

/** Both versions are one resource; what a server has decides which is written. */
const KINDS = [AMBASSADOR_MAPPING, AMBASSADOR_MAPPING_V2] as const

export const ambassador: TrafficRouter<AmbassadorTrafficRouting> = {
  name: 'Ambassador',
  field: 'ambassador',
  kinds: KINDS,
  can: { headerRoutes: false, mirrorRoutes: false },
  config: ({ ambassador: settings }) => (isSettings(settings) ? settings : undefined),
  refs: ({ config, rollout }) =>
    config.mappings.flatMap(name =>
      KINDS.flatMap(kind => [baseRef(rollout, name, kind), canaryRef(rollout, name, kind)]),
    ),
  route({ config, rollout }, intent, found) {
    if (config.mappings.length === 0) {
      return {
        invalid: invalid('', 'no mappings are configured', 'Name the Mappings of the stable Service.'),
      }
    }
    const all: Placing[] = []
    for (const name of config.mappings) {
      const routed = routeOne({ name, rollout, intent }, found)
      if (!('placed' in routed)) return routed
      all.push(routed)
    }
    return joined(all)
  },
  read({ config, rollout }, found) {
    return largestOf(
      config.mappings.map(name => weightSaid(rollout, name, found)),
      MAX_WEIGHT,
    )
  },
  leave({ config, rollout }, { now }, found) {
    const all = config.mappings.flatMap(name => {
      const canary = mappingIn(canaryRef(rollout, name), found)
      if (canary === undefined || isForeign(canary, rollout)) return []
      const ref = canaryRef(rollout, name, kindOf(canary))
      const isAlone = mappingIn(baseRef(rollout, name), found) === undefined
      return [withdrawn({ ref, canary, rollout, isAlone }, now)]
    })
    return joined(all)
  },
}

function joined(all: readonly Placing[]): Placing {
  const waits = all.flatMap(one => one.waits ?? [])
  const told = all.flatMap(one => one.told ?? [])
  return {
    placed: all.flatMap(one => one.placed),
    ...(waits.length === 0 ? {} : { waits }),
    ...(told.length === 0 ? {} : { told }),
  }
}

type MappingKind = (typeof KINDS)[number]

function baseRef(rollout: KubeObject, name: string, kind: MappingKind = AMBASSADOR_MAPPING): ObjectRef {
  return { kind, namespace: rollout.metadata.namespace ?? '', name }
}

function canaryRef(rollout: KubeObject, name: string, kind: MappingKind = AMBASSADOR_MAPPING): ObjectRef {
  return baseRef(rollout, name.slice(0, MAX_NAME - SUFFIX.length) + SUFFIX, kind)
}

function mappingIn(ref: ObjectRef, found: Found): Mapping | undefined {
  return found[refKey(ref)] as Mapping | undefined
}

interface One {
  readonly name: string
  readonly rollout: KubeObject
  readonly intent: TrafficIntent
}

function routeOne(one: One, found: Found): Routed {
  const { rollout, intent } = one
  const parts = partsOf(one, found)
  if (!('ref' in parts)) return parts
  const { ref, existing } = parts
  const { weight } = intent.canary
  // Compat: no Mapping is needed for the weight 0, but people hear of it.
  if (weight === 0 && existing === undefined) return { placed: [], told: [weightEvent(0)] }
  if (weight === 0 && intent.endedAt !== undefined && existing?.spec?.weight === 0) {
    const until = intent.endedAt + KEPT_MS
    if (intent.now >= until) return deleted(ref)
    return { placed: [], waits: [{ for: `end of canary Mapping ${ref.name}`, since: intent.endedAt, until }] }
  }
  return { placed: [weighed(parts, rollout, weight)], ...waitFor(ref, intent) }
}

/** What the canary Mapping is made of, or what stands in its way. */
function partsOf(
  { name, rollout, intent }: One,
  found: Found,
): MappingParts | Exclude<Routed, { readonly placed: unknown }> {
  const base = mappingIn(baseRef(rollout, name), found)
  if (base === undefined) {
    const message = `mappings.getambassador.io "${name}" not found`
    return { invalid: invalid(name, message, 'Create the Mapping, or correct the name.') }
  }
  if (base.spec?.weight !== undefined) {
    const message = `Ambassador mapping "${name}" can not define weight`
    const cure = 'Take the weight out of the Mapping: the rollout sets it.'
    return { invalid: { ...invalid(name, message, cure), path: 'spec.weight' } }
  }
  const service = exchangedService(base.spec?.service, intent)
  if (service === undefined) {
    const message = `ambassador mapping "${name}" does not route to service ${intent.stable.service}`
    return { invalid: invalid(name, message, `Set spec.service to ${intent.stable.service}.`) }
  }
  const ref = canaryRef(rollout, name, kindOf(base))
  const existing = mappingIn(ref, found)
  if (existing !== undefined && isForeign(existing, rollout)) {
    const message = `canary mapping \`${ref.name}\` controlled by different object`
    return { problem: { type: 'Warning', reason: 'AmbassadorMappingConfigError', message } }
  }
  return { ref, base, existing, service }
}

/** Before the end of the update the weight is written; the wait for the deletion begins with it. */
function waitFor(ref: ObjectRef, intent: TrafficIntent): { readonly waits?: readonly Wait[] } {
  if (intent.canary.weight !== 0 || intent.endedAt === undefined) return {}
  const until = Math.max(intent.endedAt, intent.now) + KEPT_MS
  return { waits: [{ for: `end of canary Mapping ${ref.name}`, since: intent.endedAt, until }] }
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
  const isAlone = mappingIn(baseRef(rollout, name), found) === undefined
  const canary = mappingIn(canaryRef(rollout, name), found)
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
