// Services: a cluster address and node ports of their own, given out when they are made and kept while they live.
import type { Json, JsonObject } from '../../../std/json.ts'
import { isJsonObject } from '../../../std/json.ts'
import { dns1035Label } from '../../../kube/names.ts'
import type { Hooks, Surroundings } from '../behaviour.ts'
import { list, record, text, withFields } from '../metadata.ts'

const NEEDS_NODE_PORTS = new Set(['NodePort', 'LoadBalancer'])

export const services: Hooks = {
  validateName: dns1035Label,
  deleteShowsObject: true,
  createsOnUpdate: true,
  fields: service => ({
    'spec.clusterIP': text(record(service['spec'])['clusterIP']),
    'spec.type': text(record(service['spec'])['type']),
  }),
  prepareCreate: (service, around) =>
    withNodePorts(withAddress(service, undefined, around), undefined, around),
  prepareUpdate: (service, old, around) => withNodePorts(withAddress(service, old, around), old, around),
}

function withAddress(service: JsonObject, old: JsonObject | undefined, around: Surroundings): JsonObject {
  const spec = record(service['spec'])
  const before = record(old?.['spec'])
  if (spec['type'] === 'ExternalName') {
    const cleared = {
      clusterIP: undefined,
      clusterIPs: undefined,
      ipFamilies: undefined,
      ipFamilyPolicy: undefined,
    }
    return withFields(service, { spec: withFields(spec, cleared) })
  }
  const kept = text(spec['clusterIP']) || text(before['clusterIP'])
  const clusterIP = kept === '' ? around.freeServiceAddress() : kept
  const families = {
    ipFamilies: spec['ipFamilies'] ?? ['IPv4'],
    ipFamilyPolicy: spec['ipFamilyPolicy'] ?? 'SingleStack',
  }
  return withFields(service, { spec: { ...spec, ...families, clusterIP, clusterIPs: [clusterIP] } })
}

function withNodePorts(service: JsonObject, old: JsonObject | undefined, around: Surroundings): JsonObject {
  const spec = record(service['spec'])
  if (!Array.isArray(spec['ports'])) return service
  const isWanted = NEEDS_NODE_PORTS.has(text(spec['type'])) && spec['allocateLoadBalancerNodePorts'] !== false
  const before = list(record(old?.['spec'])['ports']).map(record)
  const drawn = new Set<number>()
  const ports = (spec['ports'] as readonly Json[]).map(port => {
    if (!isJsonObject(port)) return port
    if (!isWanted)
      return spec['type'] === 'ClusterIP' && old ? withFields(port, { nodePort: undefined }) : port
    if (typeof port['nodePort'] === 'number' && port['nodePort'] > 0) return port
    const same = before.find(one => one['port'] === port['port'] && one['protocol'] === port['protocol'])
    const nodePort = typeof same?.['nodePort'] === 'number' ? same['nodePort'] : freePort(around, drawn)
    return { ...port, nodePort }
  })
  return withFields(service, { spec: { ...spec, ports } })
}

function freePort(around: Surroundings, drawn: Set<number>): number {
  let port = around.freeNodePort()
  while (drawn.has(port)) port = around.freeNodePort()
  drawn.add(port)
  return port
}
