// The rules of `spec.strategy.canary.steps`, step by step.
import type { RolloutArgument } from '../analysis.ts'
import { rolloutArguments } from '../analysis.ts'
import { maxTrafficWeight, pauseSeconds } from '../defaults.ts'
import type { RolloutExperiment } from '../experiment.ts'
import type { FieldError } from '../field-error.ts'
import { invalid, missing } from '../field-error.ts'
import { inGoOrder } from '../go-order.ts'
import type {
  CanaryStep,
  CanaryStrategy,
  Rollout,
  SetHeaderRoute,
  SetMirrorRoute,
  StringMatch,
} from '../rollout.ts'
import { canaryStep, STRING_MATCH } from '../steps.ts'
import { hasPlugins } from '../traffic.ts'
import type { TrafficRouting } from '../traffic.ts'

type Errors = readonly FieldError[]
const when = (isBroken: boolean, error: () => FieldError): Errors => (isBroken ? [error()] : [])

const ONE_ACTION =
  'Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause'
const MANAGED = 'spec.strategy.canary.trafficRouting.managedRoutes'

export function stepsErrors(rollout: Pick<Rollout, 'spec'>, canary: CanaryStrategy): Errors {
  return (canary.steps ?? []).flatMap((step, i) => {
    const path = `spec.strategy.steps[${i}]`
    return [
      ...kindErrors(path, step),
      ...weightErrors(path, step, maxTrafficWeight(rollout.spec)),
      ...scaleErrors(step, canary.trafficRouting),
      ...headerErrors(`${path}.setHeaderRoute`, step.setHeaderRoute, canary.trafficRouting),
      ...mirrorErrors(`${path}.setMirrorRoute`, step.setMirrorRoute, canary.trafficRouting),
      ...managedErrors(path, step, canary.trafficRouting),
      ...experimentErrors(`${path}.experiment`, step.experiment, canary.trafficRouting),
      ...argumentErrors(`${path}.analyses`, step),
    ]
  })
}

/** Compat: of all actions only these four exclude each other. */
function kindErrors(path: string, step: CanaryStep): Errors {
  const is = (name: keyof CanaryStep) => step[name] !== undefined
  const exclusive = (['experiment', 'pause', 'setWeight', 'analysis'] as const).filter(is)
  const all = (Object.keys(canaryStep.fields) as (keyof CanaryStep)[]).filter(is)
  const told =
    `step.Experiment: ${is('experiment')} step.Pause: ${is('pause')}` +
    ` step.SetWeight: ${is('setWeight')} step.Analysis: ${is('analysis')}`
  const nothing =
    'step.Experiment: true step.Pause: true step.SetWeight: true step.Analysis: true ' +
    'step.SetCanaryScale: true step.SetHeaderRoute: true step.SetMirrorRoute: true step.Plugin: true'
  return [
    ...when(exclusive.length > 1, () =>
      invalid({ path, value: told, cure: 'Write them as steps of their own.' }, ONE_ACTION),
    ),
    ...when(all.length === 0, () => invalid({ path, value: nothing, cure: 'Write what to do.' }, ONE_ACTION)),
  ]
}

function weightErrors(path: string, step: CanaryStep, max: number): Errors {
  const weight = step.setWeight
  const seconds = step.pause === undefined ? undefined : pauseSeconds(step.pause)
  return [
    ...when(weight !== undefined && (weight < 0 || weight > max), () =>
      invalid(
        { path: `${path}.setWeight`, value: weight, cure: `Write 0 to ${max}.` },
        `SetWeight needs to be between 0 and ${max}`,
      ),
    ),
    ...when(seconds !== undefined && seconds < 0, () =>
      invalid(
        { path: `${path}.pause.duration`, value: seconds, cure: 'Write seconds, or a duration such as 10m.' },
        'Duration needs to be greater than 0',
      ),
    ),
  ]
}

function scaleErrors(step: CanaryStep, routing: TrafficRouting | undefined): Errors {
  return when(step.setCanaryScale !== undefined && routing === undefined, () =>
    missing(
      { path: 'spec.strategy.trafficRouting', cure: 'Name a router, or take the step away.' },
      'SetCanaryScale requires TrafficRouting to be set',
    ),
  )
}

function headerErrors(
  path: string,
  route: SetHeaderRoute | undefined,
  routing: TrafficRouting | undefined,
): Errors {
  if (route === undefined) return []
  const isServed =
    routing !== undefined &&
    (routing.istio !== undefined ||
      routing.alb !== undefined ||
      routing.apisix !== undefined ||
      hasPlugins(routing))
  if (!isServed) {
    const value = inGoOrder(canaryStep.fields.setHeaderRoute, route)
    return [
      invalid(
        { path, value, cure: 'Use a router that can do it.' },
        'SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix',
      ),
    ]
  }
  // Compat: with several routers the rule of the ALB holds for all.
  const check = routing.alb === undefined ? matchErrors : albMatchErrors
  return (route.match ?? []).flatMap((match, i) => check(`${path}.match[${i}]`, match.headerValue))
}

