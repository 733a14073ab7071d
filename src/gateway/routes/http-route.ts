// Gateway API's HTTPRoutes: a route for each host, rule and match. Whoever the parents are, they are served here.
import { refKey, refOf } from '../../kube/object.ts'
import type { KubeObject, RefKey } from '../../kube/object.ts'
import { HTTP_ROUTE, REFERENCE_GRANT } from '../../kube/kinds.ts'
import type { JsonObject } from '../../std/json.ts'
import { objects as objectsIn } from '../../std/json-parts.ts'
import { backendOf, grantedBy } from './http-route-backends.ts'
import type { BackendWorld } from './http-route-backends.ts'
import { filtersOf } from './http-route-filters.ts'
import { joined } from './route-family.ts'
import type { Made, Notice, RouteFamily } from './route-family.ts'
import type { HeaderMatch, Route } from './route.ts'

interface NamedMatch {
  readonly type?: string
  readonly name?: string
  readonly value?: string
}

interface Match {
  readonly path?: { readonly type?: string; readonly value?: string }
  readonly headers?: readonly NamedMatch[]
  readonly queryParams?: readonly NamedMatch[]
  readonly method?: string
}

interface Rule {
  readonly matches?: readonly Match[]
  readonly filters?: readonly JsonObject[]
  readonly backendRefs?: readonly JsonObject[]
}

type HttpRoute = KubeObject & {
  readonly spec?: { readonly hostnames?: readonly string[]; readonly rules?: readonly Rule[] }
}

export const httpRoutes: RouteFamily = {
  name: 'http-route',
  kinds: [HTTP_ROUTE, REFERENCE_GRANT],
  routes({ objects }, backends) {
    const isRoute = ({ kind }: KubeObject) => kind === HTTP_ROUTE.kind
    const world = { backends, isGranted: grantedBy(objects.filter(one => !isRoute(one))) }
    return joined((objects.filter(isRoute) as readonly HttpRoute[]).map(object => madeOf(object, world)))
  },
}

function madeOf(object: HttpRoute, world: BackendWorld): Made {
  const hosts = object.spec?.hostnames?.length ? object.spec.hostnames : ['']
  return joined(
    (object.spec?.rules ?? []).map((rule, i) => {
      const routes = ruleRoutes({ object, rule, i, hosts }, world)
      return { routes, notices: noticesOf(routes, i) }
    }),
  )
}

/** More than a rule may have. */
const MATCHES_MAX = 10_000

interface RuleAt {
  readonly object: HttpRoute
  readonly rule: Rule
  readonly i: number
  readonly hosts: readonly string[]
}

function ruleRoutes({ object, rule, i, hosts }: RuleAt, world: BackendWorld): readonly Route[] {
  const from = refKey(refOf(HTTP_ROUTE, object))
  const { namespace = '', creationTimestamp: since = '' } = object.metadata
  const matches: readonly Match[] = rule.matches?.length ? rule.matches : [{}]
  return matches.flatMap((match, j) => {
    const path = pathOf(match)
    const isPrefix = path.how === 'prefix'
    const filters = filtersOf(objectsIn(rule.filters), isPrefix)
    const backends = objectsIn(rule.backendRefs).map(ref => backendOf(namespace, ref, { world, isPrefix }))
    return hosts.map(host => ({
      id: `${from}/${i}/${j}/${host}`,
      host: host.toLowerCase(),
      path,
      headers: [
        ...(match.headers ?? []).map(one => namedMatch(one, false)),
        ...(match.queryParams ?? []).map(one => namedMatch(one, true)),
      ],
      ...(match.method !== undefined && { methods: [match.method] }),
      ...(filters !== undefined && { filters }),
      backends,
      from,
      since,
      order: i * MATCHES_MAX + j,
      isImplicit: false,
    }))
  })
}

/** What of a rule is answered by 500, and why. */
function noticesOf(routes: readonly Route[], i: number): readonly Notice[] {
  const of = (from: RefKey, reason: Notice['reason'], said: string | undefined): readonly Notice[] =>
    said === undefined ? [] : [{ from, reason, message: `rules[${i}] answers 500: ${said}` }]
  const all = routes.flatMap(({ from, filters, backends }) => [
    ...of(from, 'RouteNotPlayed', filters?.refusal),
    ...backends.flatMap(backend => [
      ...of(from, 'BackendRefused', backend.refusal),
      ...of(from, 'RouteNotPlayed', backend.filters?.refusal),
    ]),
  ])
  return [...new Map(all.map(notice => [notice.message, notice])).values()]
}

function pathOf({ path }: Match): Route['path'] {
  const value = path?.value ?? '/'
  if (path?.type === 'Exact') return { how: 'exact', value }
  return { how: path?.type === 'RegularExpression' ? 'regex' : 'prefix', value }
}

function namedMatch({ type, name = '', value = '' }: NamedMatch, isQuery: boolean): HeaderMatch {
  const isRegex = type === 'RegularExpression'
  if (isQuery) return { name, how: isRegex ? 'query-regex' : 'query', value }
  return { name: name.toLowerCase(), how: isRegex ? 'regex' : 'exact', value }
}
