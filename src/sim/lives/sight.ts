// What a pass can see of its Rollout's world, as values: the objects that its cache showed when it began, and what its
// own writes have made of them since. Where users go is read from Services and routes alone.
import type { Rollout } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Cache } from '../../kube/cache.ts'
import type { Service } from '../../kube/core.ts'
import { KubeError } from '../../kube/errors.ts'
import {
  ANALYSIS_RUN,
  DESTINATION_RULE,
  EXPERIMENT,
  knownKind,
  REPLICA_SET,
  ROLLOUT,
  SERVICE,
} from '../../kube/kinds.ts'
import { controllerOf, resourceName } from '../../kube/object.ts'
import type { Kind, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { stableOfPair } from '../../traffic/roles.ts'
import { stayingReplicas } from '../../workload/availability.ts'
import { changedBy } from '../model/changed.ts'
import {
  hasManagedRoutes,
  hasServices,
  isRouted,
  NAME,
  NAMESPACE,
  routeIn,
  servicesOf,
  sidesOf,
} from './furniture.ts'
import { subsetHash, SUBSETS } from './routes/istio.ts'
import type { Sides } from './routes/life-route.ts'
import { LIFE_ROUTES } from './routes/registry.ts'
import type { LifeSpec } from './scenario.ts'

/** By resource and name: all that a life needs stands in one namespace. */
export type Sight = ReadonlyMap<string, ReadonlyMap<string, KubeObject>>

/** The share of users that each revision gets; '' is every pod of the Rollout. */
export type Loads = Readonly<Record<string, number>>

const KINDS: readonly Kind[] = [
  ROLLOUT,
  REPLICA_SET,
  SERVICE,
  ANALYSIS_RUN,
  EXPERIMENT,
  DESTINATION_RULE,
  ...new Set(Object.values(LIFE_ROUTES).map(route => route.kind)),
]

/** `others`: kinds of many objects, where somebody is to look at them. */
export function sightOf(cache: Pick<Cache, 'list'>, others: readonly Kind[] = []): Sight {
  return new Map(
    [...KINDS, ...others].map(kind => [
      resourceName(kind),
      new Map(cache.list(kind, NAMESPACE).map(one => [one.metadata.name, one])),
    ]),
  )
}

export function objectIn(sight: Sight, { kind, name }: ObjectRef): KubeObject | undefined {
  return found(sight, kind, name)
}

/** The same with the object in its place. */
export function withObject(sight: Sight, kind: Kind, object: KubeObject): Sight {
  return replaced(sight, kind, all => all.set(object.metadata.name, object))
}

function replaced(sight: Sight, kind: Kind, change: (all: Map<string, KubeObject>) => void): Sight {
  const all = new Map(sight.get(resourceName(kind)))
  change(all)
  return new Map(sight).set(resourceName(kind), all)
}

/** As the write leaves it. */
export function after(sight: Sight, write: Write): Sight {
  if (write.verb === 'create') {
    const kind = knownKind(write.object)
    return kind === undefined ? sight : withObject(sight, kind, write.object)
  }
  const { kind, name } = write.target
  if (write.verb === 'delete' || write.verb === 'evict') return replaced(sight, kind, all => all.delete(name))
  const standing = found(sight, kind, name)
  if (write.verb !== 'patch' || standing === undefined) return sight
  const changed = changedBy(standing, write)
  return changed instanceof KubeError ? sight : withObject(sight, kind, changed)
}

function found(sight: Sight, kind: Kind, name: string): KubeObject | undefined {
  return sight.get(resourceName(kind))?.get(name)
}

export function rolloutIn(sight: Sight): Rollout | undefined {
  return found(sight, ROLLOUT, NAME) as Rollout | undefined
}

export function allIn<T extends KubeObject>(sight: Sight, kind: Kind): readonly T[] {
  return [...(sight.get(resourceName(kind))?.values() ?? [])] as T[]
}

/** The Rollout's: pods of an experiment are of another kind. */
export function setsIn(sight: Sight): readonly ReplicaSet[] {
  return allIn<ReplicaSet>(sight, REPLICA_SET).filter(one => !isOfExperiment(one))
}

export function isOfExperiment(set: ReplicaSet): boolean {
  return controllerOf(set)?.kind === EXPERIMENT.kind
}

export const hashOf = (set: KubeObject) => set.metadata.labels?.[POD_TEMPLATE_HASH] ?? ''

export const imageOf = (template: Rollout['spec']['template']) => template?.spec?.containers?.[0]?.image

export function setIn(sight: Sight, hash: string | undefined): ReplicaSet | undefined {
  return setsIn(sight).find(one => hashOf(one) === hash)
}

/** Of experiments: two of them may try the same pods. */
export function triedIn(sight: Sight, hash: string | undefined): readonly ReplicaSet[] {
  return setsOfExperiments(sight).filter(one => hashOf(one) === hash)
}

export function setsOfExperiments(sight: Sight): readonly ReplicaSet[] {
  return allIn<ReplicaSet>(sight, REPLICA_SET).filter(isOfExperiment)
}

/** Those that are to go carry nobody for long. */
export function ableIn(sight: Sight, hash: string): number {
  return stayingReplicas(setIn(sight, hash))
}

export function selectedBy(sight: Sight, service: string): string | undefined {
  return (found(sight, SERVICE, service) as Service | undefined)?.spec.selector?.[POD_TEMPLATE_HASH]
}

export function serviceIn(sight: Sight, name: string): Service | undefined {
  return found(sight, SERVICE, name) as Service | undefined
}

/** Which Service plays which role: a pair swaps them when a revision becomes stable. */
function rolesOf(spec: LifeSpec, rollout: Rollout | undefined): Sides {
  const { stable, canary } = servicesOf(spec)
  if (sidesOf(spec) !== 'pair') return { stable, canary }
  const hasSwapped = stableOfPair(rollout?.status) !== 'ping'
  return hasSwapped ? { stable: canary, canary: stable } : { stable, canary }
}

/** Users are told apart by Services of their own, or by subsets. */
export const hasSides = (spec: LifeSpec) => hasServices(spec) || sidesOf(spec) === 'subsets'

/** The revision that each side leads to; undefined: all pods. */
export function sidesIn(
  sight: Sight,
  spec: LifeSpec,
): { readonly stable: string | undefined; readonly canary: string | undefined } {
  if (sidesOf(spec) === 'subsets') {
    const rule = found(sight, DESTINATION_RULE, NAME)
    return { stable: subsetHash(rule, 'stable'), canary: subsetHash(rule, 'canary') }
  }
  const { stable, canary } = rolesOf(spec, rolloutIn(sight))
  return { stable: selectedBy(sight, stable), canary: selectedBy(sight, canary) }
}

export interface RouteWeights {
  readonly canary: number
  readonly all: number
  /** Of experiments, by their Services. */
  readonly others: Readonly<Record<string, number>>
}

const onlyCanary = (canary: number): RouteWeights => ({ canary, all: 100, others: {} })

/** What the route says; the roles of a pair are those of this Rollout. */
export function weightsIn(sight: Sight, spec: LifeSpec, rollout = rolloutIn(sight)): RouteWeights {
  if (!isRouted(spec)) return onlyCanary(0)
  const sides = namedAtRoute(spec, rollout)
  return sharedBy(
    routeIn(spec).weights((kind, name) => found(sight, kind, name), sides),
    sides,
  )
}

/** What the route calls them. */
function namedAtRoute(spec: LifeSpec, rollout: Rollout | undefined): Sides {
  return sidesOf(spec) === 'subsets' ? SUBSETS : rolesOf(spec, rollout)
}

/** Users of a header have no share of all: a few, who must have pods. */
export const BY_HEADER = 1e-4

/** Routes that steps have made, and the sides that those of a header lead to. */
export function managedRoutesIn(
  sight: Sight,
  spec: LifeSpec,
): { readonly names: readonly string[]; readonly sides: readonly (keyof Sides)[] } {
  const made = hasManagedRoutes(spec)
    ? routeIn(spec).made?.((kind, name) => found(sight, kind, name))
    : undefined
  if (made === undefined) return NO_ROUTES
  const { canary } = namedAtRoute(spec, rolloutIn(sight))
  return { names: made.names, sides: made.led.map(one => (one === canary ? 'canary' : 'stable')) }
}

const NO_ROUTES = { names: [], sides: [] }

/** Without any weight all users are with the stable side. */
function sharedBy(weights: ReadonlyMap<string, number>, { stable, canary }: Sides): RouteWeights {
  if (weights.size === 0) return onlyCanary(0)
  const all = [...weights.values()].reduce((sum, one) => sum + one, 0)
  const others = [...weights].filter(([name]) => name !== stable && name !== canary)
  return { canary: weights.get(canary) ?? 0, all, others: Object.fromEntries(others) }
}

/** `unselected`: who is reached through a Service that names no revision. */
export function loadsIn(sight: Sight, spec: LifeSpec, unselected: readonly string[] = []): Loads {
  if (!hasSides(spec)) return {}
  const sides = sidesIn(sight, spec)
  const weights = weightsIn(sight, spec)
  const all = Math.max(1, weights.all)
  const canary = weights.canary / all
  const others = Object.values(weights.others).reduce((sum, one) => sum + one, 0) / all
  const byHeader = managedRoutesIn(sight, spec).sides.map(side => [sides[side], BY_HEADER] as const)
  const parts = [[sides.canary, canary] as const, [sides.stable, 1 - canary - others] as const, ...byHeader]
  const loads: Record<string, number> = {}
  for (const [hash, load] of parts)
    for (const one of hash === undefined ? unselected : [hash]) loads[one] = (loads[one] ?? 0) + load
  return loads
}
