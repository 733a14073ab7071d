// Istio in a life: a VirtualService between two Services (a pair that swaps roles, if the spec says so) or between two
// subsets of a DestinationRule; and where its users come to.
import { POD_TEMPLATE_HASH } from '../../../api/words.ts'
import { DESTINATION_RULE, VIRTUAL_SERVICE } from '../../../kube/kinds.ts'
import { specOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { JsonObject } from '../../../std/json.ts'
import { objects, record, text } from '../../../std/json-parts.ts'
import { NAME, named, turnedList } from './life-route.ts'
import type { LifeRoute, Made, Sides } from './life-route.ts'

export const SUBSETS: Sides = { stable: 'old', canary: 'new' }

/** Between two Services; a pair that swaps roles, if the spec says so. */
export const istio: LifeRoute = {
  routing: { istio: { virtualService: { name: NAME } } },
  object: ({ stable, canary }) => virtualService({ host: stable }, { host: canary }),
  kind: VIRTUAL_SERVICE,
  name: NAME,
  weights: find => destinationWeights(find(VIRTUAL_SERVICE, NAME)),
  made: find => madeIn(find(VIRTUAL_SERVICE, NAME)),
  copies: true,
  weighed(service) {
    const all = httpIn(service)
    const shared = all.find(one => one['name'] === undefined)
    const route = turnedList(objects(shared?.['route']))
    return route && { spec: { http: all.map(one => (one === shared ? { ...one, route } : one)) } }
  },
}

const RULE = { name: NAME, stableSubsetName: SUBSETS.stable, canarySubsetName: SUBSETS.canary }

/** Between two subsets of one host. */
export const istioSubsets: LifeRoute = {
  ...istio,
  routing: { istio: { virtualService: { name: NAME }, destinationRule: RULE } },
  object: () =>
    virtualService({ host: NAME, subset: SUBSETS.stable }, { host: NAME, subset: SUBSETS.canary }),
}

function virtualService(stable: JsonObject, canary: JsonObject): KubeObject {
  const route = [
    { destination: stable, weight: 100 },
    { destination: canary, weight: 0 },
  ]
  return named(VIRTUAL_SERVICE, { spec: { hosts: [NAME], http: [{ route }] } })
}

export function destinationRule(): KubeObject {
  const subsets = Object.values(SUBSETS).map(name => ({ name, labels: {} }))
  return named(DESTINATION_RULE, { spec: { host: NAME, subsets } })
}

function httpIn(service: KubeObject | undefined): readonly JsonObject[] {
  return objects(service && specOf(service)['http'])
}

function madeIn(service: KubeObject | undefined): Made {
  const made = httpIn(service).filter(one => one['name'] !== undefined)
  const byHeader = made.filter(one => one['mirror'] === undefined)
  return {
    names: made.map(one => text(one['name'])),
    led: byHeader.flatMap(one => objects(one['route'])).map(destinationOf),
  }
}

function destinationOf(entry: JsonObject): string {
  const { host, subset } = record(entry['destination'])
  return text(subset ?? host)
}

/** The weight of each destination: a host, or a subset of the one host. */
function destinationWeights(service: KubeObject | undefined): ReadonlyMap<string, number> {
  const entries = objects(httpIn(service).find(one => one['name'] === undefined)?.['route'])
  return new Map(
    entries.map(entry => [destinationOf(entry), Number(entry['weight'] ?? (entries.length === 1 ? 100 : 0))]),
  )
}

/** The hash that a side's subset selects; undefined when it selects all pods of the host. */
export function subsetHash(rule: KubeObject | undefined, side: keyof Sides): string | undefined {
  const found = objects(rule && specOf(rule)['subsets']).find(one => one['name'] === SUBSETS[side])
  const hash = text(record(found?.['labels'])[POD_TEMPLATE_HASH])
  return hash === '' ? undefined : hash
}
