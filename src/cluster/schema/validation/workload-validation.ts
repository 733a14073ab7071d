// ReplicaSets, Deployments, Jobs and their like: counts, selectors against templates, what may not change.
import type { LabelSelector } from '../../../kube/core.ts'
import { percentOf } from '../../../kube/int-or-string.ts'
import type { IntOrString } from '../../../kube/int-or-string.ts'
import { matches } from '../../../kube/selector.ts'
import { equal } from '../../../std/equal.ts'
import { isJsonObject } from '../../../std/json.ts'
import type { Json, JsonObject } from '../../../std/json.ts'
import { record } from '../../../std/json-parts.ts'
import {
  annotationErrors,
  isUsableSelector,
  labelErrors,
  selectorErrors,
} from '../../../api/validation/labels.ts'
import { forbidden, invalid, notSupported, required } from '../field-errors.ts'
import type { FieldProblem } from '../field-errors.ts'
import { notNegativeProblems, validatePodSpec } from './pod-validation.ts'
import { problems } from './shared-rules.ts'

type Problems = readonly FieldProblem[]

const labelsOf = (template: JsonObject) =>
  record(record(template['metadata'])['labels']) as Readonly<Record<string, string>>

export function validateReplicaSet(
  object: JsonObject,
  old: JsonObject | undefined,
  subresource: string,
): Problems {
  if (subresource === 'status') return validateReplicaSetStatus(record(object['status']))
  const spec = record(object['spec'])
  return [
    ...notNegativeProblems('spec.replicas', spec['replicas']),
    ...notNegativeProblems('spec.minReadySeconds', spec['minReadySeconds']),
    ...validateSelector(spec),
    ...validateTemplate(spec, 'ReplicaSet'),
    ...(old ? unchanged(spec, record(old['spec']), 'selector') : []),
  ]
}

function validateReplicaSetStatus(status: JsonObject): Problems {
  const replicas = Number(status['replicas'] ?? 0)
  const parts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const
  const beyond = parts.flatMap(part => {
    const count = Number(status[part] ?? 0)
    return count > replicas
      ? [invalid(`status.${part}`, count, 'cannot be greater than status.replicas')]
      : []
  })
  const negative = ['replicas', ...parts].flatMap(part => notNegativeProblems(`status.${part}`, status[part]))
  return [...negative, ...beyond]
}

export function validateDeployment(
  object: JsonObject,
  old: JsonObject | undefined,
  subresource: string,
): Problems {
  if (subresource === 'status') return []
  const spec = record(object['spec'])
  const { minReadySeconds, progressDeadlineSeconds } = spec
  const isDeadlineShort =
    typeof progressDeadlineSeconds === 'number' && progressDeadlineSeconds <= Number(minReadySeconds ?? 0)
  return [
    ...notNegativeProblems('spec.replicas', spec['replicas']),
    ...validateSelector(spec),
    ...validateTemplate(spec, 'ReplicaSet'),
    ...validateStrategy(record(spec['strategy'])),
    ...notNegativeProblems('spec.minReadySeconds', minReadySeconds),
    ...notNegativeProblems('spec.revisionHistoryLimit', spec['revisionHistoryLimit']),
    ...(isDeadlineShort
      ? [
          invalid(
            'spec.progressDeadlineSeconds',
            progressDeadlineSeconds,
            'must be greater than minReadySeconds',
          ),
        ]
      : []),
    ...(old ? unchanged(spec, record(old['spec']), 'selector') : []),
  ]
}

