// Service Mesh Interface: a TrafficSplit of our own says how the requests to a root Service are shared.
import type { TrafficRouting } from '../api/traffic.ts'
import { TRAFFIC_SPLIT } from '../kube/kinds.ts'
import {
  apiVersionOf,
  asJson,
  controllerOf,
  fromJson,
  ownerReference,
  refKey,
  specOf,
} from '../kube/object.ts'
import type { KubeObject, ObjectRef } from '../kube/object.ts'
import type { EventNote } from '../kube/write.ts'
import type { Json, JsonObject } from '../std/json.ts'
import { objects, text } from '../std/json-parts.ts'
import type { Binding, TrafficIntent, TrafficRouter, Weights } from './router.ts'
import { isText, optional, shape } from './shape.ts'
import { largestOf, shareOf, withOthers } from './weights.ts'

interface SmiConfig {
  /** Empty: the Rollout's name. */
  readonly name: string
  /** Empty: the stable Service. */
  readonly root: string
}

type Bound = Binding<SmiConfig>

const ALL = 100
const isSettings = shape({ rootService: optional(isText), trafficSplitName: optional(isText) })

export const smi: TrafficRouter<SmiConfig> = {
  name: 'SMI',
  field: 'smi',
  kinds: [
    TRAFFIC_SPLIT,
    { ...TRAFFIC_SPLIT, version: 'v1alpha2' },
    { ...TRAFFIC_SPLIT, version: 'v1alpha3' },
  ],
  can: { headerRoutes: false, mirrorRoutes: false },
  config: smiConfig,
  refs: bound => [refTo(bound)],
  route(bound, intent, found) {
    const ref = refTo(bound)
    const existing = found[refKey(ref)]
    if (existing !== undefined && !isOurs(existing, bound)) {
      const message = `Rollout does not own TrafficSplit \`${ref.name}\``
      return { problem: { type: 'Warning', reason: 'TrafficRoutingError', message } }
    }
    const { weight } = intent.canary
    const why = `set the weights in TrafficSplit ${ref.name} to ${weight} canary, ${intent.stable.weight} stable`
    const object = splitWith(bound, existing, backendsOf(bound, intent, isText(weightIn(existing))))
    return { placed: [{ ref, object, why, ...(existing === undefined ? { event: created(ref) } : {}) }] }
  },
  read(bound, found) {
    const split = found[refKey(refTo(bound))]
    return withOthers(largestOf([weightSaid(split, bound)], ALL), [othersSaid(split, bound)])
  },
  inVersion: splitIn,
  leave(bound, _at, found) {
    const ref = refTo(bound)
    const existing = found[refKey(ref)]
    if (existing === undefined || !isOurs(existing, bound)) return { placed: [] }
    if ((weightSaid(existing, bound) ?? 0) === 0) {
      const why = `delete TrafficSplit ${ref.name}, whose router was left`
      return { placed: [{ ref, object: undefined, why }] }
    }
    const rest = {
      canary: { service: bound.services.canary, weight: 0 },
      stable: { weight: ALL },
      others: [],
    }
    const object = splitWith(bound, existing, backendsOf(bound, rest, isText(weightIn(existing))))
    const why = `take the canary's weight out of TrafficSplit ${ref.name}, whose router was left`
    return { placed: [{ ref, object, why }] }
  },
}

/** Weights are texts in the oldest version only. */
function splitIn(split: KubeObject, version: string): KubeObject {
  const isTextual = version === TRAFFIC_SPLIT.version
  const backends = backendsIn(split).map(one => {
    const weight = numberOf(one['weight'])
    return { ...one, weight: isTextual ? String(weight) : weight }
  })
  return fromJson({ ...asJson(split), spec: { ...specOf(split), backends } } as JsonObject)
}

function smiConfig({ smi: settings }: TrafficRouting): SmiConfig | undefined {
  if (settings === undefined || !isSettings(settings)) return undefined
  return { name: settings.trafficSplitName ?? '', root: settings.rootService ?? '' }
}

