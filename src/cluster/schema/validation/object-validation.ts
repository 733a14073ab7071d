// The plainer built-in kinds: config maps, secrets, events, leases, budgets, ingresses, role bindings.
import { dns1035Label, dns1123Subdomain } from '../../../kube/names.ts'
import { equal } from '../../../std/equal.ts'
import type { JsonObject } from '../../../std/json.ts'
import { objects, record, text } from '../../../std/json-parts.ts'
import { own } from '../../../std/own.ts'
import { portNumberErrors } from '../../../api/validation/ports.ts'
import { forbidden, invalid, notSupported, required } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'
import { notNegativeProblems } from './pod-validation.ts'
import { problems } from './shared-rules.ts'
import { validateAmount } from './workload-validation.ts'

type Problems = readonly FieldProblem[]

const CONFIG_KEY = '[-._a-zA-Z0-9]+'
const BAD_KEY =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
  `(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${CONFIG_KEY}')`
const DATA_MAX_BYTES = 1024 * 1024

function keyProblems(data: JsonObject, path: string): Problems {
  return Object.keys(data).flatMap(key => {
    if (key.length > 253) return [invalid(`${path}[${key}]`, key, 'must be no more than 253 characters')]
    return new RegExp(`^${CONFIG_KEY}$`).test(key) ? [] : [invalid(`${path}[${key}]`, key, BAD_KEY)]
  })
}

function sizeProblems(parts: readonly JsonObject[], isEncoded: boolean): Problems {
  const bytes = parts
    .flatMap(part => Object.values(part))
    .reduce<number>((sum, value) => sum + Buffer.byteLength(text(value), isEncoded ? 'base64' : 'utf8'), 0)
  if (bytes <= DATA_MAX_BYTES) return []
  return [
    {
      type: 'TooLong',
      path: isEncoded ? 'data' : '',
      message: `Too long: may not be more than ${DATA_MAX_BYTES} bytes`,
    },
  ]
}

/** What is marked immutable stays as it is, and stays marked. */
function immutableProblems(
  object: JsonObject,
  old: JsonObject | undefined,
  fields: readonly string[],
): Problems {
  if (old?.['immutable'] !== true) return []
  const detail = 'field is immutable when `immutable` is set'
  return ['immutable', ...fields]
    .filter(field => !equal(object[field], old[field]))
    .map(field => forbidden(field, detail))
}

export function validateConfigMap(object: JsonObject, old: JsonObject | undefined): Problems {
  const data = record(object['data'])
  const binary = record(object['binaryData'])
  const twice = Object.keys(data).filter(key => Object.hasOwn(binary, key))
  return [
    ...keyProblems(data, 'data'),
    ...twice.map(key => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keyProblems(binary, 'binaryData'),
    ...sizeProblems([data], false),
    ...immutableProblems(object, old, ['data', 'binaryData']),
  ]
}

const SECRET_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
}

export function validateSecret(object: JsonObject, old: JsonObject | undefined): Problems {
  const data = record(object['data'])
  const type = text(object['type'])
  const missing = (own(SECRET_KEYS, type) ?? []).filter(key => data[key] === undefined)
  return [
    ...keyProblems(data, 'data'),
    ...sizeProblems([data], true),
    ...missing.map(key => required(`data[${key}]`)),
    ...(old && old['type'] !== object['type'] ? [invalid('type', type, 'field is immutable')] : []),
    ...immutableProblems(object, old, ['data']),
  ]
}

export function validateEvent(event: JsonObject): Problems {
  const namespace = text(record(event['metadata'])['namespace'])
  const about = text(record(event['involvedObject'])['namespace'])
  if (about === namespace || (about === '' && namespace === 'default')) return []
  return [invalid('involvedObject.namespace', about, 'does not match event.namespace')]
}

const EVENT_TYPES = ['Normal', 'Warning']

/** What events.k8s.io asks of an Event beyond the core group. */
export function validateNewEvent(event: JsonObject): Problems {
  if (text(event['eventTime']) === '') return [required('eventTime')]
  const missing = ['reportingController', 'reportingInstance', 'action', 'reason'].filter(
    field => text(event[field]) === '',
  )
  const type = text(event['type'])
  const unset = ['deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'deprecatedCount'].filter(
    field => (event[field] ?? 0) !== 0,
  )
  return [
    ...missing.map(field => required(field)),
    ...(EVENT_TYPES.includes(type) ? [] : [invalid('type', '', `has invalid value: ${type}`)]),
    ...unset.map(field => invalid(coreNames(field), '', 'needs to be unset')),
  ]
}

/** Compat: Kubernetes names the fields of its own form. */
function coreNames(field: string): string {
  const name = field.replace('deprecated', '')
  return name.charAt(0).toLowerCase() + name.slice(1)
}

