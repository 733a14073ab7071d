// Gateway API in a life: an HTTPRoute with one rule between the two Services.
import { HTTP_ROUTE } from '../../../kube/kinds.ts'
import { specOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { objects, text } from '../../../std/json-parts.ts'
import { listed, NAME, named, turnedList } from './life-route.ts'
import type { LifeRoute } from './life-route.ts'

const ruleIn = (route: KubeObject) => objects(specOf(route)['rules'])[0]

export const httpRoute: LifeRoute = {
  routing: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: NAME } } },
  object({ stable, canary }) {
    const backendRefs = [
      { name: stable, port: 80, weight: 100 },
      { name: canary, port: 80, weight: 0 },
    ]
    return named(HTTP_ROUTE, { spec: { rules: [{ backendRefs }] } })
  },
  kind: HTTP_ROUTE,
  name: NAME,
  weights(find) {
    const route = find(HTTP_ROUTE, NAME)
    const rule = route && ruleIn(route)
    return listed(objects(rule?.['backendRefs']), ref => text(ref['name']))
  },
  weighed(route) {
    const rule = ruleIn(route)
    const backendRefs = turnedList(objects(rule?.['backendRefs']))
    return backendRefs && { spec: { rules: [{ ...rule, backendRefs }] } }
  },
}