const matchCure = 'Write exactly one of exact, prefix and regex.'
const MISSED = 'StringMatch value missed, match value must have one of the following: exact, regex, prefix'

function matchErrors(path: string, match: StringMatch | undefined): Errors {
  const place = { path, value: inGoOrder(STRING_MATCH, match), cure: matchCure }
  const used = [match?.exact, match?.regex, match?.prefix].filter(one => one !== undefined && one !== '')
  return [
    ...when(used.length === 0, () => invalid(place, MISSED)),
    ...when(used.length > 1, () =>
      invalid(place, 'StringMatch match value must have exactly one of the following: exact, regex, prefix'),
    ),
  ]
}

function albMatchErrors(path: string, match: StringMatch | undefined): Errors {
  const place = { path, value: inGoOrder(STRING_MATCH, match), cure: 'Write `exact` alone.' }
  if (match === undefined) return [invalid(place, MISSED)]
  const { exact = '', regex = '', prefix = '' } = match
  return when(exact === '' || regex !== '' || prefix !== '', () =>
    invalid(place, "SetHeaderRoute match value invalid. ALB supports 'exact' value only"),
  )
}

function mirrorErrors(
  path: string,
  route: SetMirrorRoute | undefined,
  routing: TrafficRouting | undefined,
): Errors {
  if (route === undefined) return []
  const isServed = routing !== undefined && (routing.istio !== undefined || hasPlugins(routing))
  const value = inGoOrder(canaryStep.fields.setMirrorRoute, route)
  return [
    ...when(!isServed, () =>
      invalid(
        { path, value, cure: 'Use a router that can do it.' },
        'SetMirrorRoute requires TrafficRouting, supports Istio and Plugins',
      ),
    ),
    ...(route.match ?? []).flatMap((match, i) =>
      [match.method, match.path].flatMap(one =>
        one === undefined ? [] : matchErrors(`${path}.match[${i}]`, one),
      ),
    ),
  ]
}

function managedErrors(path: string, step: CanaryStep, routing: TrafficRouting | undefined): Errors {
  if (routing === undefined) return []
  const routes = [
    ...(step.setHeaderRoute === undefined
      ? []
      : [{ kind: 'setHeaderRoute', name: step.setHeaderRoute.name ?? '' }]),
    ...(step.setMirrorRoute === undefined
      ? []
      : [{ kind: 'setMirrorRoute', name: step.setMirrorRoute.name }]),
  ]
  const { managedRoutes } = routing
  if (managedRoutes === undefined) {
    const place = {
      path: 'spec.strategy.trafficRouting.managedRoutes',
      cure: 'List the routes of the steps there.',
    }
    return when(routes.length > 0, () => missing(place, `Rollout has missing field '${MANAGED}'`))
  }
  return routes
    .filter(({ name }) => managedRoutes.every(managed => managed.name !== name))
    .map(({ kind, name }) =>
      invalid(
        { path: `${path}.${kind}`, value: name, cure: `Add the route to ${MANAGED}.` },
        `Steps define a route that does not exist in ${MANAGED}`,
      ),
    )
}

function experimentErrors(
  path: string,
  experiment: RolloutExperiment | undefined,
  routing: TrafficRouting | undefined,
): Errors {
  const isServed =
    routing !== undefined &&
    (routing.alb !== undefined ||
      routing.smi !== undefined ||
      routing.istio !== undefined ||
      hasPlugins(routing))
  const problem =
    routing === undefined
      ? 'Experiment template weight cannot be set unless TrafficRouting is enabled'
      : 'Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and Plugins at this time'
  return (experiment?.templates ?? []).flatMap((template, i) =>
    when(template.weight !== undefined && !isServed, () =>
      invalid(
        { path: `${path}.templates[${i}].weight`, value: template.weight, cure: 'Take the weight away.' },
        problem,
      ),
    ),
  )
}

const METADATA_PATH = /^metadata\.(name|namespace|uid|labels|annotations|(labels|annotations)\['[^']+'\])$/

function argumentErrors(path: string, step: CanaryStep): Errors {
  const args: readonly RolloutArgument[] = [
    ...(step.experiment?.analyses ?? []).flatMap(analysis => analysis.args ?? []),
    ...(step.analysis?.args ?? []),
  ]
  const isBad = ({ valueFrom }: RolloutArgument) => {
    const field = valueFrom?.fieldRef?.fieldPath
    return field !== undefined && field.startsWith('metadata') && !METADATA_PATH.test(field)
  }
  const place = {
    path,
    value: inGoOrder(rolloutArguments, args),
    cure: "Write a path such as metadata.labels['env'].",
  }
  return args
    .filter(isBad)
    .map(() =>
      invalid(place, 'Analyses arguments must refer to valid object metadata supported by downwardAPI'),
    )
}
