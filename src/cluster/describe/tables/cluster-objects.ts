// Cells of what a cluster consists of: nodes, namespaces, events, leases, configuration, accounts and roles.
import { asJson, fromJson } from '../../../kube/object.ts'
import { storedEvent } from '../../resources/kinds/events.ts'
import { count, field, keys, list, text } from './fields.ts'
import type { Printer } from './printer.ts'
import { since } from './words.ts'

const ROLE_LABEL = 'node-role.kubernetes.io/'
const OLD_ROLE_LABEL = 'kubernetes.io/role'

export const named: Printer = (object, now) => [
  object.metadata.name,
  since(object.metadata.creationTimestamp, now),
]

export const createdAt: Printer = object => [object.metadata.name, object.metadata.creationTimestamp ?? null]

export const namespace: Printer = (object, now) => [
  object.metadata.name,
  text(object, 'status', 'phase'),
  since(object.metadata.creationTimestamp, now),
]

export const node: Printer = (object, now) => {
  const info = field(object, 'status', 'nodeInfo')
  const address = (type: string) =>
    text(
      list(object, 'status', 'addresses').find(one => text(one, 'type') === type),
      'address',
    ) || '<none>'
  return [
    object.metadata.name,
    nodeWord(object),
    nodeRoles(object.metadata.labels ?? {}).join(',') || '<none>',
    since(object.metadata.creationTimestamp, now),
    text(info, 'kubeletVersion'),
    address('InternalIP'),
    address('ExternalIP'),
    text(info, 'osImage') || '<unknown>',
    text(info, 'kernelVersion') || '<unknown>',
    text(info, 'containerRuntimeVersion') || '<unknown>',
  ]
}

function nodeWord(object: unknown): string {
  const ready = list(object, 'status', 'conditions').find(one => text(one, 'type') === 'Ready')
  const word = ready === undefined ? 'Unknown' : text(ready, 'status') === 'True' ? 'Ready' : 'NotReady'
  return field(object, 'spec', 'unschedulable') === true ? `${word},SchedulingDisabled` : word
}

function nodeRoles(labels: Readonly<Record<string, string>>): readonly string[] {
  const roles = Object.entries(labels).flatMap(([key, value]) =>
    key.startsWith(ROLE_LABEL) ? [key.slice(ROLE_LABEL.length)] : key === OLD_ROLE_LABEL ? [value] : [],
  )
  return [...new Set(roles.filter(role => role !== ''))].toSorted()
}

export const event: Printer = (shown, now) => {
  const isNew = shown.apiVersion.startsWith('events.k8s.io/')
  const object = isNew ? fromJson(storedEvent(asJson(shown))) : shown
  const first = since(field(object, 'firstTimestamp') ?? field(object, 'eventTime'), now)
  const series = field(object, 'series')
  const last = field(series, 'lastObservedTime') ?? field(object, 'lastTimestamp')
  const about = field(object, 'involvedObject')
  const kind = text(about, 'kind').toLowerCase()
  const name = text(about, 'name')
  const component = text(object, 'source', 'component') || text(object, 'reportingComponent')
  const host = text(object, 'source', 'host') || text(object, 'reportingInstance')
  return [
    typeof last === 'string' ? since(last, now) : first,
    text(object, 'type'),
    text(object, 'reason'),
    name === '' ? kind : `${kind}/${name}`,
    text(about, 'fieldPath'),
    host === '' ? component : `${component}, ${host}`,
    text(object, 'message').trim(),
    first,
    series === undefined ? count(object, 'count') || 1 : count(series, 'count'),
    object.metadata.name,
  ]
}

export const configMap: Printer = (object, now) => [
  object.metadata.name,
  keys(object, 'data').length + keys(object, 'binaryData').length,
  since(object.metadata.creationTimestamp, now),
]

export const secret: Printer = (object, now) => [
  object.metadata.name,
  text(object, 'type'),
  keys(object, 'data').length,
  since(object.metadata.creationTimestamp, now),
]

export const serviceAccount: Printer = (object, now) => [
  object.metadata.name,
  list(object, 'secrets').length,
  since(object.metadata.creationTimestamp, now),
]

export const lease: Printer = (object, now) => [
  object.metadata.name,
  text(object, 'spec', 'holderIdentity'),
  since(object.metadata.creationTimestamp, now),
]

export const roleBinding: Printer = (object, now) => {
  const subjects = (kind: string, name: (one: unknown) => string) =>
    list(object, 'subjects')
      .filter(one => text(one, 'kind') === kind)
      .map(name)
      .join(', ')
  return [
    object.metadata.name,
    `${text(object, 'roleRef', 'kind')}/${text(object, 'roleRef', 'name')}`,
    since(object.metadata.creationTimestamp, now),
    subjects('User', one => text(one, 'name')),
    subjects('Group', one => text(one, 'name')),
    subjects('ServiceAccount', one => `${text(one, 'namespace')}/${text(one, 'name')}`),
  ]
}

export const priorityClass: Printer = (object, now) => [
  object.metadata.name,
  count(object, 'value'),
  field(object, 'globalDefault') === true,
  since(object.metadata.creationTimestamp, now),
  text(object, 'preemptionPolicy'),
]

export const controllerRevision: Printer = (object, now) => {
  const owner = object.metadata.ownerReferences?.find(one => one.controller === true)
  const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return [
    object.metadata.name,
    owner === undefined ? '<none>' : `${owner.kind.toLowerCase()}${group}/${owner.name}`,
    count(object, 'revision'),
    since(object.metadata.creationTimestamp, now),
  ]
}

/** `cpu: 1/2` of each resource: what is used of what may be. */
export const resourceQuota: Printer = (object, now) => {
  const names = keys(object, 'status', 'hard').toSorted()
  const shown = (isLimit: boolean) =>
    names
      .filter(name => name.startsWith('limits') === isLimit)
      .map(
        name =>
          `${name}: ${text(object, 'status', 'used', name) || '0'}/${text(object, 'status', 'hard', name)}`,
      )
      .join(', ')
  return [object.metadata.name, shown(false), shown(true), since(object.metadata.creationTimestamp, now)]
}

export const webhookConfiguration: Printer = (object, now) => [
  object.metadata.name,
  list(object, 'webhooks').length,
  since(object.metadata.creationTimestamp, now),
]

export const runtimeClass: Printer = (object, now) => [
  object.metadata.name,
  text(object, 'handler'),
  since(object.metadata.creationTimestamp, now),
]
