// Why a pod can be bound to no node, in the words of Kubernetes' scheduler. There is one node; what a pod asks for is
// held against all that it has, since simulated pods use nothing up.
import type { Json, JsonObject } from '../std/json.ts'
import { objects, record, text } from '../std/json-parts.ts'
import { parseQuantity } from './quantity.ts'

export interface SchedulingWorld {
  /** The node's spec: whether it is cordoned, and what it is tainted with. */
  readonly node: JsonObject
  /** What the node has; a resource that it does not name is not counted. */
  readonly allocatable: JsonObject
  hasClaim(name: string): boolean
}

const NONE = '0/1 nodes are available'
const NOT_HELPFUL = `no new claims to deallocate, preemption: ${NONE}: 1 Preemption is not helpful for scheduling.`

/** Undefined: it can be bound. */
export function schedulingProblem(spec: JsonObject, world: SchedulingWorld): string | undefined {
  const gone = objects(spec['volumes'])
    .map(volume => text(record(volume['persistentVolumeClaim'])['claimName']))
    .find(name => name !== '' && !world.hasClaim(name))
  if (gone !== undefined) return `${NONE}: persistentvolumeclaim "${gone}" not found. not found`
  const untolerated = taintProblem(spec, world.node)
  if (untolerated !== undefined) return `${NONE}: 1 node(s) ${untolerated}. ${NOT_HELPFUL}`
  const short = Object.keys(world.allocatable).filter(
    name => requested(spec, name) > amountOf(world.allocatable[name]),
  )
  if (short.length === 0) return undefined
  return `${NONE}: ${short.map(name => `1 Insufficient ${name}`).join(', ')}. ${NOT_HELPFUL}`
}

const CORDONED = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }

function taintProblem(spec: JsonObject, node: JsonObject): string | undefined {
  const tolerations = objects(spec['tolerations'])
  const isTolerated = (taint: JsonObject) => tolerations.some(one => tolerates(one, taint))
  if (node['unschedulable'] === true && !isTolerated(CORDONED)) return 'were unschedulable'
  const keepsOut = (taint: JsonObject) => ['NoSchedule', 'NoExecute'].includes(text(taint['effect']))
  const taint = objects(node['taints']).find(one => keepsOut(one) && !isTolerated(one))
  return taint && `had untolerated taint {${text(taint['key'])}: ${text(taint['value'])}}`
}

/** An empty key, with Exists, tolerates all; an empty effect all effects. */
function tolerates(toleration: JsonObject, taint: JsonObject): boolean {
  const [key, effect] = [text(toleration['key']), text(toleration['effect'])]
  if (effect !== '' && effect !== text(taint['effect'])) return false
  if (key !== '' && key !== text(taint['key'])) return false
  const operator = text(toleration['operator']) || 'Equal'
  return operator === 'Exists' || (key !== '' && text(toleration['value']) === text(taint['value']))
}

/** All containers together, or the largest of those that run before them. */
function requested(spec: JsonObject, name: string): bigint {
  const of = (container: JsonObject) => amountOf(record(record(container['resources'])['requests'])[name])
  const sum = objects(spec['containers']).reduce((total, one) => total + of(one), 0n)
  return objects(spec['initContainers']).reduce((most, one) => (of(one) > most ? of(one) : most), sum)
}

function amountOf(value: Json | undefined): bigint {
  return (typeof value === 'string' ? parseQuantity(value)?.nanos : undefined) ?? 0n
}
