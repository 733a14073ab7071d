// What a pod takes out of ConfigMaps and Secrets, and what of it is not there: a volume holds the pod back before its
// image is looked at, a variable of the environment afterwards. In the words of Kubernetes' kubelet.
import type { Cache } from '../../kube/cache.ts'
import type { Pod } from '../../kube/core.ts'
import { CONFIG_MAP, SECRET } from '../../kube/kinds.ts'
import { asJson } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { JsonObject } from '../../std/json.ts'
import { objects, record, text } from '../../std/json-parts.ts'

export interface Missing {
  readonly message: string
  /** The volume that it is for; undefined: the environment. */
  readonly volume?: string
}

interface Reference {
  readonly kind: Kind
  readonly name: string
  readonly key?: string
  readonly volume?: string
}

/** `kind/namespace/name` of all that holds the pod back when it is not there. */
export function referenceKeys(pod: Pod): readonly string[] {
  return [...new Set(referencesOf(pod).map(({ kind, name }) => keyOf(kind, pod.metadata.namespace, name)))]
}

export function referenceKey(kind: Kind, { metadata: { namespace, name } }: KubeObject): string {
  return keyOf(kind, namespace, name)
}

function keyOf({ kind }: Kind, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ''}/${name}`
}

/** The first thing that is missing, volumes before the environment. */
export function missingOf(pod: Pod, cache: Cache): Missing | undefined {
  const { namespace = '' } = pod.metadata
  for (const { kind, name, key, volume } of referencesOf(pod)) {
    const found = cache.get<KubeObject>({ kind, namespace, name })
    const at = volume === undefined ? {} : { volume }
    if (found === undefined) return { message: `${kind.kind.toLowerCase()} "${name}" not found`, ...at }
    if (key !== undefined && !keysOf(found).includes(key))
      return { message: `couldn't find key ${key} in ${kind.kind} ${namespace}/${name}`, ...at }
  }
  return undefined
}

function keysOf(object: KubeObject): readonly string[] {
  const { data, binaryData } = asJson(object)
  return [...Object.keys(record(data)), ...Object.keys(record(binaryData))]
}

/** What is kept of a ConfigMap or a Secret: its keys. */
export function keysAlone(object: KubeObject): KubeObject {
  const data = Object.fromEntries(keysOf(object).map(key => [key, '']))
  const { apiVersion, kind, metadata } = object
  return { apiVersion, kind, metadata, data } as KubeObject
}

function referencesOf(pod: Pod): readonly Reference[] {
  const { volumes, initContainers, containers } = asJson(pod.spec as unknown as KubeObject)
  return [
    ...objects(volumes).flatMap(ofVolume),
    ...[...objects(initContainers), ...objects(containers)].flatMap(ofContainer),
  ]
}

function ofVolume(volume: JsonObject): readonly Reference[] {
  const sources = [volume, ...objects(record(volume['projected'])['sources'])]
  return sources
    .flatMap(({ configMap, secret }) => [
      ...reference(CONFIG_MAP, configMap, 'name'),
      ...reference(SECRET, secret, secret === volume['secret'] ? 'secretName' : 'name'),
    ])
    .map(({ kind, name }) => ({ kind, name, volume: text(volume['name']) }))
}

function ofContainer(container: JsonObject): readonly Reference[] {
  const from = objects(container['envFrom']).flatMap(one => [
    ...reference(CONFIG_MAP, one['configMapRef'], 'name'),
    ...reference(SECRET, one['secretRef'], 'name'),
  ])
  const values = objects(container['env']).flatMap(one => {
    const { configMapKeyRef, secretKeyRef } = record(one['valueFrom'])
    return [...reference(CONFIG_MAP, configMapKeyRef, 'name'), ...reference(SECRET, secretKeyRef, 'name')]
  })
  return [...from, ...values]
}

/** What is optional holds nothing back. */
function reference(kind: Kind, source: unknown, field: string): readonly Reference[] {
  const { [field]: name, key, optional } = record(source)
  if (text(name) === '' || optional === true) return []
  return [{ kind, name: text(name), ...(typeof key === 'string' && { key }) }]
}
