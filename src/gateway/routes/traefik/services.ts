// What a Traefik route leads to: Services, or TraefikServices that share requests among others by weight, or mirror
// them. Weights of weights are multiplied.
import { specOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { JsonObject } from '../../../std/json.ts'
import { objects, record, text } from '../../../std/json-parts.ts'
import type { Backends } from '../endpoints.ts'
import type { Mirror, RouteBackend } from '../route.ts'
import { cookieSession, sessionNameProblem } from '../session.ts'
import type { Session } from '../session.ts'

interface Led {
  readonly backends: readonly RouteBackend[]
  readonly mirrors: readonly Mirror[]
  readonly session: Session | undefined
  readonly problems: readonly string[]
}

/** Where the services that an object of a namespace names lead. */
export type Leads = (services: readonly JsonObject[], namespace: string) => Led

/** `namespace/name`. */
type Key = `${string}/${string}`

const USUAL_COOKIE = 'traefik'
/** TraefikServices in TraefikServices, and all Services behind one route. */
const NESTED_MAX = 8
const BACKENDS_MAX = 200

export function leadsOf(traefikServices: readonly KubeObject[], backends: Backends): Leads {
  const known = new Map(
    traefikServices.map(
      one => [`${one.metadata.namespace ?? ''}/${one.metadata.name}`, specOf(one)] as const,
    ),
  )
  // Each is followed once at each depth: they may lead to ever more of each other.
  const followed = new Map<string, Led>()
  const oneLed = (one: JsonObject, namespace: string, depth: number): Led => {
    if ((text(one['namespace']) || namespace) !== namespace)
      return troubled('a Service of another namespace is not served')
    if (one['kind'] !== 'TraefikService') return serviceLed(one, namespace, backends)
    const key: Key = `${namespace}/${text(one['name'])}`
    const at = `${depth}/${key}`
    const found = followed.get(at) ?? traefikServiceLed(key, namespace, depth)
    followed.set(at, found)
    return found
  }
  const traefikServiceLed = (key: Key, namespace: string, depth: number): Led => {
    const spec = known.get(key)
    if (spec === undefined) return troubled(`TraefikService ${key} does not exist`)
    if (depth >= NESTED_MAX) return troubled('TraefikServices lead to each other without end')
    const { weighted, mirroring } = spec
    if (weighted !== undefined) return weightedLed(record(weighted), namespace, depth + 1)
    if (mirroring !== undefined) return mirroringLed(record(mirroring), namespace, depth + 1)
    return troubled(`TraefikService ${key} has neither weighted nor mirroring`)
  }
  const allLed = (services: readonly JsonObject[], namespace: string, depth: number): Led => {
    const led = services.map(one => scaled(oneLed(one, namespace, depth), weightOf(one)))
    const found = {
      backends: led.flatMap(one => one.backends),
      mirrors: led.flatMap(one => one.mirrors),
      session: led.find(one => one.session !== undefined)?.session,
      problems: [...new Set(led.flatMap(one => one.problems))],
    }
    return found.backends.length + found.mirrors.length > BACKENDS_MAX
      ? troubled(`more than ${BACKENDS_MAX} Services stand behind one route`)
      : found
  }
  const weightedLed = (weighted: JsonObject, namespace: string, depth: number): Led => {
    const cookie = record(weighted['sticky'])['cookie']
    const led = allLed(objects(weighted['services']), namespace, depth)
    return cookie === undefined ? led : { ...led, session: sessionOf(record(cookie)) }
  }
  const mirroringLed = (mirroring: JsonObject, namespace: string, depth: number): Led => {
    const led = oneLed(mirroring, namespace, depth)
    const mirrors = objects(mirroring['mirrors']).flatMap(one => {
      const { percent = 0 } = one
      const { backends: copied } = oneLed(one, namespace, depth)
      return copied.map(backend => ({ backend, percent: typeof percent === 'number' ? percent : 0 }))
    })
    return { ...led, mirrors: [...led.mirrors, ...mirrors] }
  }
  return (services, namespace) => allLed(services, namespace, 0)
}

function sessionOf({ name, path, sameSite, secure, maxAge }: JsonObject): Session {
  const asked = text(name) || USUAL_COOKIE
  return cookieSession({
    name: sessionNameProblem('cookie', asked) === undefined ? asked : USUAL_COOKIE,
    path: text(path) || undefined,
    sameSite: text(sameSite),
    isSecure: secure === true,
    maxAgeSeconds: typeof maxAge === 'number' && maxAge > 0 ? maxAge : undefined,
  })
}

function serviceLed(one: JsonObject, namespace: string, backends: Backends): Led {
  const name = text(one['name'])
  const { port } = one
  const asked = typeof port === 'number' || typeof port === 'string' ? port : undefined
  const problem = backends.problem(namespace, name, asked)
  const endpoints = backends.endpoints(namespace, name, asked) ?? []
  const backend = { namespace, service: name, weight: 1, endpoints }
  return { ...NOTHING, backends: [backend], problems: problem === undefined ? [] : [problem] }
}

const NOTHING: Led = { backends: [], mirrors: [], session: undefined, problems: [] }

function troubled(problem: string): Led {
  return { ...NOTHING, problems: [problem] }
}

function weightOf({ weight = 1 }: JsonObject): number {
  return typeof weight === 'number' ? Math.max(0, weight) : 0
}

/** The shares of what one service leads to are parts of its own weight. */
function scaled(led: Led, weight: number): Led {
  const sum = led.backends.reduce((all, one) => all + one.weight, 0)
  const part = sum === 0 ? 0 : weight / sum
  return { ...led, backends: led.backends.map(one => ({ ...one, weight: one.weight * part })) }
}
