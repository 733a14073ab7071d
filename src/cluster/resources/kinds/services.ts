// Services: a cluster address and node ports of their own, given out when they are made and kept while they
// live.
import { isIP } from 'node:net'
import type { Json, JsonObject } from '../../../std/json.ts'
import { isJsonObject } from '../../../std/json.ts'
import { dns1035Label } from '../../../kube/names.ts'
import { invalid } from '../../schema/field-errors.ts'
import { validateService } from '../../schema/validation/service-validation.ts'
import { NODE_PORTS } from '../addresses.ts'
import type { Hooks, Surroundings } from '../behaviour.ts'
import { list, record, text, withFields } from '../../../std/json-parts.ts'

const NEEDS_NODE_PORTS = new Set(['NodePort', 'LoadBalancer'])

export const services: Hooks = {
  validateName: dns1035Label,
  validate: validateService,
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
  const spec = withoutForeign(record(service['spec']))
  if (spec['type'] === 'ExternalName') {
    const cleared = {
      clusterIP: undefined,
      clusterIPs: undefined,
      ipFamilies: undefined,
      ipFamilyPolicy: undefined,
    }
    return withFields(service, { spec: withFields(spec, cleared) })
  }
  const standing = text(record(old?.['spec'])['clusterIP'])
  const asked = text(spec['clusterIP'])
  const clusterIP = asked || standing || around.freeServiceAddress()
  if (asked !== '' && asked !== standing) checkAddress(asked, around)
  return withFields(service, { spec: { ...spec, ...familiesOf(spec), clusterIP, clusterIPs: [clusterIP] } })
}

/** What belongs to another type of service than this one is. */
function withoutForeign(spec: JsonObject): JsonObject {
  const isReachedFromOutside = NEEDS_NODE_PORTS.has(text(spec['type']))
  return withFields(spec, {
    ...(isReachedFromOutside ? {} : { externalTrafficPolicy: undefined }),
    ...(spec['type'] === 'LoadBalancer' ? {} : { allocateLoadBalancerNodePorts: undefined }),
    ...(spec['type'] === 'ExternalName' ? { internalTrafficPolicy: undefined } : {}),
  })
}

/** A headless service without a selector has whatever addresses somebody writes down for it. */
function familiesOf(spec: JsonObject): JsonObject {
  const isFree = spec['clusterIP'] === 'None' && spec['selector'] === undefined
  return {
    ipFamilies: spec['ipFamilies'] ?? (isFree ? ['IPv4', 'IPv6'] : ['IPv4']),
    ipFamilyPolicy: spec['ipFamilyPolicy'] ?? (isFree ? 'RequireDualStack' : 'SingleStack'),
  }
}

function checkAddress(address: string, around: Surroundings): void {
  if (isIP(address) !== 4) return
  const refuse = (why: string) => {
    const detail = `failed to allocate IP ${address}: ${why}`
    around.refuseInvalid(invalid('spec.clusterIPs', [address], detail))
  }
  if (!address.startsWith('10.96.')) {
    refuse(`the provided IP (${address}) is not in the valid range. The range of valid IPs is 10.96.0.0/16`)
  }
  if (around.isServiceAddressTaken(address)) refuse('provided IP is already allocated')
}

function withNodePorts(service: JsonObject, old: JsonObject | undefined, around: Surroundings): JsonObject {
  const spec = record(service['spec'])
  if (!Array.isArray(spec['ports'])) return service
  const isWanted = NEEDS_NODE_PORTS.has(text(spec['type'])) && spec['allocateLoadBalancerNodePorts'] !== false
  const before = list(record(old?.['spec'])['ports']).map(record)
  const drawn = new Set<number>()
  const ports = (spec['ports'] as readonly Json[]).map((port, i) => {
    if (!isJsonObject(port)) return port
    if (!isWanted)
      return spec['type'] === 'ClusterIP' && old ? withFields(port, { nodePort: undefined }) : port
    if (typeof port['nodePort'] === 'number' && port['nodePort'] > 0) {
      if (!before.some(one => one['nodePort'] === port['nodePort']))
        checkNodePort(port['nodePort'], i, around)
      return port
    }
    const same = before.find(one => one['port'] === port['port'] && one['protocol'] === port['protocol'])
    const nodePort = typeof same?.['nodePort'] === 'number' ? same['nodePort'] : freePort(around, drawn)
    return { ...port, nodePort }
  })
  return withFields(service, { spec: { ...spec, ports } })
}

function checkNodePort(port: number, i: number, { refuseInvalid, isNodePortTaken }: Surroundings): void {
  const { first, last } = NODE_PORTS
  const refuse = (why: string) => refuseInvalid(invalid(`spec.ports[${i}].nodePort`, port, why))
  if (port < first || port > last)
    refuse(`provided port is not in the valid range. The range of valid ports is ${first}-${last}`)
  if (isNodePortTaken(port)) refuse('provided port is already allocated')
}

function freePort(around: Surroundings, drawn: Set<number>): number {
  let port = around.freeNodePort()
  while (drawn.has(port)) port = around.freeNodePort()
  drawn.add(port)
  return port
}
