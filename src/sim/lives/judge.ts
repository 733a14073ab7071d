// The laws of safety: each judges one write of ours by what its pass saw before it and what it makes of that. They
// refuse what a write makes worse, never what somebody else has done.
import { maxSurge, maxUnavailable } from '../../api/defaults.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { isConditionTrue } from '../../kube/conditions.ts'
import type { Pod } from '../../kube/core.ts'
import { POD, REPLICA_SET, SERVICE } from '../../kube/kinds.ts'
import { controllerOf } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { actualReplicas, stayingReplicas, total, wantedReplicas } from '../../workload/availability.ts'
import { byRoute, isRouted, isSpoiled, servicesOf } from './furniture.ts'
import type { LifeSpec } from './scenario.ts'
import {
  ableIn,
  allIn,
  hashOf,
  loadsIn,
  objectIn,
  rolloutIn,
  selectedBy,
  serviceIn,
  setIn,
  setsIn,
  setsOfExperiments,
  triedIn,
  weightsIn,
} from './sight.ts'
import type { Loads, Sight } from './sight.ts'

export interface Judged {
  readonly spec: LifeSpec
  readonly write: Write
  readonly before: Sight
  readonly after: Sight
}

/** Undefined: the law allows it; else what is wrong with it. */
export type Law = (judged: Judged) => string | undefined

const ROUNDING = 1e-6
/** Of pods: users of a header, who are in no share, need no more of them than one. */
const FEW = 1e-3

export const BACK = 'with a mistake in the spec only what leads back goes on'

export const TAKEN = 'an experiment takes nothing from under its users'

export const LAWS: Readonly<Record<string, Law>> = {
  'traffic only to revisions that can carry it': alsoLeft(able),
  'experiments get users only when their pods are there': ready,
  'weights add up': addUp,
  'adopted Services select a revision that exists': selectsOne,
  'nothing is removed that still gets traffic': alsoLeft(stays),
  'a canary without a router stays available': available,
  'a canary without a router stays within its surge': surge,
  'no revision has two ReplicaSets': noTwin,
  'a restart takes no more pods than may be missing': evicts,
  [BACK]: onlyBack,
  'what was given up does not grow': shrinks,
}

export function broken(
  judged: Judged,
  without?: string,
): { readonly law: string; readonly what: string } | undefined {
  for (const [law, judge] of Object.entries(LAWS)) {
    const what = law === without ? undefined : judge(judged)
    if (what !== undefined) return { law, what: `${judged.write.why}: ${what}` }
  }
  return undefined
}

const hashes = (sight: Sight) => setsIn(sight).map(hashOf)
const replicasIn = (rollout: Rollout | undefined) => rollout?.spec.replicas ?? 1

/** Who is given more must be able to carry it, or as many as those who served before; back to stable, nearly. */
function able({ spec, before, after }: Judged): string | undefined {
  const rollout = rolloutIn(before)
  if (rollout === undefined || replicasIn(rollout) <= 0) return undefined
  const was = loadsIn(before, spec, hashes(before))
  const is = loadsIn(after, spec, hashes(after))
  for (const [hash, load] of Object.entries(loadsIn(after, spec))) {
    if (load <= (was[hash] ?? 0) + ROUNDING) continue
    const needed = enough({ rollout, before, hash, load, was, is })
    const has = ableIn(before, hash)
    if (has < needed) return `${hash} is given ${load} and has ${has} of ${needed} pods`
  }
  return undefined
}

interface Given {
  readonly rollout: Rollout
  readonly before: Sight
  readonly hash: string
  readonly load: number
  readonly was: Loads
  readonly is: Loads
}

function enough({ rollout, before, hash, load, was, is }: Given): number {
  const { spec, status } = rollout
  const needed = goOnWith(rollout, load * replicasIn(rollout), hash) - FEW
  const others = Object.keys(was).filter(one => (was[one] ?? 0) > (is[one] ?? 0) + ROUNDING)
  const served = Math.max(0, ...others.map(one => ableIn(before, one)))
  if (hash !== status?.stableRS && mayBeSmall(rollout, load)) return Math.min(1, served)
  const whole =
    hash === status?.stableRS ? Math.floor(needed + 2 * FEW) - Math.max(1, maxUnavailable(spec)) : needed
  return Math.max(1, Math.min(status?.stableRS === undefined ? 1 : whole, served))
}

