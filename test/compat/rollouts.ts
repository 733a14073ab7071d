// Small complete objects for the lives of this folder: a Rollout called `app`, its Services, an NGINX Ingress.
import type { BlueGreenStrategy, CanaryStrategy, RolloutSpec } from '../../src/api/rollout.ts'
import { INSTANCE_ID } from '../../src/api/words.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { INSTANCE } from './world.ts'

type Fields = { readonly [field: string]: unknown }

export interface AppOptions extends Partial<RolloutSpec> {
  readonly container?: Fields
  readonly podSpec?: Fields
}

const LABELS = { app: 'app' }

export function blueGreen(strategy: Partial<BlueGreenStrategy>, options: AppOptions = {}): KubeObject {
  return rollout({ blueGreen: { activeService: 'active', ...strategy } }, options)
}

export function canary(strategy: Partial<CanaryStrategy>, options: AppOptions = {}): KubeObject {
  return rollout({ canary: strategy }, options)
}

function rollout(strategy: Fields, { container, podSpec, ...spec }: AppOptions): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'app', labels: { [INSTANCE_ID]: INSTANCE } },
    spec: {
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          containers: [
            { name: 'web', image: 'web:1', ports: [{ name: 'http', containerPort: 80 }], ...container },
          ],
          ...podSpec,
        },
      },
      ...spec,
      strategy,
    },
  } as KubeObject
}

export function services(...names: readonly string[]): readonly KubeObject[] {
  return servicesOf('app', ...names)
}

/** Services of the pods with this label. */
export function servicesOf(app: string, ...names: readonly string[]): readonly KubeObject[] {
  return names.map(name => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  })) as KubeObject[]
}

/** An Ingress of class nginx that sends everything to a Service. */
export function ingress(name: string, service: string): KubeObject {
  const backend = { service: { name: service, port: { name: 'http' } } }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
    spec: {
      rules: [{ host: 'app.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  } as KubeObject
}

/** A pod is Ready only so many seconds later than it would be by itself. */
export function readyAfter(seconds: number): Fields {
  return { readinessProbe: { initialDelaySeconds: seconds, httpGet: { path: '/', port: 80 } } }
}

/** A command that no container can start. */
export const CRASHING: Fields = { command: ['/bad-command'] }
