// How a life must stand when it has come to rest: Healthy, or stopped for a reason that people can read; users where
// the status says they are.
import type { AnalysisRun } from '../../api/analysis.ts'
import { revisionHistoryLimit } from '../../api/defaults.ts'
import type { Experiment } from '../../api/experiment.ts'
import type { CanaryStep, Rollout, RolloutStatus } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { ANALYSIS_RUN, EXPERIMENT } from '../../kube/kinds.ts'
import { controllerOf } from '../../kube/object.ts'
import { actualReplicas, availableReplicas, wantedReplicas } from '../../workload/availability.ts'
import { currentStep } from '../../rollout/steps.ts'
import { hasDeadline } from '../../workload/deadlines.ts'
import type { ModelWorld } from '../model/world.ts'
import { asStands, byRoute, isEmptied, isInvalid, isRouted, servicesOf, sidesOf } from './furniture.ts'
import type { LifeSpec } from './scenario.ts'
import {
  hashOf,
  hasSides,
  imageOf,
  managedRoutesIn,
  rolloutIn,
  selectedBy,
  setIn,
  allIn,
  setsIn,
  setsOfExperiments,
  sidesIn,
  sightOf,
  weightsIn,
} from './sight.ts'
import type { Sight } from './sight.ts'

interface Unrest {
  readonly law: string
  readonly what: string
}

const STUCK = 'Healthy, or an explained stop'
const RIGHT = 'at rest users are where the status says'
const TIDY = 'at rest nothing is left over'
const COUNTS = 'at rest the status counts what is there'

export function unrest({ cluster }: Pick<ModelWorld, 'cluster'>, drawn: LifeSpec): readonly Unrest[] {
  const sight = sightOf(cluster)
  const rollout = rolloutIn(sight)
  if (rollout === undefined) return [{ law: STUCK, what: 'the Rollout has gone' }]
  const spec = asStands(drawn, rollout)
  const { phase = '', message = '', observedGeneration } = rollout.status ?? {}
  const told = `${phase}: ${message}`
  if (observedGeneration !== String(rollout.metadata.generation ?? 0))
    return [{ law: STUCK, what: `its last generation was never seen; ${told}` }]
  if (!isExplained(rollout.status) || (phase !== 'Healthy' && message === ''))
    return [{ law: STUCK, what: told }]
  const found = [
    asleep(rollout),
    tried(sight, spec, rollout.status),
    miscounted(rollout, sight, spec),
    misled(rollout, sight, spec),
    unserved(rollout, sight, spec),
    untrue(rollout, sight, spec),
  ]
  if (!isInvalid(rollout.status)) found.push(untidy(rollout, sight, spec), unkept(rollout, sight, spec))
  else if (rollout.status?.abort === true) found.push(stranded(rollout, sight, spec))
  return found.filter(one => one !== undefined)
}

/** Pods that do not come are no reason: by now all may. */
function isExplained(status: RolloutStatus = {}): boolean {
  const isStopped = status.abort === true || isInvalid(status)
  return status.phase === 'Degraded' ? isStopped : ['Healthy', 'Paused'].includes(status.phase ?? '')
}

/** A pause that has a time is over by now. */
function asleep(rollout: Rollout): Unrest | undefined {
  const { spec, status = {} } = rollout
  const reasons = (status.pauseConditions ?? []).map(({ reason }) => reason)
  const isHeld = spec.paused === true || reasons.includes('InconclusiveAnalysisRun')
  if (isHeld || isInvalid(status)) return undefined
  const step = currentStep(rollout)
  const { autoPromotionSeconds: seconds = 0, autoPromotionEnabled = true } = spec.strategy?.blueGreen ?? {}
  const isTimed =
    (reasons.includes('CanaryPauseStep') && step?.pause?.duration !== undefined) ||
    (reasons.includes('BlueGreenPause') && seconds > 0 && autoPromotionEnabled)
  return isTimed ? { law: STUCK, what: 'a pause that has a time does not end' } : undefined
}

