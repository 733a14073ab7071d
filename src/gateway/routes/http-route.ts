// Gateway API's HTTPRoutes: a route for each host, rule and match. Whoever the parents are, they are served here.
import { refKey, refOf, specOf } from '../../kube/object.ts'
import type { KubeObject, RefKey } from '../../kube/object.ts'
import { HTTP_ROUTE, REFERENCE_GRANT } from '../../kube/kinds.ts'
import type { JsonObject } from '../../std/json.ts'
import { list, objects as objectsIn, record, text } from '../../std/json-parts.ts'
import { backendOf, grantedBy, mirrorOf } from './http-route-backends.ts'
import type { BackendWorld } from './http-route-backends.ts'
import { withoutEnded } from './http-route-experiments.ts'
import { filtersOf } from './http-route-filters.ts'
import { httpRouteSession } from './http-route-session.ts'
import { joined, total, within } from './route-family.ts'
import type { Made, Notice, RouteFamily } from './route-family.ts'
import type { HeaderMatch, Route } from './route.ts'

export const httpRoutes: RouteFamily = {
  name: 'http-route',
  kinds: [HTTP_ROUTE, REFERENCE_GRANT],
  routes({ objects }, backends) {
    const isRoute = ({ kind }: KubeObject) => kind === HTTP_ROUTE.kind
    const world = { backends, isGranted: grantedBy(objects.filter(one => !isRoute(one))) }
    return joined(objects.filter(isRoute).map(object => madeOf(object, world)))
  },
}

function madeOf(object: KubeObject, world: BackendWorld): Made {
  const { hostnames, rules } = specOf(object)
  const named = list(hostnames)
  const hosts = named.length > 0 ? named.filter(host => typeof host === 'string') : ['']
  const all = objectsIn(rules)
  const matches = total(all.map(rule => Math.max(1, list(rule['matches']).length)))
  return within(refKey(refOf(HTTP_ROUTE, object)), hosts.length * matches, () =>
    joined(
      all.map((rule, i) => {
        const routes = ruleRoutes({ object, rule, i, hosts }, world)
        return { routes, notices: [...refusals(routes, i), ...unplayed(object, rule, i)] }
      }),
    ),
  )
}

const MIRROR = 'RequestMirror'
/** More than a rule may have. */
const MATCHES_MAX = 10_000

interface RuleAt {
  readonly object: KubeObject
  readonly rule: JsonObject
  readonly i: number
  readonly hosts: readonly string[]
}

function ruleRoutes({ object, rule, i, hosts }: RuleAt, world: BackendWorld): readonly Route[] {
  const from = refKey(refOf(HTTP_ROUTE, object))
  const { namespace = '', creationTimestamp: since = '' } = object.metadata
  const matches = objectsIn(rule['matches'])
  return (matches.length > 0 ? matches : [{}]).flatMap((match: JsonObject, j) => {
    const method = text(match['method'])
    const path = pathOf(match)
    const isPrefix = path.how === 'prefix'
    const asked = objectsIn(rule['filters'])
    const filters = filtersOf(
      asked.filter(one => one['type'] !== MIRROR),
      isPrefix,
    )
    const mirrors = asked
      .filter(one => one['type'] === MIRROR)
      .map(one => mirrorOf(namespace, record(one['requestMirror']), world))
    const refs = objectsIn(rule['backendRefs'])
    const backends = withoutEnded(
      object,
      refs.map(ref => backendOf(namespace, ref, { world, isPrefix })),
    )
    const session = httpRouteSession(from, rule['sessionPersistence'])
    return hosts.map(host => ({
      id: `${from}/${i}/${j}/${host}`,
      host: host.toLowerCase(),
      path,
      headers: [
        ...objectsIn(match['headers']).map(one => namedMatch(one, false)),
        ...objectsIn(match['queryParams']).map(one => namedMatch(one, true)),
      ],
      ...(method !== '' && { methods: [method] }),
      ...(filters !== undefined && { filters }),
      backends,
      ...(mirrors.length > 0 && { mirrors }),
      ...(session !== undefined && !('problem' in session) && { session }),
      from,
      since,
      order: i * MATCHES_MAX + j,
      isImplicit: false,
    }))
  })
}

/** What of a rule is answered by 500, and why. */
function refusals(routes: readonly Route[], i: number): readonly Notice[] {
  const of = (from: RefKey, reason: Notice['reason'], said: string | undefined): readonly Notice[] =>
    said === undefined ? [] : [{ from, reason, message: `rules[${i}] answers 500: ${said}` }]
  const all = routes.flatMap(({ from, filters, backends, mirrors = [] }) => [
    ...of(from, 'RouteNotPlayed', filters?.refusal),
    ...mirrors.flatMap(({ backend: { refusal } }) => unmirrored(from, i, refusal)),
    ...backends.flatMap(backend => [
      ...of(from, 'BackendRefused', backend.refusal),
      ...of(from, 'RouteNotPlayed', backend.filters?.refusal),
    ]),
  ])
  return [...new Map(all.map(notice => [notice.message, notice])).values()]
}

function unmirrored(from: RefKey, i: number, refusal: string | undefined): readonly Notice[] {
  if (refusal === undefined) return []
  return [{ from, reason: 'BackendRefused', message: `rules[${i}] is not mirrored: ${refusal}` }]
}

const UNPLAYED = ['timeouts', 'retry']

/** What of a rule is served without. */
function unplayed(object: KubeObject, rule: JsonObject, i: number): readonly Notice[] {
  const from = refKey(refOf(HTTP_ROUTE, object))
  const fields = UNPLAYED.filter(field => rule[field] !== undefined)
  const session = httpRouteSession(from, rule['sessionPersistence'])
  const said = [
    ...(fields.length === 0 ? [] : [fields.join(', ')]),
    ...(session !== undefined && 'problem' in session ? [`sessionPersistence: ${session.problem}`] : []),
  ]
  if (said.length === 0) return []
  return [{ from, reason: 'RouteNotPlayed', message: `rules[${i}]: not played: ${said.join('; ')}` }]
}

function pathOf({ path }: JsonObject): Route['path'] {
  const { type, value: asked } = record(path)
  const value = text(asked) || '/'
  if (type === 'Exact') return { how: 'exact', value }
  return { how: type === 'RegularExpression' ? 'regex' : 'prefix', value }
}

function namedMatch({ type, ...asked }: JsonObject, isQuery: boolean): HeaderMatch {
  const [name, value] = [text(asked['name']), text(asked['value'])]
  const isRegex = type === 'RegularExpression'
  if (isQuery) return { name, how: isRegex ? 'query-regex' : 'query', value }
  return { name: name.toLowerCase(), how: isRegex ? 'regex' : 'exact', value }
}
