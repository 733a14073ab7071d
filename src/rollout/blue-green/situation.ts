// What a pass knows of a blue/green Rollout before it wants anything (second step of a decision): which revision is
// active, how large the wanted one should be, what holds the switch back, and where the active Service should point. It
// only ever goes to a revision whose pods are all available.
import { autoPromotionEnabled, autoPromotionSeconds } from '../../api/defaults.ts'
import type { BlueGreenStrategy } from '../../api/rollout.ts'
import type { Wait } from '../../kube/reconciler.ts'
import type { Instant } from '../../std/instant.ts'
import { parseInstant } from '../../std/instant.ts'
import {
  availableReplicas,
  isSaturated,
  stayingReplicas,
  wantedReplicas,
} from '../../workload/availability.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import { haltGate, podsGate, runGate, waitFor } from '../gates.ts'
import type { Gate } from '../gates.ts'
import { isHeldService, leavingOf } from '../leaving.ts'
import type { Leaving } from '../leaving.ts'
import type { BlueGreenRuns } from '../runs.ts'
import { blueGreenRuns } from '../runs.ts'
import { selectedHash, servicesOf } from '../services.ts'
import type { Story } from '../story.ts'

export interface BlueGreenSituation {
  readonly is: 'blue-green'
  readonly strategy: BlueGreenStrategy
  /** The hash that the active Service selects; undefined when it selects none of ours. */
  readonly active: string | undefined
  /** It has come to its revision by another name in the spec: that is no proof. */
  readonly isRenamed: boolean
  /** Pods that the wanted revision should have now. */
  readonly size: number
  /** All of these are available. */
  readonly isPreviewReady: boolean
  readonly runs: BlueGreenRuns
  readonly pause: BlueGreenPause
  /** What the active Service should select at the end of this pass. */
  readonly activeWanted: string | undefined
  /** What the routers of a canary that it was still do. */
  readonly leaving: Leaving
  /** Why it does not select the wanted revision yet; or the stable one, after an abort. */
  readonly held: Gate
}

/** `begin`: this pass starts it. `over`: nothing holds the switch back (any more). */
type BlueGreenPause =
  | { readonly is: 'none' | 'begin' | 'over' }
  | { readonly is: 'waiting'; readonly since: Instant; readonly until?: Instant }

const PROMOTE = 'Promote, or abort.'

export function blueGreenSituation(story: Story, strategy: BlueGreenStrategy): BlueGreenSituation {
  const { current, snapshot } = story
  const active = selectedHash(snapshot.services[servicesOf(story.rollout).active ?? ''])
  const isRenamed = hasOtherName(story, active)
  const size = previewSize(story, strategy, active)
  const isPreviewReady =
    current !== undefined && wantedReplicas(current) === size && availableReplicas(current) === size
  const runs = blueGreenRuns(story, { active: isRenamed ? undefined : active, isPreviewReady })
  const facts = { strategy, active, isRenamed, size, isPreviewReady, runs }
  const pause = pauseOf(story, facts)
  const target = activeTarget(story, { ...facts, pause })
  const activeWanted = target.held === undefined && !story.isOnlyRecorded ? target.hash : active
  const activeService = servicesOf(story.rollout).active
  const now = (name: string) => selectedHash(snapshot.services[name])
  return {
    is: 'blue-green',
    ...facts,
    pause,
    activeWanted,
    leaving: leavingOf(story, name => (name === activeService ? activeWanted : now(name))),
    held: target.hash === active ? undefined : target.held,
  }
}

/**
 * A person holds it; a router that was left still sends users there; the wanted revision is gone, and not made now;
 * or it is where users were, until they are back.
 */
export function previewStays(story: Story, { leaving, isRenamed, held }: BlueGreenSituation): boolean {
  const isNotMade = story.current === undefined && (story.problem !== undefined || story.isAborted)
  const isWaiting = story.isHalted || (isRenamed && held !== undefined)
  return isWaiting || isNotMade || isHeldService(leaving, servicesOf(story.rollout).preview)
}