/** Whoever says how many canary pods there are gets them, whatever weight they then carry. */
export function hasOwnScale({ spec }: Rollout): boolean {
  const steps = spec.strategy?.canary?.steps ?? []
  return steps.some(
    ({ setCanaryScale }) => setCanaryScale !== undefined && setCanaryScale.matchTrafficWeight !== true,
  )
}

/** Of so many pods: as many as the threshold asks for. A number of pods is one of the canary. */
export function goOnWith({ spec, status }: Rollout, pods: number, hash: string | undefined): number {
  const threshold = spec.strategy?.canary?.replicaProgressThreshold
  if (threshold?.type === 'Percent') return Math.min(pods, (Math.ceil(pods - FEW) * threshold.value) / 100)
  return threshold === undefined || hash === status?.stableRS ? pods : Math.min(threshold.value, pods)
}

/** For the weight of its step, or of the next one: behind the last step the canary has all its pods. */
function mayBeSmall(rollout: Rollout, load: number): boolean {
  const { currentStepIndex: at = 0 } = rollout.status ?? {}
  const { length } = rollout.spec.strategy?.canary?.steps ?? []
  const shares = [at, at + 1].map(index => (index < length ? shareAt(rollout, index) : 0))
  return hasOwnScale(rollout) && load <= Math.max(...shares) + FEW
}

/** For the weight of its step, not for a larger one that it still has. */
function isScaledFor(rollout: Rollout, load: number): boolean {
  const { currentStepIndex = 0, promoteFull = false } = rollout.status ?? {}
  return hasOwnScale(rollout) && (promoteFull || load <= shareAt(rollout, currentStepIndex) + FEW)
}

/** The share of users that the steps ask for, up to that one. */
function shareAt({ spec }: Rollout, index: number): number {
  const steps = (spec.strategy?.canary?.steps ?? []).slice(0, index + 1)
  return (steps.findLast(one => one.setWeight !== undefined)?.setWeight ?? 0) / 100
}

function ready({ spec, before, after }: Judged): string | undefined {
  const was = weightsIn(before, spec).others
  for (const [service, weight] of Object.entries(weightsIn(after, spec).others)) {
    const pods = total(stayingReplicas, ledBy(before, service))
    if (weight > (was[service] ?? 0) && pods === 0) return `${service} is given ${weight} and has no pods`
  }
  return undefined
}

/** A Service that has only just come has the name of its pods. */
function ledBy(sight: Sight, service: string): readonly ReplicaSet[] {
  const led = triedIn(sight, selectedBy(sight, service))
  return led.length > 0 ? led : setsOfExperiments(sight).filter(one => one.metadata.name === service)
}

function addUp({ spec, before, after }: Judged): string | undefined {
  const { canary, all } = weightsIn(after, spec)
  const was = weightsIn(before, spec)
  if (canary === was.canary && all === was.all) return undefined
  return canary >= 0 && canary <= 100 && all === 100 ? undefined : `${canary} of ${all}`
}

function selectsOne({ spec, write, after }: Judged): string | undefined {
  if (write.verb !== 'patch' || write.target.kind.plural !== SERVICE.plural) return undefined
  const hash = selectedBy(after, write.target.name)
  const isOurs = Object.values(servicesOf(spec)).includes(write.target.name)
  if (!isOurs || hash === undefined || serviceIn(after, write.target.name) === undefined) return undefined
  return setIn(after, hash) === undefined ? `there is no ReplicaSet of ${hash}` : undefined
}

