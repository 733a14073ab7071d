// `spec.template`, checked as an API server would check it in a ReplicaSet, in its words and order.
// Absent fields are what the API server fills in, so they are never wrong.
import type { Container, LabelSelector, PodSpec, PodTemplateSpec } from '../../kube/core.ts'
import { dns1123Subdomain } from '../../kube/names.ts'
import { matches } from '../../kube/selector.ts'
import type { FieldError } from '../field-error.ts'
import { forbidden, invalid, missing, notSupported } from '../field-error.ts'
import { objects, printed } from '../../std/json-parts.ts'
import { containerErrors, initContainerErrors, nameErrors, repeatedNames } from './container.ts'
import { annotationErrors, labelErrors, notNegative, wrong } from './labels.ts'

type Errors = readonly FieldError[]

/** `selector` undefined: there is none, and so it selects nothing. */
export function podTemplateErrors(
  path: string,
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
): Errors {
  const { labels, annotations } = template?.metadata ?? {}
  const spec: PodSpec = template?.spec ?? { containers: [] }
  return [
    ...selectedErrors(`${path}.metadata.labels`, labels, selector),
    ...labelErrors(`${path}.labels`, labels),
    ...annotationErrors(`${path}.annotations`, annotations),
    ...podSpecErrors(`${path}.spec`, spec),
    ...replicaSetErrors(`${path}.spec`, spec),
  ]
}

function selectedErrors(
  path: string,
  labels: Readonly<Record<string, string>> | undefined,
  selector: LabelSelector | undefined,
): Errors {
  if (selector !== undefined && matches(selector, labels)) return []
  const value = labels === undefined ? null : Object.fromEntries(Object.entries(labels).toSorted())
  const cure = 'Give the template all labels that the selector asks for.'
  return [invalid({ path, value, cure }, '`selector` does not match template `labels`')]
}

function podSpecErrors(path: string, spec: PodSpec): Errors {
  const volumes = objects(spec['volumes']).map(volume => printed(volume['name'] ?? ''))
  const account = spec['serviceAccountName']
  return [
    ...volumes.flatMap((name, i) => nameErrors(`${path}.volumes[${i}].name`, name)),
    ...repeatedNames(`${path}.volumes`, volumes),
    ...allContainerErrors(path, spec, volumes),
    ...wordErrors(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'Never', 'OnFailure']),
    ...wordErrors(`${path}.dnsPolicy`, spec['dnsPolicy'], DNS_POLICIES),
    ...labelErrors(
      `${path}.nodeSelector`,
      spec['nodeSelector'] as Readonly<Record<string, string>> | undefined,
    ),
    ...(typeof account === 'string' && account !== ''
      ? wrong(
          { path: `${path}.serviceAccountName`, value: account, cure: NAME_CURE },
          dns1123Subdomain(account),
        )
      : []),
    ...notNegative(`${path}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds),
  ]
}

const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']
const NAME_CURE = 'Use lower-case letters, digits, `-` and `.`; begin and end with a letter or digit.'

function allContainerErrors(path: string, spec: PodSpec, volumes: readonly string[]): Errors {
  const { containers = [], initContainers = [] } = spec
  const each = (at: string, list: readonly Container[]) =>
    list.flatMap((one, i) => containerErrors(`${at}[${i}]`, one, volumes))
  const names = (list: readonly Container[]) => list.map(one => one.name ?? '')
  return [
    ...(containers.length === 0
      ? [missing({ path: `${path}.containers`, cure: 'Write at least one container.' })]
      : []),
    ...each(`${path}.containers`, containers),
    ...repeatedNames(`${path}.containers`, names(containers)),
    ...each(`${path}.initContainers`, initContainers),
    ...initContainers.flatMap((one, i) => initContainerErrors(`${path}.initContainers[${i}]`, one)),
    ...repeatedNames(`${path}.initContainers`, names(initContainers), names(containers)),
  ]
}

function wordErrors(path: string, value: unknown, supported: readonly string[]): Errors {
  if (value === undefined || value === '' || supported.includes(printed(value))) return []
  const cure = `Write one of ${supported.join(', ')}.`
  return [notSupported({ path, value: printed(value), cure }, supported)]
}

function replicaSetErrors(path: string, spec: PodSpec): Errors {
  const restart = spec.restartPolicy ?? 'Always'
  return [
    ...(restart === 'Always' || restart === ''
      ? []
      : [
          notSupported(
            { path: `${path}.restartPolicy`, value: restart, cure: 'Write Always, or leave it out.' },
            ['Always'],
          ),
        ]),
    ...(spec['activeDeadlineSeconds'] === undefined
      ? []
      : [
          forbidden(
            { path: `${path}.activeDeadlineSeconds`, cure: 'Take it away: pods of a rollout live on.' },
            'activeDeadlineSeconds in ReplicaSet is not Supported',
          ),
        ]),
  ]
}
