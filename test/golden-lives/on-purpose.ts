// Where ours is meant to differ from what was recorded, by life and place, with the reason. docs/COMPAT.md
// tells users.
import { equal } from '../../src/std/equal.ts'
import type { Difference } from './difference.ts'
import type { EventLine } from './recording.ts'

export interface OnPurpose {
  /** Name of the life, or several. */
  readonly lives: readonly string[]
  /** Beginning of the place: `end:.Rollout/demo.status.message`. */
  readonly path: string
  /** Events that ours has and no recording: type, reason, message. Only these are meant. */
  readonly extra?: readonly (readonly string[])[]
  /** Only that a number stands in the place of its text is meant. */
  readonly isNumber?: true
  readonly reason: string
}

/** What is recorded again and again although nothing happens; ours says it when it is so, at its own moments. */
interface Unsaid {
  readonly lives: readonly string[]
  readonly line: EventLine
  readonly reason: string
}

function updatedService(name: string, what: string): EventLine {
  return ['Normal', 'Updated VirtualService', `VirtualService \`${name}\` ${what}`]
}

const UNSAID: readonly Unsaid[] = [
  {
    lives: ['router-alb-deleted'],
    line: ['Normal', 'PatchingALBIngress', 'Updating Ingress `shop` removing managed routes'],
    reason: 'Recorded although there were none.',
  },
  {
    lives: ['router-alb-deleted'],
    line: ['Normal', 'PatchingALBIngress', "Updating Ingress `shop` to headerRoute 'staff'"],
    reason: 'Recorded with an address in memory in place of the name.',
  },
  {
    lives: [
      'router-istio-abort-header',
      'router-istio-deleted',
      'router-istio-header-forms',
      'router-istio-header-rule',
      'router-istio-mirror-full',
      'router-istio-unnamed-managed',
      'router-scale-istio',
    ],
    line: updatedService('shop', 'removed all managed routes.'),
    reason: 'The same as below.',
  },
  {
    lives: ['router-istio-guests'],
    line: updatedService('shop', "set to desiredWeight '0'"),
    reason:
      'Recorded when a destination of somebody else was deleted; ours leaves it, and has nothing to do yet.',
  },
  {
    lives: ['router-changed'],
    line: ['Normal', 'PatchingCanaryIngress', "Updating Ingress `shop-shop-canary` to desiredWeight '0'"],
    reason: 'The router that was left gives its weight back; recorded was that it keeps it for ever.',
  },
  {
    lives: ['istio-headers', 'istio-mirror'],
    line: ['Normal', 'Updated VirtualService', 'VirtualService `demo` removed all managed routes.'],
    reason:
      'Recorded in every pass in which no managed route is wanted; ours says it when one has been taken away.',
  },
]

export function unsaidIn(life: string): readonly EventLine[] {
  return UNSAID.filter(one => one.lives.includes(life)).map(one => one.line)
}

