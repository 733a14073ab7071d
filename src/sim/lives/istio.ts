// Istio in a life: a VirtualService between two Services (a pair that swaps roles, if the spec says so) or between two
// subsets of a DestinationRule; and where its users come to.
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { DESTINATION_RULE, VIRTUAL_SERVICE } from '../../kube/kinds.ts'
import { asJson, fromJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { JsonObject } from '../../std/json.ts'
import { objects, record, text } from '../../std/json-parts.ts'

const at = (name: string) => ({ name, namespace: 'shop' })
const SUBSETS = { stable: 'old', canary: 'new' } as const

export interface Sides {
  readonly stable: string
  readonly canary: string
}

export function istioRouting(name: string, sides: 'pair' | 'subsets' | undefined) {
  const rule = { name, stableSubsetName: SUBSETS.stable, canarySubsetName: SUBSETS.canary }
  return { istio: { virtualService: { name }, ...(sides === 'subsets' ? { destinationRule: rule } : {}) } }
}

export function virtualService(name: string, services: Sides | 'subsets'): KubeObject {
  const destination = (side: keyof Sides) =>
    services === 'subsets' ? { host: name, subset: SUBSETS[side] } : { host: services[side] }
  const route = [
    { destination: destination('stable'), weight: 100 },
    { destination: destination('canary'), weight: 0 },
  ]
  return fromJson({
    apiVersion: `${VIRTUAL_SERVICE.group}/${VIRTUAL_SERVICE.version}`,
    kind: VIRTUAL_SERVICE.kind,
    metadata: at(name),
    spec: { hosts: [name], http: [{ route }] },
  })
}

export function destinationRule(name: string): KubeObject {
  const subsets = Object.values(SUBSETS).map(subset => ({ name: subset, labels: {} }))
  return fromJson({
    apiVersion: `${DESTINATION_RULE.group}/${DESTINATION_RULE.version}`,
    kind: DESTINATION_RULE.kind,
    metadata: at(name),
    spec: { host: name, subsets },
  })
}

function httpIn(service: KubeObject | undefined): readonly JsonObject[] {
  const spec = service === undefined ? {} : record(record(asJson(service))['spec'])
  return objects(spec['http'])
}

/** Routes that steps have made; what a header's leads to counts as users. */
export function managedIn(service: KubeObject | undefined): {
  readonly names: readonly string[]
  readonly led: readonly string[]
} {
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
export function destinationWeights(service: KubeObject | undefined): ReadonlyMap<string, number> {
  const entries = objects(httpIn(service).find(one => one['name'] === undefined)?.['route'])
  return new Map(
    entries.map(entry => [destinationOf(entry), Number(entry['weight'] ?? (entries.length === 1 ? 100 : 0))]),
  )
}

/** The hash that a side's subset selects; undefined when it selects all pods of the host. */
export function subsetHash(rule: KubeObject | undefined, side: keyof Sides): string | undefined {
  const spec = rule === undefined ? {} : record(record(asJson(rule))['spec'])
  const found = objects(spec['subsets']).find(one => one['name'] === SUBSETS[side])
  const hash = text(record(found?.['labels'])[POD_TEMPLATE_HASH])
  return hash === '' ? undefined : hash
}

export const subsetOf = (side: keyof Sides) => SUBSETS[side]