/** Each has its time, and its pods go some time after its users. */
function tried(sight: Sight, spec: LifeSpec, status: Rollout['status']): Unrest | undefined {
  const tidy = (what: string) => ({ law: TIDY, what })
  const all = allIn<Experiment>(sight, EXPERIMENT)
  const running = all.find(one => isUnderWay(one.status?.phase))
  if (running !== undefined) return tidy(`${running.metadata.name} has not ended`)
  // Without a stable revision there is nobody to give its users to.
  if (setIn(sight, status?.stableRS) === undefined) return undefined
  const [led] = Object.keys(weightsIn(sight, spec).others)
  if (led !== undefined) return tidy(`${led} still has users`)
  // The garbage collector takes away what an Experiment that is gone would own.
  const owners = new Set(all.map(one => one.metadata.uid))
  const kept = isInvalid(status) ? keptByLeft(sight, spec) : []
  const left = setsOfExperiments(sight).find(
    one => owners.has(controllerOf(one)?.uid) && wantedReplicas(one) > 0 && !kept.includes(one.metadata.name),
  )
  return left === undefined ? undefined : tidy(`${left.metadata.name} still has pods`)
}

/** With a mistake in the spec a router that was left goes on: an experiment to which it sends users keeps its pods. */
function keptByLeft(sight: Sight, spec: LifeSpec): readonly string[] {
  if (spec.other === undefined || isRouted(spec)) return []
  return Object.entries(weightsIn(sight, byRoute(spec)).others).flatMap(([name, weight]) =>
    weight > 0 ? [name] : [],
  )
}

function miscounted({ status = {} }: Rollout, sight: Sight, spec: LifeSpec): Unrest | undefined {
  // Compat: of blue/green those count that users come to, and all while there are none.
  const active =
    spec.strategy === 'blueGreen' ? setIn(sight, selectedBy(sight, servicesOf(spec).stable)) : undefined
  const counted = active === undefined ? setsIn(sight) : [active]
  const available = counted.reduce((sum, one) => sum + availableReplicas(one), 0)
  if (isInvalid(status)) return undefined
  if ((status.availableReplicas ?? 0) === available) return uncounted(status, sight)
  return { law: COUNTS, what: `it says ${status.availableReplicas ?? 0} available, there are ${available}` }
}

/** An autoscaler is told of the pods that it finds by the selector. */
function uncounted({ selector = '', HPAReplicas = 0 }: RolloutStatus, sight: Sight): Unrest | undefined {
  const hash = HASH.exec(selector)?.[1]
  const picked = setsIn(sight).filter(set => hash === undefined || hashOf(set) === hash)
  const pods = picked.reduce((sum, one) => sum + actualReplicas(one), 0)
  return HPAReplicas === pods
    ? undefined
    : { law: COUNTS, what: `an autoscaler is told of ${HPAReplicas} pods and finds ${pods}` }
}

const HASH = new RegExp(`${POD_TEMPLATE_HASH}=([^,]+)`)

const isOver = (status: Rollout['status']) =>
  !isInvalid(status) && (status?.abort === true || status?.phase === 'Healthy')

/** By a person; an abort goes back all the same. */
const isStopped = ({ spec, status }: Rollout) => spec.paused === true && status?.abort !== true

/** Aborted or promoted: users are on the stable revision, whole, and nobody is sent elsewhere. */
function misled(rollout: Rollout, sight: Sight, spec: LifeSpec): Unrest | undefined {
  const { spec: wanted, status } = rollout
  const stable = setIn(sight, status?.stableRS)
  const { replicas = 1 } = wanted
  if (!isOver(status) || replicas <= 0 || isStopped(rollout)) return undefined
  if (stable === undefined) {
    return status?.phase === 'Healthy' ? { law: RIGHT, what: 'there is no stable revision' } : undefined
  }
  const has = availableReplicas(stable)
  if (has < replicas) return { law: RIGHT, what: `the stable revision has ${has} of ${replicas} pods` }
  const routed = stillRouted(sight, spec)
  if (routed !== undefined) return { law: RIGHT, what: routed }
  if (hasSides(spec) && sidesIn(sight, spec).stable !== status?.stableRS)
    return { law: RIGHT, what: 'the stable Service selects another revision' }
  if (status?.phase !== 'Healthy') return undefined
  const left = setsIn(sight).find(one => one !== stable && wantedReplicas(one) > 0)
  return left === undefined ? undefined : { law: RIGHT, what: `${hashOf(left)} still has pods` }
}

