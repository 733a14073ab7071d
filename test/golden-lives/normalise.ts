// What a comparison of two lives leaves out of an object: uids, times (their presence counts), server's own
// fields, number of measurements, names of a Deployment's own ReplicaSets, the routing that a Rollout of ours
// remembers. Everything else counts.
import { REMEMBERED_ROUTING } from '../../src/api/words.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { isJsonObject } from '../../src/std/json.ts'
import type { Json, JsonObject } from '../../src/std/json.ts'

/** A tuple is compared as a whole: a difference inside it is a difference of it. */
export class Tuple {
  readonly items: readonly Json[]
  constructor(items: readonly Json[]) {
    this.items = items
  }
}

export type Normal = null | boolean | number | string | Tuple | readonly Normal[] | NormalObject
export type NormalObject = { readonly [name: string]: Normal }

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const NAMESPACE = /golden[\p{L}\p{N}_-]*/gu
const SERVER = /127\.0\.0\.1:\d+/g

const DROPPED = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
  'clusterIP',
  'clusterIPs',
  'internalTrafficPolicy',
  'ipFamilies',
  'ipFamilyPolicy',
  'sessionAffinity',
  'selfLink',
  'controllerUid',
  'job-uid',
  'kubectl.kubernetes.io/last-applied-configuration',
  REMEMBERED_ROUTING,
])

export function normalText(text: string): string {
  if (TIME.test(text)) return '<time>'
  return text.replace(SERVER, '<server>').replace(NAMESPACE, '<ns>').replace(UID, '<uid>')
}

function normalise(value: Json | Tuple, key = ''): Normal {
  if (value instanceof Tuple) return value
  if (Array.isArray(value)) return normaliseList(value as readonly Json[], key)
  if (isJsonObject(value)) return key === 'duration' ? Object.keys(value).toSorted() : normaliseObject(value)
  return typeof value === 'string' ? normalText(value) : (value as Normal)
}

function normaliseObject(value: JsonObject): NormalObject {
  return Object.fromEntries(
    Object.keys(value)
      .filter(name => !DROPPED.has(name) && value[name] !== undefined)
      .toSorted()
      .map(name => [name, normalise(value[name] as Json, name)]),
  )
}

function normaliseList(list: readonly Json[], key: string): Normal {
  if (key === 'measurements') return list.slice(0, 1).map(one => normalise(one))
  const all = list.map(one => normalise(one))
  if (key === 'metricResults') return sortedBy(all, 'name')
  if (key === 'conditions') return sortedBy(all, 'type')
  return all
}

function sortedBy(list: readonly Normal[], field: string): Normal {
  const text = (one: Normal) => String((one as NormalObject)[field] ?? '')
  return list.toSorted((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
}

type Loose = { readonly [field: string]: Json } | undefined

/**
 * A ReplicaSet of a Deployment is named by that Deployment's hash of its template, which is no business of
 * ours.
 */
export function anonymous(object: KubeObject): KubeObject {
  const { labels, ownerReferences } = object.metadata
  const ownedByDeployment = ownerReferences?.some(owner => owner.kind === 'Deployment') ?? false
  if (object.kind !== 'ReplicaSet' || !ownedByDeployment) return object
  const hash = labels?.['pod-template-hash'] ?? ''
  return JSON.parse(JSON.stringify(object).replaceAll(hash, '<deployment hash>')) as KubeObject
}

export function objectKey(object: KubeObject): string {
  return `${object.kind}/${normalText(object.metadata.name)}`
}

/** The part of an object that two lives must share. */
export function compared(object: KubeObject): NormalObject {
  const { metadata, spec, status } = object as unknown as { metadata: JsonObject; spec: Loose; status: Loose }
  const owners = (metadata['ownerReferences'] ?? []) as readonly JsonObject[]
  const part: { [name: string]: Json | Tuple | (Json | Tuple)[] } = {
    labels: metadata['labels'] ?? null,
    annotations: metadata['annotations'] ?? null,
    owner: owners.map(owner => new Tuple([owner['kind'] ?? null, owner['name'] ?? null])),
    ...comparedContent(object.kind, { metadata, spec, status }),
  }
  return normalise(part as unknown as Json) as NormalObject
}

function comparedContent(
  kind: string,
  { metadata, spec, status }: { metadata: JsonObject; spec: Loose; status: Loose },
): JsonObject {
  const pick = (...names: string[]) => Object.fromEntries(names.map(name => [name, spec?.[name] ?? null]))
  switch (kind) {
    case 'Rollout': {
      // Whether the spec was rewritten on the way is nobody's business; that the status is of this spec is.
      const { observedGeneration, ...rest } = status ?? {}
      return { status: rest, observed: String(observedGeneration) === String(metadata['generation']) }
    }
    case 'ReplicaSet':
      return { spec: pick('replicas', 'selector', 'template') }
    case 'Service':
    case 'Deployment':
    case 'Job':
      return { spec: pick('selector', 'replicas') }
    case 'AnalysisRun':
    case 'Experiment':
      return { spec: spec ?? null, status: status ?? null }
    default:
      return { spec: spec ?? null, status: null }
  }
}
