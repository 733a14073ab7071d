// What a Rollout says of Istio: which VirtualServices, which of their routes, and the DestinationRule whose subsets
// follow the ReplicaSets. Read from settings that may be remembered ones.
import type { IstioVirtualService, TrafficRouting } from '../../api/traffic.ts'
import { ROUTING_PATH } from '../../api/references.ts'
import { DESTINATION_RULE, VIRTUAL_SERVICE } from '../../kube/kinds.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { managedNames } from '../managed-routes.ts'
import { isText, listOf, optional, shape } from '../shape.ts'
import type { Check } from '../shape.ts'

export interface IstioConfig {
  readonly services: readonly NamedService[]
  readonly rule: Subsets | undefined
  /** Names of the HTTP routes that steps may make, first things first. */
  readonly managed: readonly string[]
}

export interface NamedService {
  /** Where the user has written the name. */
  readonly path: string
  readonly name: string
  /** Absent: the Rollout's. */
  readonly namespace: string | undefined
  readonly asked: IstioVirtualService
}

/** A DestinationRule and the names of its subsets. */
export interface Subsets {
  readonly name: string
  readonly canary: string
  readonly stable: string
  /** They keep their weight, which is taken from the stable side. */
  readonly additional: readonly string[]
}

const isPort: Check = value => Number.isInteger(value)

const isService = shape({
  name: isText,
  routes: optional(listOf(isText)),
  tlsRoutes: optional(listOf(shape({ port: optional(isPort), sniHosts: optional(listOf(isText)) }))),
  tcpRoutes: optional(listOf(shape({ port: optional(isPort) }))),
})

const isSettings = shape({
  virtualService: optional(isService),
  virtualServices: optional(listOf(isService)),
  destinationRule: optional(
    shape({
      name: isText,
      canarySubsetName: isText,
      stableSubsetName: isText,
      additionalSubsetNames: optional(listOf(isText)),
    }),
  ),
})

export function istioConfig(trafficRouting: TrafficRouting): IstioConfig | undefined {
  const { istio } = trafficRouting
  if (istio === undefined || !isSettings(istio)) return undefined
  const { virtualService, virtualServices = [], destinationRule: rule } = istio
  const path = `${ROUTING_PATH}.istio`
  return {
    services: [
      ...(virtualService === undefined ? [] : [named(`${path}.virtualService.name`, virtualService)]),
      ...virtualServices.map(one => named(`${path}.virtualServices.name`, one)),
    ],
    rule:
      rule === undefined
        ? undefined
        : {
            name: rule.name,
            canary: rule.canarySubsetName,
            stable: rule.stableSubsetName,
            additional: rule.additionalSubsetNames ?? [],
          },
    managed: managedNames(trafficRouting),
  }
}

const DOMAIN = '.cluster.local'

/** `shop`, `shop.namespace`; of more labels the last is the namespace. */
function named(path: string, asked: IstioVirtualService): NamedService {
  const text = asked.name.endsWith(DOMAIN) ? asked.name.slice(0, -DOMAIN.length) : asked.name
  const dot = text.lastIndexOf('.')
  if (dot < 0) return { path, asked, name: text, namespace: undefined }
  return { path, asked, name: text.slice(0, dot), namespace: text.slice(dot + 1) }
}

export function serviceRef({ name, namespace }: NamedService, { metadata }: KubeObject): ObjectRef {
  return { kind: VIRTUAL_SERVICE, namespace: namespace ?? metadata.namespace ?? '', name }
}

export function ruleRef({ name }: Subsets, { metadata }: KubeObject): ObjectRef {
  return { kind: DESTINATION_RULE, namespace: metadata.namespace ?? '', name }
}