/** An abort goes back also with a mistake in the spec, where there is a stable revision. */
function stranded({ spec: wanted, status }: Rollout, sight: Sight, spec: LifeSpec): Unrest | undefined {
  const isThere = availableReplicas(setIn(sight, status?.stableRS)) > 0 && (wanted.replicas ?? 1) > 0
  const routed = isThere ? stillRouted(sight, spec) : undefined
  return routed === undefined ? undefined : { law: RIGHT, what: routed }
}

/** Also by a router that was left; which of a pair was its canary nobody knows any more. */
function stillRouted(sight: Sight, spec: LifeSpec): string | undefined {
  const left = spec.other === undefined || sidesOf(byRoute(spec)) === 'pair' ? [] : [byRoute(spec)]
  const weight = Math.max(...[spec, ...left].map(way => weightsIn(sight, way).canary))
  if (weight !== 0) return `the canary has weight ${weight}`
  const [route] = managedRoutesIn(sight, spec).names
  return route === undefined ? undefined : `the route ${route} still leads to the canary`
}

/** What the status tells of users is what stands. */
function untrue({ status = {} }: Rollout, sight: Sight, spec: LifeSpec): Unrest | undefined {
  if (isInvalid(status)) return undefined
  if (spec.strategy !== 'blueGreen') return misweighed(status, sight, spec)
  const active = selectedBy(sight, servicesOf(spec).stable)
  const told = status.blueGreen?.activeSelector
  return active === undefined || told === active ? undefined : mistold(told, active)
}

const mistold = (told: unknown, is: unknown): Unrest => ({
  law: RIGHT,
  what: `it tells ${told}, there is ${is}`,
})

function misweighed({ canary }: RolloutStatus, sight: Sight, spec: LifeSpec): Unrest | undefined {
  const told = canary?.weights
  if (!isRouted(spec) || told === undefined) return undefined
  const { canary: weight, all, others } = weightsIn(sight, spec)
  const rest = all - weight - Object.values(others).reduce((sum, one) => sum + one, 0)
  if (told.canary.weight !== weight) return mistold(told.canary.weight, weight)
  if (told.stable.weight !== rest) return mistold(told.stable.weight, rest)
  const { canary: led = onlyHash(sight), stable } = sidesIn(sight, spec)
  if (weight > 0 && told.canary.podTemplateHash !== led) return mistold(told.canary.podTemplateHash, led)
  const { podTemplateHash } = told.stable
  // A revision that is lost has nothing to lead to.
  if (rest === 0 || setIn(sight, podTemplateHash) === undefined) return undefined
  return podTemplateHash === stable ? undefined : mistold(podTemplateHash, stable)
}

/** Whom a Service that names no revision leads to, where there is one alone. */
function onlyHash(sight: Sight): string | undefined {
  const [first, ...others] = setsIn(sight).filter(one => availableReplicas(one) > 0)
  return first === undefined || others.length > 0 ? undefined : hashOf(first)
}

/** Blue/green: users have pods, if there is a revision that has all of its own and was not given up. */
function unserved(rollout: Rollout, sight: Sight, spec: LifeSpec): Unrest | undefined {
  const { status = {}, spec: wanted } = rollout
  const { replicas = 1 } = wanted
  const isHeld = wanted.paused === true || status.abort === true || isInvalid(status)
  if (spec.strategy !== 'blueGreen' || isHeld || replicas <= 0) return undefined
  const active = selectedBy(sight, servicesOf(spec).stable)
  const isServed = availableReplicas(setIn(sight, active)) > 0
  const isWhole = availableReplicas(setIn(sight, status.currentPodHash)) >= replicas
  if (!isServed && isWhole) return { law: RIGHT, what: 'users have no pod, the new revision has all' }
  const isUnproven = active !== undefined && ![status.stableRS, status.currentPodHash].includes(active)
  return isUnproven && spec.isWatched === true && setIn(sight, status.stableRS) !== undefined
    ? { law: RIGHT, what: `users are on ${active}, which was never proven` }
    : undefined
}

