// HorizontalPodAutoscalers: kept as v2; v1 knows a target for CPU alone, and carries everything else in annotations.
import type { Json, JsonObject } from '../../../std/json.ts'
import { isJsonObject, parseJson } from '../../../std/json.ts'
import { list, objects, record, text, withFields } from '../../../std/json-parts.ts'
import { invalid, required } from '../../schema/field-errors.ts'
import type { FieldProblem } from '../../schema/field-errors.ts'
import type { Hooks } from '../behaviour.ts'
import { metaOf, withMeta } from '../metadata.ts'

const PREFIX = 'autoscaling.alpha.kubernetes.io'
/** Annotation of v1 → where v2 has it. */
const CARRIED = [
  { annotation: `${PREFIX}/metrics`, part: 'spec', field: 'metrics' },
  { annotation: `${PREFIX}/behavior`, part: 'spec', field: 'behavior' },
  { annotation: `${PREFIX}/conditions`, part: 'status', field: 'conditions' },
  { annotation: `${PREFIX}/current-metrics`, part: 'status', field: 'currentMetrics' },
] as const

export const autoscalers: Hooks = { validate: validateAutoscaler }

function validateAutoscaler(
  autoscaler: JsonObject,
  _old: JsonObject | undefined,
  subresource: string,
): readonly FieldProblem[] {
  if (subresource === 'status') return []
  const { minReplicas, maxReplicas, scaleTargetRef } = record(autoscaler['spec'])
  const [min, max] = [Number(minReplicas ?? 1), Number(maxReplicas ?? 0)]
  const target = record(scaleTargetRef)
  return [
    ...(min < 1 ? [invalid('spec.minReplicas', min, 'must be greater than or equal to 1')] : []),
    ...(max < 1 ? [invalid('spec.maxReplicas', max, 'must be greater than 0')] : []),
    ...(max < min
      ? [invalid('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...['kind', 'name'].flatMap(field =>
      text(target[field]) === '' ? [required(`spec.scaleTargetRef.${field}`)] : [],
    ),
    ...(text(target['apiVersion']).includes('/') || text(target['kind']) === 'ReplicationController'
      ? []
      : [
          invalid(
            'spec.scaleTargetRef.apiVersion',
            target['apiVersion'] ?? '',
            'apiVersion must specify API group',
          ),
        ]),
    ...objects(record(autoscaler['spec'])['metrics']).flatMap(percentProblems),
  ]
}

function percentProblems(metric: JsonObject, i: number): readonly FieldProblem[] {
  const path = `spec.metrics[${i}].resource.target.averageUtilization`
  const { averageUtilization: percent } = record(record(metric['resource'])['target'])
  return typeof percent === 'number' && percent < 1 ? [invalid(path, percent, 'must be greater than 0')] : []
}

const isCpu = (metric: JsonObject) =>
  metric['type'] === 'Resource' && record(metric['resource'])['name'] === 'cpu'

const onCpu = (side: 'target' | 'current', averageUtilization: Json): JsonObject => ({
  type: 'Resource',
  resource: {
    name: 'cpu',
    [side]: side === 'target' ? { type: 'Utilization', averageUtilization } : { averageUtilization },
  },
})

/** v2 → v1. */
export function shownAutoscaler(stored: JsonObject): JsonObject {
  const { metrics, behavior, ...spec } = record(stored['spec'])
  const { currentMetrics, conditions, ...status } = record(stored['status'])
  const target = cpuOf(metrics, 'target')
  const current = cpuOf(currentMetrics, 'current')
  const carried: Readonly<Record<string, Json | undefined>> = {
    metrics: without(metrics, target.at),
    behavior,
    conditions,
    currentMetrics: without(currentMetrics, current.at),
  }
  const notes = CARRIED.flatMap(({ annotation, field }) => {
    const value = carried[field]
    return value === undefined ? [] : [[annotation, JSON.stringify(value)] as const]
  })
  const annotations = { ...record(metaOf(stored)['annotations']), ...Object.fromEntries(notes) }
  const object = withFields(stored, {
    apiVersion: 'autoscaling/v1',
    spec: withFields(spec, { targetCPUUtilizationPercentage: target.value }),
    ...(stored['status'] === undefined
      ? {}
      : { status: withFields(status, { currentCPUUtilizationPercentage: current.value }) }),
  })
  return notes.length === 0 ? object : withMeta(object, { annotations })
}

function cpuOf(metrics: Json | undefined, side: 'target' | 'current') {
  const at = objects(metrics).find(
    one => isCpu(one) && record(record(one['resource'])[side])['averageUtilization'] !== undefined,
  )
  return { at, value: record(record(at?.['resource'])[side])['averageUtilization'] }
}

function without(metrics: Json | undefined, one: JsonObject | undefined): Json | undefined {
  const rest = list(metrics).filter(metric => metric !== one)
  return rest.length === 0 ? undefined : rest
}

/** v1 → v2. */
export function storedAutoscaler(shown: JsonObject): JsonObject {
  const annotations = record(metaOf(shown)['annotations'])
  const read = (part: 'spec' | 'status') =>
    CARRIED.filter(one => one.part === part).flatMap(({ annotation, field }) => {
      const value = parsed(annotations[annotation])
      return value === undefined ? [] : [[field, value] as const]
    })
  const { targetCPUUtilizationPercentage: target, ...spec } = record(shown['spec'])
  const { currentCPUUtilizationPercentage: current, ...status } = record(shown['status'])
  const [wanted, found] = [Object.fromEntries(read('spec')), Object.fromEntries(read('status'))]
  const metrics = withCpu(wanted['metrics'], target === undefined ? undefined : onCpu('target', target))
  const currentMetrics = withCpu(
    found['currentMetrics'],
    current === undefined ? undefined : onCpu('current', current),
  )
  const left = Object.entries(annotations).filter(([key]) => CARRIED.every(one => one.annotation !== key))
  const object = withFields(shown, {
    apiVersion: 'autoscaling/v2',
    spec: withFields({ ...spec, ...wanted }, { metrics }),
    ...(shown['status'] === undefined
      ? {}
      : { status: withFields({ ...status, ...found }, { currentMetrics }) }),
  })
  return withMeta(object, { annotations: left.length === 0 ? undefined : Object.fromEntries(left) })
}

function withCpu(metrics: Json | undefined, cpu: JsonObject | undefined): Json | undefined {
  const all = [...list(metrics), ...(cpu === undefined ? [] : [cpu])]
  return all.length === 0 ? undefined : all
}

/** What somebody wrote by hand and is no JSON is left out. */
function parsed(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return undefined
  const read = parseJson(value)
  return Array.isArray(read) || isJsonObject(read) ? read : undefined
}
