// The canaries of story 2: the demo's own behind an Ambassador Mapping, and the same behind an NGINX Ingress and behind
// an HTTPRoute, as a user would write them.

export interface Canary {
  readonly rollout: string
  /** What users call: split by weight. */
  readonly host: string
  readonly stableHost: string
  readonly canaryHost: string
  /** To be applied before; none for what the demo brings. */
  readonly manifests: readonly object[]
}

const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'

export const AMBASSADOR: Canary = {
  rollout: 'rollout-canary',
  host: 'rollout-canary-all-traffic.default.localhost',
  stableHost: 'rollout-canary-active.default.localhost',
  canaryHost: 'rollout-canary-preview.default.localhost',
  manifests: [],
}

export const NGINX = canary('by-nginx', { nginx: { stableIngress: 'by-nginx' } }, host => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'by-nginx' },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      { host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: backend('by-nginx-stable') }] } },
    ],
  },
}))

export const HTTP_ROUTE = canary(
  'by-route',
  { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'by-route', namespace: 'default' } } },
  host => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'by-route' },
    spec: {
      hostnames: [host],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [
            { name: 'by-route-stable', port: 80 },
            { name: 'by-route-canary', port: 80 },
          ],
        },
      ],
    },
  }),
)

function backend(service: string): object {
  return { service: { name: service, port: { number: 80 } } }
}

function canary(rollout: string, trafficRouting: object, route: (host: string) => object): Canary {
  const host = `${rollout}.example.test`
  const service = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: rollout }, ports: [{ port: 80, targetPort: 8080 }] },
  })
  return {
    rollout,
    host,
    stableHost: `${rollout}-stable.default.localhost`,
    canaryHost: `${rollout}-canary.default.localhost`,
    manifests: [
      service(`${rollout}-stable`),
      service(`${rollout}-canary`),
      route(host),
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: { name: rollout },
        spec: {
          replicas: 5,
          selector: { matchLabels: { app: rollout } },
          template: {
            metadata: { labels: { app: rollout } },
            spec: {
              containers: [
                { name: 'webserver-simple', image: `${IMAGE}:v1.0`, ports: [{ containerPort: 8080 }] },
              ],
            },
          },
          strategy: {
            canary: {
              stableService: `${rollout}-stable`,
              canaryService: `${rollout}-canary`,
              trafficRouting,
              steps: [{ setWeight: 30 }, { pause: {} }, { setWeight: 60 }, { pause: {} }],
            },
          },
        },
      },
    ],
  }
}