export function validateLease(lease: JsonObject): Problems {
  const { leaseDurationSeconds: duration, leaseTransitions } = record(lease['spec'])
  return [
    ...(typeof duration === 'number' && duration <= 0
      ? [invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0')]
      : []),
    ...notNegativeProblems('spec.leaseTransitions', leaseTransitions),
  ]
}

export function validateBudget(budget: JsonObject): Problems {
  const spec = record(budget['spec'])
  const { minAvailable, maxUnavailable } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = {
      MinAvailable: minAvailable,
      Selector: spec['selector'] ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: spec['unhealthyPodEvictionPolicy'] ?? null,
    }
    return [invalid('spec', shown, 'minAvailable and maxUnavailable cannot be both set')]
  }
  return [
    ...validateAmount(minAvailable, 'spec.minAvailable', true),
    ...validateAmount(maxUnavailable, 'spec.maxUnavailable', true),
  ]
}

export function validateRoleBinding(binding: JsonObject, old: JsonObject | undefined): Problems {
  const role = record(binding['roleRef'])
  const shown = { APIGroup: text(role['apiGroup']), Kind: text(role['kind']), Name: text(role['name']) }
  return [
    ...(text(role['name']) === '' ? [required('roleRef.name')] : []),
    ...(old && !equal(binding['roleRef'], old['roleRef'])
      ? [invalid('roleRef', shown, 'cannot change roleRef')]
      : []),
  ]
}

export function validateIngress(
  ingress: JsonObject,
  _old: JsonObject | undefined,
  subresource: string,
): Problems {
  if (subresource === 'status') return []
  const spec = record(ingress['spec'])
  const rules = objects(spec['rules'])
  if (rules.length === 0 && spec['defaultBackend'] === undefined) {
    return [invalid('spec', null, 'either `defaultBackend` or `rules` must be specified')]
  }
  return [
    ...(spec['defaultBackend'] === undefined
      ? []
      : validateBackend(record(spec['defaultBackend']), 'spec.defaultBackend')),
    ...rules.flatMap((rule, i) => validateRule(rule, `spec.rules[${i}]`)),
  ]
}

function validateRule(rule: JsonObject, path: string): Problems {
  const host = text(rule['host'])
  const problem = host === '' ? undefined : dns1123Subdomain(host.replace(/^\*\./, ''))
  const paths = objects(record(rule['http'])['paths'])
  const isEmpty = rule['http'] !== undefined && paths.length === 0
  return [
    ...(problem === undefined ? [] : [invalid(`${path}.host`, host, problem)]),
    ...(isEmpty ? [required(`${path}.http.paths`)] : []),
    ...paths.flatMap((one, i) => validatePath(one, `${path}.http.paths[${i}]`)),
  ]
}

function validatePath(path: JsonObject, at: string): Problems {
  const type = path['pathType'] ?? undefined
  const value = text(path['path'])
  const supported = ['Exact', 'ImplementationSpecific', 'Prefix']
  const isAbsolute = value.startsWith('/') || (value === '' && type === 'ImplementationSpecific')
  if (type === undefined) return [required(`${at}.pathType`, 'pathType must be specified')]
  return [
    ...(supported.includes(text(type)) ? [] : [notSupported(`${at}.pathType`, type, supported)]),
    ...((type === 'Exact' || type === 'Prefix') && !isAbsolute
      ? [invalid(`${at}.path`, value, 'must be an absolute path')]
      : []),
    ...validateBackend(record(path['backend']), `${at}.backend`),
  ]
}

function validateBackend(backend: JsonObject, path: string): Problems {
  const { service, resource } = backend
  if (service === undefined) {
    return resource === undefined ? [invalid(path, '', 'resource or service backend is required')] : []
  }
  if (resource !== undefined) return [invalid(path, '', 'cannot set both resource and service backends')]
  const name = text(record(service)['name'])
  const port = record(record(service)['port'])
  const problem = name === '' ? undefined : dns1035Label(name)
  const hasName = text(port['name']) !== ''
  const hasNumber = typeof port['number'] === 'number' && port['number'] !== 0
  return [
    ...(name === '' ? [required(`${path}.service.name`)] : []),
    ...(problem === undefined ? [] : [invalid(`${path}.service.name`, name, problem)]),
    ...(hasName && hasNumber ? [invalid(path, '', 'cannot set both port name & port number')] : []),
    ...(!hasName && !hasNumber ? [required(path, 'port name or number is required')] : []),
    ...(hasNumber && !hasName
      ? problems(portNumberErrors(`${path}.service.port.number`, Number(port['number'])))
      : []),
  ]
}
