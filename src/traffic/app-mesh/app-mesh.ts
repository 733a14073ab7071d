// AWS App Mesh: the VirtualService leads to a VirtualRouter, whose routes share requests between two VirtualNodes, and
// these select the pods of a revision by its hash.
import type { FieldError } from '../../api/field-error.ts'
import { ROUTING_PATH } from '../../api/references.ts'
import type { TrafficRouting } from '../../api/traffic.ts'
import { MESH_NODE, MESH_ROUTER, MESH_SERVICE } from '../../kube/kinds.ts'
import { asJson, refKey, resourceName, specOf } from '../../kube/object.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { equal } from '../../std/equal.ts'
import { record, text } from '../../std/json-parts.ts'
import type { Binding, Found, Placed, Routed, TrafficRouter } from '../router.ts'
import { foundAfter, stuckIn } from '../placing.ts'
import { isText, listOf, optional, shape } from '../shape.ts'
import { largestOf } from '../weights.ts'
import { nodeHash, nodeWith } from './node.ts'
import { routerBack, routerProblem, routerShare, routerWith } from './routes.ts'

interface AppMeshConfig {
  readonly service: string
  /** Empty: all routes. */
  readonly routes: readonly string[]
  readonly canaryNode: string
  readonly stableNode: string
}

type Bound = Binding<AppMeshConfig>
type Refused = Exclude<Routed, { readonly placed: unknown }>

const PATH = `${ROUTING_PATH}.appmesh`
const ALL = 100
const isNode = shape({ name: isText })
const isSettings = shape({
  virtualService: shape({ name: isText, routes: optional(listOf(isText)) }),
  virtualNodeGroup: shape({ canaryVirtualNodeRef: isNode, stableVirtualNodeRef: isNode }),
})

export const appMesh: TrafficRouter<AppMeshConfig> = {
  name: 'AppMesh',
  field: 'appMesh',
  kinds: [MESH_SERVICE, MESH_ROUTER, MESH_NODE],
  can: { headerRoutes: false, mirrorRoutes: false },
  config: appMeshConfig,
  selectsPods: () => true,
  refs: bound => [
    refTo(bound, MESH_SERVICE, bound.config.service),
    ...(['canaryNode', 'stableNode'] as const).map(node => refTo(bound, MESH_NODE, bound.config[node])),
  ],
  linked: {
    kinds: [MESH_ROUTER],
    refs: (bound, found) => {
      const ref = routerRef(bound, found)
      return ref === undefined ? [] : [ref]
    },
  },
  route(bound, intent, found) {
    const router = standing(bound, found)
    if (!('object' in router)) return router
    const canary = found[refKey(refTo(bound, MESH_NODE, bound.config.canaryNode))]
    const stable = found[refKey(refTo(bound, MESH_NODE, bound.config.stableNode))]
    const lacking = canary === undefined ? bound.config.canaryNode : bound.config.stableNode
    if (canary === undefined || stable === undefined) {
      return notFound(refTo(bound, MESH_NODE, lacking), 'virtualNodeGroup')
    }
    const { weight } = intent.canary
    const isIdle = intent.canary.podHash === intent.stable.podHash
    const stableHash = intent.stable.podHash || nodeHash(stable) || undefined
    const toStable = placedNode(stable, stableHash, 'stable-hash')
    const toCanary = placedNode(canary, isIdle ? '' : intent.canary.podHash, 'canary-hash')
    const shared = placedRouter(bound, router, { canary: weight, stable: ALL - weight })
    const before = routerShare(router.object, bound.config) ?? 0
    const isMoved = nodeHash(canary) !== nodeHash(toCanary.object) && weight < before
    // A node loses its weight before it follows another ReplicaSet; it follows first where it gets some.
    return { placed: isMoved ? [toStable, shared, toCanary] : [toStable, toCanary, shared] }
  },
  read(bound, found) {
    const ref = routerRef(bound, found)
    const router = ref === undefined ? undefined : found[refKey(ref)]
    const weights = largestOf([router === undefined ? undefined : routerShare(router, bound.config)], ALL)
    const stable = found[refKey(refTo(bound, MESH_NODE, bound.config.stableNode))]
    const stableHash = stable === undefined ? '' : nodeHash(stable)
    return weights && { ...weights, ...(stableHash === '' ? {} : { stableHash }) }
  },
  leave(bound, { now, stableHash, keepsHashes = false }, found) {
    const shared = leftRouter(bound, found)
    const stuck = stuckIn('AppMesh', appMesh.read(bound, foundAfter(shared, found)), now)
    const isGone = stableHash === undefined
    const isOver = !keepsHashes && (isGone || (shared.length === 0 && stuck.waits === undefined))
    const { canaryNode, stableNode } = bound.config
    const following = isOver ? [canaryNode, stableNode] : isGone ? [] : [stableNode]
    const nodes = following.flatMap(name =>
      leftNode(bound, name, { found, hash: isOver ? undefined : stableHash }),
    )
    return { placed: isGone ? [...shared, ...nodes] : [...nodes, ...shared], ...stuck }
  },
}

