// An Ingress behind ALB as it should be: the action with the weights, the routes that steps make, and the note of which
// annotations belong to which Rollout.
import { MANAGED_ALB } from '../../api/words.ts'
import type { Ingress, IngressPath, IngressRule } from '../../kube/networking.ts'
import { asJson } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import { isJsonObject, parseJson, stableJson } from '../../std/json.ts'
import type { Json } from '../../std/json.ts'
import { list, objects, record, text } from '../../std/json-parts.ts'
import { inManagedOrder } from '../managed-routes.ts'
import type { Services, TrafficIntent } from '../router.ts'
import { actionText, conditionsText, MAX_TEXT } from './action.ts'
import { actionKey, routeKeys } from './settings.ts'
import type { AlbConfig } from './settings.ts'

export interface AlbParts {
  readonly config: AlbConfig
  readonly services: Services
  /** The Rollout's name. */
  readonly rollout: string
}

export type AlbIntent = Pick<TrafficIntent, 'canary' | 'stable' | 'others' | 'headerRoutes'>

export function withWeights(ingress: Ingress, parts: AlbParts, intent: AlbIntent): Ingress {
  const { config, services } = parts
  const groups = [
    { service: services.canary, weight: intent.canary.weight },
    ...intent.others,
    { service: services.stable, weight: intent.stable.weight },
  ]
  const headers = headerAnnotations(config, services, intent.headerRoutes)
  const own = { [actionKey(config, services)]: actionText(groups, config), ...headers }
  return rewritten(ingress, parts, { own, routes: intent.headerRoutes.map(one => one.name) })
}

/** Everything goes to the stable Service, and nothing is the Rollout's any more. */
export function withoutWeights(ingress: Ingress, parts: AlbParts): Ingress {
  const { config, services } = parts
  const key = actionKey(config, services)
  const made = rewritten(ingress, parts, { own: {}, routes: [] })
  const { annotations = {} } = made.metadata
  if (annotations[key] === undefined) return made
  const action = actionText([{ service: services.stable, weight: 100 }], config)
  return { ...made, metadata: { ...made.metadata, annotations: { ...annotations, [key]: action } } }
}

type Annotations = Readonly<Record<string, string>>

function headerAnnotations(
  config: AlbConfig,
  { canary }: Services,
  routes: AlbIntent['headerRoutes'],
): Annotations {
  return Object.fromEntries(
    inManagedOrder(config.managed, routes).flatMap(route => {
      const [action, conditions] = routeKeys(config, route.name)
      return [
        [action, actionText([{ service: canary, weight: 100 }], { ...config, isSticky: false })],
        [conditions, conditionsText(route)],
      ]
    }),
  )
}

interface Own {
  readonly own: Annotations
  readonly routes: readonly string[]
}

function rewritten(ingress: Ingress, { config, rollout }: AlbParts, { own, routes }: Own): Ingress {
  const theirs = { ...ingress.metadata.annotations }
  for (const key of config.managed.flatMap(name => routeKeys(config, name))) delete theirs[key]
  const noted = notesIn(theirs[MANAGED_ALB])
  const note = { ...noted, [rollout]: Object.keys(own) }
  delete theirs[MANAGED_ALB]
  if (Object.keys(own).length === 0) delete note[rollout]
  const notes = Object.keys(note).length === 0 ? {} : { [MANAGED_ALB]: stableJson(note) }
  return {
    ...ingress,
    metadata: { ...ingress.metadata, annotations: { ...theirs, ...own, ...notes } },
    spec: withPaths(ingress, config, routes),
  }
}

/** Rollout → its annotations. What nobody can read, nobody wrote. */
export function notesIn(written: string | undefined): { [rollout: string]: Json } {
  const said = written ?? ''
  const read: Json | undefined = said.length > MAX_TEXT ? undefined : parseJson(said)
  return isJsonObject(read) ? { ...read } : {}
}

/** Whether a step has made a route by header in one of the rules. */
export function hasHeaderRoute(ingress: Ingress, { managed }: AlbConfig): boolean {
  const rules = objects(record(record(asJson(ingress))['spec'])['rules'])
  const paths = rules.flatMap(rule => objects(record(rule['http'])['paths']))
  return paths.some(path => managed.includes(text(record(record(path['backend'])['service'])['name'])))
}

/** Routes by header come first in every rule, in the order of the managed routes. */
function withPaths(ingress: Ingress, config: AlbConfig, routes: readonly string[]): Ingress['spec'] {
  const { managed } = config
  const { rules } = ingress.spec
  if (rules === undefined || managed.length === 0) return ingress.spec
  const wanted = inManagedOrder(
    managed,
    routes.map(name => ({ name })),
  ).map(({ name }) => headerPath(name))
  const { annotations = {} } = ingress.metadata
  const isOwn = (path: IngressPath) => managed.includes(serviceOf(path))
  const isByHeader = (path: IngressPath) => {
    const [, conditions] = routeKeys(config, serviceOf(path))
    return annotations[conditions] !== undefined && equal(path, headerPath(serviceOf(path)))
  }
  const paths = { wanted, isOwn, isByHeader }
  return { ...ingress.spec, rules: rules.map(rule => withHeaderPaths(rule, paths)) }
}

interface HeaderPaths {
  readonly wanted: readonly IngressPath[]
  isOwn(path: IngressPath): boolean
  /** Whoever does not meet its conditions comes to the paths behind it. */
  isByHeader(path: IngressPath): boolean
}

function withHeaderPaths(rule: IngressRule, { wanted, isOwn, isByHeader }: HeaderPaths): IngressRule {
  if (rule.http === undefined) return rule
  const paths = list(rule.http.paths) as unknown as readonly IngressPath[]
  // Behind another Rollout's they stay: both can not stand first.
  const upTo = paths.slice(0, paths.findLastIndex(isOwn) + 1)
  const isReached = upTo.every(path => isOwn(path) || isByHeader(path))
  if (isReached && equal(upTo.filter(isOwn), wanted)) return rule
  const others = paths.filter(path => !isOwn(path))
  return { ...rule, http: { ...rule.http, paths: [...wanted, ...others] } }
}

const serviceOf = (path: IngressPath) => path.backend?.service?.name ?? ''

function headerPath(name: string): IngressPath {
  const backend = { service: { name, port: { name: 'use-annotation' } } }
  return { path: '/*', pathType: 'ImplementationSpecific', backend }
}
