// Names in `managedRoutes` that are the user's own: steps would make a route under them, and their end would delete it.
import type { FieldError } from '../field-error.ts'
import { invalid } from '../field-error.ts'
import { ROUTING_PATH, routingOf } from '../references.ts'
import type { Rollout } from '../rollout.ts'

export function managedNameErrors(rollout: Rollout): readonly FieldError[] {
  const { managedRoutes = [] } = routingOf(rollout)
  const own = ownNames(rollout)
  return managedRoutes.flatMap(({ name }, i) => {
    const what = own.get(name)
    if (what === undefined) return []
    const place = { path: `${ROUTING_PATH}.managedRoutes[${i}].name`, value: name }
    return [invalid({ ...place, cure: 'Give the route of the steps another name.' }, `it is ${what}`)]
  })
}

/** Names of the user's routes and Services, and what they are. */
function ownNames(rollout: Rollout): ReadonlyMap<string, string> {
  const { istio, alb, apisix } = routingOf(rollout)
  const { stableService, canaryService, pingPong } = rollout.spec.strategy?.canary ?? {}
  const services = [istio?.virtualService ?? [], istio?.virtualServices ?? []].flat()
  const routes = services.flatMap(one => one.routes ?? [])
  const behind = alb === undefined ? [] : [alb.rootService, stableService, canaryService]
  const pair = alb === undefined ? [] : [pingPong?.pingService, pingPong?.pongService]
  const named = (what: string, names: readonly (string | undefined)[]) =>
    names.flatMap((name = '') => (name === '' ? [] : [[name, what] as const]))
  return new Map([
    ...named('a route of the VirtualService that the Rollout weighs', routes),
    ...named('a Service of the Rollout', [...behind, ...pair]),
    ...named('the ApisixRoute that the Rollout weighs', [apisix?.route?.name]),
  ])
}
