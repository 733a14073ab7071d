// How each route is to divide its traffic by revision, from the table in force: each backend's weight, shared by
// its pods. Of the rules that an object has for one host, the one that counts for a rollout is the least
// particular that divides.
import type { Endpoint, Route, RouteTable } from '../routes/route.ts'
import { labelsOfRoute } from '../counts.ts'

export interface Wished {
  readonly namespace: string
  readonly route: string
  readonly host: string
  /** Whose pods are behind it. A route with pods of two rollouts counts for both. */
  readonly rollout: string
  /** By pod-template-hash, '' for pods without. Together 1, or less where a backend has no pods. */
  readonly shares: Readonly<Record<string, number>>
}

const WISHED_MAX = 4096

export function wishedOf({ routes }: RouteTable): ReadonlyMap<string, Wished> {
  const chosen = new Map<string, { route: Route; owner: Owner }>()
  const behind = podsBehind()
  for (const route of routes) {
    for (const owner of ownersOf(route, behind)) {
      const key = keyOf(route, owner)
      const known = chosen.get(key)
      if (known === undefined ? chosen.size < WISHED_MAX : isPlainer(route, known.route))
        chosen.set(key, { route, owner })
    }
  }
  return new Map(
    [...chosen].map(([key, { route, owner }]) => [
      key,
      { ...owner, ...labelsOfRoute(route), shares: sharesOf(route, behind) },
    ]),
  )
}

interface Owner {
  readonly namespace: string
  readonly rollout: string
}

interface Behind {
  readonly rollouts: ReadonlySet<string>
  /** How many pods each revision has. */
  readonly hashes: ReadonlyMap<string, number>
}

type PodsBehind = (endpoints: readonly Endpoint[]) => Behind

/** Thousands of routes may lead to the same pods: those are looked at once. */
function podsBehind(): PodsBehind {
  const known = new Map<readonly Endpoint[], Behind>()
  return endpoints => {
    const found = known.get(endpoints)
    if (found !== undefined) return found
    const rollouts = new Set(endpoints.map(({ rollout }) => rollout).filter(rollout => rollout !== ''))
    const hashes = new Map<string, number>()
    for (const { hash } of endpoints) hashes.set(hash, (hashes.get(hash) ?? 0) + 1)
    known.set(endpoints, { rollouts, hashes })
    return { rollouts, hashes }
  }
}

function ownersOf({ backends }: Route, behind: PodsBehind): readonly Owner[] {
  const owners = new Map<string, Owner>()
  for (const { namespace, endpoints } of backends)
    for (const rollout of behind(endpoints).rollouts)
      owners.set(`${namespace}/${rollout}`, { namespace, rollout })
  return [...owners.values()]
}

function keyOf(route: Route, { namespace, rollout }: Owner): string {
  return [route.from, route.host, namespace, rollout].join('\n')
}

function isPlainer(one: Route, other: Route): boolean {
  const [divides, didDivide] = [one, other].map(({ backends }) => backends.length > 1)
  if (divides !== didDivide) return divides === true
  return conditionsOf(one) <= conditionsOf(other)
}

function conditionsOf({ headers, methods }: Route): number {
  return headers.length + (methods === undefined ? 0 : 1)
}

function sharesOf({ backends }: Route, behind: PodsBehind) {
  const whole = backends.reduce((sum, { weight }) => sum + weight, 0)
  const shares = new Map<string, number>()
  for (const backend of backends) {
    const each = whole > 0 ? backend.weight / whole / backend.endpoints.length : 0
    for (const [hash, pods] of behind(backend.endpoints).hashes)
      shares.set(hash, (shares.get(hash) ?? 0) + each * pods)
  }
  return Object.fromEntries([...shares].map(([hash, share]) => [hash, Number(share.toFixed(6))]))
}
