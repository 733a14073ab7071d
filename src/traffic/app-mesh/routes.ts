// The routes of a VirtualRouter: each shares its requests between two VirtualNodes.
import { asJson, fromJson, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { JsonObject } from '../../std/json.ts'
import { objects, record, text } from '../../std/json-parts.ts'
import { pairBack, pairProblem, pairShare, weighedPair } from '../pair.ts'
import type { PairOptions, Side } from '../pair.ts'

export interface MeshSides {
  readonly routes: readonly string[]
  readonly canaryNode: string
  readonly stableNode: string
}

const FORMS = ['httpRoute', 'http2Route', 'grpcRoute', 'tcpRoute'] as const
const TARGETS = 2
const ALL = 100

function pairOf({ canaryNode, stableNode }: MeshSides): PairOptions {
  const sideOf = (target: JsonObject) => {
    const name = record(target['virtualNodeRef'])['name']
    return name === canaryNode ? 'canary' : name === stableNode ? 'stable' : undefined
  }
  return { sideOf, usual: 0 }
}

function routesIn(router: KubeObject): readonly JsonObject[] {
  return objects(specOf(router)['routes'])
}

function isOurs(route: JsonObject, { routes }: MeshSides): boolean {
  return routes.length === 0 || routes.includes(text(route['name']))
}

function formOf(route: JsonObject): (typeof FORMS)[number] | undefined {
  return FORMS.find(form => route[form] !== undefined)
}

function targetsIn(route: JsonObject): readonly JsonObject[] {
  const form = formOf(route)
  return form === undefined ? [] : objects(record(record(route[form])['action'])['weightedTargets'])
}

/** What is wrong with the router, and where in it. */
export interface RouterProblem {
  readonly path: string
  readonly message: string
}

export function routerProblem(router: KubeObject, sides: MeshSides): RouterProblem | undefined {
  const { name: called } = router.metadata
  const routes = routesIn(router)
  if (!routes.some(route => isOurs(route, sides))) {
    return { path: 'spec.routes', message: `VirtualRouter "${called}" has no route of the Rollout` }
  }
  const lost = sides.routes.find(name => !routes.some(route => route['name'] === name))
  if (lost !== undefined)
    return { path: 'spec.routes', message: `VirtualRouter "${called}" has no route "${lost}"` }
  const problems = routes.map((route, i) =>
    isOurs(route, sides) ? routeProblem(route, { i, called, sides }) : undefined,
  )
  return problems.find(one => one !== undefined)
}

function routeProblem(
  route: JsonObject,
  { i, called, sides }: { readonly i: number; readonly called: string; readonly sides: MeshSides },
): RouterProblem | undefined {
  const targets = targetsIn(route)
  const path = `spec.routes[${i}].${formOf(route) ?? 'httpRoute'}.action.weightedTargets`
  const place = `for AppMesh virtual-router ${called} and route ${text(route['name'])}`
  if (targets.length !== TARGETS) {
    return {
      path,
      message: `Invalid number of weightedTargets (${targets.length}) ${place}, expected ${TARGETS}`,
    }
  }
  if (pairProblem(targets, pairOf(sides)) === undefined) return undefined
  return { path, message: `The weightedTargets ${place} must be ${sides.canaryNode} and ${sides.stableNode}` }
}

export function routerWith(
  router: KubeObject,
  sides: MeshSides,
  weights: Readonly<Record<Side, number>>,
): KubeObject {
  return withTargets(router, sides, targets => weighedPair(targets, pairOf(sides), weights))
}

/** All to the stable node, in each route that has both. */
export function routerBack(router: KubeObject, sides: MeshSides): KubeObject {
  return withTargets(router, sides, targets => pairBack(targets, pairOf(sides), ALL))
}

function withTargets(
  router: KubeObject,
  sides: MeshSides,
  changed: (targets: readonly JsonObject[]) => readonly JsonObject[],
): KubeObject {
  const routes = routesIn(router).map(route => {
    const form = formOf(route)
    if (form === undefined || !isOurs(route, sides)) return route
    const body = record(route[form])
    const weightedTargets = changed(targetsIn(route))
    return { ...route, [form]: { ...body, action: { ...record(body['action']), weightedTargets } } }
  })
  return fromJson({ ...asJson(router), spec: { ...specOf(router), routes } } as JsonObject)
}

export function routerShare(router: KubeObject, sides: MeshSides): number | undefined {
  const said = routesIn(router)
    .filter(route => isOurs(route, sides))
    .map(route => pairShare(targetsIn(route), pairOf(sides), ALL))
    .filter(share => share !== undefined)
  return said.length === 0 ? undefined : Math.max(...said)
}
