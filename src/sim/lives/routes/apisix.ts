// APISIX in a life: an ApisixRoute with one rule between the two Services.
import { APISIX_ROUTE } from '../../../kube/kinds.ts'
import { specOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { objects, text } from '../../../std/json-parts.ts'
import { HEADER_ROUTE, listed, NAME, named, turnedList } from './life-route.ts'
import type { LifeRoute } from './life-route.ts'

const ruleIn = (route: KubeObject) => objects(specOf(route)['http'])[0]

function weightsIn(route: KubeObject | undefined): ReadonlyMap<string, number> {
  return listed(objects(route && ruleIn(route)?.['backends']), one => text(one['serviceName']))
}

export const apisix: LifeRoute = {
  routing: { apisix: { route: { name: NAME } } },
  object({ stable, canary }) {
    const backends = [
      { serviceName: stable, servicePort: 80, weight: 100 },
      { serviceName: canary, servicePort: 80, weight: 0 },
    ]
    return named(APISIX_ROUTE, { spec: { http: [{ name: NAME, match: { paths: ['/*'] }, backends }] } })
  },
  kind: APISIX_ROUTE,
  name: NAME,
  weights: find => weightsIn(find(APISIX_ROUTE, NAME)),
  made(find) {
    const route = find(APISIX_ROUTE, HEADER_ROUTE)
    return { names: route === undefined ? [] : [HEADER_ROUTE], led: [...weightsIn(route).keys()] }
  },
  weighed(route) {
    const rule = ruleIn(route)
    const backends = turnedList(objects(rule?.['backends']))
    return backends && { spec: { http: [{ ...rule, backends }] } }
  },
}
