// Istio's VirtualServices by their hosts: the first HTTP rule that a request matches takes it. Whatever the gateways
// are, they are served here. Rules for tcp and tls are not played.
import { DESTINATION_RULE, VIRTUAL_SERVICE } from '../../../kube/kinds.ts'
import { refKey, refOf, specOf } from '../../../kube/object.ts'
import type { KubeObject, RefKey } from '../../../kube/object.ts'
import type { JsonObject } from '../../../std/json.ts'
import { list, objects as objectsIn, text } from '../../../std/json-parts.ts'
import type { Backends, RouteInput } from '../endpoints.ts'
import { joined, total, within } from '../route-family.ts'
import type { Made, Notice, RouteFamily } from '../route-family.ts'
import type { Route } from '../route.ts'
import { backendsIn, destinationsIn, mirrorsIn } from './destinations.ts'
import type { Destinations } from './destinations.ts'
import { filtersIn } from './filters.ts'
import { hostIn } from '../service-hosts.ts'
import { matchIn } from './matches.ts'

export const virtualServices: RouteFamily = {
  name: 'virtual-service',
  kinds: [VIRTUAL_SERVICE, DESTINATION_RULE],
  routes({ objects, ...input }, backends: Backends) {
    const isRule = ({ kind }: KubeObject) => kind === DESTINATION_RULE.kind
    const destinations = destinationsIn(backends, objects.filter(isRule))
    return joined(objects.filter(one => !isRule(one)).map(object => madeOf(object, { input, destinations })))
  },
}

interface Surroundings {
  readonly input: RouteInput
  readonly destinations: Destinations
}

/** Rules are tried in the order in which they stand: each has precedence over those after it. */
const RULES_MAX = 1_000_000

function madeOf(object: KubeObject, { input, destinations }: Surroundings): Made {
  const spec = specOf(object)
  const from = refKey(refOf(VIRTUAL_SERVICE, object))
  const { namespace = '' } = object.metadata
  const hosts = list(spec['hosts']).map(host => hostIn(text(host), namespace, input))
  const rules = objectsIn(spec['http'])
  const matches = total(rules.map(rule => Math.max(1, list(rule['match']).length)))
  const made = within(from, hosts.length * matches, () =>
    joined(rules.map((rule, i) => ruleOf({ rule, i, hosts, from, object }, destinations))),
  )
  return joined([made, { routes: [], notices: unplayedIn(spec, from) }])
}

interface RuleAt {
  readonly rule: JsonObject
  readonly i: number
  readonly hosts: readonly string[]
  readonly from: RefKey
  readonly object: KubeObject
}

function ruleOf({ rule, i, hosts, from, object }: RuleAt, destinations: Destinations): Made {
  const { namespace = '', creationTimestamp: since = '' } = object.metadata
  const { backends, problems } = backendsIn(rule, namespace, destinations)
  const mirrors = mirrorsIn(rule, namespace, destinations)
  const matches = objectsIn(rule['match'])
  const notice = (reason: Notice['reason'], said: string): Notice => {
    return { from, reason, message: `http[${i}] ${said}` }
  }
  const notices = [
    ...problems.map(problem => notice('BackendRefused', `answers 503 for its share: ${problem}`)),
    ...servedWithout(rule).map(said => notice('RouteNotPlayed', said)),
  ]
  const routes = (matches.length > 0 ? matches : [{}]).flatMap((match, j): Route[] => {
    const read = matchIn(match)
    if ('problem' in read) {
      notices.push(notice('RouteNotPlayed', `match[${j}] takes no request: ${read.problem}`))
      return []
    }
    const filters = filtersIn(rule, read.path)
    if (filters?.refusal !== undefined && j === 0)
      notices.push(notice('RouteNotPlayed', `answers 500: ${filters.refusal}`))
    return hosts.map(host => ({
      id: `${from}/${i}/${j}/${host}`,
      host,
      ...read,
      ...(filters !== undefined && { filters }),
      backends,
      ...(mirrors.length > 0 && { mirrors }),
      from,
      since,
      order: i,
      precedence: RULES_MAX - i,
      isImplicit: false,
    }))
  })
  return { routes, notices }
}

const SERVED_WITHOUT = ['timeout', 'retries', 'corsPolicy']

function servedWithout(rule: JsonObject): readonly string[] {
  const fields = SERVED_WITHOUT.filter(field => rule[field] !== undefined)
  return fields.length === 0 ? [] : [`is served without ${fields.join(', ')}: not played`]
}

function unplayedIn(spec: JsonObject, from: RefKey): readonly Notice[] {
  const fields = ['tcp', 'tls'].filter(field => list(spec[field]).length > 0)
  if (fields.length === 0) return []
  const message = `rules for ${fields.join(' and ')} are not played: the gateway here speaks HTTP alone`
  return [{ from, reason: 'RouteNotPlayed', message }]
}