function appMeshConfig({ appMesh: settings }: TrafficRouting): AppMeshConfig | undefined {
  if (settings === undefined || !isSettings(settings)) return undefined
  const { virtualService, virtualNodeGroup } = settings
  return {
    service: virtualService?.name ?? '',
    routes: virtualService?.routes ?? [],
    canaryNode: virtualNodeGroup?.canaryVirtualNodeRef.name ?? '',
    stableNode: virtualNodeGroup?.stableVirtualNodeRef.name ?? '',
  }
}

function refTo({ rollout }: Bound, kind: ObjectRef['kind'], name: string): ObjectRef {
  return { kind, namespace: rollout.metadata.namespace ?? '', name }
}

/** The router that the VirtualService leads to. */
function routerRef(bound: Bound, found: Found): ObjectRef | undefined {
  const service = found[refKey(refTo(bound, MESH_SERVICE, bound.config.service))]
  if (service === undefined) return undefined
  const provider = record(specOf(service)['provider'])
  const named = record(record(provider['virtualRouter'])['virtualRouterRef'])
  const name = text(named['name'])
  const namespace = text(named['namespace'])
  const ref = refTo(bound, MESH_ROUTER, name)
  return name === '' ? undefined : { ...ref, ...(namespace === '' ? {} : { namespace }) }
}

interface Standing {
  readonly ref: ObjectRef
  readonly object: KubeObject
}

function standing(bound: Bound, found: Found): Standing | Refused {
  const { service } = bound.config
  const named = refTo(bound, MESH_SERVICE, service)
  if (found[refKey(named)] === undefined) return notFound(named, 'virtualService')
  const ref = routerRef(bound, found)
  if (ref === undefined) {
    const message = `the provider of VirtualService "${service}" is no VirtualRouter`
    return refused({ path: `${PATH}.virtualService`, value: service, message })
  }
  const object = found[refKey(ref)]
  if (object === undefined) return notFound(ref, 'virtualService')
  const problem = routerProblem(object, bound.config)
  return problem === undefined ? { ref, object } : refused({ value: ref.name, ...problem })
}

function refused(said: Omit<FieldError, 'cure'>): Refused {
  return { invalid: { ...said, cure: 'Correct the objects of the mesh.' } }
}

function notFound({ kind, name, namespace = '' }: ObjectRef, field: string): Refused {
  const message = `${resourceName(kind)} "${name}" not found`
  return refused({ path: `${PATH}.${field}`, value: `${name}.${namespace}`, message })
}

function placedNode(
  node: KubeObject,
  hash: string | undefined,
  usual: string,
): Placed & { object: KubeObject } {
  const { name, namespace = '' } = node.metadata
  return {
    ref: { kind: MESH_NODE, namespace, name },
    object: nodeWith(node, hash === '' ? usual : hash),
    why: `let VirtualNode ${name} select the pods of its revision`,
  }
}

function leftNode(
  bound: Bound,
  name: string,
  { found, hash }: { readonly found: Found; readonly hash: string | undefined },
): readonly Placed[] {
  const node = found[refKey(refTo(bound, MESH_NODE, name))]
  return node === undefined ? [] : changed(placedNode(node, hash, ''), node)
}

function leftRouter(bound: Bound, found: Found): readonly Placed[] {
  const ref = routerRef(bound, found)
  const router = ref && found[refKey(ref)]
  if (ref === undefined || router === undefined) return []
  const why = `take the canary's weight out of VirtualRouter ${ref.name}, whose router was left`
  return changed({ ref, object: routerBack(router, bound.config), why }, router)
}

function placedRouter(
  { config }: Bound,
  { ref, object }: Standing,
  weights: { readonly canary: number; readonly stable: number },
): Placed & { object: KubeObject } {
  return {
    ref,
    object: routerWith(object, config, weights),
    why: `set the weights in VirtualRouter ${ref.name} to ${weights.canary} canary, ${weights.stable} stable`,
  }
}

function changed(placed: Placed & { readonly object: KubeObject }, before: KubeObject): readonly Placed[] {
  return equal(asJson(before), asJson(placed.object)) ? [] : [placed]
}
