// The laws that need a memory, or the world itself: how long old pods stay once their users have gone, whom a write
// hits, what happens to a word that a person has written meanwhile.
import { abortScaleDownDelaySeconds, scaleDownDelaySeconds } from '../../api/defaults.ts'
import type { Rollout, RolloutStatus } from '../../api/rollout.ts'
import { KubeError } from '../../kube/errors.ts'
import { REPLICA_SET, ROLLOUT } from '../../kube/kinds.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { equal } from '../../std/equal.ts'
import type { Instant } from '../../std/instant.ts'
import { record } from '../../std/json-parts.ts'
import { wantedReplicas } from '../../workload/availability.ts'
import type { Judged } from './judge.ts'
import { loadsIn, objectIn, rolloutIn, setIn, setsIn, hashOf } from './sight.ts'
import type { Sight } from './sight.ts'

export const STAYS = 'old pods stay for their delay'
export const HITS = 'a write hits the object that it was meant for'
export const RACE = 'ours loses no race against itself'
export const WORD = 'what a person has written is not written over'
export const STANDS = 'an abort stands until somebody takes it back'

/** The world's time, and how far the controller's clock has been set forward until then. */
export interface Moment {
  readonly at: Instant
  readonly forwardMs: number
}

interface Parting extends Moment {
  readonly isAbort: boolean
}

/** When each revision lost its last user, by a write of ours that ended its update. */
export type Partings = Map<string, Parting>

/** Notes who has no users any more, and judges whose pods go. */
export function tooEarly(judged: Judged, partings: Partings, now: Moment): string | undefined {
  const { spec, before, after } = judged
  const rollout = rolloutIn(before)
  if (rollout === undefined || spec.strategy === 'basic' || spec.strategy === 'dynamic') return undefined
  const [was, is] = [loadsIn(before, spec), loadsIn(after, spec)]
  const { abort = false, stableRS, currentPodHash } = rollout.status ?? {}
  for (const [hash, load] of Object.entries(was)) {
    const isOld = abort ? hash === currentPodHash && hash !== stableRS : hash === stableRS
    if (load > 0 && (is[hash] ?? 0) === 0 && isOld) partings.set(hash, { ...now, isAbort: abort })
  }
  if (isAborting(rollout, after)) noteAbort(rollout, partings, now)
  for (const [hash, load] of Object.entries(is)) if (load > 0) partings.delete(hash)
  return goneEarly(judged, { rollout, partings, now })
}

/** Not recorded yet. */
function isAborting({ status = {} }: Rollout, made: Sight): boolean {
  return status.abortedAt === undefined && (status.abort === true || rolloutIn(made)?.status?.abort === true)
}

/** What never had users goes from the abort on. */
function noteAbort({ status = {} }: Rollout, partings: Partings, now: Moment): void {
  const { stableRS, currentPodHash: hash } = status
  if (hash === undefined || hash === stableRS || partings.get(hash)?.isAbort === true) return
  partings.set(hash, { ...now, isAbort: true })
}

interface Going {
  readonly rollout: Rollout
  readonly partings: Partings
  readonly now: Moment
}

/** What the controller's clock was set forward counts as passed: it can not know better. */
function goneEarly({ spec, before, after }: Judged, { rollout, partings, now }: Going): string | undefined {
  const { abort = false, stableRS, currentPodHash } = rollout.status ?? {}
  const most = spec.scaleDownDelayRevisionLimit ?? Infinity
  for (const set of setsIn(before)) {
    const hash = hashOf(set)
    const parting = partings.get(hash)
    const isGoing = wantedReplicas(set) > 0 && wantedReplicas(setIn(after, hash)) === 0
    // What was given up before the present update is an old revision like any other.
    const isGivenUp = abort && hash === currentPodHash
    if (!isGivenUp && oldBeside(before, [hash, stableRS, currentPodHash]) >= most) continue
    if (parting?.isAbort !== isGivenUp || !isGoing || (rollout.spec.replicas ?? 1) <= 0) continue
    if (!isGivenUp && currentPodHash !== stableRS && spec.strategy !== 'blueGreen') continue
    // Deadlines are whole seconds.
    const passedMs = now.at - parting.at + now.forwardMs - parting.forwardMs
    const left = delaySeconds(rollout, isGivenUp) * 1000 - 1000 - passedMs
    if (left > 0) return `the pods of ${hash} go ${left} ms too early`
  }
  return undefined
}

