// What the proxy needs to know of a route, as plain data: it crosses to the gateway's thread, whole, on each change.
import type { RefKey } from '../../kube/object.ts'
import type { Session } from './session.ts'

/** A real address, and who is behind it, for counts. */
export interface Endpoint {
  readonly pod: string
  /** The Rollout whose revision it is, and the hash of that revision; empty where it is of none. */
  readonly rollout: string
  readonly hash: string
  /**
   * Of which revision of a Rollout it is, its own pods and those of its experiments alike: `rollout/hash`; empty
   * where it is of none.
   */
  readonly revision: string
  readonly app: string
  readonly role: string
  readonly version: string
  readonly host: string
  readonly port: number
}

/** What the path becomes; its query stays. */
export interface Rewrite {
  /**
   * `text`: the text that was matched is exchanged, as Envoy does it; `prefix`: the segments that were matched, as the
   * Gateway API has it; `full`: all of it; `pattern`: all of it, with `$1` for what the first group of the path's
   * pattern has found.
   */
  readonly how: 'text' | 'prefix' | 'full' | 'pattern'
  readonly to: string
}

export type RedirectStatus = 301 | 302 | 303 | 307 | 308

export interface Redirect {
  readonly status: RedirectStatus
  readonly scheme?: 'http' | 'https'
  readonly hostname?: string
  readonly port?: number
  readonly rewrite?: Rewrite
}

export type NamedValue = readonly [name: string, value: string]

export interface HeaderChanges {
  /** In the place of whatever is there. */
  readonly set: readonly NamedValue[]
  readonly add: readonly NamedValue[]
  readonly remove: readonly string[]
}

/** What is done to a request on its way to a pod, to its answer, or in the place of both. */
export interface Filters {
  readonly request?: HeaderChanges
  readonly response?: HeaderChanges
  /** The host that the pod sees. */
  readonly hostname?: string
  readonly rewrite?: Rewrite
  readonly redirect?: Redirect
  /** Why nobody is served: something that must not be skipped, in words. */
  readonly refusal?: string
}

export interface RouteBackend {
  readonly namespace: string
  readonly service: string
  /** Of the Service's pods only some: the name of the part. */
  readonly subset?: string
  /** Its part of the route's traffic; parts of a whole, whatever their sum. */
  readonly weight: number
  readonly endpoints: readonly Endpoint[]
  readonly filters?: Filters
  /** Why its share is not served, in words. */
  readonly refusal?: string
}

/** Names it: the same in all tables. */
export function backendKey({ namespace, service, subset = '' }: RouteBackend): string {
  return `${namespace}/${service}/${subset}`
}

/** Who gets copies of a route's requests beside those who serve them. */
export interface Mirror {
  readonly backend: RouteBackend
  /** Of the requests, 0 to 100. */
  readonly percent: number
}

/** What a header, in lower case, or a cookie or query parameter of that name must be. */
export interface HeaderMatch {
  readonly name: string
  readonly how:
    | 'exact'
    | 'regex'
    | 'regex-search'
    | 'present'
    | 'absent'
    | 'cookie'
    | 'query'
    | 'query-regex'
    | 'query-present'
  readonly value: string
}

export const QUERY_MATCHES: ReadonlySet<HeaderMatch['how']> = new Set([
  'query',
  'query-regex',
  'query-present',
])

/** `regex-prefix`: a pattern of where paths begin, whatever their case. */
export interface PathMatch {
  readonly how: 'exact' | 'prefix' | 'text-prefix' | 'regex' | 'regex-prefix'
  readonly value: string
}

export interface Route {
  /** Names the route across tables: its weights' block of slots lives as long as the weights. */
  readonly id: string
  /** In lower case; `*.example.com` for all below; empty: any. */
  readonly host: string
  readonly path: PathMatch
  readonly headers: readonly HeaderMatch[]
  readonly methods?: readonly string[]
  /** Sorted by service name. */
  readonly backends: readonly RouteBackend[]
  readonly filters?: Filters
  readonly mirrors?: readonly Mirror[]
  /** Keeps a client with one version. */
  readonly session?: Session
  /** The object that asked for it. */
  readonly from: RefKey
  /** When that object was made, as it says. */
  readonly since?: string
  /** The place of its rule among the object's others. */
  readonly order?: number
  /** Before others of its host, however specific they are. */
  readonly precedence?: number
  /** For what no other object says anything about. */
  readonly isFallback?: boolean
  /** Requests for its host do not go to routes of this kind for wider hosts. */
  readonly keepsHost?: boolean
  /** The host of a bare Service: any object for the same host wins over it. */
  readonly isImplicit: boolean
}

export interface RouteTable {
  /** In the order in which they are tried. */
  readonly routes: readonly Route[]
}

export const NO_ROUTES: RouteTable = { routes: [] }
