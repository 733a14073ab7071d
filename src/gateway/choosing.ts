// Which backend and which pod the next request of a route goes to. A route's block of slots outlives tables that leave
// its weights alone; pods of a backend take turns.
import type { Random } from '../doors/random.ts'
import { backendKey } from './routes/route.ts'
import type { Endpoint, Route, RouteBackend, RouteTable } from './routes/route.ts'
import { weightedChoice } from './routes/weights.ts'
import type { WeightedChoice } from './routes/weights.ts'
import { keptBackend } from './sessions.ts'
import type { Client } from './sessions.ts'

export interface Chooser {
  /** The backend for a new request; undefined when the route gives weight to nobody. */
  backend(route: Route, client: Client): RouteBackend | undefined
  /** Its pods, in the order in which to try them: each request begins with the next one. */
  endpoints(backend: RouteBackend): readonly Endpoint[]
  /** Forgets the routes that the new table no longer has. */
  tableChanged(table: RouteTable): void
}

interface Block {
  readonly weights: string
  readonly choice: WeightedChoice
}

export function createChooser(random: Random): Chooser {
  const blocks = new Map<string, Block>()
  const turns = new Map<string, number>()
  const blockOf = (route: Route): WeightedChoice => {
    const weights = route.backends.map(backend => `${backendKey(backend)}=${backend.weight}`).join()
    const known = blocks.get(route.id)
    if (known?.weights === weights) return known.choice
    const choice = weightedChoice(
      route.backends.map(backend => backend.weight),
      random,
    )
    blocks.set(route.id, { weights, choice })
    return choice
  }
  return {
    backend(route, client) {
      const kept = keptBackend(route, client)
      if (kept !== undefined) return kept
      const [only] = route.backends
      if (only !== undefined && route.backends.length === 1) return only.weight > 0 ? only : undefined
      const index = blockOf(route).next()
      return index === undefined ? undefined : route.backends[index]
    },
    endpoints(backend) {
      const { endpoints } = backend
      if (endpoints.length <= 1) return endpoints
      const key = backendKey(backend)
      const turn = (turns.get(key) ?? Math.floor(random.next() * endpoints.length)) % endpoints.length
      turns.set(key, turn + 1)
      return [...endpoints.slice(turn), ...endpoints.slice(0, turn)]
    },
    tableChanged({ routes }) {
      const ids = new Set(routes.map(route => route.id))
      const services = new Set(routes.flatMap(route => route.backends.map(backendKey)))
      for (const id of blocks.keys()) if (!ids.has(id)) blocks.delete(id)
      for (const key of turns.keys()) if (!services.has(key)) turns.delete(key)
    },
  }
}
