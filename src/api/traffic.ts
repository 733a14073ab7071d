// `spec.strategy.canary.trafficRouting`: which mesh, ingress or gateway carries the weights, and what it must know.
import type { Infer } from './schema.ts'
import { boolean, described, int32, int64, list, map, object, raw, required, string } from './schema.ts'

const names = (doc: string) => list(doc, string('A name.'))
const annotations = (doc: string) => map(doc, string('The value.'))

const tcpRoute = object('A TCP route of a VirtualService.', {
  port: int64('The port that the route matches.'),
})

const tlsRoute = object('A TLS route of a VirtualService.', {
  port: int64('The port that the route matches.'),
  sniHosts: names('The SNI hosts that the route matches.'),
})

const istioVirtualService = object('A VirtualService and the routes in it whose weights are ours.', {
  name: required(string('Name of the VirtualService, or `name.namespace`.')),
  routes: names('Names of the HTTP routes to change. May be left out when there is only one.'),
  tlsRoutes: list('TLS routes to change, by port and hosts.', tlsRoute),
  tcpRoutes: list('TCP routes to change, by port.', tcpRoute),
})

const istioDestinationRule = object('A DestinationRule whose subsets follow the ReplicaSets.', {
  name: required(string('Name of the DestinationRule.')),
  canarySubsetName: required(string('The subset that selects the canary pods.')),
  stableSubsetName: required(string('The subset that selects the stable pods.')),
  additionalSubsetNames: names('Subsets that stand for experiment templates.'),
})

const istio = object('Weights through Istio.', {
  virtualService: istioVirtualService,
  virtualServices: list('Several VirtualServices, in place of one.', istioVirtualService),
  destinationRule: istioDestinationRule,
})

const nginx = object(
  'Weights through the NGINX ingress controller: a canary Ingress is made beside the stable one.',
  {
    annotationPrefix: string('The prefix that the ingress controller reads.', {
      default: 'nginx.ingress.kubernetes.io',
    }),
    stableIngress: string('The Ingress that routes to the stable Service.'),
    stableIngresses: names('Several such Ingresses, in place of one.'),
    additionalIngressAnnotations: annotations(
      'Annotations of the canary Ingress, without prefix: `canary-by-header: X-Canary`.',
    ),
    canaryIngressAnnotations: annotations('Annotations of the canary Ingress, as they are.'),
  },
)

const stickiness = object('Duration-based stickiness of the target groups.', {
  enabled: required(boolean('Whether clients stay with their target group.')),
  durationSeconds: required(int64('For how long.', { min: 1, max: 604_800 })),
})

const alb = object('Weights through the AWS Load Balancer Controller.', {
  ingress: string('The Ingress whose action annotation holds the weights.'),
  ingresses: names('Several such Ingresses, in place of one.'),
  servicePort: required(int32('The port of the Services that traffic goes to.')),
  rootService: string('The Service that the Ingress names; the stable Service when left out.'),
  annotationPrefix: string('The prefix that the controller reads.', { default: 'alb.ingress.kubernetes.io' }),
  stickinessConfig: stickiness,
})

const smi = object('Weights through a TrafficSplit of the Service Mesh Interface.', {
  rootService: string('The Service that clients call; the stable Service when left out.'),
  trafficSplitName: string('Name of the TrafficSplit; the name of the Rollout when left out.'),
})

const ambassador = object('Weights through Emissary-ingress Mappings.', {
  mappings: required(names('The Mappings that route to the stable Service.')),
})

const virtualNode = object('A VirtualNode.', { name: required(string('Name of the VirtualNode.')) })

const appMesh = object('Weights through AWS App Mesh.', {
  virtualService: object('The VirtualService whose router carries the weights.', {
    name: required(string('Name of the VirtualService.')),
    routes: names('Names of the HTTP routes to change. May be left out when there is only one.'),
  }),
  virtualNodeGroup: object('The VirtualNodes that stand for the two sides.', {
    canaryVirtualNodeRef: required(described('The VirtualNode of the canary pods.', virtualNode)),
    stableVirtualNodeRef: required(described('The VirtualNode of the stable pods.', virtualNode)),
  }),
})

const traefik = object('Weights through a TraefikService.', {
  weightedTraefikServiceName: required(string('Name of the weighted TraefikService.')),
})

const apisix = object('Weights through an ApisixRoute.', {
  route: object('The ApisixRoute to change.', {
    name: required(string('Name of the ApisixRoute.')),
    rules: names('Names of its HTTP rules to change. May be left out when there is only one.'),
  }),
})

const managedRoute = object('A route that header and mirror steps may create and remove.', {
  name: required(string('Its name; the order of the list is the order of precedence.')),
})

export const trafficRouting = object(
  'Which routers carry the weights. Several may be named; all are kept alike.',
  {
    istio,
    nginx,
    alb,
    smi,
    ambassador,
    appMesh,
    traefik,
    apisix,
    plugins: raw('Settings of router plug-ins, by the name of the plug-in.'),
    managedRoutes: list('Routes that steps may create; removed at the end of an update.', managedRoute),
    maxTrafficWeight: int32('What all weights add up to (NGINX and plug-ins only).', {
      default: 100,
      min: 1,
    }),
  },
)

export type IstioVirtualService = Infer<typeof istioVirtualService>
export type NginxTrafficRouting = Infer<typeof nginx>
export type AmbassadorTrafficRouting = Infer<typeof ambassador>
export type TrafficRouting = Infer<typeof trafficRouting>

export const hasPlugins = ({ plugins = {} }: TrafficRouting) => Object.keys(plugins).length > 0
