// What routes are asked by: host, path, method, headers and query of one request, and how much work its patterns
// may be.
import type { IncomingMessage } from 'node:http'
import type { Target } from './request-target.ts'

/** Steps of patterns that are left to a request; below zero it has asked for too much. */
export interface Work {
  left: number
}

export interface Asked {
  /** Without its port, in lower case. */
  readonly host: string
  /** Without its query. */
  readonly path: string
  readonly method: string
  readonly work?: Work
  header(name: string): string | undefined
  query(name: string): string | undefined
}

/** A tenth of a second, and half of one for the slowest patterns. */
const STEPS = 4_000_000

export function workOfOne(): Work {
  return { left: STEPS }
}

export function askedOf(request: IncomingMessage, { host, path, url }: Target): Asked {
  const { headers, method = 'GET' } = request
  return {
    host,
    path,
    method,
    work: workOfOne(),
    header(name) {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    query: name => new URLSearchParams(url.slice(path.length)).get(name) ?? undefined,
  }
}
