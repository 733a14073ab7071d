// Gateway API's HTTPRoutes: a route for each host, rule and match. Whoever the parents are, they are served here.
import { refKey, refOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { HTTP_ROUTE } from '../../kube/kinds.ts'
import type { Backends } from './endpoints.ts'
import type { RouteFamily } from './route-family.ts'
import type { HeaderMatch, Route, RouteBackend } from './route.ts'

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
  readonly filters?: readonly {
    readonly type?: string
    readonly urlRewrite?: { readonly path?: { readonly type?: string; readonly replacePrefixMatch?: string } }
  }[]
  readonly backendRefs?: readonly {
    readonly kind?: string
    readonly name?: string
    readonly namespace?: string
    readonly port?: number
    readonly weight?: number
  }[]
}

type HttpRoute = KubeObject & {
  readonly spec?: { readonly hostnames?: readonly string[]; readonly rules?: readonly Rule[] }
}

export const httpRoutes: RouteFamily = {
  name: 'http-route',
  kinds: [HTTP_ROUTE],
  routes({ objects }, backends) {
    const routes = (objects as readonly HttpRoute[]).flatMap(object => {
      const hosts = object.spec?.hostnames?.length ? object.spec.hostnames : ['']
      return (object.spec?.rules ?? []).flatMap((rule, i) => ruleRoutes({ object, rule, i, hosts }, backends))
    })
    return { routes, notices: [] }
  },
}

/** More than a rule may have. */
const MATCHES_MAX = 10_000

interface RuleAt {
  readonly object: HttpRoute
  readonly rule: Rule
  readonly i: number
  readonly hosts: readonly string[]
}

function ruleRoutes({ object, rule, i, hosts }: RuleAt, backends: Backends): readonly Route[] {
  const from = refKey(refOf(HTTP_ROUTE, object))
  const matches: readonly Match[] = rule.matches?.length ? rule.matches : [{}]
  const targets = backendsOfRule(object, rule, backends)
  const rewrite = rewriteOf(rule)
  return hosts.flatMap(host =>
    matches.map((match, j) => ({
      id: `${from}/${i}/${j}/${host}`,
      host: host.toLowerCase(),
      path: pathOf(match),
      headers: [
        ...(match.headers ?? []).map(one => namedMatch(one, false)),
        ...(match.queryParams ?? []).map(one => namedMatch(one, true)),
      ],
      ...(match.method !== undefined && { methods: [match.method] }),
      ...(rewrite !== undefined && { rewrite }),
      backends: targets,
      from,
      since: object.metadata.creationTimestamp ?? '',
      order: i * MATCHES_MAX + j,
      isImplicit: false,
    })),
  )
}

function backendsOfRule(object: HttpRoute, rule: Rule, backends: Backends): readonly RouteBackend[] {
  return (rule.backendRefs ?? [])
    .filter(one => (one.kind ?? 'Service') === 'Service' && one.name !== undefined)
    .map(({ name = '', namespace = object.metadata.namespace ?? '', port, weight = 1 }) => ({
      namespace,
      service: name,
      weight: Math.max(0, weight),
      endpoints: backends.endpoints(namespace, name, port) ?? [],
    }))
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

function rewriteOf({ filters }: Rule): string | undefined {
  const path = filters?.find(filter => filter.type === 'URLRewrite')?.urlRewrite?.path
  return path?.type === 'ReplacePrefixMatch' ? (path.replacePrefixMatch ?? '/') : undefined
}
