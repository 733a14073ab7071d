// Pods and pod templates: what the API server refuses. Containers, ports and probes are checked by the shared
// rules.
import { isIP } from 'node:net'
import type { Container } from '../../../kube/core.ts'
import { asJson } from '../../../kube/object.ts'
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../../kube/names.ts'
import { equal } from '../../../std/equal.ts'
import { isJsonObject } from '../../../std/json.ts'
import type { Json, JsonObject } from '../../../std/json.ts'
import { firstPlaces, objects, record, text } from '../../../std/json-parts.ts'
import { containerErrors, initContainerErrors, repeatedNames } from '../../../api/validation/container.ts'
import { labelErrors, notNegative } from '../../../api/validation/labels.ts'
import { duplicate, forbidden, invalid, notSupported, required } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'
import { problems } from './shared-rules.ts'

type Problems = readonly FieldProblem[]

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const TERMINATION_POLICIES = ['File', 'FallbackToLogsOnError']
const VOLUME_SOURCES_WITH_NAME = [
  ['secret', 'secretName'],
  ['configMap', 'name'],
  ['persistentVolumeClaim', 'claimName'],
  ['hostPath', 'path'],
] as const

export function validatePodSpec(spec: JsonObject, path: string): Problems {
  const volumes = objects(spec['volumes'])
  const node = text(spec['nodeName'])
  const nodeProblem = node === '' ? undefined : dns1123Subdomain(node)
  return [
    ...volumes.flatMap((volume, i) => validateVolume(volume, `${path}.volumes[${i}]`)),
    ...repeated(
      volumes.map(one => text(one['name'])),
      `${path}.volumes`,
    ),
    ...validateContainers(spec, path),
    ...oneOf(spec['restartPolicy'], RESTART_POLICIES, `${path}.restartPolicy`),
    ...oneOf(spec['dnsPolicy'], DNS_POLICIES, `${path}.dnsPolicy`),
    ...validateDeadline(spec['activeDeadlineSeconds'], `${path}.activeDeadlineSeconds`),
    ...problems(labelErrors(`${path}.nodeSelector`, record(spec['nodeSelector']) as Record<string, string>)),
    ...objects(spec['tolerations']).flatMap((one, i) => validateToleration(one, `${path}.tolerations[${i}]`)),
    ...(nodeProblem === undefined ? [] : [invalid(`${path}.nodeName`, node, nodeProblem)]),
  ]
}

function repeated(names: readonly string[], path: string): Problems {
  const first = firstPlaces(names)
  return names.flatMap((name, i) =>
    name !== '' && first.get(name) !== i ? [duplicate(`${path}[${i}].name`, name)] : [],
  )
}

function oneOf(value: Json | undefined, supported: readonly string[], path: string): Problems {
  return value === undefined || supported.includes(text(value)) ? [] : [notSupported(path, value, supported)]
}

function validateDeadline(seconds: Json | undefined, path: string): Problems {
  if (typeof seconds !== 'number' || (seconds >= 1 && seconds <= 2_147_483_647)) return []
  return [invalid(path, seconds, 'must be between 1 and 2147483647, inclusive')]
}

function validateVolume(volume: JsonObject, path: string): Problems {
  const { name, ...sources } = volume
  const used = Object.keys(sources).toSorted((a, b) => Number(b === 'emptyDir') - Number(a === 'emptyDir'))
  const nameProblem = text(name) === '' ? undefined : dns1123Label(text(name))
  return [
    ...(text(name) === '' ? [required(`${path}.name`)] : []),
    ...(nameProblem === undefined ? [] : [invalid(`${path}.name`, text(name), nameProblem)]),
    ...used.slice(1).map(source => forbidden(`${path}.${source}`, 'may not specify more than 1 volume type')),
    ...VOLUME_SOURCES_WITH_NAME.flatMap(([source, field]) =>
      isJsonObject(sources[source]) && text(record(sources[source])[field]) === ''
        ? [required(`${path}.${source}.${field}`)]
        : [],
    ),
  ]
}

function validateContainers(spec: JsonObject, path: string): Problems {
  const containers = objects(spec['containers']) as unknown as readonly Container[]
  const initContainers = objects(spec['initContainers']) as unknown as readonly Container[]
  const volumes = objects(spec['volumes']).map(one => text(one['name']))
  const names = (list: readonly Container[]) => list.map(one => one.name ?? '')
  const each = (list: readonly Container[], at: string) =>
    list.flatMap((one, i) => validateContainer(one, `${at}[${i}]`, volumes))
  return [
    ...(containers.length === 0 ? [required(`${path}.containers`)] : []),
    ...each(initContainers, `${path}.initContainers`),
    ...each(containers, `${path}.containers`),
    ...initContainers.flatMap((one, i) => problems(initContainerErrors(`${path}.initContainers[${i}]`, one))),
    ...problems(repeatedNames(`${path}.containers`, names(containers))),
    ...problems(repeatedNames(`${path}.initContainers`, names(initContainers), names(containers))),
  ]
}