type Facts = Pick<
  BlueGreenSituation,
  'strategy' | 'active' | 'isRenamed' | 'size' | 'isPreviewReady' | 'runs'
>

function previewSize(story: Story, strategy: BlueGreenStrategy, active: string | undefined): number {
  const count = strategy.previewReplicaCount
  const isActive = active === undefined || active === story.hash
  const isProven = story.status.blueGreen?.scaleUpPreviewCheckPoint === true
  const isFast = story.isFull || story.isFirst || story.rollback !== undefined
  return count === undefined || isActive || isFast || (isProven && !story.isReset) ? story.replicas : count
}

function pauseOf(story: Story, facts: Facts): BlueGreenPause {
  if (story.isReset || story.isAborted || story.isHalted) return { is: 'none' }
  if (isFastTracked(story, facts)) return { is: 'over' }
  if (facts.strategy.prePromotionAnalysis !== undefined && facts.runs.pre.is !== 'passed')
    return { is: 'none' }
  return pauseOfPerson(story, facts)
}

/** Going there needs no proof. */
function isFastTracked(story: Story, { active, isRenamed }: Facts): boolean {
  const { rollback, isFull, isFirst, isStableLost, hash } = story
  const isNobodys =
    isFirst || isStableLost || (neverHad(story, active) && stayingReplicas(story.stable) === 0)
  return rollback !== undefined || isFull || isNobodys || (active === hash && !isRenamed)
}

/**
 * The Service that is active now selects another revision than stable, and no status has told so; or it tells that the
 * preview has the stable one. Another Service of ours, where users were, still selects that.
 */
function hasOtherName(story: Story, active: string | undefined): boolean {
  const { stable, isPromoted, status, snapshot, rollout } = story
  const home = stable && podHashOf(stable)
  if (home === undefined || isPromoted || active === undefined || active === home) return false
  const { activeSelector, previewSelector } = status.blueGreen ?? {}
  if (activeSelector === active && previewSelector !== home) return false
  const others = Object.entries(snapshot.services).filter(([name]) => name !== servicesOf(rollout).active)
  return others.some(([, service]) => selectedHash(service) === home)
}

/** The active Service has never selected any revision: there are no users to protect yet. */
function neverHad({ status }: Story, active: string | undefined): boolean {
  return active === undefined && (status.blueGreen?.activeSelector ?? '') === ''
}

function pauseOfPerson(story: Story, { isPreviewReady }: Facts): BlueGreenPause {
  const { rollout, status, now } = story
  const isAutomatic = autoPromotionEnabled(rollout.spec)
  const seconds = autoPromotionSeconds(rollout.spec)
  const isOver = story.wasResumed || status.blueGreen?.scaleUpPreviewCheckPoint === true
  if (isOver || (isAutomatic && seconds === 0)) return { is: 'over' }
  const began = status.pauseConditions?.find(pause => pause.reason === 'BlueGreenPause')
  if (began === undefined) return { is: isPreviewReady ? 'begin' : 'none' }
  const since = parseInstant(began.startTime) ?? now
  if (!isAutomatic) return { is: 'waiting', since }
  const until = since + seconds * 1000
  return now >= until ? { is: 'over' } : { is: 'waiting', since, until }
}

/** Where the active Service should point, and what holds it back from there. */
interface Target {
  readonly hash: string | undefined
  readonly held: Gate
}

function activeTarget(story: Story, facts: Facts & { readonly pause: BlueGreenPause }): Target {
  const { stable } = story
  const { active } = facts
  const back: Target = { hash: stable && podHashOf(stable), held: wayBack(story, active) }
  if (story.isAborted) return back
  if (story.isReset && !facts.isRenamed) return { hash: active, held: undefined }
  const lost = targetOfLost(story, active)
  if (lost !== undefined) return lost
  return story.isPromoted && active !== undefined ? back : forward(story, facts)
}

