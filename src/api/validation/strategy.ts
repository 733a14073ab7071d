// The rules of `spec.strategy`: one strategy, its services, its delays, what goes with a router and what does not.
import { percentOf } from '../../kube/int-or-string.ts'
import { revisionHistoryLimit } from '../defaults.ts'
import type { FieldError } from '../field-error.ts'
import { invalid, missing } from '../field-error.ts'
import type {
  AntiAffinity,
  BlueGreenStrategy,
  CanaryStrategy,
  PingPong,
  Rollout,
  RolloutSpec,
} from '../rollout.ts'
import { hasPlugins } from '../traffic.ts'
import type { TrafficRouting } from '../traffic.ts'
import { stepsErrors } from './steps.ts'

type Errors = readonly FieldError[]
const when = (isBroken: boolean, error: () => FieldError): Errors => (isBroken ? [error()] : [])

const PATH = 'spec.strategy'
const twoServices = (one: string, other: string) =>
  `This rollout uses the same service for the ${one} and ${other} services, but two different services are required.`

export function strategyErrors(rollout: Pick<Rollout, 'spec'>): Errors {
  const { blueGreen, canary } = rollout.spec.strategy ?? {}
  const path = `${PATH}.strategy`
  const cure = 'Write one of `canary` and `blueGreen`.'
  if (blueGreen !== undefined && canary !== undefined) {
    return [
      invalid({ path, value: 'blueGreen: true canary: true', cure }, 'Multiple Strategies can not be listed'),
    ]
  }
  if (blueGreen !== undefined) return blueGreenErrors(rollout.spec, blueGreen)
  if (canary !== undefined) return canaryErrors(rollout, canary)
  return [
    missing({ path, cure }, "Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'"),
  ]
}

function blueGreenErrors(spec: RolloutSpec, blueGreen: BlueGreenStrategy): Errors {
  const { activeService = '', previewService = '', scaleDownDelayRevisionLimit: limit } = blueGreen
  const active = { path: `${PATH}.activeService`, value: activeService, cure: 'Name two Services.' }
  const limited = {
    path: `${PATH}.scaleDownDelayRevisionLimit`,
    value: limit,
    cure: 'Write no more than `revisionHistoryLimit`.',
  }
  return [
    ...when(activeService === previewService, () => invalid(active, twoServices('active', 'preview'))),
    ...when(limit !== undefined && limit > revisionHistoryLimit(spec), () =>
      invalid(
        limited,
        "This rollout's revision history limit can not be smaller than the rollout's scale down limit",
      ),
    ),
    ...antiAffinityErrors(blueGreen.antiAffinity),
  ]
}

function canaryErrors(rollout: Pick<Rollout, 'spec'>, canary: CanaryStrategy): Errors {
  const { canaryService = '', stableService = '', pingPong } = canary
  const stable = { path: `${PATH}.stableService`, value: stableService, cure: 'Name two Services.' }
  return [
    ...surgeErrors(canary),
    ...when(stableService !== '' && stableService === canaryService, () =>
      invalid(stable, twoServices('stable', 'canary')),
    ),
    ...(pingPong === undefined ? [] : pingPongErrors(pingPong, canary.trafficRouting)),
    ...when(needsServices(canary) && stableService === '', () => invalid(stable, NEEDS_SERVICES)),
    ...when(needsServices(canary) && canaryService === '', () =>
      invalid({ ...stable, path: `${PATH}.canaryService`, value: canaryService }, NEEDS_SERVICES),
    ),
    ...(canary.trafficRouting === undefined
      ? unroutedErrors(canary)
      : routedErrors(canary, canary.trafficRouting)),
    ...stepsErrors(rollout, canary),
    ...antiAffinityErrors(canary.antiAffinity),
  ]
}

const NEEDS_SERVICES = 'Canary service and Stable service must to be set to use Traffic Routing'

function needsServices({ trafficRouting: routing, pingPong }: CanaryStrategy): boolean {
  if (routing === undefined) return false
  const { alb, istio, smi, apisix, ambassador, nginx, appMesh, traefik } = routing
  if (pingPong === undefined && alb !== undefined) return true
  if (pingPong === undefined && istio !== undefined && istio.destinationRule === undefined) return true
  return [smi, apisix, ambassador, nginx, appMesh, traefik].some(router => router !== undefined)
}

