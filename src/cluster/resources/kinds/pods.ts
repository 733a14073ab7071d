// Pods: bound to the one node, with an address of their own, deleted with grace.
import type { JsonObject } from '../../../std/json.ts'
import type { Hooks, Surroundings } from '../behaviour.ts'
import { list, record, text, withFields } from '../metadata.ts'

const GRACE_SECONDS = 30

export const pods: Hooks = {
  deleteShowsObject: true,
  bumpsGeneration: (pod, old) => JSON.stringify(pod['spec']) !== JSON.stringify(old['spec']),
  fields: pod => podFields(pod),
  graceSeconds(pod, asked) {
    const spec = record(pod['spec'])
    const phase = record(pod['status'])['phase']
    if (text(spec['nodeName']) === '' || phase === 'Succeeded' || phase === 'Failed') return 0
    const wanted = asked ?? spec['terminationGracePeriodSeconds']
    if (typeof wanted !== 'number') return GRACE_SECONDS
    return wanted < 0 ? 1 : wanted
  },
  prepareCreate: (pod, around) => withStatus(bound(pod, around), around),
}

/** Scheduling is at once: there is one node. A pod with scheduling gates waits. */
function bound(pod: JsonObject, { nodeName }: Surroundings): JsonObject {
  const spec = record(pod['spec'])
  if (nodeName === undefined || text(spec['nodeName']) !== '' || list(spec['schedulingGates']).length > 0)
    return pod
  return withFields(pod, { spec: withFields(spec, { nodeName }) })
}

function withStatus(pod: JsonObject, around: Surroundings): JsonObject {
  const status: JsonObject = { phase: 'Pending', qosClass: qosClass(pod) }
  if (text(record(pod['spec'])['nodeName']) === '') return withFields(pod, { status })
  const podIP = around.freePodAddress()
  return withFields(pod, { status: { ...status, podIP, podIPs: [{ ip: podIP }] } })
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
