// Kinds that are kept for whoever reads them, and that no controller here acts on: refused as Kubernetes refuses them,
// so that what passes here passes there.
import { parseQuantity } from '../../../kube/quantity.ts'
import type { Json, JsonObject } from '../../../std/json.ts'
import { list, objects, record, text } from '../../../std/json-parts.ts'
import { forbidden, invalid, notSupported, required } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'
import { notNegativeProblems, validatePodSpec } from './pod-validation.ts'
import { scheduleProblem } from './schedule.ts'
import { validateTemplate } from './workload-validation.ts'

type Problems = readonly FieldProblem[]
type Subresource = string

const CRON_JOB_NAME_MAX = 52

export function validateCronJob(cronJob: JsonObject, _old: unknown, subresource: Subresource): Problems {
  if (subresource === 'status') return []
  const spec = record(cronJob['spec'])
  const name = text(record(cronJob['metadata'])['name'])
  const jobSpec = record(record(spec['jobTemplate'])['spec'])
  const podSpec = record(record(jobSpec['template'])['spec'])
  const at = 'spec.jobTemplate.spec'
  const restart = podSpec['restartPolicy']
  return [
    ...scheduleProblems(text(spec['schedule'])),
    ...timeZoneProblems(spec['timeZone']),
    ...['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'].flatMap(field =>
      notNegativeProblems(`spec.${field}`, spec[field]),
    ),
    ...validatePodSpec(podSpec, `${at}.template.spec`),
    ...(restart === 'Always' || restart === undefined
      ? [required(`${at}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"')]
      : []),
    ...(jobSpec['manualSelector'] === true
      ? [notSupported(`${at}.manualSelector`, true, ['nil', 'false'])]
      : []),
    ...(name.length > CRON_JOB_NAME_MAX
      ? [invalid('metadata.name', name, `must be no more than ${CRON_JOB_NAME_MAX} characters`)]
      : []),
  ]
}

function scheduleProblems(schedule: string): Problems {
  const path = 'spec.schedule'
  if (schedule === '') return [required(path)]
  if (schedule.includes('TZ')) {
    return [invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')]
  }
  const problem = scheduleProblem(schedule)
  return problem === undefined ? [] : [invalid(path, schedule, problem)]
}

function timeZoneProblems(zone: Json | undefined): Problems {
  if (zone === undefined) return []
  const path = 'spec.timeZone'
  if (zone === '') return [invalid(path, zone, 'timeZone must be nil or non-empty string')]
  return isTimeZone(text(zone)) ? [] : [invalid(path, zone, `unknown time zone ${text(zone)}`)]
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export function validateStatefulSet(object: JsonObject, _old: unknown, subresource: Subresource): Problems {
  if (subresource === 'status') return []
  const spec = record(object['spec'])
  const { podManagementPolicy: policy = '' } = spec
  const strategy = record(spec['updateStrategy'])
  const isKnown = ['RollingUpdate', 'OnDelete'].includes(text(strategy['type']))
  return [
    ...(['OrderedReady', 'Parallel'].includes(text(policy))
      ? []
      : [invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")]),
    ...(isKnown
      ? []
      : [invalid('spec.updateStrategy', shown(strategy), "must be 'RollingUpdate' or 'OnDelete'")]),
    ...notNegativeProblems('spec.replicas', spec['replicas']),
    ...validateTemplate(spec, 'StatefulSet'),
  ]
}

export function validateDaemonSet(object: JsonObject, _old: unknown, subresource: Subresource): Problems {
  if (subresource === 'status') return []
  const spec = record(object['spec'])
  const strategy = record(spec['updateStrategy'])
  const words = ['RollingUpdate', 'OnDelete']
  return [
    ...validateTemplate(spec, 'DaemonSet'),
    ...(words.includes(text(strategy['type']))
      ? []
      : [notSupported('spec.updateStrategy', shown(strategy), words)]),
  ]
}

function shown({ type, rollingUpdate }: JsonObject): JsonObject {
  return { Type: type ?? '', RollingUpdate: rollingUpdate ?? null }
}

const PRIORITY_MAX = 1_000_000_000
const SYSTEM_CLASSES = ['system-cluster-critical', 'system-node-critical']

export function validatePriorityClass(object: JsonObject): Problems {
  const name = text(record(object['metadata'])['name'])
  if (SYSTEM_CLASSES.includes(name)) return []
  if (name.startsWith('system-')) {
    const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${name} `
    return [forbidden('metadata.name', `${detail}is not a known system priority class`)]
  }
  if (Number(object['value'] ?? 0) <= PRIORITY_MAX) return []
  return [forbidden('value', `maximum allowed value of a user defined priority is ${PRIORITY_MAX}`)]
}

export function validateRole(role: JsonObject): Problems {
  const isNamespaced = role['kind'] === 'Role'
  return objects(role['rules']).flatMap((rule, i) => validateRule(rule, `rules[${i}]`, isNamespaced))
}

function validateRule(rule: JsonObject, at: string, isNamespaced: boolean): Problems {
  const isMissing = (field: string) => list(rule[field]).length === 0
  const verbs = isMissing('verbs') ? [required(`${at}.verbs`, 'verbs must contain at least one value')] : []
  if (!isMissing('nonResourceURLs')) {
    const detail = isNamespaced
      ? 'namespaced rules cannot apply to non-resource URLs'
      : 'rules cannot apply to both regular resources and non-resource URLs'
    const isMixed = ['apiGroups', 'resources', 'resourceNames'].some(field => !isMissing(field))
    return isNamespaced || isMixed
      ? [...verbs, invalid(`${at}.nonResourceURLs`, rule['nonResourceURLs'], detail)]
      : verbs
  }
  return [
    ...verbs,
    ...(isMissing('apiGroups')
      ? [required(`${at}.apiGroups`, 'resource rules must supply at least one api group')]
      : []),
    ...(isMissing('resources')
      ? [required(`${at}.resources`, 'resource rules must supply at least one resource')]
      : []),
  ]
}

export function validateClaim(claim: JsonObject, old: unknown, subresource: Subresource): Problems {
  if (subresource === 'status' || old !== undefined) return []
  const spec = record(claim['spec'])
  const requests = record(record(spec['resources'])['requests'])
  return [
    ...(list(spec['accessModes']).length === 0
      ? [required('spec.accessModes', 'at least 1 access mode is required')]
      : []),
    ...(requests['storage'] === undefined ? [required('spec.resources[storage]')] : []),
  ]
}

export function validateStorageClass(object: JsonObject): Problems {
  return text(object['provisioner']) === '' ? [required('provisioner')] : []
}

export function validateQuota(quota: JsonObject, _old: unknown, subresource: Subresource): Problems {
  if (subresource === 'status') return []
  return Object.entries(record(record(quota['spec'])['hard'])).flatMap(([name, amount]) =>
    (parseQuantity(text(amount))?.nanos ?? 0n) < 0n
      ? [invalid(`spec.hard[${name}]`, amount, 'must be greater than or equal to 0')]
      : [],
  )
}

const LIMIT_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']

export function validateLimitRange(limits: JsonObject): Problems {
  return objects(record(limits['spec'])['limits']).flatMap((one, i) => {
    const type = text(one['type'])
    if (LIMIT_TYPES.includes(type) || type.includes('/')) return []
    return [invalid(`spec.limits[${i}].type`, type, 'must be a standard limit type or fully qualified')]
  })
}
