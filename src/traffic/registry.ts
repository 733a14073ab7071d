// All routers, in the order in which they are asked; a new one is its file and a line here. Rollouts reach
// them through `routersOf`, which binds each to its settings.
import type { Rollout } from '../api/rollout.ts'
import type { TrafficRouting } from '../api/traffic.ts'
import type { Kind, KubeObject, ObjectRef } from '../kube/object.ts'
import type { Question } from '../kube/reconciler.ts'
import { isJsonObject } from '../std/json.ts'
import { ambassador } from './ambassador.ts'
import { gatewayApi } from './gateway-api.ts'
import { nginx } from './nginx.ts'
import type { Found, Routed, Services, TrafficIntent, TrafficRouter, Weights } from './router.ts'

/** A router with the settings that a Rollout gives it. */
export interface BoundRouter {
  readonly name: string
  readonly refs: readonly ObjectRef[]
  route(intent: TrafficIntent, found: Found): Routed
  read(found: Found): Weights | undefined
  question(intent: TrafficIntent, found: Found): Question | undefined
}

interface Entry {
  readonly field: string
  readonly kinds: readonly Kind[]
  readonly bind: (asked: Asked) => BoundRouter | undefined
}

/** What is asked for, by whom, between which Services. */
interface Asked {
  readonly trafficRouting: TrafficRouting
  readonly rollout: KubeObject
  readonly services: Services
}

const ENTRIES: readonly Entry[] = [entry(nginx), entry(ambassador), entry(gatewayApi)]

/** Every kind that a router may read or write: watched where the server has it. */
export const ROUTER_KINDS: readonly Kind[] = [...new Set(ENTRIES.flatMap(one => one.kinds))]

/** The routers that a Rollout asks for; none for blue/green and for a canary by replicas. */
export function routersOf(rollout: Rollout): readonly BoundRouter[] {
  const { trafficRouting, stableService = '', canaryService = '' } = rollout.spec.strategy?.canary ?? {}
  if (trafficRouting === undefined) return []
  const services = { stable: stableService, canary: canaryService }
  return bindAll({ trafficRouting, rollout, services })
}

function bindAll(asked: Asked): readonly BoundRouter[] {
  return ENTRIES.flatMap(one => one.bind(asked) ?? [])
}

const NO_ROUTERS = ['plugins', 'managedRoutes', 'maxTrafficWeight']

/** What a Rollout asks for and nobody here can do: fields of `trafficRouting`, names of plug-ins. */
export function unknownRouters(rollout: Rollout): readonly string[] {
  const { trafficRouting } = rollout.spec.strategy?.canary ?? {}
  if (trafficRouting === undefined) return []
  const plugins: unknown = trafficRouting.plugins
  const asked = [
    ...Object.entries(trafficRouting)
      .filter(([field, settings]) => settings !== undefined && !NO_ROUTERS.includes(field))
      .map(([field]) => field),
    ...(isJsonObject(plugins) ? Object.keys(plugins) : []),
  ]
  return asked.filter(field => !ENTRIES.some(one => one.field === field))
}

function entry<Config>(router: TrafficRouter<Config>): Entry {
  const bind = ({ trafficRouting, rollout, services }: Asked): BoundRouter | undefined => {
    const config = router.config(trafficRouting)
    if (config === undefined) return undefined
    const binding = { config, rollout, services }
    return {
      name: router.name,
      refs: router.refs(binding),
      route: (intent, found) => router.route(binding, intent, found),
      read: found => router.read(binding, found),
      question: (intent, found) => router.question?.(binding, intent, found),
    }
  }
  return { field: router.field, kinds: router.kinds, bind }
}
