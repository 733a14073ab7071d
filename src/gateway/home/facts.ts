// What the gateway's home page tells, from the route table alone: every Service with its link and who is behind it,
// every route that divides its traffic, and what to type next.
import { compareText } from '../../std/compare.ts'
import type { Endpoint, Route, RouteTable } from '../routes/route.ts'

export interface HomeFacts {
  readonly services: Shown<ServiceFacts>
  readonly splits: Shown<SplitFacts>
  readonly commands: Shown<string>
}

/** Longer lists are cut, and what is missing is counted. */
export interface Shown<T> {
  readonly first: readonly T[]
  readonly more: number
}

interface ServiceFacts {
  /** `namespace/name` */
  readonly name: string
  readonly url: string
  readonly behind: readonly Version[]
}

export interface Version {
  readonly version: string
  readonly role: string
  readonly pods: number
}

interface SplitFacts {
  /** Host and path. */
  readonly place: string
  readonly parts: readonly {
    readonly service: string
    /** 0 to 100, rounded. */
    readonly percent: number
    readonly behind: readonly Version[]
  }[]
}

const SHOWN_MAX = 200

/** `port`: as the client wrote it, `:8080`; empty for 80. */
export function homeFacts({ routes }: RouteTable, port: string): HomeFacts {
  const services = routes.filter(route => route.isImplicit).toSorted((a, b) => compareText(a.host, b.host))
  const splits = routes.filter(route => route.backends.length > 1 && weightOf(route) > 0)
  return {
    services: shown(services, route => serviceFacts(route, port)),
    splits: shown(splits, splitFacts),
    commands: shown(commandsFor(routes), command => command),
  }
}

function shown<T, S>(all: readonly T[], factsOf: (one: T) => S): Shown<S> {
  return { first: all.slice(0, SHOWN_MAX).map(factsOf), more: Math.max(0, all.length - SHOWN_MAX) }
}

function weightOf({ backends }: Route): number {
  return backends.reduce((sum, { weight }) => sum + weight, 0)
}

function serviceFacts({ host, backends }: Route, port: string): ServiceFacts {
  const [backend] = backends
  return {
    name: `${backend?.namespace}/${backend?.service}`,
    url: `http://${host}${port}/`,
    behind: versionsOf(backend?.endpoints ?? []),
  }
}

function splitFacts(route: Route): SplitFacts {
  const { host, path, backends } = route
  const whole = weightOf(route)
  const parts = backends.map(({ service, weight, endpoints }) => ({
    service,
    percent: Math.round((weight / whole) * 100),
    behind: versionsOf(endpoints),
  }))
  return { place: `${host === '' ? '*' : host}${path.value}`, parts }
}

function versionsOf(endpoints: readonly Endpoint[]): readonly Version[] {
  const found = new Map<string, { version: string; role: string; pods: number }>()
  for (const { version, role } of endpoints) {
    const one = found.get(`${version}\n${role}`) ?? { version, role, pods: 0 }
    one.pods++
    found.set(`${version}\n${role}`, one)
  }
  return [...found.values()]
}

/** Of the Rollouts whose new version is out beside the stable one. */
function commandsFor(routes: readonly Route[]): readonly string[] {
  const underWay = new Set<string>()
  for (const { namespace, endpoints } of routes.flatMap(route => route.backends))
    for (const { rollout, role } of endpoints)
      if (rollout !== '' && (role === 'canary' || role === 'preview'))
        underWay.add(`${rollout} -n ${namespace}`)
  const commands = [...underWay].toSorted().map(which => `kubectl argo rollouts promote ${which}`)
  return [...commands, 'kubectl argo rollouts list rollouts -A']
}
