// Services, Endpoints and EndpointSlices: ports, addresses, and what may not change.
import { isIP } from 'node:net'
import type { Json, JsonObject } from '../../../std/json.ts'
import { firstPlaces, objects, record, text } from '../../../std/json-parts.ts'
import { labelErrors } from '../../../api/validation/labels.ts'
import { portNameErrors, portNumberErrors } from '../../../api/validation/ports.ts'
import { dns1123Label, dns1123Subdomain } from '../../../kube/names.ts'
import { duplicate, invalid, notSupported, required } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'
import { problems } from './shared-rules.ts'

type Problems = readonly FieldProblem[]

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const NOT_AN_ADDRESS = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

export function validateService(
  service: JsonObject,
  old: JsonObject | undefined,
  subresource: string,
): Problems {
  if (subresource === 'status') return []
  const spec = record(service['spec'])
  const ports = objects(spec['ports'])
  const isHeadless = spec['clusterIP'] === 'None'
  const isName = spec['type'] === 'ExternalName'
  return [
    ...(ports.length === 0 && !isHeadless && !isName ? [required('spec.ports')] : []),
    ...ports.flatMap((port, i) => validatePort(port, `spec.ports[${i}]`, ports)),
    ...validatePortsTogether(ports),
    ...problems(labelErrors('spec.selector', record(spec['selector']) as Record<string, string>)),
    ...oneOf(spec['sessionAffinity'], ['ClientIP', 'None'], 'spec.sessionAffinity'),
    ...oneOf(spec['type'], TYPES, 'spec.type'),
    ...(isName ? validateExternalName(text(spec['externalName'])) : validateAddress(spec, old)),
  ]
}

function oneOf(value: Json | undefined, supported: readonly string[], path: string): Problems {
  return supported.includes(text(value)) ? [] : [notSupported(path, value ?? '', supported)]
}

function validateExternalName(name: string): Problems {
  if (name === '') return [required('spec.externalName')]
  const problem = dns1123Subdomain(name.toLowerCase().replace(/\.$/, ''))
  return problem === undefined ? [] : [invalid('spec.externalName', name, problem)]
}

function validateAddress(spec: JsonObject, old: JsonObject | undefined): Problems {
  const address = text(spec['clusterIP'])
  const before = record(old?.['spec'])
  const standing = text(before['clusterIP'])
  if (address !== '' && address !== 'None' && isIP(address) === 0) {
    return [invalid('spec.clusterIPs[0]', address, NOT_AN_ADDRESS)]
  }
  const isSet = old !== undefined && before['type'] !== 'ExternalName' && standing !== ''
  return isSet && standing !== address
    ? [invalid('spec.clusterIPs[0]', [address], 'may not change once set')]
    : []
}

function validatePort(port: JsonObject, path: string, all: readonly JsonObject[]): Problems {
  const name = text(port['name'])
  const nameProblem = name === '' ? undefined : dns1123Label(name)
  const { targetPort } = port
  return [
    ...(name === '' && all.length > 1 ? [required(`${path}.name`)] : []),
    ...(nameProblem === undefined ? [] : [invalid(`${path}.name`, name, nameProblem)]),
    ...problems(portNumberErrors(`${path}.port`, Number(port['port'] ?? 0))),
    ...oneOf(port['protocol'], PROTOCOLS, `${path}.protocol`),
    ...(typeof targetPort === 'string' && targetPort !== ''
      ? problems(portNameErrors(`${path}.targetPort`, targetPort))
      : problems(portNumberErrors(`${path}.targetPort`, Number(targetPort ?? 0)))),
  ]
}

function validatePortsTogether(ports: readonly JsonObject[]): Problems {
  const names = ports.map(port => text(port['name']))
  const numbers = ports.map(port => `${text(port['protocol'])}/${Number(port['port'] ?? 0)}`)
  const nodePorts = ports.map(port => Number(port['nodePort'] ?? 0))
  const firstName = firstPlaces(names)
  const firstNumber = firstPlaces(numbers)
  const firstNodePort = firstPlaces(nodePorts)
  return ports.flatMap((port, i) => [
    ...(names[i] !== '' && firstName.get(names[i] as string) !== i
      ? [duplicate(`spec.ports[${i}].name`, names[i] as string)]
      : []),
    ...(firstNumber.get(numbers[i] as string) !== i ? [duplicate(`spec.ports[${i}]`, portAsGo(port))] : []),
    ...(nodePorts[i] !== 0 && firstNodePort.get(nodePorts[i] as number) !== i
      ? [duplicate(`spec.ports[${i}].nodePort`, nodePorts[i] as number)]
      : []),
  ])
}

/** Only what makes two ports the same is told. */
function portAsGo(port: JsonObject): Json {
  return {
    Name: '',
    Protocol: port['protocol'] ?? '',
    AppProtocol: null,
    Port: port['port'] ?? 0,
    TargetPort: 0,
    NodePort: 0,
  }
}

export function validateEndpoints(endpoints: JsonObject): Problems {
  return objects(endpoints['subsets']).flatMap((subset, i) => {
    const path = `subsets[${i}]`
    const addresses = [
      ...objects(subset['addresses']).map((one, at) => [one, `${path}.addresses[${at}].ip`] as const),
      ...objects(subset['notReadyAddresses']).map(
        (one, at) => [one, `${path}.notReadyAddresses[${at}].ip`] as const,
      ),
    ]
    const none = 'must specify `addresses` or `notReadyAddresses`'
    return [
      ...(addresses.length === 0 ? [required(path, none)] : []),
      ...addresses.flatMap(([{ ip }, at]) =>
        isIP(text(ip)) === 0
          ? [invalid(at, text(ip), NOT_AN_ADDRESS), invalid(at, text(ip), 'must be a valid IP address')]
          : [],
      ),
      ...objects(subset['ports']).flatMap((port, at) =>
        problems(portNumberErrors(`${path}.ports[${at}].port`, Number(port['port'] ?? 0))),
      ),
    ]
  })
}

export function validateEndpointSlice(slice: JsonObject): Problems {
  const type = text(slice['addressType'])
  const supported = ['FQDN', 'IPv4', 'IPv6']
  if (type === '') return [required('addressType')]
  if (!supported.includes(type)) return [notSupported('addressType', type, supported)]
  const version = type === 'IPv4' ? 4 : type === 'IPv6' ? 6 : 0
  return objects(slice['endpoints']).flatMap((endpoint, i) => {
    const addresses = Array.isArray(endpoint['addresses']) ? endpoint['addresses'] : []
    if (addresses.length === 0)
      return [required(`endpoints[${i}].addresses`, 'must contain at least 1 address')]
    return addresses.flatMap((address: Json, at) =>
      version !== 0 && isIP(text(address)) !== version
        ? [invalid(`endpoints[${i}].addresses[${at}]`, text(address), `must be a valid ${type} address`)]
        : [],
    )
  })
}
