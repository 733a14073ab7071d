// All routers, in the order in which they are asked; a new one is its file and a line here. Rollouts reach
// them through `routersOf`, which binds each to its settings.
import type { FieldError } from '../api/field-error.ts'
import { invalid } from '../api/field-error.ts'
import type { Rollout, RolloutSpec } from '../api/rollout.ts'
import type { TrafficRouting } from '../api/traffic.ts'
import { ROLLOUT } from '../kube/kinds.ts'
import { apiVersionOf, sameResource } from '../kube/object.ts'
import type { Kind, KubeObject, ObjectRef } from '../kube/object.ts'
import type { Question } from '../kube/reconciler.ts'
import { isJsonObject } from '../std/json.ts'
import { rememberedOn } from '../std/remembered-on.ts'
import { alb } from './alb/alb.ts'
import { ambassador } from './ambassador.ts'
import { apisix } from './apisix/apisix.ts'
import { appMesh } from './app-mesh/app-mesh.ts'
import { gatewayApi } from './gateway-api.ts'
import { istio } from './istio/istio.ts'
import { nginx } from './nginx.ts'
import { smi } from './smi.ts'
import { traefik } from './traefik.ts'
import { ofHundred, ofMaximum } from './maximum.ts'
import { servicesIn, stableOfPair } from './roles.ts'
import { maxWeightOf } from './weights.ts'
import type {
  Abilities,
  Found,
  LeftAt,
  Marks,
  Placing,
  Routed,
  Services,
  TrafficIntent,
  TrafficRouter,
  Weights,
} from './router.ts'

/** A router with the settings that a Rollout gives it. */
export interface BoundRouter {
  readonly name: string
  /** Its field of `trafficRouting`. */
  readonly field: string
  readonly can: Abilities
  /** Its objects select pods by a revision's hash. */
  readonly selectsPods: boolean
  readonly refs: readonly ObjectRef[]
  /** What other objects of the router name. */
  linked(found: Found): readonly ObjectRef[]
  route(intent: TrafficIntent, found: Found): Routed
  read(found: Found): Weights | undefined
  leave(at: LeftAt, found: Found): Placing
  /** An object that it makes, in that version of its kind. */
  inVersion(object: KubeObject, version: string): KubeObject
  question(intent: TrafficIntent, found: Found): Question | undefined
}

interface Entry {
  readonly name: string
  readonly field: string
  readonly kinds: readonly Kind[]
  readonly linkedKinds: readonly Kind[]
  readonly marks: Marks | undefined
  readonly can: Abilities
  readonly isAsked: (trafficRouting: TrafficRouting) => boolean
  readonly bind: (asked: Asked) => BoundRouter | undefined
}

/** What is asked for, by whom, between which Services. */
interface Asked {
  readonly trafficRouting: TrafficRouting
  readonly rollout: KubeObject
  readonly services: Services
  readonly swapping?: Services | undefined
}

const ENTRIES: readonly Entry[] = [
  entry(istio),
  entry(nginx),
  entry(alb),
  entry(smi),
  entry(ambassador),
  entry(appMesh),
  entry(traefik),
  entry(apisix),
  entry(gatewayApi),
]

/** Every kind that a router may read or write: watched where the server has it. */
export const ROUTER_KINDS: readonly Kind[] = [...new Set(ENTRIES.flatMap(one => one.kinds))]

/**
 * Those kinds where versions were asked for by flags: versions that nobody here knows by name are looked for as well,
 * and of a router whose objects stand in one of several groups only the group that was asked for.
 */
export function routerKinds(versions: readonly string[]): readonly Kind[] {
  return [...new Set(ENTRIES.flatMap(one => askedKinds(one.kinds, versions)))]
}

function askedKinds(kinds: readonly Kind[], versions: readonly string[]): readonly Kind[] {
  const asked = versions.map(one => one.split('/')).map(([group = '', version = '']) => ({ group, version }))
  const isAsked = ({ group }: Kind) => asked.some(one => one.group === group)
  const unknown = asked.flatMap(({ group, version }) =>
    kinds
      .filter((kind, i) => kind.group === group && kinds.findIndex(one => sameResource(one, kind)) === i)
      .filter(kind => !kinds.some(one => sameResource(one, kind) && one.version === version))
      .map(kind => ({ ...kind, version })),
  )
  const isElsewhere = (kind: Kind) =>
    !isAsked(kind) && kinds.some(one => one.kind === kind.kind && one.group !== kind.group && isAsked(one))
  return [...kinds.filter(kind => !isElsewhere(kind)), ...unknown]
}

/** Where a Rollout that is gone may have left its mark. */
export const ROUTE_MARKS: readonly Marks[] = ENTRIES.flatMap(one => one.marks ?? [])

/** Kinds whose objects only other objects of a router name: any of a namespace may concern its Rollouts. */
export const LINKED_KINDS: readonly Kind[] = ENTRIES.flatMap(one => one.linkedKinds)

/**
 * The routers that a Rollout asks for; none for blue/green and for a canary by replicas. `alsoManaged`: names of routes
 * that steps may have made before, and none makes any more.
 */
