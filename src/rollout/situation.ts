// All that a pass knows before it wants anything (second step of a decision): the story, what its strategy
// makes of it, the verdict on the update, what the routers make of the weights. Computed once; read by
// wanted, moves and status alike.
import { internal } from '../api/field-error.ts'
import type { FieldError } from '../api/field-error.ts'
import { stayingReplicas } from '../workload/availability.ts'
import { podHashOf } from '../workload/replica-set.ts'
import { blueGreenSituation } from './blue-green/situation.ts'
import type { BlueGreenSituation } from './blue-green/situation.ts'
import { blueGreenStatus } from './blue-green/status.ts'
import { leadsToNothing } from './canary/carried.ts'
import { canarySituation } from './canary/situation.ts'
import type { CanarySituation } from './canary/situation.ts'
import { canaryStatus } from './canary/status.ts'
import { NO_LEAVING } from './leaving.ts'
import type { Leaving } from './leaving.ts'
import type { StrategyReport } from './report.ts'
import { restartOf } from './restart.ts'
import type { Restart } from './restart.ts'
import { routingOf } from './route-writes.ts'
import type { Routing } from './route-writes.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import { conditionOf } from './status/conditions.ts'
import { aborted, halted, hasPause, isGoingBack, storyOf } from './story.ts'
import type { Story } from './story.ts'
import { verdictOn } from './verdict.ts'
import type { Verdict } from './verdict.ts'

export interface Situation {
  readonly story: Story
  readonly strategy: StrategySituation
  readonly report: StrategyReport
  /** Why this pass gives the update up. */
  readonly verdict: Verdict | undefined
  readonly routing: Routing
  /** What is done about routers that were left. */
  readonly leaving: Leaving
  readonly restart: Restart
  /** What stands in the way: in the spec, in what it names, or in an object of a router. */
  readonly problem: FieldError | undefined
  /** This pass only records that it is late, and users have no pods: what leads them back all the same. */
  readonly back?: Situation
}

type StrategySituation = CanarySituation | BlueGreenSituation

/** Undefined without a strategy. A router whose object is broken is a problem from the start. */
export function situationOf(snapshot: RolloutSnapshot, problem?: FieldError): Situation | undefined {
  const situation = knownOf(storyOf(snapshot, problem))
  if (situation === undefined || problem !== undefined) return situation
  if (brokenBy(situation) !== undefined) return knownOf(storyOf(snapshot, situation.routing.problem))
  return hasUnserved(situation) ? withBack(situation, knownOf(storyOf(snapshot, NOT_RECORDED))) : situation
}

const NOT_RECORDED = internal({ path: 'spec.template', cure: '' }, 'the status does not tell of it yet')

/** Users come to where no pod is, in a pass that only records a missed deadline; what is refused would hide that. */
function hasUnserved({ story, strategy, verdict }: Situation): boolean {
  const { all, stable, status, replicas } = story
  const isRefused = conditionOf(status.conditions, 'WriteRefused') !== undefined
  if (verdict?.is !== 'late' || isRefused || replicas === 0) return false
  const isNobody = (hash: string | undefined) =>
    stayingReplicas(all.find(one => podHashOf(one) === hash)) === 0
  if (strategy.is === 'blue-green') return isNobody(strategy.active)
  const { carried, isDirect } = strategy
  const isLost = isDirect ? carried.weight > 0 && isNobody(carried.hash) : leadsToNothing(story, carried)
  return isLost || stayingReplicas(stable) === 0
}

/** The status tells where that leads them. */
function withBack(found: Situation, back: Situation | undefined): Situation {
  if (back === undefined) return found
  const { story, strategy } = found
  const moved = { ...found, routing: back.routing, back }
  if (strategy.is === 'canary' || back.strategy.is === 'canary') return moved
  const { activeWanted } = back.strategy
  const active = { ...strategy, activeWanted }
  return { ...moved, strategy: active, report: blueGreenStatus(story, active) }
}

/** A revision that has all the users needs no router: a name that is taken stands in the way of the next one. */
function brokenBy({ story, routing, strategy }: Omit<Situation, 'problem'>): FieldError | undefined {
  const hasAll =
    strategy.is === 'canary' && strategy.carried.weight === 0 && (story.isFirst || story.isPromoted)
  return hasAll && routing.taken !== undefined ? undefined : routing.problem
}

const NO_SHARES: ReadonlyMap<string, number> = new Map()
const NOTHING_FOUND = {
  canary: 0,
  others: NO_SHARES,
  byHeader: false,
  isCopied: false,
  stableHash: undefined,
}

function knownOf(story: Story): Situation | undefined {
  const found = strategyOf(story)
  if (found === undefined) return undefined
  const restart = restartOf(story)
  const verdict = verdictOn(story, { restart, ...found })
  const stopped =
    verdict !== undefined
      ? { ...aborted(story), isOnlyRecorded: verdict.is === 'late' }
      : isUnclear(story, found)
        ? halted(story, isUnclearNext(found))
        : undefined
  if (stopped === undefined) return known(story, { verdict, restart, ...found })
  return known(stopped, { verdict, restart, ...(strategyOf(stopped) ?? found) })
}

/** This pass finds that a person is to judge: nothing moves on before anybody was asked. */
function isUnclear({ isHalted, asksAgain, isStableLost }: Story, { report }: OfStrategy): boolean {
  const isAnswered = isHalted || asksAgain || isStableLost
  return !isAnswered && hasPause(report.fields, 'InconclusiveAnalysisRun')
}

/** The analysis of the step that this pass takes to be asked for: it was made before a status told of that step. */
function isUnclearNext({ strategy }: OfStrategy): boolean {
  return strategy.is === 'canary' && strategy.runs.step.is === 'inconclusive'
}

function known(story: Story, rest: Omit<Situation, 'story' | 'routing' | 'leaving' | 'problem'>): Situation {
  const { strategy } = rest
  const routing =
    strategy.is === 'canary'
      ? routingOf(story, strategy.intent, {
          canary: strategy.carried.read ?? strategy.carried.weight,
          others: strategy.carried.others ?? NO_SHARES,
          byHeader: strategy.carried.byHeader,
          isCopied: strategy.carried.isCopied,
          stableHash: strategy.carried.stableHash,
        })
      : routingOf(story, undefined, NOTHING_FOUND)
  const found = { story, routing, leaving: strategy.leaving, ...rest }
  const problem = story.problem ?? brokenBy(found)
  // A spec that is broken may not mean what it says: nothing is left for it alone.
  const leaves = problem === undefined || isGoingBack(story)
  return { ...found, leaving: leaves ? strategy.leaving : NO_LEAVING, problem }
}

interface OfStrategy {
  readonly strategy: StrategySituation
  readonly report: StrategyReport
}

function strategyOf(story: Story): OfStrategy | undefined {
  const { blueGreen, canary } = story.rollout.spec.strategy ?? {}
  const wasBlueGreen = blueGreen !== undefined && story.status.blueGreen?.activeSelector !== undefined
  if (canary !== undefined && !wasBlueGreen) {
    const strategy = canarySituation(story, canary)
    return { strategy, report: canaryStatus(story, strategy) }
  }
  if (blueGreen === undefined) return undefined
  const strategy = blueGreenSituation(story, blueGreen)
  return { strategy, report: blueGreenStatus(story, strategy) }
}
