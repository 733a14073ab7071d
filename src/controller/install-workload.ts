// The controller's own pod: one at a time, without privileges, on a read-only file system.
import type { KubeObject } from '../kube/object.ts'
import type { InstallOptions } from './install-options.ts'
import { LABELS, NAME, named, object } from './install-options.ts'

const METRICS_PORT = 8090
const HEALTH_PORT = 8080

export function metricsService({ namespace }: InstallOptions): KubeObject {
  return object('v1', 'Service', {
    metadata: named(`${NAME}-metrics`, namespace),
    spec: {
      selector: LABELS,
      ports: [{ name: 'metrics', port: METRICS_PORT, protocol: 'TCP', targetPort: 'metrics' }],
    },
  })
}

export function deployment(options: InstallOptions): KubeObject {
  return object('apps/v1', 'Deployment', {
    metadata: named(NAME, options.namespace),
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      strategy: { type: 'Recreate' },
      template: { metadata: { labels: LABELS }, spec: podSpec(options) },
    },
  })
}

function podSpec(options: InstallOptions): object {
  return {
    serviceAccountName: NAME,
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container(options)],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  }
}

function container({ image, namespaced = false, instanceId = '' }: InstallOptions): object {
  const probe = (path: string) => ({ httpGet: { path, port: 'healthz' } })
  return {
    name: NAME,
    image,
    args: [
      'controller',
      ...(namespaced ? ['--namespaced'] : []),
      ...(instanceId === '' ? [] : [`--instance-id=${instanceId}`]),
    ],
    env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
    ports: [
      { name: 'metrics', containerPort: METRICS_PORT },
      { name: 'healthz', containerPort: HEALTH_PORT },
    ],
    livenessProbe: {
      ...probe('/healthz'),
      initialDelaySeconds: 30,
      periodSeconds: 20,
      timeoutSeconds: 10,
      failureThreshold: 3,
    },
    readinessProbe: {
      ...probe('/readyz'),
      initialDelaySeconds: 2,
      periodSeconds: 5,
      timeoutSeconds: 4,
      failureThreshold: 3,
    },
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  }
}