/** A ReplicaSet that shrinks or goes keeps what its users need, as far as it had that. */
function stays({ spec, write, before, after }: Judged): string | undefined {
  if (write.verb === 'create' || write.target.kind.plural !== REPLICA_SET.plural) return undefined
  const rollout = rolloutIn(before)
  const replicas = replicasIn(rollout)
  if (rollout === undefined || replicas <= 0) return undefined
  const isByPods = !isRouted(spec) && spec.strategy === 'basic'
  for (const [hash, load] of Object.entries(loadsIn(after, spec))) {
    if (load <= ROUNDING) continue
    const isSized = hash !== rollout.status?.stableRS && isScaledFor(rollout, load)
    const whole = isSized ? 1 : Math.max(1, Math.ceil(load * replicas - FEW))
    const needed = isByPods ? 1 - maxUnavailable(rollout.spec) : whole
    const kept = Math.min(ableIn(before, hash), needed)
    const has = wantedReplicas(setIn(after, hash))
    if (has < kept) return `${hash} carries ${load} and is left with ${has} of ${kept} pods`
  }
  return undefined
}

const isBasic = ({ spec }: Judged) => spec.strategy === 'basic'
const availableIn = (sight: Sight) => hashes(sight).reduce((sum, hash) => sum + ableIn(sight, hash), 0)
const sizeIn = (sight: Sight) => setsIn(sight).reduce((sum, one) => sum + wantedReplicas(one), 0)

function available(judged: Judged): string | undefined {
  const rollout = rolloutIn(judged.before)
  if (!isBasic(judged) || rollout === undefined) return undefined
  const least = Math.min(availableIn(judged.before), replicasIn(rollout) - maxUnavailable(rollout.spec))
  const has = availableIn(judged.after)
  return has < least ? `${has} of ${least} pods stay` : undefined
}

/** An old revision that the canary's Service selects keeps a pod beside the others, where none may be missing. */
function keptBeside({ spec, before }: Judged, rollout: Rollout): number {
  const { stableRS, currentPodHash } = rollout.status ?? {}
  const hash = selectedBy(before, servicesOf(spec).canary)
  const isOld = hash !== undefined && hash !== stableRS && hash !== currentPodHash
  return isOld && maxUnavailable(rollout.spec) === 0 ? Math.min(1, wantedReplicas(setIn(before, hash))) : 0
}

function surge(judged: Judged): string | undefined {
  const rollout = rolloutIn(judged.before)
  if (!isBasic(judged) || rollout === undefined || isLeaving(judged)) return undefined
  const allowed = replicasIn(rollout) + maxSurge(rollout.spec) + keptBeside(judged, rollout)
  const most = Math.max(sizeIn(judged.before), allowed)
  const has = sizeIn(judged.after)
  return has > most ? `${has} pods where ${most} may be` : undefined
}

/** A router that was left still has users: they come back to a stable side that is whole. */
function isLeaving({ spec, before }: Judged): boolean {
  return spec.other !== undefined && !isRouted(spec) && weightsIn(before, byRoute(spec)).canary > 0
}

/** Also of the users whom a router that was left sends where it did. */
function alsoLeft(law: Law): Law {
  return judged =>
    law(judged) ?? (isLeaving(judged) ? law({ ...judged, spec: byRoute(judged.spec) }) : undefined)
}

/** Of a revision; without a router of all. What is not ready may go, and what is only now asked for is not missing. */
function evicts(judged: Judged): string | undefined {
  const { write, before, after } = judged
  const rollout = rolloutIn(before)
  const pod = write.verb === 'evict' ? objectIn(before, write.target) : undefined
  if (pod === undefined || rollout === undefined) return undefined
  const owner = controllerOf(pod)?.uid
  const sets = setsIn(before).filter(one => isBasic(judged) || one.metadata.uid === owner)
  const [had, has] = [readyIn(before, sets), readyIn(after, sets)]
  const asked = total(one => Math.min(wantedReplicas(one), actualReplicas(one)), sets)
  const whole = isBasic(judged) ? Math.min(replicasIn(rollout), asked) : asked
  const least = whole - Math.max(1, maxUnavailable(rollout.spec))
  return had === has || has >= least ? undefined : `${has} of ${least} pods stay`
}

function readyIn(sight: Sight, sets: readonly ReplicaSet[]): number {
  const owners = new Set(sets.map(({ metadata }) => metadata.uid))
  const isReady = (pod: Pod) => pod.metadata.deletionTimestamp === undefined && isConditionTrue(pod, 'Ready')
  return allIn<Pod>(sight, POD).filter(pod => owners.has(controllerOf(pod)?.uid) && isReady(pod)).length
}

