// Traefik: in the weighted services of a TraefikService, of either of its two API groups, the weights of stable and
// canary are ours; those of others stay.
import { ROUTING_PATH } from '../api/references.ts'
import { OLD_TRAEFIK_SERVICE, TRAEFIK_SERVICE } from '../kube/kinds.ts'
import { asJson, fromJson, refKey, resourceName, specOf } from '../kube/object.ts'
import type { KubeObject, ObjectRef } from '../kube/object.ts'
import { equal } from '../std/equal.ts'
import type { JsonObject } from '../std/json.ts'
import { objects, record } from '../std/json-parts.ts'
import { pairBack, pairProblem, pairShare, weighedPair } from './pair.ts'
import type { PairOptions } from './pair.ts'
import { foundAfter, stuckIn } from './placing.ts'
import type { Binding, Found, Routed, Services, TrafficRouter } from './router.ts'
import { isText, shape } from './shape.ts'
import { largestOf } from './weights.ts'

interface TraefikConfig {
  readonly name: string
}

type Bound = Binding<TraefikConfig>

const PATH = `${ROUTING_PATH}.traefik.weightedTraefikServiceName`
const ALL = 100
const isSettings = shape({ weightedTraefikServiceName: isText })

/** The first one that is there counts. */
const KINDS = [TRAEFIK_SERVICE, OLD_TRAEFIK_SERVICE] as const

export const traefik: TrafficRouter<TraefikConfig> = {
  name: 'Traefik',
  field: 'traefik',
  kinds: KINDS,
  can: { headerRoutes: false, mirrorRoutes: false },
  config: ({ traefik: settings }) =>
    settings === undefined || !isSettings(settings)
      ? undefined
      : { name: settings.weightedTraefikServiceName },
  refs: bound => KINDS.map(kind => refTo(bound, kind)),
  route(bound, { canary }, found) {
    const { ref, service } = standing(bound, found)
    if (service === undefined)
      return refused(bound, `${resourceName(ref.kind)} "${ref.name}" not found`, MISSING)
    const problem = problemOf(service, bound.services)
    if (problem !== undefined) return refused(bound, problem)
    const weights = { canary: canary.weight, stable: ALL - canary.weight }
    const why = `set the weights in TraefikService ${ref.name} to ${weights.canary} canary, ${weights.stable} stable`
    const entries = weighedPair(servicesIn(service), pairOf(bound.services), weights)
    return { placed: [{ ref, object: withServices(service, entries), why }] }
  },
  read(bound, found) {
    const { service } = standing(bound, found)
    const said =
      service === undefined ? undefined : pairShare(servicesIn(service), pairOf(bound.services), ALL)
    return largestOf([said], ALL)
  },
  leave(bound, { now }, found) {
    const { ref, service } = standing(bound, found)
    if (service === undefined) return { placed: [] }
    const object = isServiceList(service)
      ? withServices(service, pairBack(servicesIn(service), pairOf(bound.services), ALL))
      : service
    const why = `take the canary's weight out of TraefikService ${ref.name}, whose router was left`
    const placed = equal(asJson(service), asJson(object)) ? [] : [{ ref, object, why }]
    return { placed, ...stuckIn('Traefik', traefik.read(bound, foundAfter(placed, found)), now) }
  },
}

function refTo({ config, rollout }: Bound, kind: ObjectRef['kind']): ObjectRef {
  return { kind, namespace: rollout.metadata.namespace ?? '', name: config.name }
}

interface Standing {
  readonly ref: ObjectRef
  readonly service: KubeObject | undefined
}

function standing(bound: Bound, found: Found): Standing {
  const all = KINDS.map(kind => refTo(bound, kind)).map(ref => ({ ref, service: found[refKey(ref)] }))
  return all.find(one => one.service !== undefined) ?? (all[0] as Standing)
}

function pairOf({ stable, canary }: Services): PairOptions {
  const sideOf = (entry: JsonObject) => {
    if ((entry['kind'] ?? 'Service') !== 'Service') return undefined
    return entry['name'] === canary ? 'canary' : entry['name'] === stable ? 'stable' : undefined
  }
  return { sideOf, usual: 1 }
}

function servicesIn(service: KubeObject): readonly JsonObject[] {
  return objects(record(specOf(service)['weighted'])['services'])
}

function isServiceList(service: KubeObject): boolean {
  const written = record(specOf(service)['weighted'])['services']
  return !Array.isArray(written) || written.length === servicesIn(service).length
}

function problemOf(service: KubeObject, services: Services): string | undefined {
  const entries = servicesIn(service)
  if (!isServiceList(service)) return 'the weighted services are malformed'
  const problem = pairProblem(entries, pairOf(services))
  if (problem === undefined) return undefined
  if ('missing' in problem) return `traefik ${problem.missing} service was not found`
  if ('twice' in problem) return `traefik ${problem.twice} service is named twice`
  return `the weight ${JSON.stringify(problem.odd)} is none`
}

const MALFORMED = 'Let weighted.services of the TraefikService name both Services once.'
const MISSING =
  'Create the TraefikService, in the API group that the controller looks at (--traefik-api-group).'

function refused({ config }: Bound, message: string, cure = MALFORMED): Routed {
  return { invalid: { path: PATH, value: config.name, message, cure } }
}

function withServices(service: KubeObject, services: readonly JsonObject[]): KubeObject {
  const spec = specOf(service)
  const weighted = { ...record(spec['weighted']), services }
  return fromJson({ ...asJson(service), spec: { ...spec, weighted } } as JsonObject)
}
