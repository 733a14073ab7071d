// All routers, in the order in which they are asked; a new one is its file and a line here. Rollouts reach
// them through `routersOf`, which binds each to its settings.
import type { Rollout } from '../api/rollout.ts'
import type { Kind, ObjectRef } from '../kube/object.ts'
import type { Question } from '../kube/reconciler.ts'
import { isJsonObject } from '../std/json.ts'
import { ambassador } from './ambassador.ts'
import { gatewayApi } from './gateway-api.ts'
import { nginx } from './nginx.ts'
import type { Found, Routed, TrafficIntent, TrafficRouter, Weights } from './router.ts'

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
  readonly bind: (rollout: Rollout) => BoundRouter | undefined
}

const ENTRIES: readonly Entry[] = [entry(nginx), entry(ambassador), entry(gatewayApi)]

/** Every kind that a router may read or write: watched where the server has it. */
export const ROUTER_KINDS: readonly Kind[] = [...new Set(ENTRIES.flatMap(one => one.kinds))]

/** The routers that a Rollout asks for; none for blue/green and for a canary by replicas. */
export function routersOf(rollout: Rollout): readonly BoundRouter[] {
  return ENTRIES.flatMap(one => one.bind(rollout) ?? [])
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
  const bind = (rollout: Rollout): BoundRouter | undefined => {
    const { trafficRouting } = rollout.spec.strategy?.canary ?? {}
    const config = trafficRouting === undefined ? undefined : router.config(trafficRouting)
    if (config === undefined) return undefined
    return {
      name: router.name,
      refs: router.refs(config, rollout),
      route: (intent, found) => router.route(config, rollout, intent, found),
      read: found => router.read(config, rollout, found),
      question: (intent, found) => router.question?.(config, intent, found),
    }
  }
  return { field: router.field, kinds: router.kinds, bind }
}
