// The demo's objects, as its tutorial's readers know them: a blue/green Rollout with its services, a canary behind an
// API gateway's Mapping; and an A/B test behind an HTTPRoute. Put into the cluster once; what people then change stays
// changed.
import { KubeError } from '../../kube/errors.ts'
import type { KubeObject } from '../../kube/object.ts'
import { fromJson } from '../../kube/object.ts'
import type { Client } from '../../runtime/network/client.ts'
import type { Json } from '../../std/json.ts'

const NAMESPACE = 'default'
const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
const FIRST_VERSION = 'v1.0'

/** What is simulated without being named: the demo's image, and that of Argo's getting-started manifests. */
export const DEMO_IMAGES = [
  `${IMAGE}:*`,
  'argoproj/rollouts-demo:*',
  'docker.io/argoproj/rollouts-demo:*',
] as const

export const BLUE_GREEN_HOST = 'simple-rollout-active.default.localhost'
export const CANARY_HOST = 'rollout-canary-all-traffic.default.localhost'
export const AB_TEST_HOST = 'ab-test.localhost'

export function blueGreenDemo(): readonly KubeObject[] {
  const name = 'simple-rollout'
  return [
    service('simple-rollout-active', name),
    service('simple-rollout-preview', name),
    rollout(name, {
      replicas: 2,
      strategy: {
        blueGreen: {
          activeService: 'simple-rollout-active',
          previewService: 'simple-rollout-preview',
          autoPromotionEnabled: false,
        },
      },
    }),
  ]
}

export function canaryDemo(): readonly KubeObject[] {
  const name = 'rollout-canary'
  const allTraffic = 'rollout-canary-all-traffic'
  return [
    service(allTraffic, name),
    service('rollout-canary-preview', name),
    service('rollout-canary-active', name),
    fromJson({
      apiVersion: 'getambassador.io/v3alpha1',
      kind: 'Mapping',
      metadata: { name: allTraffic, namespace: NAMESPACE },
      spec: { hostname: CANARY_HOST, prefix: '/', service: 'rollout-canary-active:80' },
    }),
    rollout(name, {
      replicas: 5,
      strategy: {
        canary: {
          canaryService: 'rollout-canary-preview',
          stableService: 'rollout-canary-active',
          trafficRouting: { ambassador: { mappings: [allTraffic] } },
          steps: [{ setWeight: 30 }, { pause: {} }, { setWeight: 60 }, { pause: {} }],
        },
      },
    }),
  ]
}

/** At rest until somebody sets the image of B: examples/ab-test.yaml, smaller and quicker. */
export function abTestDemo(): readonly KubeObject[] {
  const name = 'ab-test'
  const [stable, canary] = [`${name}-stable`, `${name}-canary`]
  const backendRefs = [stable, canary].map(side => ({ name: side, port: 80 }))
  return [
    service(stable, name),
    service(canary, name),
    comparison(name),
    fromJson({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name, namespace: NAMESPACE },
      spec: {
        hostnames: [AB_TEST_HOST],
        rules: [{ sessionPersistence: { sessionName: 'ab-test', type: 'Cookie' }, backendRefs }],
      },
    }),
    rollout(name, {
      replicas: 2,
      strategy: {
        canary: {
          stableService: stable,
          canaryService: canary,
          trafficRouting: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: name } } },
          steps: [{ setWeight: 25 }, { experiment: sideBySide(name) }, { pause: {} }],
        },
      },
    }),
  ]
}

/** A quarter of the users each; the other half stay with the pods that were there. */
function sideBySide(name: string): Json {
  const sides = [
    ['a', 'stable'],
    ['b', 'canary'],
  ] as const
  return {
    templates: sides.map(([side, specRef]) => {
      return { name: side, specRef, replicas: 1, weight: 25, service: { name: `${name}-${side}` } }
    }),
    analyses: [{ name: 'compare', templateName: name, requiredForCompletion: true }],
  }
}

/** Whether B answers as well as A. As long as nobody comes to both it cannot tell. */
function comparison(name: string): KubeObject {
  const answers = (side: string, more = '') =>
    `sum(response_status{namespace="${NAMESPACE}",service="${name}-${side}"${more}})`
  const good = (side: string) => `${answers(side, ',status=~"2.*"')} / ${answers(side)}`
  return fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      metrics: [
        {
          name: 'good-answers-of-b-less-those-of-a',
          initialDelay: '10s',
          interval: '5s',
          count: 3,
          successCondition: 'len(result) > 0 && result[0] >= -0.05',
          failureCondition: 'len(result) > 0 && result[0] < -0.05',
          provider: {
            prometheus: {
              address: 'http://crossfade-metrics.crossfade-system.svc.cluster.local',
              query: `${good('b')} - ${good('a')}`,
            },
          },
        },
      ],
    },
  })
}

/** Creates what is not there yet; gives back the names of what it has made. */
export async function placeObjects(
  client: Client,
  objects: readonly KubeObject[],
): Promise<readonly string[]> {
  const made: string[] = []
  for (const object of objects) {
    const why = `the demo's ${object.kind} ${object.metadata.name}`
    try {
      await client.write({ verb: 'create', object, why })
      made.push(object.metadata.name)
    } catch (error) {
      if (!(error instanceof KubeError) || error.reason !== 'AlreadyExists') throw error
    }
  }
  return made
}

function service(name: string, app: string): KubeObject {
  return fromJson({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE },
    spec: { ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }], selector: { app } },
  })
}

function rollout(name: string, { replicas, strategy }: { replicas: number; strategy: Json }): KubeObject {
  return fromJson({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas,
      revisionHistoryLimit: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'webserver-simple',
              image: `${IMAGE}:${FIRST_VERSION}`,
              ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
            },
          ],
        },
      },
      strategy,
    },
  })
}