const ON_PURPOSE: readonly OnPurpose[] = [
  {
    lives: ['run-missing-arg'],
    path: 'end:.AnalysisRun/demo.status.completedAt',
    reason: 'A run that can not be played has no end there, and its `ttlStrategy` never takes it.',
  },
  {
    lives: ['ambassador-basic'],
    path: 'at-30:.Mapping/demo-canary.owner',
    reason:
      'Our canary Mapping belongs to the Rollout, and goes when that is deleted; theirs stays for ever.',
  },
  {
    lives: ['ambassador-basic'],
    path: 'at-60:.Mapping/demo-canary.owner',
    reason: 'The same.',
  },
  {
    lives: ['nginx-dynamic-stable'],
    path: 'events.Rollout/demo[24]',
    reason:
      'The recorded list is full with 25 Normal events; the two that follow were lost there, and the Warning of the ' +
      'abort, which has a limit of its own, stands in their place. Ours loses none.',
  },
  {
    lives: ['istio-mirror'],
    path: 'events.Rollout/demo[13]',
    reason:
      'As in nginx-dynamic-stable: the recorded list is full, and the Warning of the abort stands where it ends.',
  },
  {
    lives: ['istio-ping-pong'],
    path: 'swapped:.Rollout/demo.status.canary.weights',
    reason:
      'After the roles have swapped the weights were recorded with the old ones until the next update (behind ALB at ' +
      'once, as ours): the stable revision had all, and status said that the canary had.',
  },
  ...[
    'swapped:.ReplicaSet/demo-684df9f9cc',
    'third-at-30:.ReplicaSet/demo-684df9f9cc',
    ...['HPAReplicas', 'availableReplicas', 'readyReplicas', 'replicas'].map(
      count => `third-at-30:.Rollout/demo.status.${count}`,
    ),
  ].map(path => ({
    lives: ['istio-ping-pong'],
    path,
    reason:
      'No pass came there after the roles had swapped, so the old revision got no delay; behind ALB ' +
      '(router-alb-ping-pong) it did, as ours.',
  })),
  ...[23, 24].map(place => ({
    lives: ['istio-ping-pong'],
    path: `events.Rollout/demo[${place}]`,
    reason: 'The Event of that change of weights.',
  })),
  ...[
    ['router-ambassador-weight', 'at-20', 'lost'],
    ['router-scale-ambassador', 'three', 'three-quarters', 'like-traffic'],
    ['router-ambassador-v3', 'at-20'],
  ].flatMap(([life = '', ...snapshots]) =>
    snapshots.map(at => ({
      lives: [life],
      path: `${at}:.Mapping/front-canary.owner`,
      reason: 'As in ambassador-basic: our canary Mapping goes with the Rollout.',
    })),
  ),
  {
    lives: ['router-scale-ambassador'],
    path: 'none:.Mapping/front-canary',
    reason:
      'In the middle of an update a canary Mapping of weight 0 stays; recorded: deleted, after a sleep of 5 s.',
  },
  ...['conditions', 'message', 'phase'].map(field => ({
    lives: ['router-ambassador-weight'],
    path: `lost:.Rollout/shop.status.${field}`,
    reason:
      'A Mapping that was deleted is noticed at once; recorded: by the next pass, which nothing brings about.',
  })),
  {
    lives: ['router-apisix-wrong-rule', 'router-both-smi-traefik', 'router-traefik-lacking'],
    path: 'events.Rollout/shop',
    reason:
      'Recorded: a Warning TrafficRoutingError in each pass, and a revision that is made all the same; ours says it ' +
      'in the status, and makes the revision when the object is there.',
  },
  ...['conditions', 'message', 'phase'].map(field => ({
    lives: ['router-traefik-lacking'],
    path: `lost:.Rollout/shop.status.${field}`,
    reason: 'A TraefikService that was deleted is noticed at once; recorded: by the next pass.',
  })),
  ...[
    'ReplicaSet/shop-6dffcf47fd.spec.replicas',
    ...['HPAReplicas', 'availableReplicas', 'readyReplicas', 'replicas', 'updatedReplicas'].map(
      count => `Rollout/shop.status.${count}`,
    ),
  ].map(place => ({
    lives: ['router-both-smi-traefik'],
    path: `aborted:.${place}`,
    reason: 'As in router-smi-plain: ours rests at once, theirs when the revision is drained.',
  })),
  ...['start', 'at-30', 'end'].map(at => ({
    lives: ['router-nginx-rules'],
    path: `${at}:.Ingress/shop-shop-canary.spec.rules[0].http.paths`,
    reason: 'Only paths to the stable Service are copied; recorded: those of other Services, too.',
  })),
  ...[
    ['router-apisix-wrong-rule', 'typo', 'half'],
    ['router-both-smi-traefik', 'lacking'],
    ['router-traefik-lacking', 'lacking'],
  ].flatMap(([life = '', ...snapshots]) =>
    snapshots.map(at => ({
      lives: [life],
      path: `${at}:.`,
      reason:
        'While an object of the router is missing or lacks a Service, the status says so and nothing ' +
        'is made for a first revision; recorded: it is made, and its status stays empty.',
    })),
  ),
  ...['deleted', 'poked'].flatMap(at =>
    ['annotations.alb', 'annotations.rollouts', 'spec.rules'].map(place => ({
      lives: ['router-alb-deleted'],
      path: `${at}:.Ingress/shop.${place}`,
      reason:
        'When the Rollout has gone its action goes to the stable Service and its routes go; recorded: 20 % for ever, ' +
        'where a root Service is named.',
    })),
  ),
  {
    lives: ['router-istio-deleted'],
    path: 'deleted:.VirtualService/shop.spec.http[#]',
    reason:
      'When the Rollout goes its weight goes to the stable side, and routes of its steps go; recorded: both stay for ' +
      'ever.',
  },
  {
    lives: ['router-alb-deleted-plain'],
    path: 'deleted:.Ingress/shop.annotations',
    reason: 'The action is given back when the pods are gone; recorded: at the next change of the Ingress.',
  },
  ...[
    ['router-smi-plain', 'start', 'at-20', 'at-65', 'aborted'],
    ['router-smi-named', 'start', 'edited', 'at-65', 'end'],
    ['router-both-smi-traefik', 'at-20', 'aborted'],
  ].flatMap(([life = '', ...snapshots]) =>
    snapshots.map(at => ({
      lives: [life],
      path: `${at}:.TrafficSplit/`,
      isNumber: true as const,
      reason:
        'Without a flag a TrafficSplit is made in the version that the server stores (v1alpha2: numbers); recorded: ' +
        'in v1alpha1 (texts), which that controller asks for by default.',
    })),
  ),
  {
    lives: ['router-smi-named'],
    path: 'edited:.TrafficSplit/split-it.spec.service',
    reason: 'An edit by hand is put right at once; recorded: by the next pass, which nothing brings about.',
  },
  {
    lives: ['router-smi-plain'],
    path: 'lost:.TrafficSplit/shop',
    reason: 'A TrafficSplit that was deleted is made again at once; recorded: by the next pass.',
  },
  ...[
    'ReplicaSet/shop-6dffcf47fd.spec.replicas',
    ...['HPAReplicas', 'availableReplicas', 'readyReplicas', 'replicas', 'updatedReplicas'].map(
      count => `Rollout/shop.status.${count}`,
    ),
  ].map(place => ({
    lives: ['router-smi-plain'],
    path: `aborted:.${place}`,
    reason:
      'The canary Service changed to and fro there until the revision was drained, so its rest was recorded 30 ' +
      'seconds later; ours has one owner of that selector, and rests at once.',
  })),
  {
    lives: ['router-smi-plain'],
    path: 'events.Rollout/shop[22]',
    reason: 'As in istio-mirror: the Warning of the abort stands where the recorded list ends.',
  },
  ...[
    ['router-apisix-taken', 'taken:.Rollout/shop.status.conditions'],
    ['router-apisix-taken', 'taken:.Rollout/shop.status.message'],
    ['router-apisix-taken', 'taken:.Rollout/shop.status.phase'],
  ].map(([life = '', path = '']) => ({
    lives: [life],
    path,
    reason: 'A name that is taken is said in status; recorded: nothing but a line of the log.',
  })),
  {
    lives: ['router-apisix-taken', 'router-smi-taken'],
    path: 'events.Rollout/shop[#]',
    reason: 'A name that is taken is told in an Event, once; recorded: never, or in each pass.',
  },
  ...[
    ['router-nginx-taken', 'taken'],
    ['router-smi-taken', 'start'],
  ].flatMap(([life = '', at = '']) =>
    ['conditions', 'duration', 'message', 'phase'].map(field => ({
      lives: [life],
      path: `${at}:.Rollout/shop.status.${field}`,
      reason:
        'A name that is taken is said in status, and the first revision is counted to its end; recorded: status ' +
        'stays where it was.',
    })),
  ),
  {
    lives: ['router-nginx-taken', 'router-smi-taken'],
    path: 'second:.',
    reason:
      'The next revision is made when the name is free; recorded: it is made at once, and gets no pods.',
  },
  {
    lives: ['router-nginx-taken'],
    path: 'freed:.Rollout/shop.status.conditions[#]',
    reason: 'The first revision has been Healthy; recorded: nobody looked.',
  },
  ...[6, 7, 12, 13].map(place => ({
    lives: ['router-nginx-taken'],
    path: `events.Rollout/shop[${place}]`,
    reason: 'The Events of one pass are told in another order.',
  })),
  ...['observed', 'status.conditions', 'status.message', 'status.phase'].map(field => ({
    lives: ['router-appmesh-mistakes'],
    path: `node:.Rollout/shop.${field}`,
    reason: 'A provider that is no VirtualRouter is said in status; recorded: only in the log.',
  })),
  ...['three', 'gone'].flatMap(at =>
    [
      'ReplicaSet/shop-7db5bfb7f5',
      'Service/',
      'Rollout/shop.annotations',
      ...['blueGreen', 'canary', 'conditions[#]', 'current', 'duration', 'selector', 'stableRS'].map(
        field => `Rollout/shop.status.${field}`,
      ),
    ].map(place => ({
      lives: ['router-appmesh-mistakes'],
      path: `${at}:.${place}`,
      reason:
        'When the provider is mended ours goes on at once, before the next mistake is made; recorded: both are seen ' +
        'together by the next pass.',
    })),
  ),
  {
    lives: ['router-appmesh-mistakes'],
    path: 'events.Rollout/shop[#]',
    reason: 'The same.',
  },
  ...['conditions', 'message', 'phase'].map(field => ({
    lives: ['router-alb-wrong-backend'],
    path: `deleted:.Rollout/shop.status.${field}`,
    reason:
      'An Ingress that was deleted is noticed at once; recorded: by the next pass, which nothing brings about.',
  })),
  {
    lives: ['router-alb-ping-pong'],
    path: 'events.Rollout/shop[24]',
    reason: 'As in istio-mirror: the Warning of the abort stands where the recorded list ends.',
  },
  {
    lives: ['router-istio-guests'],
    path: 'start:.VirtualService/shop.spec.http[0].route',
    reason:
      'A destination of somebody else survives with its weight, and ours share the rest; recorded: deleted.',
  },
  ...['at-30', 'end'].map(at => ({
    lives: ['router-istio-guests'],
    path: `${at}:.VirtualService/shop.spec.http[0].route`,
    reason: 'The same.',
  })),
  ...['start', 'at-30', 'aborted'].map(at => ({
    lives: ['router-istio-rule-foreign'],
    path: `${at}:.DestinationRule/shop.spec.subsets`,
    reason: 'A subset of somebody else survives; recorded: deleted, although a route names it.',
  })),
  {
    lives: ['router-istio-unnamed-managed'],
    path: 'mirror-60:.VirtualService/shop.spec.http[2].route',
    reason:
      'The route without a name has its weights; recorded: forgotten while a mirror route stands beside it.',
  },
  ...['without', 'at-75'].map(at => ({
    lives: ['router-removed'],
    path: `${at}:.VirtualService/shop.spec.http[0].route`,
    reason: 'A router that was left gives its weight back; recorded: 50 for ever.',
  })),
  ...['istio', 'end'].map(at => ({
    lives: ['router-changed'],
    path: `${at}:.Ingress/shop-shop-canary`,
    reason:
      'The canary Ingress of a router that was left goes; recorded: it keeps half of the users for ever.',
  })),
  {
    lives: ['canary-services'],
    path: 'events.Rollout/demo',
    extra: ['3 to 0', '3 to 1', '2 to 1', '1 to 0'].map(sizes => [
      'Normal',
      'ScalingReplicaSet',
      `Scaled down ReplicaSet demo-684df9f9cc (revision 1) from ${sizes}`,
    ]),
    reason:
      'How many of three pods are seen ready at once is a matter of milliseconds, so the old ones go in one, two or ' +
      'three steps; recorded were two. Pods of the embedded cluster that start together are ready together.',
  },
]

/** Whether nothing of a snapshot is compared. */
export function isLeftOut(life: string, snapshot: string): boolean {
  return ON_PURPOSE.some(one => one.lives.includes(life) && one.path === `${snapshot}:.`)
}

/** The differences that nobody wanted. */
export function unwanted(life: string, found: readonly Difference[], list = ON_PURPOSE): Difference[] {
  const known = list.filter(one => one.lives.includes(life))
  return found.filter(difference => !known.some(one => isMeant(one, difference)))
}

/** What is listed for a life although it does not differ there. */
export function needless(life: string, found: readonly Difference[], list = ON_PURPOSE): OnPurpose[] {
  return list
    .filter(one => one.lives.includes(life))
    .filter(one => !found.some(difference => isMeant(one, difference)))
}

function isMeant({ path, extra, isNumber }: OnPurpose, difference: Difference): boolean {
  if (!difference.path.startsWith(path)) return false
  if (isNumber === true && String(difference.got) !== difference.want) return false
  if (extra === undefined) return true
  const found = (difference.got as { extra?: readonly unknown[] } | undefined)?.extra ?? []
  return found.length > 0 && found.every(event => extra.some(one => equal(one, event)))
}
