// Cells of HorizontalPodAutoscalers: what they scale, each metric as current/target, and their bounds.
import type { KubeObject } from '../../../kube/object.ts'
import { asJson } from '../../../kube/object.ts'
import { storedAutoscaler } from '../../resources/kinds/autoscalers.ts'
import { count, field, list, text } from './fields.ts'
import type { Printer } from './printer.ts'
import { since } from './words.ts'

const SHOWN_MAX = 2

export const horizontalPodAutoscaler: Printer = (object, now) => {
  const full: unknown = object.apiVersion === 'autoscaling/v1' ? storedAutoscaler(asJson(object)) : object
  return [
    object.metadata.name,
    `${text(full, 'spec', 'scaleTargetRef', 'kind')}/${text(full, 'spec', 'scaleTargetRef', 'name')}`,
    metricsText(full as KubeObject),
    text(full, 'spec', 'minReplicas') || '<unset>',
    count(full, 'spec', 'maxReplicas'),
    count(full, 'status', 'currentReplicas'),
    since(object.metadata.creationTimestamp, now),
  ]
}

function metricsText(autoscaler: KubeObject): string {
  const current = list(autoscaler, 'status', 'currentMetrics')
  const texts = list(autoscaler, 'spec', 'metrics').map((metric, i) => metricText(metric, current[i]))
  if (texts.length === 0) return '<none>'
  const shown = texts.slice(0, SHOWN_MAX).join(', ')
  return texts.length > SHOWN_MAX ? `${shown} + ${texts.length - SHOWN_MAX} more...` : shown
}

/** Type of metric → its field, and whether its name stands before it. */
const SOURCES: Readonly<Record<string, readonly [field: string, isNamed: boolean]>> = {
  Resource: ['resource', true],
  ContainerResource: ['containerResource', true],
  Pods: ['pods', false],
  Object: ['object', false],
  External: ['external', false],
}

function metricText(metric: unknown, status: unknown): string {
  const [source, isNamed] = SOURCES[text(metric, 'type')] ?? []
  if (source === undefined) return '<unknown type>'
  const [target, current] = [field(metric, source, 'target'), field(status, source, 'current')]
  if (isNamed === true) {
    const name = text(metric, source, 'name')
    if (field(target, 'averageValue') !== undefined)
      return `${name}: ${pair(target, current, 'averageValue')}`
    const percent = (of: unknown, otherwise: string) =>
      field(of, 'averageUtilization') === undefined ? otherwise : `${text(of, 'averageUtilization')}%`
    return `${name}: ${percent(current, '<unknown>')}/${percent(target, '<auto>')}`
  }
  if (source === 'pods') return pair(target, current, 'averageValue')
  const isAverage = field(target, 'averageValue') !== undefined
  return isAverage ? `${pair(target, current, 'averageValue')} (avg)` : pair(target, current, 'value')
}

function pair(target: unknown, current: unknown, amount: string): string {
  return `${text(current, amount) || '<unknown>'}/${text(target, amount)}`
}