export function routersOf(rollout: Rollout, alsoManaged: readonly string[] = []): readonly BoundRouter[] {
  const { spec, metadata, status } = rollout
  const { namespace = '', name, uid = '' } = metadata
  return routersIn(spec, [namespace, name, uid, ...alsoManaged].join('\n'), stableOfPair(status))
}

/** A status that moves changes no router. `asked`: whose they are, and what they manage also, a line each. */
const routersIn = rememberedOn(
  (spec: RolloutSpec, asked: string, ofPair: string | undefined): readonly BoundRouter[] => {
    const { trafficRouting } = spec.strategy?.canary ?? {}
    if (trafficRouting === undefined) return []
    const [namespace = '', name = '', uid = '', ...alsoManaged] = asked.split('\n')
    const metadata = { namespace, name, ...(uid === '' ? {} : { uid }) }
    const rollout = { apiVersion: apiVersionOf(ROLLOUT), kind: ROLLOUT.kind, metadata }
    const { shared, swapping } = servicesIn(spec, ofPair)
    const routing = { ...trafficRouting, ...withManaged(trafficRouting, alsoManaged) }
    return bindAll({ trafficRouting: routing, rollout, services: shared, swapping })
  },
)

function withManaged({ managedRoutes = [] }: TrafficRouting, also: readonly string[]): TrafficRouting {
  return also.length === 0 ? {} : { managedRoutes: [...managedRoutes, ...also.map(name => ({ name }))] }
}

export function bindAll(asked: Asked): readonly BoundRouter[] {
  return ENTRIES.flatMap(one => one.bind(asked) ?? [])
}

const NO_ROUTERS = ['plugins', 'managedRoutes', 'maxTrafficWeight']

/** What a Rollout asks for and nobody here can do: fields of `trafficRouting`, names of plug-ins. */
export function unknownRouters({ strategy }: RolloutSpec): readonly string[] {
  const { trafficRouting } = strategy?.canary ?? {}
  if (trafficRouting === undefined) return []
  const plugins: unknown = trafficRouting.plugins
  const asked = [
    ...Object.entries(trafficRouting)
      .filter(([field, settings]) => settings !== undefined && !NO_ROUTERS.includes(field))
      .map(([field]) => field),
    ...(isJsonObject(plugins) ? Object.keys(plugins) : []),
  ]
  return asked.filter(field => !ENTRIES.some(one => one.field === field))
}

const ROUTE_STEPS = [
  { step: 'setHeaderRoute', ability: 'headerRoutes', what: 'header routes' },
  { step: 'setMirrorRoute', ability: 'mirrorRoutes', what: 'mirror routes' },
] as const

/** The steps that none of a Rollout's routers can do. Several routers share the work: one that can is enough. */
export function unsupportedSteps({ strategy }: RolloutSpec): readonly FieldError[] {
  const { trafficRouting, steps = [] } = strategy?.canary ?? {}
  const routers = trafficRouting === undefined ? [] : ENTRIES.filter(one => one.isAsked(trafficRouting))
  if (routers.length === 0) return []
  const names = routers.map(router => router.name).join(', ')
  return steps.flatMap((step, i) =>
    ROUTE_STEPS.flatMap(({ step: field, ability, what }) => {
      const asked = step[field]
      if (asked === undefined || routers.some(router => router.can[ability])) return []
      const path = `spec.strategy.canary.steps[${i}].${field}`
      const cure = `Take the step out, or use a router that sets ${what}.`
      return [invalid({ path, value: asked.name ?? '', cure }, `the router ${names} sets no ${what}`)]
    }),
  )
}

function inVersion<Config>(router: TrafficRouter<Config>, object: KubeObject, version: string): KubeObject {
  const [group = ''] = object.apiVersion.split('/')
  const placed = { ...object, apiVersion: `${group}/${version}` }
  return router.inVersion?.(placed, version) ?? placed
}

function entry<Config>(router: TrafficRouter<Config>): Entry {
  const bind = ({ trafficRouting, rollout, ...asked }: Asked): BoundRouter | undefined => {
    const config = router.config(trafficRouting)
    if (config === undefined) return undefined
    const services = router.prefersSwapping === true ? (asked.swapping ?? asked.services) : asked.services
    const binding = { config, rollout, services }
    const isKnown = router.knowsMaximum === true
    const said = (weights: Weights | undefined) =>
      isKnown ? weights : ofMaximum(weights, maxWeightOf(trafficRouting))
    const meant = (intent: TrafficIntent) => (isKnown ? intent : ofHundred(intent))
    return {
      name: router.name,
      field: router.field,
      can: router.can,
      selectsPods: router.selectsPods?.(config) ?? false,
      refs: router.refs(binding),
      linked: found => router.linked?.refs(binding, found) ?? [],
      route: (intent, found) => router.route(binding, meant(intent), found),
      read: found => said(router.read(binding, found)),
      leave: (at, found) => router.leave(binding, at, found),
      inVersion: (object, version) => inVersion(router, object, version),
      question: (intent, found) => router.question?.(binding, meant(intent), found),
    }
  }
  const isAsked = (trafficRouting: TrafficRouting) => router.config(trafficRouting) !== undefined
  const { name, field, kinds, can, linked, marks } = router
  return { name, field, kinds, linkedKinds: linked?.kinds ?? [], marks, can, isAsked, bind }
}
