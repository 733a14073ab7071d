// What the server fills into the built-in kinds when it reads a body: one line a kind.
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { record } from '../../std/json-parts.ts'
import { each, filled, inside } from './fill.ts'
import type { Fill } from './fill.ts'
import {
  claimDefaults,
  cronJobDefaults,
  daemonSetDefaults,
  deploymentDefaults,
  jobDefaults,
  podDefaults,
  podTemplateDefaults,
  replicaSetDefaults,
  replicationControllerDefaults,
  statefulSetDefaults,
} from './workload-defaults.ts'

const RBAC = 'rbac.authorization.k8s.io'
const NODE_PORT_TYPES: readonly (Json | undefined)[] = ['NodePort', 'LoadBalancer']

/** By `group/plural`. */
export const BUILT_IN_DEFAULTS: Readonly<Record<string, Fill>> = {
  '/pods': podDefaults,
  '/podtemplates': podTemplateDefaults,
  '/replicationcontrollers': replicationControllerDefaults,
  '/services': object => inside(object, 'spec', serviceSpec),
  '/endpoints': object =>
    each(object, 'subsets', subset => each(subset, 'ports', port => filled(port, { protocol: 'TCP' }))),
  '/secrets': secret,
  '/persistentvolumeclaims': claimDefaults,
  '/persistentvolumes': object =>
    inside(
      inside(object, 'spec', spec =>
        filled(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
      ),
      'status',
      status => filled(status, { phase: 'Pending' }),
    ),
  '/nodes': object => inside(object, 'status', status => filled(status, { allocatable: status['capacity'] })),
  'apps/deployments': deploymentDefaults,
  'apps/replicasets': replicaSetDefaults,
  'apps/statefulsets': statefulSetDefaults,
  'apps/daemonsets': daemonSetDefaults,
  'batch/jobs': jobDefaults,
  'batch/cronjobs': cronJobDefaults,
  'discovery.k8s.io/endpointslices': object =>
    each(object, 'ports', port => filled({ name: '', ...port }, { protocol: 'TCP' })),
  'networking.k8s.io/ingressclasses': object =>
    inside(object, 'spec', spec => inside(spec, 'parameters', one => filled(one, { scope: 'Cluster' }))),
  'networking.k8s.io/networkpolicies': object => inside(object, 'spec', networkPolicy),
  'autoscaling/horizontalpodautoscalers': object => inside(object, 'spec', autoscaler),
  [`${RBAC}/rolebindings`]: binding,
  [`${RBAC}/clusterrolebindings`]: binding,
  'storage.k8s.io/storageclasses': object =>
    filled(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'scheduling.k8s.io/priorityclasses': object => filled(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': object =>
    each(object, 'webhooks', one => filled(webhook(one), { reinvocationPolicy: 'Never' })),
  'admissionregistration.k8s.io/validatingwebhookconfigurations': object => each(object, 'webhooks', webhook),
  'apiextensions.k8s.io/customresourcedefinitions': definition,
}

function serviceSpec(spec: JsonObject): JsonObject {
  const full = filled(spec, { sessionAffinity: 'None', type: 'ClusterIP' })
  const affinity = full['sessionAffinity'] === 'ClientIP' ? { sessionAffinityConfig: clientIp(full) } : {}
  const isReachedFromOutside = NODE_PORT_TYPES.includes(full['type'])
  const ported = each({ ...full, ...affinity }, 'ports', port => {
    const one = filled(port, { protocol: 'TCP' })
    return {
      ...one,
      targetPort: isNothing(one['targetPort']) ? (one['port'] ?? 0) : (one['targetPort'] as Json),
    }
  })
  return filled(ported, {
    internalTrafficPolicy: full['type'] === 'ExternalName' ? undefined : 'Cluster',
    externalTrafficPolicy: isReachedFromOutside ? 'Cluster' : undefined,
    allocateLoadBalancerNodePorts: full['type'] === 'LoadBalancer' ? true : undefined,
  })
}

function isNothing(port: Json | undefined): boolean {
  return port === undefined || port === 0 || port === ''
}

function clientIp(spec: JsonObject): Json {
  const config = record(spec['sessionAffinityConfig'])
  const own = record(config['clientIP'])
  return { ...config, clientIP: filled(own, { timeoutSeconds: 10_800 }) }
}

/** `stringData` is only a way to write: it lands in `data`. */
function secret(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object
  const full = filled(rest, { type: 'Opaque' })
  if (!isJsonObject(stringData)) return full
  const written = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(typeof value === 'string' ? value : '').toString('base64'),
  ])
  const data = record(full['data'])
  return { ...full, data: { ...data, ...Object.fromEntries(written) } }
}

function networkPolicy(spec: JsonObject): JsonObject {
  const ports: Fill = rule => each(rule, 'ports', port => filled(port, { protocol: 'TCP' }))
  const full = each(each(spec, 'ingress', ports), 'egress', ports)
  return filled(full, { policyTypes: spec['egress'] === undefined ? ['Ingress'] : ['Ingress', 'Egress'] })
}

const UP_POLICIES: Json = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
]
const DOWN_POLICIES: Json = [{ type: 'Percent', value: 100, periodSeconds: 15 }]
const CPU_AT_80: Json = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
]

function autoscaler(spec: JsonObject): JsonObject {
  const full = filled(spec, { minReplicas: 1, metrics: CPU_AT_80 })
  if (!isJsonObject(full['behavior'])) return full
  return inside(full, 'behavior', behavior => ({
    scaleUp: filled(record(behavior['scaleUp']), {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: UP_POLICIES,
    }),
    scaleDown: filled(record(behavior['scaleDown']), {
      selectPolicy: 'Max',
      policies: DOWN_POLICIES,
    }),
  }))
}

function binding(object: JsonObject): JsonObject {
  const group = 'rbac.authorization.k8s.io'
  const subject: Fill = one =>
    filled(one, { apiGroup: one['kind'] === 'User' || one['kind'] === 'Group' ? group : undefined })
  return each(
    inside(object, 'roleRef', ref => filled(ref, { apiGroup: group })),
    'subjects',
    subject,
  )
}

function webhook(hook: JsonObject): JsonObject {
  const full = filled(hook, {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
  })
  const client = inside(full, 'clientConfig', config =>
    inside(config, 'service', one => filled(one, { port: 443 })),
  )
  return each(client, 'rules', rule => filled(rule, { scope: '*' }))
}

function definition(object: JsonObject): JsonObject {
  return inside(object, 'spec', spec => {
    const named = inside(spec, 'names', names =>
      filled(names, {
        singular: typeof names['kind'] === 'string' ? names['kind'].toLowerCase() : undefined,
        listKind: typeof names['kind'] === 'string' ? `${names['kind']}List` : undefined,
      }),
    )
    return filled(named, { conversion: { strategy: 'None' } })
  })
}
