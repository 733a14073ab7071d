// The AWS load balancer's actions: an annotation of the Ingress says where a backend of port `use-annotation` leads, in
// which parts, and for which headers. Keys may begin in either case, as there.
import type { Ingress, IngressBackend } from '../../../kube/networking.ts'
import { isJsonObject, parseJson } from '../../../std/json.ts'
import type { Json, JsonObject } from '../../../std/json.ts'
import { list, numeric, objects, text } from '../../../std/json-parts.ts'
import { literally } from '../../../std/regex.ts'
import type { Backends } from '../endpoints.ts'
import type { ReadAnnotation } from './annotations.ts'
import type { HeaderMatch, PathMatch, RouteBackend } from '../route.ts'
import { cookieSession } from '../session.ts'
import type { Session } from '../session.ts'

export interface AlbAction {
  readonly backends: readonly RouteBackend[]
  readonly headers: readonly HeaderMatch[]
  readonly session?: Session
}

const USE_ANNOTATION = 'use-annotation'
const STICKY_COOKIE = 'AWSALBTG'

/** Undefined for a backend that is no action. */
export function albActionOf(
  ingress: Ingress,
  { service }: IngressBackend,
  { read, backends }: { readonly read: ReadAnnotation; readonly backends: Backends },
): AlbAction | { readonly problem: string } | undefined {
  if (service?.port?.name !== USE_ANNOTATION) return undefined
  const { name } = service
  const action = parsed(read(ingress, `actions.${name}`))
  if (!isJsonObject(action))
    return { problem: `the annotation actions.${name} is not there, or no JSON object` }
  const type = text(field(action, 'type'))
  if (type !== 'forward')
    return {
      problem: `actions.${name}: an action of type ${JSON.stringify(type.slice(0, 60))} is not played`,
    }
  const headers = headersIn(parsed(read(ingress, `conditions.${name}`)))
  if ('problem' in headers) return { problem: `conditions.${name}: ${headers.problem}` }
  const config = objectAt(action, 'forwardConfig')
  const groups = objects(field(config, 'targetGroups'))
  const stickiness = objectAt(config, 'targetGroupStickinessConfig')
  return {
    backends: groups.map(group => targetOf(group, ingress.metadata.namespace ?? '', backends)),
    headers: headers.value,
    ...(field(stickiness, 'enabled') === true && { session: sessionOf(stickiness) }),
  }
}

/** `*` and `?` are wildcards there: `/*` is everything. */
export function albPath(path: PathMatch): PathMatch {
  if (path.how !== 'text-prefix') return path
  const plain = path.value.replace(/\*$/, '')
  if (!/[*?]/.test(plain))
    return plain === path.value ? { how: 'exact', value: plain } : { how: 'text-prefix', value: plain }
  return { how: 'regex', value: wildcards(path.value) }
}

function targetOf(group: JsonObject, namespace: string, backends: Backends): RouteBackend {
  const service = text(field(group, 'serviceName'))
  const asked = field(group, 'servicePort')
  const number = numeric(asked)
  const port = typeof asked === 'string' && Number.isNaN(number) ? asked : number
  const weight = field(group, 'weight') ?? 1
  return {
    namespace,
    service,
    weight: typeof weight === 'number' ? Math.max(0, weight) : 0,
    endpoints: backends.endpoints(namespace, service, asked === undefined ? undefined : port) ?? [],
  }
}

function sessionOf(stickiness: JsonObject): Session {
  const seconds = field(stickiness, 'durationSeconds')
  return cookieSession({
    name: STICKY_COOKIE,
    maxAgeSeconds: typeof seconds === 'number' ? seconds : undefined,
  })
}

function headersIn(
  conditions: Json | undefined,
): { readonly value: readonly HeaderMatch[] } | { readonly problem: string } {
  const all = objects(conditions)
  const foreign = all.find(one => field(one, 'field') !== 'http-header')
  if (foreign !== undefined)
    return { problem: `a condition on ${text(field(foreign, 'field')).slice(0, 60)} is not played` }
  const value = all.map((one): HeaderMatch => {
    const config = objectAt(one, 'httpHeaderConfig')
    const values = list(field(config, 'values')).map(text)
    const name = text(field(config, 'httpHeaderName')).toLowerCase()
    return { name, how: 'regex', value: `(?i)(${values.map(wildcards).join('|')})` }
  })
  return { value }
}

function wildcards(pattern: string): string {
  return literally(pattern)
    .replaceAll(String.raw`\*`, '.*')
    .replaceAll(String.raw`\?`, '.')
}

function parsed(annotation: string | undefined): Json | undefined {
  return annotation === undefined ? undefined : parseJson(annotation)
}

function objectAt(of: JsonObject, name: string): JsonObject {
  const value = field(of, name)
  return isJsonObject(value) ? value : {}
}

function field(of: JsonObject, name: string): Json | undefined {
  return of[name] ?? of[`${name.charAt(0).toUpperCase()}${name.slice(1)}`]
}
