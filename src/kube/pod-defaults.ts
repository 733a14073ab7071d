// What an API server fills into a pod template before it stores it. Two templates that differ only here are
// the same.
import { isJsonObject, type Json, type JsonObject } from '../std/json.ts'
import { record } from '../std/json-parts.ts'
import type { PodTemplateSpec } from './core.ts'
import { goValue, POD_TEMPLATE_SPEC } from './go-print.ts'

/** The template as an API server stores it in a ReplicaSet: defaults filled in, then as Go prints it. */
export function defaultedPodTemplate(template: PodTemplateSpec): PodTemplateSpec {
  const plain = goValue(POD_TEMPLATE_SPEC, template) as JsonObject
  const spec = record(plain['spec'])
  return { ...plain, spec: defaultedPodSpec(spec) } as unknown as PodTemplateSpec
}

/**
 * The defaults of a pod's spec, on a spec that holds what Go would print (nothing empty, nothing unknown).
 */
export function defaultedPodSpec(spec: JsonObject): JsonObject {
  const isOnHostNetwork = spec['hostNetwork'] === true
  const container = (value: Json) => defaultedContainer(value, isOnHostNetwork)
  return pruned({
    ...withDefaults(spec, {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    }),
    ...serviceAccount(spec),
    volumes: mapped(spec['volumes'], defaultedVolume),
    containers: mapped(spec['containers'], container),
    initContainers: mapped(spec['initContainers'], container),
    ephemeralContainers: mapped(spec['ephemeralContainers'], container),
  })
}

/** The deprecated `serviceAccount` is kept equal to `serviceAccountName`. */
function serviceAccount(spec: JsonObject): Fields {
  const name = spec['serviceAccountName'] ?? spec['serviceAccount']
  return name === undefined ? {} : { serviceAccountName: name, serviceAccount: name }
}

type Fields = { readonly [name: string]: Json | undefined }

function defaultedContainer(value: Json, isOnHostNetwork: boolean): Json {
  if (!isJsonObject(value)) return value
  const port = (one: Json): Json => {
    if (!isJsonObject(one)) return one
    const hostPort: Fields = isOnHostNetwork ? { hostPort: one['containerPort'] } : {}
    return withDefaults(one, { protocol: 'TCP', ...hostPort })
  }
  return pruned({
    ...withDefaults(value, {
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: isFloating(value['image']) ? 'Always' : 'IfNotPresent',
    }),
    ports: mapped(value['ports'], port),
    env: mapped(value['env'], defaultedEnv),
    livenessProbe: whenObject(value['livenessProbe'], defaultedProbe),
    readinessProbe: whenObject(value['readinessProbe'], defaultedProbe),
    startupProbe: whenObject(value['startupProbe'], defaultedProbe),
    lifecycle: whenObject(value['lifecycle'], lifecycle =>
      pruned({
        ...lifecycle,
        preStop: whenObject(lifecycle['preStop'], defaultedHandler),
        postStart: whenObject(lifecycle['postStart'], defaultedHandler),
      }),
    ),
  })
}

/** Whether an image may mean something else tomorrow: no tag, or `latest`; a digest never does. */
function isFloating(image: Json | undefined): boolean {
  if (typeof image !== 'string' || image.includes('@')) return false
  const last = image.slice(image.lastIndexOf('/') + 1)
  return !last.includes(':') || last.endsWith(':latest')
}

function defaultedEnv(value: Json): Json {
  if (!isJsonObject(value)) return value
  const from = whenObject(value['valueFrom'], source =>
    pruned({
      ...source,
      fieldRef: whenObject(source['fieldRef'], ref => withDefaults(ref, { apiVersion: 'v1' })),
    }),
  )
  return pruned({ ...value, valueFrom: from })
}

function defaultedProbe(probe: JsonObject): JsonObject {
  return withDefaults(defaultedHandler(probe), {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  })
}

function defaultedHandler(handler: JsonObject): JsonObject {
  return pruned({
    ...handler,
    httpGet: whenObject(handler['httpGet'], http => withDefaults(http, { path: '/', scheme: 'HTTP' })),
    grpc: whenObject(handler['grpc'], grpc => withDefaults(grpc, { service: '' })),
  })
}

const MODE = { defaultMode: 0o644 }

function defaultedVolume(value: Json): Json {
  if (!isJsonObject(value)) return value
  if (Object.keys(value).every(key => key === 'name')) return { ...value, emptyDir: {} }
  return pruned({
    ...value,
    secret: whenObject(value['secret'], source => withDefaults(source, MODE)),
    configMap: whenObject(value['configMap'], source => withDefaults(source, MODE)),
    downwardAPI: whenObject(value['downwardAPI'], source =>
      defaultedDownward(withDefaults(source, MODE), 'items'),
    ),
    projected: whenObject(value['projected'], defaultedProjection),
    hostPath: whenObject(value['hostPath'], source => withDefaults(source, { type: '' })),
    iscsi: whenObject(value['iscsi'], source => withDefaults(source, { iscsiInterface: 'default' })),
    rbd: whenObject(value['rbd'], source =>
      withDefaults(source, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
    ),
    azureDisk: whenObject(value['azureDisk'], source =>
      withDefaults(source, { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' }),
    ),
    scaleIO: whenObject(value['scaleIO'], source =>
      withDefaults(source, { storageMode: 'ThinProvisioned', fsType: 'xfs' }),
    ),
    ephemeral: whenObject(value['ephemeral'], defaultedClaimTemplate),
  })
}

function defaultedDownward(source: JsonObject, field: string): JsonObject {
  const item = (value: Json): Json =>
    isJsonObject(value)
      ? pruned({
          ...value,
          fieldRef: whenObject(value['fieldRef'], ref => withDefaults(ref, { apiVersion: 'v1' })),
        })
      : value
  return pruned({ ...source, [field]: mapped(source[field], item) })
}

function defaultedProjection(projected: JsonObject): JsonObject {
  const source = (value: Json): Json =>
    isJsonObject(value)
      ? pruned({
          ...value,
          serviceAccountToken: whenObject(value['serviceAccountToken'], token =>
            withDefaults(token, { expirationSeconds: 3600 }),
          ),
          downwardAPI: whenObject(value['downwardAPI'], downward => defaultedDownward(downward, 'items')),
        })
      : value
  return pruned({ ...withDefaults(projected, MODE), sources: mapped(projected['sources'], source) })
}

function defaultedClaimTemplate(ephemeral: JsonObject): JsonObject {
  const template = whenObject(ephemeral['volumeClaimTemplate'], claim =>
    pruned({
      ...claim,
      spec: whenObject(claim['spec'], spec => withDefaults(spec, { volumeMode: 'Filesystem' })),
    }),
  )
  return pruned({ ...ephemeral, volumeClaimTemplate: template })
}

function withDefaults(value: JsonObject, defaults: Fields): JsonObject {
  const missing = Object.entries(defaults).filter(([name]) => (value[name] ?? null) === null)
  return { ...value, ...pruned(Object.fromEntries(missing)) }
}

function whenObject(value: Json | undefined, then: (object: JsonObject) => JsonObject): Json | undefined {
  return isJsonObject(value) ? then(value) : value
}

function mapped(value: Json | undefined, each: (item: Json) => Json): Json | undefined {
  return Array.isArray(value) ? value.map(each) : value
}

/** Without the fields that are undefined. */
function pruned(fields: Fields): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject
}
