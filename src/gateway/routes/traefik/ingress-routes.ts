// Traefik's IngressRoutes, of both groups: a rule's requests to Services and TraefikServices. Of those that take a
// request the one with the highest priority is tried first; without one the longer rule has it.
import {
  INGRESS_ROUTE,
  OLD_INGRESS_ROUTE,
  OLD_TRAEFIK_SERVICE,
  TRAEFIK_SERVICE,
} from '../../../kube/kinds.ts'
import { refKey, refOf, specOf } from '../../../kube/object.ts'
import type { KubeObject, RefKey } from '../../../kube/object.ts'
import type { JsonObject } from '../../../std/json.ts'
import { list, objects as objectsIn, text } from '../../../std/json-parts.ts'
import { joined, total, within } from '../route-family.ts'
import type { Made, Notice, RouteFamily } from '../route-family.ts'
import type { Route } from '../route.ts'
import { matchesOf, routesIn } from './conditions.ts'
import type { Matches } from './conditions.ts'
import { alternativesIn } from './rule.ts'
import { leadsOf } from './services.ts'
import type { Leads } from './services.ts'

export const ingressRoutes: RouteFamily = {
  name: 'ingress-route',
  kinds: [INGRESS_ROUTE, OLD_INGRESS_ROUTE, TRAEFIK_SERVICE, OLD_TRAEFIK_SERVICE],
  routes({ objects }, backends) {
    const isRoute = ({ kind }: KubeObject) => kind === INGRESS_ROUTE.kind
    const leads = leadsOf(
      objects.filter(one => !isRoute(one)),
      backends,
    )
    return joined(objects.filter(isRoute).map(object => madeOf(object, leads)))
  },
}

function madeOf(object: KubeObject, leads: Leads): Made {
  const isOld = object.apiVersion.startsWith(`${OLD_INGRESS_ROUTE.group}/`)
  const from = refKey(refOf(isOld ? OLD_INGRESS_ROUTE : INGRESS_ROUTE, object))
  const rules = objectsIn(specOf(object)['routes']).map((rule, i) => {
    return { object, from, rule, i, read: alternativesIn(text(rule['match'])) }
  })
  const counts = rules.map(({ read }) => ('problem' in read ? 0 : total(read.map(routesIn))))
  return within(from, total(counts), () => joined(rules.map(rule => ruleMade(rule, leads))))
}

interface RuleAt {
  readonly object: KubeObject
  readonly from: RefKey
  readonly rule: JsonObject
  readonly i: number
  readonly read: ReturnType<typeof alternativesIn>
}

function ruleMade({ object, from, rule, i, read }: RuleAt, leads: Leads): Made {
  const { namespace = '', creationTimestamp: since = '' } = object.metadata
  const said = (reason: Notice['reason'], message: string): Notice => {
    return { from, reason, message: `routes[${i}] ${message}` }
  }
  const matches = allMatches(read)
  if ('problem' in matches)
    return { routes: [], notices: [said('RouteNotPlayed', `takes no request: ${matches.problem}`)] }
  const { backends, mirrors, session, problems } = leads(objectsIn(rule['services']), namespace)
  const notices = problems.map(problem => said('BackendRefused', `has nobody for its share: ${problem}`))
  // What would let some in and keep others out must not be skipped.
  const refusal = list(rule['middlewares']).length > 0 ? 'middlewares are not played' : undefined
  if (refusal !== undefined) notices.push(said('RouteNotPlayed', `answers 500: ${refusal}`))
  const { priority = 0 } = rule
  const routes = matches.map((match, j): Route => {
    return {
      id: `${from}/${i}/${j}`,
      ...match,
      ...(refusal !== undefined && { filters: { refusal } }),
      backends,
      ...(mirrors.length > 0 && { mirrors }),
      ...(session !== undefined && { session }),
      from,
      since,
      order: i,
      precedence: typeof priority === 'number' && priority > 0 ? priority : text(rule['match']).length,
      isImplicit: false,
    }
  })
  return { routes, notices }
}

function allMatches(alternatives: RuleAt['read']): readonly Matches[] | { readonly problem: string } {
  if ('problem' in alternatives) return alternatives
  const read = alternatives.map(matchesOf)
  const problem = read.find(one => 'problem' in one)
  return problem ?? (read as readonly (readonly Matches[])[]).flat()
}
