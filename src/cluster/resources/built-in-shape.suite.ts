// Recorded answers about built-in kinds, without what each server draws or decides for itself.
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { comparable } from './recorded.suite.ts'
import type { RecordedRequest } from './recorded.suite.ts'

const bodyText = (request: RecordedRequest) =>
  request.body === undefined ? '' : JSON.stringify(request.body)

export function told(request: RecordedRequest): string {
  return `${request.method} ${request.path.replace('/namespaces/store-q', '')} ${bodyText(request)}`.slice(
    0,
    300,
  )
}

/** Without what each server draws or decides for itself: addresses, ports, names, the node, times, tokens. */
export function shape(answer: Json): Json {
  const { spec, status, ...rest } = comparable(withoutUids(answer)) as JsonObject
  const isPod = rest['kind'] === 'Pod'
  return {
    ...rest,
    ...(isJsonObject(rest['metadata']) ? { metadata: stable(rest['metadata']) } : {}),
    ...(spec === undefined
      ? {}
      : { spec: isPod ? podSpec(spec as JsonObject) : serviceSpec(spec as JsonObject) }),
    ...(status === undefined || isPod || rest['kind'] === 'CustomResourceDefinition'
      ? {}
      : { status: withoutObserved(status) }),
  }
}

function stable(metadata: JsonObject): JsonObject {
  const { deletionTimestamp, name, ...rest } = metadata
  const isDrawn = rest['generateName'] !== undefined
  const { 'deployment.kubernetes.io/revision': _, ...annotations } = (rest['annotations'] ?? {}) as JsonObject
  return {
    ...rest,
    annotations,
    ...(isDrawn ? {} : { name: name as Json }),
    isDeleting: deletionTimestamp !== undefined,
  }
}

/** Ours binds pods at once, mounts no token, and knows neither priorities nor taints. */
const OF_ADMISSION = [
  'nodeName',
  'priority',
  'preemptionPolicy',
  'tolerations',
  'serviceAccount',
  'serviceAccountName',
  'volumes',
]

function podSpec(spec: JsonObject): JsonObject {
  const kept = Object.fromEntries(Object.entries(spec).filter(([field]) => !OF_ADMISSION.includes(field)))
  const containers = (list: Json | undefined): Json =>
    (Array.isArray(list) ? list : []).map(one => ({ ...(one as JsonObject), volumeMounts: [] }))
  return {
    ...kept,
    containers: containers(spec['containers']),
    initContainers: containers(spec['initContainers']),
  }
}

function serviceSpec(spec: JsonObject): JsonObject {
  if (!Array.isArray(spec['ports'])) return spec
  const ports = (spec['ports'] as JsonObject[]).map(port => ({
    ...port,
    nodePort: port['nodePort'] !== undefined,
  }))
  const drawn = typeof spec['clusterIP'] === 'string' && spec['clusterIP'].startsWith('10.')
  return { ...spec, ports, ...(drawn ? { clusterIP: 'drawn', clusterIPs: ['drawn'] } : {}) }
}

/** Controllers were at work beside the recorded server; a pod's refusal ends in a printout of Go structs. */
const CONTROLLED = new Set(['observedGeneration', 'conditions'])

function withoutObserved(status: Json): Json {
  if (!isJsonObject(status)) return status
  return Object.fromEntries(Object.entries(status).filter(([field]) => !CONTROLLED.has(field)))
}

function withoutUids(answer: Json): Json {
  const text = JSON.stringify(answer)
  const uid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
  return JSON.parse(text.replaceAll(uid, 'UID').replaceAll(/\\n@@ .*?(?=","(?:field|reason)")/g, '')) as Json
}
