// From a life that fails to a small one that fails alike: acts and faults are left out, sizes and times are made plain,
// as long as the same law is broken.
import { playLife } from './life.ts'
import type { LifeSpec, Scenario } from './scenario.ts'

/** How many lives it may play. */
const MOST_TRIES = 400

export function shrink(scenario: Scenario, law: string): Scenario {
  let best = scenario
  let tries = 0
  const fails = (one: Scenario) => tries++ < MOST_TRIES && playLife(one).failure?.law === law
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false
    for (const smaller of smallerThan(best)) {
      if (!fails(smaller)) continue
      best = smaller
      isSmaller = true
      break
    }
  }
  return best
}

function* smallerThan(scenario: Scenario): Generator<Scenario> {
  const { acts, faults } = scenario
  for (let i = 0; i < faults.length; i++) yield { ...scenario, faults: faults.toSpliced(i, 1) }
  for (let i = 0; i < acts.length; i++) yield { ...scenario, acts: acts.toSpliced(i, 1) }
  for (const spec of plainerThan(scenario.spec)) yield { ...scenario, spec }
  for (const [i, act] of acts.entries()) {
    const at = Math.round(act.at / 1000) * 1000
    if (at !== act.at) yield { ...scenario, acts: acts.with(i, { ...act, at }) }
  }
}

const OPTIONAL = [
  'sides',
  'isAutoscaled',
  'maxSurge',
  'maxUnavailable',
  'autoPromotionSeconds',
  'previewReplicaCount',
  'scaleDownDelaySeconds',
  'abortScaleDownDelaySeconds',
  'scaleDownDelayRevisionLimit',
  'revisionHistoryLimit',
  'isWatched',
  'isByJob',
  'isDressed',
  'minReadySeconds',
  'abortsAtDeadline',
  'other',
  'endsAnalysed',
  'isTried',
  'triedWeight',
  'rollbackWindow',
  'minPods',
  'hasManagedRoutes',
  'progressThreshold',
] as const

function* plainerThan(spec: LifeSpec): Generator<LifeSpec> {
  for (const field of OPTIONAL) {
    const { [field]: value, ...rest } = spec
    if (value !== undefined) yield rest
  }
  for (let i = 0; i < spec.steps.length; i++) yield { ...spec, steps: spec.steps.toSpliced(i, 1) }
  if (spec.isAnalysed) yield { ...spec, isAnalysed: false }
  if (spec.strategy === 'dynamic') yield { ...spec, strategy: 'routed' }
  if (spec.strategy !== 'blueGreen' && spec.router !== 'nginx') yield { ...spec, router: 'nginx' }
  for (const replicas of [1, 2]) if (replicas < spec.replicas) yield { ...spec, replicas }
}