function validateStrategy(strategy: JsonObject): Problems {
  const { type, rollingUpdate } = strategy
  const path = 'spec.strategy'
  if (type === 'Recreate') {
    const detail = "may not be specified when strategy `type` is 'Recreate'"
    return rollingUpdate === undefined ? [] : [forbidden(`${path}.rollingUpdate`, detail)]
  }
  if (type !== 'RollingUpdate') {
    const shown = { Type: type ?? '', RollingUpdate: rollingUpdate ?? null }
    return [notSupported(path, shown, ['Recreate', 'RollingUpdate'])]
  }
  const { maxSurge = 0, maxUnavailable = 0 } = record(rollingUpdate)
  const bothZero = [maxSurge, maxUnavailable].every(isZero)
  return [
    ...validateAmount(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, true),
    ...validateAmount(maxSurge, `${path}.rollingUpdate.maxSurge`, false),
    ...(bothZero
      ? [invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
  ]
}

function isZero(amount: Json): boolean {
  return amount === 0 || amount === '0%'
}

/** A count or a percentage. */
export function validateAmount(amount: Json | undefined, path: string, isPart: boolean): Problems {
  if (amount === undefined) return []
  if (typeof amount === 'number') return notNegativeProblems(path, amount)
  const percent = percentOf(amount as IntOrString)
  if (percent === undefined || !/^\d+%$/.test(String(amount))) {
    const detail =
      "a valid percent string must be a numeric string followed by an ending '%' " +
      "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
    return [invalid(path, amount, detail)]
  }
  return isPart && percent > 100 ? [invalid(path, amount, 'must not be greater than 100%')] : []
}

function validateSelector(spec: JsonObject): Problems {
  const path = 'spec.selector'
  if (!isJsonObject(spec['selector'])) return [required(path)]
  const selector = spec['selector'] as unknown as LabelSelector
  if ((selector.matchLabels ?? selector.matchExpressions) === undefined) {
    return [invalid(path, spec['selector'], 'empty selector is invalid for deployment')]
  }
  if (isUsableSelector(selector)) return []
  return [
    ...problems(selectorErrors(path, selector)),
    invalid(path, spec['selector'], 'invalid label selector'),
  ]
}

export function validateTemplate(spec: JsonObject, owner: string): Problems {
  const template = record(spec['template'])
  const labels = labelsOf(template)
  const hasLabels = Object.keys(labels).length > 0
  const selector = isJsonObject(spec['selector']) ? (spec['selector'] as unknown as LabelSelector) : undefined
  const isComparable = selector === undefined || isUsableSelector(selector)
  const isSelected = selector !== undefined && isComparable && matches(selector, labels)
  const mismatch = '`selector` does not match template `labels`'
  const podSpec = record(template['spec'])
  const restart = podSpec['restartPolicy'] ?? 'Always'
  const isKnown = ['Always', 'OnFailure', 'Never'].includes(String(restart))
  return [
    ...(isComparable && !isSelected
      ? [invalid('spec.template.metadata.labels', hasLabels ? sorted(labels) : null, mismatch)]
      : []),
    ...problems(labelErrors('spec.template.labels', labels)),
    ...problems(
      annotationErrors(
        'spec.template.annotations',
        record(record(template['metadata'])['annotations']) as Record<string, string>,
      ),
    ),
    ...validatePodSpec(podSpec, 'spec.template.spec'),
    ...(isKnown && restart !== 'Always'
      ? [notSupported('spec.template.spec.restartPolicy', restart, ['Always'])]
      : []),
    ...(podSpec['activeDeadlineSeconds'] === undefined
      ? []
      : [
          forbidden(
            'spec.template.spec.activeDeadlineSeconds',
            `activeDeadlineSeconds in ${owner} is not Supported`,
          ),
        ]),
  ]
}

function sorted(labels: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function unchanged(spec: JsonObject, old: JsonObject, field: string): Problems {
  if (equal(spec[field], old[field])) return []
  return [invalid(`spec.${field}`, spec[field], 'field is immutable')]
}

export function validateJob(object: JsonObject, old: JsonObject | undefined, subresource: string): Problems {
  if (subresource === 'status') return []
  const spec = record(object['spec'])
  const template = record(spec['template'])
  const podSpec = record(template['spec'])
  const restart = podSpec['restartPolicy']
  const counts = [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ]
  const before = record(old?.['spec'])
  return [
    ...counts.flatMap(field => notNegativeProblems(`spec.${field}`, spec[field])),
    ...validatePodSpec(podSpec, 'spec.template.spec'),
    ...(restart === 'Always' || restart === undefined
      ? [required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"')]
      : []),
    ...(old
      ? ['selector', 'template', 'completionMode'].flatMap(field => unchanged(spec, before, field))
      : []),
  ]
}