function validateContainer(container: Container, path: string, volumes: readonly string[]): Problems {
  const shared = problems(containerErrors(path, container, volumes))
  const isEnvName = ({ path: at, type }: FieldProblem) => type === 'Invalid' && /\.env\[\d+\]\.name$/.test(at)
  const lifecycle = record(asJson(container)['lifecycle'])
  const { terminationMessagePolicy } = asJson(container)
  return [
    ...shared.filter(problem => !isEnvName(problem)),
    ...oneOf(terminationMessagePolicy, TERMINATION_POLICIES, `${path}.terminationMessagePolicy`),
    ...(container.env ?? []).flatMap(({ name }, i) => validateEnvName(name, `${path}.env[${i}].name`)),
    ...['postStart', 'preStop'].flatMap(hook =>
      isJsonObject(lifecycle[hook]) && Object.keys(record(lifecycle[hook])).length === 0
        ? [required(`${path}.lifecycle.${hook}`, 'must specify a handler type')]
        : [],
    ),
    ...(['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap(probe => {
      const exec = record(asJson(container[probe]))['exec']
      const isEmpty = isJsonObject(exec) && !(Array.isArray(exec['command']) && exec['command'].length > 0)
      return isEmpty ? [required(`${path}.${probe}.exec.command`)] : []
    }),
  ]
}

/** Servers are more generous here than Argo Rollouts is. */
function validateEnvName(name: string | undefined, path: string): Problems {
  if (name === undefined || name === '' || /^[\x20-\x3c\x3e-\x7e]+$/.test(name)) return []
  const detail =
    "a valid environment variable name must consist only of printable ASCII characters other than '='"
  return [invalid(path, name, detail)]
}

function validateToleration(toleration: JsonObject, path: string): Problems {
  const operator = text(toleration['operator']) || 'Equal'
  const key = text(toleration['key'])
  const value = text(toleration['value'])
  const keyProblem = key === '' ? undefined : qualifiedName(key)
  const isForAll = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
  return [
    ...(keyProblem === undefined ? [] : [invalid(`${path}.key`, key, keyProblem)]),
    ...(key === '' && operator !== 'Exists' ? [invalid(`${path}.operator`, operator, isForAll)] : []),
    ...(operator === 'Exists' && value !== ''
      ? [invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")]
      : []),
    ...oneOf(operator, ['Equal', 'Exists'], `${path}.operator`),
    ...oneOf(toleration['effect'], EFFECTS, `${path}.effect`),
  ]
}

export function validatePod(pod: JsonObject, old: JsonObject | undefined, subresource: string): Problems {
  const spec = record(pod['spec'])
  if (subresource === 'status') return validatePodStatus(record(pod['status']))
  if (!old) return validatePodSpec(spec, 'spec')
  return validatePodChange(spec, record(old['spec']))
}

function validatePodStatus(status: JsonObject): Problems {
  return objects(status['podIPs']).flatMap(({ ip }, i) =>
    isIP(text(ip)) === 0 ? [invalid(`status.podIPs[${i}]`, text(ip), 'must be a valid IP address')] : [],
  )
}

const CHANGEABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

function validatePodChange(spec: JsonObject, old: JsonObject): Problems {
  const images = (name: string) =>
    objects(spec[name]).flatMap((one, i) =>
      text(one['image']) === '' ? [required(`spec.${name}[${i}].image`)] : [],
    )
  return [
    ...images('containers'),
    ...images('initContainers'),
    ...validateTolerationChange(objects(spec['tolerations']), objects(old['tolerations'])),
    ...(equal(fixedPart(spec), fixedPart(old)) ? [] : [forbidden('spec', CHANGEABLE)]),
  ]
}

/** A pod keeps what it tolerates; it may come to tolerate more. */
function validateTolerationChange(now: readonly JsonObject[], before: readonly JsonObject[]): Problems {
  const withoutSeconds = (toleration: JsonObject) => without(toleration, ['tolerationSeconds'])
  const isKept = before.every(one => now.some(other => equal(withoutSeconds(other), withoutSeconds(one))))
  if (isKept) return []
  return [
    forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'),
  ]
}

function fixedPart(spec: JsonObject): JsonObject {
  const withoutImages = (list: Json | undefined) => objects(list).map(one => without(one, ['image']))
  return {
    ...without(spec, ['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds']),
    containers: withoutImages(spec['containers']),
    initContainers: withoutImages(spec['initContainers']),
    schedulingGates: [],
  }
}

function without(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)))
}

export function notNegativeProblems(path: string, value: Json | undefined): Problems {
  return problems(notNegative(path, typeof value === 'number' ? value : undefined))
}
