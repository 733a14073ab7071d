// APISIX' ApisixRoutes: hosts, paths, methods and expressions of each HTTP rule to Services, by priority.
import { APISIX_ROUTE } from '../../kube/kinds.ts'
import { refKey, refOf, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { JsonObject } from '../../std/json.ts'
import { list, objects as objectsIn, record, text } from '../../std/json-parts.ts'
import { literally } from '../../std/regex.ts'
import type { Backends } from './endpoints.ts'
import { joined, total, within } from './route-family.ts'
import type { Made, Notice, RouteFamily } from './route-family.ts'
import type { HeaderMatch, PathMatch, Route, RouteBackend } from './route.ts'

export const apisixRoutes: RouteFamily = {
  name: 'apisix-route',
  kinds: [APISIX_ROUTE],
  routes: ({ objects }, backends) => joined(objects.map(object => madeOf(object, backends))),
}

const PLAYED = ['hosts', 'paths', 'methods', 'exprs']

function madeOf(object: KubeObject, backends: Backends): Made {
  const rules = objectsIn(specOf(object)['http'])
  const counts = rules.map(rule => {
    const { hosts, paths } = record(rule['match'])
    return Math.max(1, list(hosts).length) * list(paths).length
  })
  return within(refKey(refOf(APISIX_ROUTE, object)), total(counts), () =>
    joined(rules.map((rule, i) => ruleMade({ object, rule, i }, backends))),
  )
}

interface RuleAt {
  readonly object: KubeObject
  readonly rule: JsonObject
  readonly i: number
}

function ruleMade({ object, rule, i }: RuleAt, backends: Backends): Made {
  const from = refKey(refOf(APISIX_ROUTE, object))
  const said = (message: string): Notice => ({
    from,
    reason: 'RouteNotPlayed',
    message: `http[${i}] ${message}`,
  })
  const match = record(rule['match'])
  const foreign = Object.keys(match).find(field => !PLAYED.includes(field))
  const exprs = objectsIn(match['exprs']).map(exprMatch)
  const problem =
    foreign === undefined
      ? exprs.find(one => typeof one === 'string')
      : `a condition on ${foreign} is not played`
  if (typeof problem === 'string') return { routes: [], notices: [said(`takes no request: ${problem}`)] }
  const hosts = list(match['hosts']).map(text)
  const methods = list(match['methods']).map(method => text(method).toUpperCase())
  const { namespace = '', creationTimestamp: since = '' } = object.metadata
  const served = objectsIn(rule['backends']).map(one => backendOf(one, namespace, backends))
  const { priority = 0 } = rule
  const routes = (hosts.length > 0 ? hosts : ['']).flatMap(host =>
    list(match['paths']).map((path, j): Route => {
      return {
        id: `${from}/${i}/${j}/${host}`,
        host: host.toLowerCase(),
        path: pathOf(text(path)),
        headers: exprs as readonly HeaderMatch[],
        ...(methods.length > 0 && { methods }),
        backends: served,
        from,
        since,
        order: i,
        precedence: typeof priority === 'number' ? priority : 0,
        isImplicit: false,
      }
    }),
  )
  const plugins = objectsIn(rule['plugins']).filter(plugin => plugin['enable'] !== false)
  const names = plugins.map(plugin => text(plugin['name']).slice(0, 60)).join(', ')
  return { routes, notices: plugins.length === 0 ? [] : [said(`is served without its plugins: ${names}`)] }
}

/** A star at the end stands for whatever follows. */
function pathOf(path: string): PathMatch {
  return path.endsWith('*') ? { how: 'text-prefix', value: path.slice(0, -1) } : { how: 'exact', value: path }
}

function backendOf(one: JsonObject, namespace: string, backends: Backends): RouteBackend {
  const { weight = 100, servicePort } = one
  const service = text(one['serviceName'])
  const port = typeof servicePort === 'number' || typeof servicePort === 'string' ? servicePort : undefined
  return {
    namespace,
    service,
    weight: typeof weight === 'number' ? Math.max(0, weight) : 0,
    endpoints: backends.endpoints(namespace, service, port) ?? [],
  }
}

/** A text: why it is not played. */
function exprMatch(asks: JsonObject): HeaderMatch | string {
  const { subject, op, value } = asks
  const { scope, name } = record(subject)
  const [of, key] = [text(scope), text(name)]
  const asked = `${of} ${text(op)}`.slice(0, 60)
  if (of === 'Header') return headerMatch(key.toLowerCase(), text(op), asks) ?? `${asked} is not played`
  if (of === 'Query' && op === 'Equal') return { name: key, how: 'query', value: text(value) }
  if (of === 'Cookie' && op === 'Equal') return { name: key, how: 'cookie', value: text(value) }
  return `${asked} is not played`
}

function headerMatch(name: string, op: string, { value, set }: JsonObject): HeaderMatch | undefined {
  if (op === 'Equal') return { name, how: 'exact', value: text(value) }
  if (op === 'RegexMatch') return { name, how: 'regex-search', value: text(value) }
  if (op === 'RegexMatchCaseInsensitive') return { name, how: 'regex-search', value: `(?i)${text(value)}` }
  if (op !== 'In') return undefined
  const values = list(set).map(one => literally(text(one)))
  return { name, how: 'regex', value: values.join('|') }
}