function refTo({ config, rollout }: Bound): ObjectRef {
  const name = config.name === '' ? rollout.metadata.name : config.name
  return { kind: TRAFFIC_SPLIT, namespace: rollout.metadata.namespace ?? '', name }
}

function isOurs(split: KubeObject, { rollout }: Bound): boolean {
  return controllerOf(split)?.uid === rollout.metadata.uid
}

/** The form of weights: texts in the oldest version, numbers since; what stands there already stays as it is. */
function weightIn(existing: KubeObject | undefined): Json {
  const written = existing === undefined ? undefined : backendsIn(existing)[0]?.['weight']
  if (written !== undefined) return written
  return (existing?.apiVersion ?? apiVersionOf(TRAFFIC_SPLIT)) === apiVersionOf(TRAFFIC_SPLIT) ? '' : 0
}

function backendsIn(split: KubeObject): readonly JsonObject[] {
  return objects(specOf(split)['backends'])
}

interface Wanted {
  readonly canary: Pick<TrafficIntent['canary'], 'weight'>
  readonly stable: Pick<TrafficIntent['stable'], 'weight'>
  readonly others: TrafficIntent['others']
}

function backendsOf({ services }: Bound, intent: Wanted, isTextual: boolean): readonly JsonObject[] {
  const all = [
    { service: services.canary, weight: intent.canary.weight },
    ...intent.others,
    { service: services.stable, weight: intent.stable.weight },
  ]
  return all.map(({ service, weight }) => ({ service, weight: isTextual ? String(weight) : weight }))
}

function splitWith(
  { config, rollout, services, ...bound }: Bound,
  existing: KubeObject | undefined,
  backends: readonly JsonObject[],
): KubeObject {
  const { name, namespace = '' } = refTo({ config, rollout, services, ...bound })
  const service = config.root === '' ? services.stable : config.root
  const made = {
    apiVersion: apiVersionOf(TRAFFIC_SPLIT),
    kind: TRAFFIC_SPLIT.kind,
    metadata: { name, namespace, ownerReferences: [ownerReference(rollout)] },
  }
  const spec = { ...specOf(existing ?? made), service, backends }
  return fromJson({ ...asJson(existing ?? made), spec } as JsonObject)
}

function created({ name }: ObjectRef): EventNote {
  return { type: 'Normal', reason: 'TrafficSplitCreated', message: `TrafficSplit \`${name}\` created` }
}

function weightSaid(split: KubeObject | undefined, { services }: Bound): number | undefined {
  if (split === undefined) return undefined
  const backends = backendsIn(split)
  const canary = weightOf(backends.filter(one => text(one['service']) === services.canary))
  return shareOf(canary, weightOf(backends), ALL)
}

function weightOf(backends: readonly JsonObject[]): number {
  return backends.reduce((total, one) => total + numberOf(one['weight']), 0)
}

/** Whatever stands beside the two in a split that is ours is an experiment's. */
function othersSaid(split: KubeObject | undefined, { services }: Bound): Weights['others'] {
  const backends = split === undefined ? [] : backendsIn(split)
  const others = backends.filter(one => ![services.canary, services.stable].includes(text(one['service'])))
  return Object.fromEntries(
    others.map(one => [text(one['service']), shareOf(numberOf(one['weight']), weightOf(backends), ALL)]),
  )
}

const WHOLE = /^\d{1,9}$/
const MILLI = /^\d{1,12}m$/

/** A number, or a quantity as far as weights are written so. */
function numberOf(weight: Json | undefined): number {
  if (typeof weight === 'number') return Number.isFinite(weight) ? Math.max(0, weight) : 0
  const written = text(weight)
  if (MILLI.test(written)) return Number(written.slice(0, -1)) / 1000
  return WHOLE.test(written) ? Number(written) : 0
}