function forward(story: Story, facts: Facts & { readonly pause: BlueGreenPause }): Target {
  const { stable, current } = story
  const { active, isRenamed } = facts
  const held = haltGate(story) ?? podsOf(story, facts) ?? proofOf(story, facts)
  const isHeld = held !== undefined || story.problem !== undefined
  const back = { hash: stable && podHashOf(stable), held: undefined }
  if (isHeld && (isMisled(story, active) || isLeft(story, active))) return back
  if (isHeld && isRenamed) return { ...back, held: wayBack(story, active) }
  return { hash: current === undefined ? active : story.hash, held }
}

/** A Service that lost its selector goes back as after an abort; one that never had one to the first that is whole. */
function targetOfLost(story: Story, active: string | undefined): Target | undefined {
  const { stable, isFirst, replicas } = story
  if (isFirst || stable === undefined || !selectsNothing(story, active)) return undefined
  const hash = podHashOf(stable)
  if (!neverHad(story, active)) return { hash, held: wayBack(story, active) }
  return isSaturated(stable, replicas) ? { hash, held: undefined } : undefined
}

/** All pods must be available, as many as the Rollout has; when the stable ones are lost, one is better than none. */
function podsOf(story: Story, { size, isPreviewReady, active }: Facts): Gate {
  const serving = story.all.find(one => podHashOf(one) === active)
  if (story.isStableLost && stayingReplicas(story.current) > stayingReplicas(serving)) return undefined
  const isReady = isSaturated(story.current, story.replicas)
  return isReady && isPreviewReady ? undefined : podsGate(story, story.current, size)
}

function proofOf(story: Story, { pause, runs }: Facts & { readonly pause: BlueGreenPause }): Gate {
  if (pause.is === 'over') return undefined
  return pause.is === 'none' ? runGate(story, runs.pre) : pauseGate(story, pause)
}

function pauseGate(story: Story, pause: BlueGreenPause): Wait {
  return openPause(pause) ?? waitFor(story, 'the pause before promotion', PROMOTE)
}

/** A pause that is under way: it ends in its time, whatever else holds the switch back. */
export function openPause(pause: BlueGreenPause): Gate {
  if (pause.is !== 'waiting') return undefined
  const { since, until } = pause
  return until === undefined
    ? { for: 'somebody to promote', since, cure: PROMOTE }
    : { for: 'automatic promotion', since, until, cure: PROMOTE }
}

/** By hand, or by a tool: the Service has no hash, or one that no revision has; or its ReplicaSet was deleted. */
function selectsNothing({ all }: Story, active: string | undefined): boolean {
  return active === undefined || !all.some(one => podHashOf(one) === active)
}

/**
 * Users are better off with the stable revision: a hand has moved them to one that has not all its pods; or an old one,
 * or with a mistake in the spec any, has none: it gets none either.
 */
function isMisled(story: Story, active: string | undefined): boolean {
  const { all, older, stable, replicas, problem, status } = story
  const serving = all.find(one => podHashOf(one) === active)
  if (serving === undefined || serving === stable) return false
  const able = stayingReplicas(serving)
  if (stayingReplicas(stable) <= able) return false
  const isMoved = status.blueGreen?.activeSelector !== active
  if (isMoved && !isSaturated(serving, replicas)) return true
  return able === 0 && (problem !== undefined || older.includes(serving))
}

/** An update was replaced before what was to be measured after its switch has passed. */
function isLeft(story: Story, active: string | undefined): boolean {
  const isMeasured = story.rollout.spec.strategy?.blueGreen?.postPromotionAnalysis !== undefined
  const isOlder = story.older.some(one => podHashOf(one) === active)
  return isMeasured && isOlder && wayBack(story, active) === undefined
}

/**
 * Ours is right where Argo waits for the new revision's pods: users go back as soon as that makes nothing
 * worse.
 */
function wayBack(story: Story, active: string | undefined): Gate {
  const { stable, all, replicas } = story
  if (stable === undefined) {
    return waitFor(story, 'the stable ReplicaSet, which is gone', 'Deploy a revision that works.')
  }
  const serving = all.find(one => podHashOf(one) === active)
  const able = stayingReplicas(stable)
  const isAble = able >= replicas || (able > 0 && able >= stayingReplicas(serving))
  return isAble ? undefined : podsGate(story, stable, replicas)
}
