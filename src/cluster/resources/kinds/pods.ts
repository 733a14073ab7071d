// Pods: bound to the one node, with an address of their own, deleted with grace.
import { asJson, specOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { schedulingProblem } from '../../../kube/scheduling.ts'
import type { SchedulingWorld } from '../../../kube/scheduling.ts'
import { printInstant } from '../../../std/instant.ts'
import { equal } from '../../../std/equal.ts'
import type { Json, JsonObject } from '../../../std/json.ts'
import { own } from '../../../std/own.ts'
import { validatePod } from '../../schema/validation/pod-validation.ts'
import type { Hooks, Surroundings } from '../behaviour.ts'
import { list, objects, record, text, withFields } from '../../../std/json-parts.ts'

const GRACE_SECONDS = 30
const SCHEDULED = 'PodScheduled'

export const pods: Hooks = {
  validate: validatePod,
  bumpsGeneration: (pod, old) => !equal(pod['spec'], old['spec']),
  fields: pod => podFields(pod),
  graceSeconds(pod, asked) {
    const spec = record(pod['spec'])
    const phase = record(pod['status'])['phase']
    if (text(spec['nodeName']) === '' || phase === 'Succeeded' || phase === 'Failed') return 0
    const wanted = asked ?? spec['terminationGracePeriodSeconds']
    if (typeof wanted !== 'number') return GRACE_SECONDS
    return wanted < 0 ? 1 : wanted
  },
  prepareCreate: (pod, around) => bindPod(withStatus(completed(pod, around)), around),
}

const TOLERATED: Json = ['not-ready', 'unreachable'].map(condition => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}))

/** What admission adds to every pod: an account, a priority, and patience with its node. */
function completed(pod: JsonObject, around: Surroundings): JsonObject {
  const spec = record(pod['spec'])
  const account = text(spec['serviceAccountName']) || 'default'
  const standing = list(spec['tolerations'])
  const added = list(TOLERATED).filter(one => !standing.some(other => isFor(other, one)))
  const grace = spec['terminationGracePeriodSeconds']
  return withFields(pod, {
    spec: {
      ...spec,
      ...priorityOf(spec, around),
      serviceAccountName: account,
      serviceAccount: account,
      tolerations: [...standing, ...added],
      ...(typeof grace === 'number' && grace < 0 ? { terminationGracePeriodSeconds: 1 } : {}),
    },
  })
}

function isFor(toleration: Json, wanted: Json): boolean {
  const { key } = record(toleration)
  return key === undefined || key === record(wanted)['key']
}

const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

function priorityOf(spec: JsonObject, around: Surroundings): JsonObject {
  const name = text(spec['priorityClassName'])
  if (name === '')
    return { priority: spec['priority'] ?? 0, preemptionPolicy: spec['preemptionPolicy'] ?? PREEMPTS }
  const known = own(SYSTEM_PRIORITIES, name)
  if (known !== undefined) return { priority: known, preemptionPolicy: PREEMPTS }
  const found = around.find('scheduling.k8s.io/priorityclasses', '', name)
  if (!found) around.refuse(`no PriorityClass with name ${name} was found`)
  const { value, preemptionPolicy } = asJson(found)
  return { priority: value ?? 0, preemptionPolicy: preemptionPolicy ?? PREEMPTS }
}

const PREEMPTS = 'PreemptLowerPriority'

export function isUnbound(pod: KubeObject): boolean {
  return text(specOf(pod)['nodeName']) === ''
}

/** Scheduling is at once: there is one node. A pod with scheduling gates waits, and one that nothing can hold. */
export function bindPod(pod: JsonObject, around: Surroundings): JsonObject {
  const spec = record(pod['spec'])
  const { nodeName, dryRun } = around
  if (dryRun) return pod
  if (text(spec['nodeName']) !== '') return withAddress(pod, around)
  if (nodeName === undefined || list(spec['schedulingGates']).length > 0) return pod
  const problem = schedulingProblem(spec, schedulingWorld(pod, nodeName, around))
  if (problem !== undefined) return withCondition(pod, problem, around)
  return withAddress(withFields(pod, { spec: withFields(spec, { nodeName }) }), around)
}

function schedulingWorld(pod: JsonObject, nodeName: string, around: Surroundings): SchedulingWorld {
  const node = around.find('/nodes', '', nodeName)
  const namespace = text(record(pod['metadata'])['namespace'])
  return {
    node: record(node && asJson(node)['spec']),
    allocatable: record(record(node && asJson(node)['status'])['allocatable']),
    hasClaim: name => around.find('/persistentvolumeclaims', namespace, name) !== undefined,
  }
}

/** A pod that waits already, for the same, is left as it is. */
function withCondition(pod: JsonObject, message: string, { now }: Surroundings): JsonObject {
  const status = record(pod['status'])
  const conditions = objects(status['conditions'])
  if (conditions.some(one => one['type'] === SCHEDULED && one['message'] === message)) return pod
  const others = conditions.filter(one => one['type'] !== SCHEDULED)
  const lastTransitionTime = printInstant(now)
  const told = { type: SCHEDULED, status: 'False', lastTransitionTime, reason: 'Unschedulable', message }
  return withFields(pod, { status: { ...status, conditions: [...others, told] } })
}

function withStatus(pod: JsonObject): JsonObject {
  return withFields(pod, { status: { phase: 'Pending', qosClass: qosClass(pod) } })
}

function withAddress(pod: JsonObject, around: Surroundings): JsonObject {
  const podIP = around.freePodAddress()
  return withFields(pod, { status: { ...record(pod['status']), podIP, podIPs: [{ ip: podIP }] } })
}

function podFields(pod: JsonObject): Readonly<Record<string, string>> {
  const spec = record(pod['spec'])
  const status = record(pod['status'])
  return {
    'spec.nodeName': text(spec['nodeName']),
    'spec.restartPolicy': text(spec['restartPolicy']),
    'spec.schedulerName': text(spec['schedulerName']),
    'spec.serviceAccountName': text(spec['serviceAccountName']),
    'spec.hostNetwork': String(spec['hostNetwork'] === true),
    'status.phase': text(status['phase']),
    'status.podIP': text(status['podIP']),
    'status.podIPs': list(status['podIPs'])
      .map(one => text(record(one)['ip']))
      .join(','),
    'status.nominatedNodeName': text(status['nominatedNodeName']),
  }
}

/** Guaranteed: limits for cpu and memory everywhere, equal to the requests. BestEffort: nothing of either. */
function qosClass(pod: JsonObject): string {
  const spec = record(pod['spec'])
  const containers = [...list(spec['initContainers']), ...list(spec['containers'])]
  const amounts = containers.map(one => {
    const { requests, limits } = record(record(one)['resources'])
    return { requests: counted(record(requests)), limits: counted(record(limits)) }
  })
  if (amounts.every(one => Object.keys(one.requests).length + Object.keys(one.limits).length === 0))
    return 'BestEffort'
  const isGuaranteed = amounts.every(({ requests, limits }) =>
    ['cpu', 'memory'].every(
      name => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name],
    ),
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}

function counted(amounts: JsonObject): Record<string, string> {
  const pairs = (['cpu', 'memory'] as const).flatMap(name => {
    const amount = text(amounts[name])
    return amount === '' || amount === '0' ? [] : [[name, amount] as const]
  })
  return Object.fromEntries(pairs)
}