/** Without a delay what was given up stays for ever. */
function delaySeconds({ spec }: Rollout, isGivenUp: boolean): number {
  return isGivenUp ? (abortScaleDownDelaySeconds(spec) ?? Infinity) : (scaleDownDelaySeconds(spec) ?? 0)
}

/** How many old revisions have pods beside these: no more than a limit may keep them. */
function oldBeside(sight: Sight, hashes: readonly (string | undefined)[]): number {
  return setsIn(sight).filter(one => !hashes.includes(hashOf(one)) && wantedReplicas(one) > 0).length
}

/** What was asked for when the last abort was recorded, and ever since; whether a full promotion was left beside it. */
export interface Aborted {
  of?: string
  isFull?: boolean
}

/** A retry, another template or other steps take an abort back, a full promotion one that was recorded. */
export function forgotten(
  { seen, made }: { readonly seen: Sight; readonly made: Sight },
  aborted: Aborted,
): string | undefined {
  const [before, after] = [rolloutIn(seen), rolloutIn(made)]
  if (before === undefined || after === undefined) return undefined
  const [was, is] = [before.status ?? {}, after.status ?? {}]
  const of = remember(aborted, before, is)
  if (was.abort !== true || is.abort === true || isIdle(was, is)) return undefined
  if (was.abortedAt === undefined) return isAnother(was, is) ? undefined : 'it is forgotten'
  // A revision whose ReplicaSet has gone may get another hash, and is another one.
  const isLost = isAnother(was, is) && setIn(seen, was.currentPodHash) === undefined
  const isTakenBack = aborted.of !== of || isLost || (was.promoteFull === true && aborted.isFull !== true)
  return isTakenBack ? undefined : 'it is forgotten'
}

/** What is asked for now. */
function remember(aborted: Aborted, { spec, status = {} }: Rollout, is: RolloutStatus): string {
  const of = JSON.stringify([spec.template, spec.strategy?.canary?.steps])
  if (aborted.of !== of) delete aborted.of
  if (is.abort === true && status.abortedAt === undefined)
    Object.assign(aborted, { of, isFull: is.promoteFull === true })
  if (status.promoteFull !== true) aborted.isFull = false
  return of
}

/** There is no update that could be aborted. */
function isIdle({ stableRS = '' }: RolloutStatus, is: RolloutStatus): boolean {
  return stableRS === '' || (is.stableRS === is.currentPodHash && stableRS === is.stableRS)
}

function isAnother(was: RolloutStatus, is: RolloutStatus): boolean {
  return is.currentPodHash !== was.currentPodHash || is.currentStepHash !== was.currentStepHash
}

/** What stands there when the write is made is another object than the one that its pass saw. */
export function missed(write: Write, seen: Sight, standing: KubeObject | undefined): string | undefined {
  if (write.verb === 'create' || write.target.kind !== REPLICA_SET) return undefined
  const meant = objectIn(seen, write.target)
  if (write.verb !== 'delete' || meant === undefined || standing === undefined) return undefined
  return meant.metadata.uid === standing.metadata.uid ? undefined : `${write.target.name} is another one`
}

/** Refused because of what the same controller has written, and was told of. */
export function selfBeaten(
  result: KubeObject | KubeError | undefined,
  isOwn: (version: string) => boolean,
  standing: KubeObject | undefined,
): string | undefined {
  if (!(result instanceof KubeError) || result.reason !== 'Conflict') return undefined
  const version = standing?.metadata.resourceVersion ?? ''
  return isOwn(version) ? `version ${version} is its own` : undefined
}

const WORDS = ['abort', 'promoteFull', 'pauseConditions'] as const

/** A status that was made before a person wrote, and is written after it. */
export function silenced(write: Write, seen: Sight, standing: KubeObject | undefined): string | undefined {
  if (write.verb !== 'patch' || write.subresource !== 'status' || write.target.kind !== ROLLOUT)
    return undefined
  const [meant, is] = [rolloutIn(seen)?.status ?? {}, (standing as Rollout | undefined)?.status ?? {}]
  const fields = record(record(write.patch)['status'])
  const lost = WORDS.find(word => word in fields && !equal(meant[word], is[word]))
  return lost === undefined ? undefined : `${lost} is no longer what its pass saw`
}