function noTwin({ write, before }: Judged): string | undefined {
  if (write.verb !== 'create' || write.object.kind !== REPLICA_SET.kind) return undefined
  const hash = hashOf(write.object)
  return setIn(before, hash) === undefined ? undefined : `${hash} has one already`
}

function onlyBack({ write, before, after }: Judged): string | undefined {
  const { stableRS } = rolloutIn(before)?.status ?? {}
  if (!isSpoiledBeside(before)) return undefined
  if (write.verb === 'create')
    return write.object.kind === REPLICA_SET.kind ? 'a revision is made' : undefined
  if (write.target.kind.plural !== REPLICA_SET.plural) return undefined
  const set = objectIn(before, write.target)
  if (set === undefined || hashOf(set) === stableRS) return undefined
  const [was, is] = [before, after].map(sight => wantedReplicas(setIn(sight, hashOf(set))))
  return (is ?? 0) > (was ?? 0) ? `${hashOf(set)} grows` : undefined
}

/** There is a mistake in the spec, and a stable revision to go back to. */
function isSpoiledBeside(sight: Sight): boolean {
  const rollout = rolloutIn(sight)
  return rollout !== undefined && isSpoiled(rollout) && setIn(sight, rollout.status?.stableRS) !== undefined
}

/** With a mistake in the spec a whole pass makes no revision smaller, unless it says that it goes back. */
export function shrinksAhead({ before, after }: Pick<Judged, 'before' | 'after'>): string | undefined {
  const { stableRS, abort = false, currentPodHash } = rolloutIn(after)?.status ?? {}
  if (!isSpoiledBeside(before) || abort || currentPodHash === stableRS) return undefined
  const others = setsIn(before).filter(one => hashOf(one) !== stableRS)
  const smaller = others.find(one => wantedReplicas(setIn(after, hashOf(one))) < wantedReplicas(one))
  return smaller && `${hashOf(smaller)} shrinks`
}

/** An aborted revision gets no pods any more, unless somebody tries it again. */
function shrinks({ write, before, after }: Judged): string | undefined {
  const { stableRS, abort = false, promoteFull = false, currentPodHash } = rolloutIn(before)?.status ?? {}
  if (!abort || promoteFull || currentPodHash === stableRS || setIn(before, stableRS) === undefined)
    return undefined
  if (write.verb !== 'patch' || write.target.kind.plural !== REPLICA_SET.plural) return undefined
  const [was, is] = [before, after].map(sight => wantedReplicas(setIn(sight, currentPodHash)))
  return (is ?? 0) > (was ?? 0) ? `${currentPodHash} grows` : undefined
}

/** What an experiment takes away leads nobody any more. `before`: as its controller saw it. */
export function takesFromUsers({ spec, write, before, after }: Judged): string | undefined {
  if (write.verb === 'create') return undefined
  const { others } = weightsIn(before, spec)
  const led = Object.entries(others).filter(([, weight]) => weight > 0)
  for (const [service, weight] of led) {
    const hash = selectedBy(before, service)
    const [had, has] = [before, after].map(sight => total(stayingReplicas, triedIn(sight, hash)))
    if (had !== 0 && has === 0) return `the pods of ${service} go, which has ${weight}`
    if (serviceIn(before, service) !== undefined && serviceIn(after, service) === undefined)
      return `${service} goes, which has ${weight}`
  }
  return undefined
}

/** A pass that reports an abort gives nobody but the stable revision more. */
export function abortRaises(
  spec: LifeSpec,
  { before, after }: { readonly before: Sight; readonly after: Sight },
): string | undefined {
  const stable = rolloutIn(before)?.status?.stableRS
  if (stable === undefined || setIn(before, stable) === undefined) return undefined
  const was = loadsIn(before, spec, hashes(before))
  for (const [hash, load] of Object.entries(loadsIn(after, spec)))
    if (hash !== stable && load > (was[hash] ?? 0) + ROUNDING) return `${hash} gets ${load} after an abort`
  return undefined
}