/** What an update has needed has gone when it is over. */
function untidy(rollout: Rollout, sight: Sight, spec: LifeSpec): Unrest | undefined {
  const { status = {}, spec: wanted } = rollout
  const tidy = (what: string) => ({ law: TIDY, what })
  const empty = setsIn(sight).filter(one => wantedReplicas(one) === 0)
  const old = empty.filter(one => ![status.stableRS, status.currentPodHash].includes(hashOf(one)))
  if (old.length > revisionHistoryLimit(wanted)) return tidy(`${old.length} old ReplicaSets are kept`)
  if (!isOver(status) || wanted.paused === true) return undefined
  const running = allIn<AnalysisRun>(sight, ANALYSIS_RUN).find(one => isUnderWay(one.status?.phase))
  if (running !== undefined) return tidy(`${running.metadata.name} has not ended`)
  const stable = setIn(sight, status.stableRS)
  if (stable !== undefined && hasDeadline(stable))
    return tidy('the stable revision has a scale-down deadline')
  if (status.promoteFull === true) return tidy('a full promotion is still asked for')
  const staysOn = status.abort === true && spec.abortScaleDownDelaySeconds === 0
  const left = setsIn(sight).find(one => one !== stable && wantedReplicas(one) > 0)
  return left === undefined || staysOn || stable === undefined
    ? undefined
    : tidy(`${hashOf(left)} still has pods`)
}

const isUnderWay = (phase: string | undefined) =>
  phase === undefined || ['', 'Pending', 'Running'].includes(phase)

/** Healthy: it runs what is asked for, where it is asked for. */
function unkept({ status = {}, spec: wanted }: Rollout, sight: Sight, spec: LifeSpec): Unrest | undefined {
  const kept = (what: string) => ({ law: RIGHT, what })
  if (status.phase !== 'Healthy') return unweighed({ status, spec: wanted }, sight, spec)
  const current = setIn(sight, status.currentPodHash)
  if (imageOf(current?.spec.template) !== imageOf(wanted.template)) return kept('another image runs')
  if (status.stableRS !== status.currentPodHash) return kept('the wanted revision is not the stable one')
  // The second of a pair stays where it is until the next update needs it.
  const beside = sidesOf(spec) === 'pair' ? undefined : sidesIn(sight, spec).canary
  if (hasSides(spec) && (wanted.replicas ?? 1) > 0 && beside !== undefined && beside !== status.stableRS)
    return kept('the second Service selects another revision')
  const isRestarted = wanted.restartAt === undefined || wanted.restartAt === status.restartedAt
  return isRestarted ? undefined : kept('nothing is restarted')
}

/** Paused at a step: at its weight, with its routes. */
function unweighed(
  { status = {}, spec: wanted }: Pick<Rollout, 'status' | 'spec'>,
  sight: Sight,
  spec: LifeSpec,
): Unrest | undefined {
  if (!isRouted(spec) || status.phase !== 'Paused' || standsStill(status, wanted)) return undefined
  const { currentStepIndex: at = 0 } = status
  const before = (wanted.strategy?.canary?.steps ?? []).slice(0, at + 1)
  const asked = before.findLast(one => one.setWeight !== undefined)?.setWeight ?? 0
  const weight = isEmptied(before) ? 0 : asked
  const { canary } = weightsIn(sight, spec)
  if (canary !== weight)
    return { law: RIGHT, what: `step ${at} asks for the weight ${weight}, the route has ${canary}` }
  const isThere = availableReplicas(setIn(sight, status.currentPodHash)) > 0 && !isEmptied(before)
  const wrong = misrouted(before, managedRoutesIn(sight, spec).names, isThere)
  return wrong === undefined ? undefined : { law: RIGHT, what: `step ${at}: ${wrong}` }
}

/** By a person; or by an analysis that is unclear, as it finds it. */
function standsStill(
  { abort, pauseConditions = [] }: RolloutStatus,
  { paused, replicas = 1 }: Rollout['spec'],
): boolean {
  const isUnclear = pauseConditions.some(({ reason }) => reason.startsWith('Inconclusive'))
  return paused === true || abort === true || replicas <= 0 || isUnclear
}

/** Routes of a header, and for copies, stand from their step on, as long as they lead to pods. */
function misrouted(
  steps: readonly CanaryStep[],
  standing: readonly string[],
  isThere: boolean,
): string | undefined {
  const said = steps.flatMap(({ setHeaderRoute, setMirrorRoute }) => setHeaderRoute ?? setMirrorRoute ?? [])
  for (const { name = '' } of said) {
    const isAsked = isThere && said.findLast(one => one.name === name)?.match !== undefined
    if (isAsked !== standing.includes(name)) return `the route ${name} is ${isAsked ? 'missing' : 'left'}`
  }
  return undefined
}
