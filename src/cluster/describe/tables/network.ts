// Cells of Services, Endpoints, EndpointSlices, Ingresses and NetworkPolicies.
import { count, field, list, text } from './fields.ts'
import type { Printer } from './printer.ts'
import { firstThree, labelsText, selectorOrNone, since } from './words.ts'

export const service: Printer = (object, now) => [
  object.metadata.name,
  text(object, 'spec', 'type'),
  String(list(object, 'spec', 'clusterIPs')[0] ?? '') || '<none>',
  externalAddress(object),
  list(object, 'spec', 'ports').map(servicePort).join(',') || '<none>',
  since(object.metadata.creationTimestamp, now),
  labelsText(field(object, 'spec', 'selector')),
]

function servicePort(port: unknown): string {
  const nodePort = count(port, 'nodePort')
  const outside = nodePort > 0 ? `:${nodePort}` : ''
  return `${text(port, 'port')}${outside}/${text(port, 'protocol')}`
}

function externalAddress(object: unknown): string {
  const external = list(object, 'spec', 'externalIPs').map(String)
  switch (text(object, 'spec', 'type')) {
    case 'ClusterIP':
    case 'NodePort':
      return external.join(',') || '<none>'
    case 'LoadBalancer': {
      const balancer = balancerAddresses(object)
      return [...(balancer === '' ? [] : [balancer]), ...external].join(',') || '<pending>'
    }
    case 'ExternalName':
      return text(object, 'spec', 'externalName')
    default:
      return '<unknown>'
  }
}

function balancerAddresses(object: unknown): string {
  const addresses = list(object, 'status', 'loadBalancer', 'ingress').map(
    one => text(one, 'ip') || text(one, 'hostname'),
  )
  return [...new Set(addresses.filter(one => one !== ''))].toSorted().join(',')
}

export const endpoints: Printer = (object, now) => [
  object.metadata.name,
  endpointAddresses(object),
  since(object.metadata.creationTimestamp, now),
]

function endpointAddresses(object: unknown): string {
  const subsets = list(object, 'subsets')
  if (subsets.length === 0) return '<none>'
  return firstThree(
    subsets.flatMap(subset => {
      const ips = list(subset, 'addresses').map(one => text(one, 'ip'))
      const ports = list(subset, 'ports')
      return ports.length === 0
        ? ips
        : ports.flatMap(port => ips.map(ip => hostPort(ip, count(port, 'port'))))
    }),
  )
}

function hostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

export const endpointSlice: Printer = (object, now) => [
  object.metadata.name,
  text(object, 'addressType'),
  firstThree(list(object, 'ports').map(port => text(port, 'port') || text(port, 'name') || '*')) || '<unset>',
  firstThree(list(object, 'endpoints').flatMap(one => list(one, 'addresses').map(String))) || '<unset>',
  since(object.metadata.creationTimestamp, now),
]

export const ingress: Printer = (object, now) => [
  object.metadata.name,
  text(object, 'spec', 'ingressClassName') || '<none>',
  ingressHosts(object),
  balancerAddresses(object),
  list(object, 'spec', 'tls').length > 0 ? '80, 443' : '80',
  since(object.metadata.creationTimestamp, now),
]

/** Compat: the count of what is left out counts rules, also those without a host. */
function ingressHosts(object: unknown): string {
  const hosts = list(object, 'spec', 'rules').map(rule => text(rule, 'host'))
  const named = hosts.filter(host => host !== '')
  if (named.length === 0) return '*'
  const shown = named.slice(0, 3).join(',')
  return named.length > 3 ? `${shown} + ${hosts.length - 3} more...` : shown
}

export const ingressClass: Printer = (object, now) => {
  const parameters = field(object, 'spec', 'parameters')
  const group = text(parameters, 'apiGroup')
  const named = `${text(parameters, 'kind')}${group && `.${group}`}/${text(parameters, 'name')}`
  return [
    object.metadata.name,
    text(object, 'spec', 'controller'),
    parameters === undefined ? '<none>' : named,
    since(object.metadata.creationTimestamp, now),
  ]
}

export const networkPolicy: Printer = (object, now) => [
  object.metadata.name,
  selectorOrNone(field(object, 'spec', 'podSelector')),
  since(object.metadata.creationTimestamp, now),
]