/** Compat: a text that is no number counts as zero here too. */
function surgeErrors({ maxSurge = '25%', maxUnavailable = '25%' }: CanaryStrategy): Errors {
  if (amount(maxSurge) !== 0 || amount(maxUnavailable) !== 0) return []
  const place = { path: `${PATH}.maxSurge`, value: maxSurge, cure: 'Let one of the two be more than 0.' }
  return [invalid(place, 'MaxSurge and MaxUnavailable both can not be zero')]
}

function amount(value: number | string): number {
  if (typeof value === 'number') return value
  return percentOf(value) ?? (/^[+-]?\d+$/.test(value) ? Number(value) : 0)
}

function pingPongErrors(
  { pingService = '', pongService = '' }: PingPong,
  routing: TrafficRouting | undefined,
): Errors {
  const ping = { path: `${PATH}.pingPong.pingService`, value: pingService, cure: 'Name two Services.' }
  const pong = { ...ping, path: `${PATH}.pingPong.pongService`, value: pongService }
  const needed = 'Ping service and Pong service must to be set to use Ping-Pong feature'
  const router = { path: `${PATH}.trafficRouting.alb`, cure: 'Use a router that can do it.' }
  const root = { path: `${PATH}.trafficRouting.alb.rootService`, value: '', cure: 'Name the root Service.' }
  const isServed =
    routing === undefined || routing.alb !== undefined || routing.istio !== undefined || hasPlugins(routing)
  return [
    ...when(!isServed, () =>
      invalid(router, 'Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only'),
    ),
    ...when(pingService === '', () => invalid(ping, needed)),
    ...when(pongService === '', () => invalid(pong, needed)),
    ...when(pingService === pongService, () => invalid(ping, twoServices('ping', 'pong'))),
    ...when(routing?.alb !== undefined && (routing.alb.rootService ?? '') === '', () =>
      invalid(
        root,
        'Root service field is required for the configuration with ALB and ping-pong feature enabled',
      ),
    ),
  ]
}

function unroutedErrors(canary: CanaryStrategy): Errors {
  const { scaleDownDelaySeconds: delay, dynamicStableScale = false } = canary
  const cure = 'Take it away, or name a router in `trafficRouting`.'
  return [
    ...when(delay !== undefined, () =>
      invalid(
        { path: `${PATH}.scaleDownDelaySeconds`, value: delay, cure },
        'Canary scaleDownDelaySeconds can only be used with traffic routing',
      ),
    ),
    ...when(dynamicStableScale, () =>
      invalid(
        { path: `${PATH}.dynamicStableScale`, value: true, cure },
        'Canary dynamicStableScale can only be used with traffic routing',
      ),
    ),
  ]
}

function routedErrors(canary: CanaryStrategy, routing: TrafficRouting): Errors {
  const { scaleDownDelaySeconds: delay, dynamicStableScale = false } = canary
  const { maxTrafficWeight: weight, nginx } = routing
  return [
    ...when(delay !== undefined && dynamicStableScale, () =>
      invalid(
        { path: `${PATH}.dynamicStableScale`, value: true, cure: 'Take one of the two away.' },
        'Canary dynamicStableScale cannot be used with scaleDownDelaySeconds',
      ),
    ),
    ...when(weight !== undefined && nginx === undefined && !hasPlugins(routing), () =>
      invalid(
        { path: `${PATH}.trafficRouting.maxTrafficWeight`, value: weight, cure: 'Take it away.' },
        'Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins',
      ),
    ),
  ]
}

function antiAffinityErrors(antiAffinity: AntiAffinity | undefined): Errors {
  if (antiAffinity === undefined) return []
  const path = `${PATH}.antiAffinity`
  const preferred = antiAffinity.preferredDuringSchedulingIgnoredDuringExecution
  const isPreferred = preferred !== undefined
  const isRequired = antiAffinity.requiredDuringSchedulingIgnoredDuringExecution !== undefined
  const value =
    `antiAffinity.PreferredDuringSchedulingIgnoredDuringExecution: ${isPreferred}` +
    ` antiAffinity.RequiredDuringSchedulingIgnoredDuringExecution: ${isRequired}`
  const weight = preferred?.weight ?? 0
  const weighed = { path: `${path}.weight`, value: weight, cure: 'Write 1 to 100.' }
  return [
    ...when(isPreferred === isRequired, () =>
      invalid(
        { path, value, cure: 'Write one of the two.' },
        'AntiAffinity must have exactly one strategy listed',
      ),
    ),
    ...when(isPreferred && (weight < 1 || weight > 100), () =>
      invalid(weighed, 'AntiAffinity weight must be between 1-100'),
    ),
  ]
}
