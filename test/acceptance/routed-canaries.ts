// The same canary behind each router that the gateway plays, each in a namespace of its own, as a user would write it.

/** The router's part, in a namespace. */
export interface RoutedCanary {
  readonly router: string
  /** Whom users call. */
  readonly host: (namespace: string) => string
  readonly routing: object
  /** Of the canary strategy, beside the routing and the steps. */
  readonly more?: object
  readonly routes: (host: string) => readonly object[]
  readonly hasHeaderRoute?: true
  readonly hasMirror?: true
}

const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
const own = (namespace: string) => `${namespace}.example.test`
const SPLIT = [
  { name: 'stable', weight: 100 },
  { name: 'canary', weight: 0 },
]

const virtualService = (host: string, destinations: readonly object[]) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'web' },
  spec: {
    hosts: [host],
    http: [
      {
        name: 'primary',
        route: destinations.map((destination, i) => ({ destination, weight: i === 0 ? 100 : 0 })),
      },
    ],
  },
})

const albIngress = (host: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', annotations: { 'kubernetes.io/ingress.class': 'alb' } },
  spec: {
    rules: [
      {
        host,
        http: {
          paths: [
            {
              path: '/*',
              pathType: 'ImplementationSpecific',
              backend: { service: { name: 'root', port: { name: 'use-annotation' } } },
            },
          ],
        },
      },
    ],
  },
})

const alb = { ingress: 'web', rootService: 'root', servicePort: 80 }
const pingPong = { pingPong: { pingService: 'ping', pongService: 'pong' } }

export const ROUTED_CANARIES: readonly RoutedCanary[] = [
  {
    router: 'nginx',
    host: own,
    routing: { nginx: { stableIngress: 'web' } },
    routes: host => [
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'web' },
        spec: {
          ingressClassName: 'nginx',
          rules: [
            {
              host,
              http: {
                paths: [
                  {
                    path: '/',
                    pathType: 'Prefix',
                    backend: { service: { name: 'stable', port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
        },
      },
    ],
  },
  {
    router: 'ambassador',
    host: own,
    routing: { ambassador: { mappings: ['web'] } },
    routes: host => [
      {
        apiVersion: 'getambassador.io/v3alpha1',
        kind: 'Mapping',
        metadata: { name: 'web' },
        spec: { hostname: host, prefix: '/', service: 'stable:80' },
      },
    ],
  },
  {
    router: 'gateway-api',
    host: own,
    routing: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'web', namespace: 'gateway-api' } } },
    routes: host => [
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'web' },
        spec: { hostnames: [host], rules: [{ backendRefs: SPLIT.map(({ name }) => ({ name, port: 80 })) }] },
      },
    ],
  },
  {
    router: 'istio-hosts',
    host: own,
    routing: { istio: { virtualService: { name: 'web', routes: ['primary'] } } },
    routes: host => [virtualService(host, [{ host: 'stable' }, { host: 'canary' }])],
    hasHeaderRoute: true,
    hasMirror: true,
  },
  {
    router: 'istio-subsets',
    host: own,
    routing: {
      istio: {
        virtualService: { name: 'web' },
        destinationRule: { name: 'web', stableSubsetName: 'stable', canarySubsetName: 'canary' },
      },
    },
    more: { stableService: undefined, canaryService: undefined },
    routes: host => [
      virtualService(host, [
        { host: 'root', subset: 'stable' },
        { host: 'root', subset: 'canary' },
      ]),
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'DestinationRule',
        metadata: { name: 'web' },
        spec: {
          host: 'root',
          subsets: [
            { name: 'stable', labels: { app: 'web' } },
            { name: 'canary', labels: { app: 'web' } },
          ],
        },
      },
    ],
    hasHeaderRoute: true,
    hasMirror: true,
  },
  {
    router: 'istio-ping-pong',
    host: own,
    routing: { istio: { virtualService: { name: 'web', routes: ['primary'] } } },
    more: pingPong,
    routes: host => [virtualService(host, [{ host: 'ping' }, { host: 'pong' }])],
    hasHeaderRoute: true,
  },
  { router: 'alb', host: own, routing: { alb }, routes: host => [albIngress(host)], hasHeaderRoute: true },
  {
    router: 'alb-ping-pong',
    host: own,
    routing: { alb },
    more: pingPong,
    routes: host => [albIngress(host)],
    hasHeaderRoute: true,
  },
  {
    router: 'traefik',
    host: own,
    routing: { traefik: { weightedTraefikServiceName: 'split' } },
    routes: host => [
      {
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'TraefikService',
        metadata: { name: 'split' },
        spec: { weighted: { services: SPLIT.map(one => ({ ...one, port: 80 })) } },
      },
      {
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'IngressRoute',
        metadata: { name: 'web' },
        spec: {
          routes: [
            {
              kind: 'Rule',
              match: `Host(\`${host}\`) && PathPrefix(\`/\`)`,
              services: [{ name: 'split', kind: 'TraefikService' }],
            },
          ],
        },
      },
    ],
  },
  {
    router: 'apisix',
    host: own,
    routing: { apisix: { route: { name: 'web', rules: ['primary'] } } },
    routes: host => [
      {
        apiVersion: 'apisix.apache.org/v2',
        kind: 'ApisixRoute',
        metadata: { name: 'web' },
        spec: {
          http: [
            {
              name: 'primary',
              match: { hosts: [host], paths: ['/*'] },
              backends: SPLIT.map(({ name, weight }) => ({ serviceName: name, servicePort: 80, weight })),
            },
          ],
        },
      },
    ],
    hasHeaderRoute: true,
  },
  {
    router: 'smi',
    host: namespace => `root.${namespace}.localhost`,
    routing: { smi: { rootService: 'root' } },
    routes: () => [],
  },
]

/** Everything of one canary, to be applied in this order. */
export function manifestsOf(canary: RoutedCanary, namespace: string): readonly object[] {
  const services =
    canary.more !== undefined && 'pingPong' in canary.more ? ['ping', 'pong'] : ['stable', 'canary']
  const named = services[0] === 'stable' ? { stableService: 'stable', canaryService: 'canary' } : {}
  const service = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  })
  return [
    ...[...services, 'root'].map(service),
    ...canary.routes(canary.host(namespace)),
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'web' },
      spec: {
        replicas: 5,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [{ name: 'web', image: `${IMAGE}:v1.0`, ports: [{ containerPort: 8080 }] }],
          },
        },
        strategy: {
          canary: {
            ...named,
            ...canary.more,
            trafficRouting: { ...managed(canary), ...canary.routing },
            steps: stepsOf(canary),
          },
        },
      },
    },
  ]
}

function managed({ hasHeaderRoute, hasMirror }: RoutedCanary): object {
  const names = [...(hasHeaderRoute ? ['testers'] : []), ...(hasMirror ? ['copied'] : [])]
  return names.length === 0 ? {} : { managedRoutes: names.map(name => ({ name })) }
}

function stepsOf({ hasHeaderRoute, hasMirror }: RoutedCanary): readonly object[] {
  const header = { name: 'testers', match: [{ headerName: 'x-tester', headerValue: { exact: 'yes' } }] }
  const mirror = { name: 'copied', percentage: 100, match: [{ path: { prefix: '/copied' } }] }
  return [
    { setWeight: 30 },
    ...(hasHeaderRoute ? [{ setHeaderRoute: header }] : []),
    ...(hasMirror ? [{ setMirrorRoute: mirror }] : []),
    { pause: {} },
    { setWeight: 60 },
    { pause: {} },
  ]
}
