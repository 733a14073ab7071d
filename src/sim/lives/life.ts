// Plays one life to its end and judges it: every write of ours on the way, then whether it came to rest, whole and
// silent.
import type { Rollout } from '../../api/rollout.ts'
import { KubeError } from '../../kube/errors.ts'
import { EXPERIMENT, POD, REPLICA_SET, ROLLOUT } from '../../kube/kinds.ts'
import { refKey } from '../../kube/object.ts'
import type { KubeObject, ObjectRef, RefKey } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { BARRIER_GIVES_UP_MS } from '../../runtime/loop/barrier.ts'
import type { Effect } from '../../runtime/loop/effects.ts'
import type { Store } from '../../runtime/mirror/store.ts'
import type { Instant } from '../../std/instant.ts'
import type { ClusterModel } from '../model/cluster.ts'
import { createModelWorld } from '../model/world.ts'
import type { ModelWorld, ModelWorldOptions } from '../model/world.ts'
import { perform } from './acts.ts'
import { autoscale } from './autoscaler.ts'
import { asStands, furniture, NAME, NAMESPACE, rolloutOf } from './furniture.ts'
import { abortRaises, BACK, broken, shrinksAhead, TAKEN, takesFromUsers } from './judge.ts'
import { gateKey, moveKey, note as see, storyKey } from './coverage.ts'
import type { Coverage } from './coverage.ts'
import { healthy } from './healthy.ts'
import { planMishaps } from './mishaps.ts'
import {
  forgotten,
  HITS,
  missed,
  RACE,
  selfBeaten,
  silenced,
  STANDS,
  STAYS,
  tooEarly,
  WORD,
} from './over-time.ts'
import type { Aborted, Moment, Partings } from './over-time.ts'
import { misstep } from './progress.ts'
import { ANSWERED, unanswered } from './raid.ts'
import { answerTo, unfounded } from './reasons.ts'
import type { Answer } from './reasons.ts'
import { unrest } from './rest.ts'
import { CALM_MS, MOST_EVENTS, REST_MS, SILENT_MS } from './scenario.ts'
import type { Deed, Fault, LifeSpec, Scenario } from './scenario.ts'
import { after, hashOf, objectIn, rolloutIn, sightOf, withObject } from './sight.ts'
import type { Sight } from './sight.ts'
import { faultyWay, fareOf } from './way.ts'
import type { FaultyWay } from './way.ts'

export interface Failure {
  readonly law: string
  readonly what: string
  /** Milliseconds since the life began. */
  readonly atMs: number
}

export interface Played {
  readonly failure?: Failure
  readonly passes: number
  readonly writes: number
  /** What was done and seen on the way, where somebody wants to read it. */
  readonly story: readonly string[]
}

const START = Date.UTC(2026, 7, 1, 12)

interface Judging {
  readonly spec: LifeSpec
  now: () => number
  begunAt: Instant
  clock: Pick<FaultyWay, 'skewMs' | 'forwardMs'>
  /** When the present pass began, and how far its clock was ahead then. */
  passAt: Moment & { readonly skewMs: number }
  readonly story: string[] | undefined
  /** A pass that goes on without what was refused saw what it began with. */
  isInPass: boolean
  /** What the pass under way saw, what it has made of it, and what of that is not in the cache yet. */
  seen: Sight
  made: Sight
  readonly own: Map<
    RefKey,
    { readonly ref: ObjectRef; readonly object: KubeObject; readonly version: number }
  >
  readonly partings: Partings
  readonly aborted: Aborted
  answered: Answer | undefined
  /** Those that our writes have made, as far as we were told. */
  readonly versions: Map<string, number>
  /** How many controllers have crashed: what one of them still writes later is judged by no pass. */
  crashes: number
  wasSkewed: boolean
  readonly coverage: Coverage | undefined
  readonly without: string | undefined
  failure: Failure | undefined
  passes: number
  writes: number
}

export interface LifeOptions {
  readonly tellsStory?: boolean
  /** A law that is not looked at. */
  readonly without?: string
  /** Notes what the life shows. */
  readonly coverage?: Coverage
  /** Ours, where somebody wants to look on. */
  readonly reconcilers?: ModelWorldOptions['reconcilers']
}

export function playLife(scenario: Scenario, options: LifeOptions = {}): Played {
  const { spec, acts, faults } = scenario
  const judging: Judging = {
    spec,
    now: () => 0,
    begunAt: START,
    clock: { skewMs: () => 0, forwardMs: () => 0 },
    isInPass: false,
    passAt: { at: START, skewMs: 0, forwardMs: 0 },
    story: options.tellsStory === true ? [] : undefined,
    seen: new Map(),
    made: new Map(),
    own: new Map(),
    partings: new Map(),
    aborted: {},
    answered: undefined,
    versions: new Map(),
    crashes: 0,
    wasSkewed: false,
    coverage: options.coverage,
    without: options.without,
    failure: undefined,
    passes: 0,
    writes: 0,
  }
  const world = begin(scenario, judging, options)
  const { timeline, cluster } = world
  const begunAt = timeline.now()
  judging.now = () => timeline.now() - begunAt
  judging.begunAt = begunAt
  if (scenario.isGrown !== true)
    cluster.write({ verb: 'create', object: rolloutOf(spec), why: 'a life begins' })
  planMishaps(world, faults)
  if (spec.isAutoscaled === true) autoscale(world, 'counted')
  for (const act of acts)
    timeline.at(begunAt + act.at, () => {
      judging.story?.push(`${act.at} somebody: ${JSON.stringify(act)}`)
      done(world, judging, act)
    })
  const failure = toTheEnd(world, judging, scenario.raid)
  const { passes, writes, story = [] } = judging
  return { passes, writes, story, ...(failure === undefined ? {} : { failure }) }
}

function begin(
  { spec, faults, isGrown = false }: Scenario,
  judging: Judging,
  { reconcilers }: LifeOptions,
): ModelWorld {
  const grown = isGrown ? healthy(spec) : undefined
  const start = grown?.start ?? START
  const world: ModelWorld = createModelWorld({
    way: ({ timeline, cluster }) => {
      const onStrike = (fault: Fault) => {
        if (judging.coverage === undefined) return
        const phase = cluster.get<Rollout>(TARGET)?.status?.phase ?? 'new'
        see(
          judging.coverage,
          `fault ${fault.on} ${'do' in fault ? fault.do : ''} x ${spec.strategy}, ${phase}`,
        )
      }
      const onDeed = (deed: Deed) => {
        judging.story?.push(`${judging.now()} somebody: ${JSON.stringify(deed)}`)
        done(world, judging, deed)
      }
      const faulty = faultyWay({ faults, timeline, cluster, begunAt: timeline.now(), onDeed, onStrike })
      judging.clock = faulty
      return {
        ...faulty,
        write(effect, make) {
          const { crashes, made: before } = judging
          judge(judging, effect.write, effect.lane)
          const answered = faulty.write(effect, () =>
            crashes === judging.crashes
              ? made(judging, effect, { cluster, make })
              : late(judging, effect.write, { cluster, make }),
          )
          if (answered.crash === true) crash(judging)
          note(judging, effect.write, answered.result)
          // What was refused is not made by the rest of the pass.
          if (answered.result instanceof KubeError) judging.made = before
          return answered
        },
      }
    },
    fare: fareOf(faults, start),
    start,
    ...(grown === undefined ? {} : { furnished: grown.furnished }),
    ...(reconcilers === undefined ? {} : { reconcilers }),
    onEffect: (effect, store) => hear(judging, effect, store),
  })
  for (const object of isGrown ? [] : furniture(spec))
    world.cluster.write({ verb: 'create', object, why: 'it stands there' })
  return world
}

/** Somebody does something; what is answered with it is remembered. */
function done(world: ModelWorld, judging: Judging, deed: Deed): void {
  const rollout = world.cluster.get<Rollout>(TARGET)
  // An abort is lost with the status.
  if (deed.do === 'lose-status') delete judging.aborted.of
  if (deed.do === 'promote' && rollout !== undefined) judging.answered = answerTo(rollout, judging.answered)
  perform(world, judging.spec, deed)
}

type Sent = Pick<Extract<Effect, { type: 'write' }>, 'write' | 'lane'>

/** A status alone: a pass that gives up only says why. */
const TELLS = 'report '

/** Pods are looked at where they are evicted. */
const RESTARTS = 'restart pod '

const LANE = `rollouts:${NAMESPACE}/${NAME}`

function crash(judging: Judging): void {
  judging.crashes++
  judging.isInPass = false
  judging.versions.clear()
}

interface Making {
  readonly cluster: ClusterModel
  readonly make: () => KubeObject | KubeError | undefined
}

/** Of a controller that has been taken over: a deadline that it writes is not that of the one which judges now. */
function late({ partings }: Judging, write: Write, { cluster, make }: Making) {
  const set =
    write.verb === 'patch' && write.target.kind === REPLICA_SET ? cluster.get(write.target) : undefined
  if (set !== undefined) partings.delete(hashOf(set))
  return make()
}

/** News of it that are later than that are waited for no more. */
function isOwn({ versions, now }: Judging, version: string): boolean {
  const at = versions.get(version)
  return at !== undefined && now() - at < BARRIER_GIVES_UP_MS
}

/** Whoever wrote meanwhile was heard, or ours is refused. */
function made(judging: Judging, { write, lane }: Sent, { cluster, make }: Making) {
  if (lane !== LANE || write.verb === 'create') return make()
  const standing = cluster.get(write.target)
  const result = make()
  const beaten = selfBeaten(result, version => isOwn(judging, version), standing)
  if (beaten !== undefined) fail(judging, RACE, beaten)
  if (result instanceof KubeError) return result
  const hit = missed(write, judging.seen, standing)
  if (hit !== undefined) fail(judging, HITS, hit)
  const lost = silenced(write, judging.seen, standing)
  if (lost !== undefined) fail(judging, WORD, lost)
  return result
}

/** A pass begins: what its cache shows, and over it what we have written and it does not show yet. */
function hear(judging: Judging, effect: Effect, store: Store): void {
  if (effect.type === 'done') end(judging, effect)
  if (effect.type === 'waiting' && judging.coverage !== undefined)
    for (const wait of effect.waits) see(judging.coverage, gateKey(wait.for))
  if (effect.type === 'failed') judging.story?.push(`${judging.now()} failed: ${effect.error.message}`)
  if (effect.type === 'write' && effect.lane.startsWith(`${EXPERIMENT.plural}:`))
    ofExperiment(judging, effect, store)
  if (effect.type !== 'said' || effect.controller !== ROLLOUT.plural) return
  if (judging.isInPass && effect.whys.some(why => !why.startsWith(TELLS))) return
  judging.isInPass = true
  let sight = sightOf(store, effect.whys.some(why => why.startsWith(RESTARTS)) ? [POD] : [])
  for (const [key, { ref, object, version }] of judging.own) {
    const cached = Number(objectIn(sight, ref)?.metadata.resourceVersion ?? 0)
    if (cached >= version) judging.own.delete(key)
    else if (cached > 0) sight = withObject(sight, ref.kind, object)
  }
  judging.seen = sight
  judging.made = sight
  const { clock } = judging
  const at = judging.begunAt + judging.now()
  judging.passAt = { at, skewMs: clock.skewMs(), forwardMs: clock.forwardMs() }
}

function ofExperiment(judging: Judging, { write }: Sent, store: Store): void {
  const before = sightOf(store)
  const spec = asStands(judging.spec, rolloutIn(before))
  const taken = takesFromUsers({ spec, write, before, after: after(before, write) })
  if (taken !== undefined) fail(judging, TAKEN, taken)
}

function end(judging: Judging, { controller, failed }: Extract<Effect, { type: 'done' }>): void {
  judging.passes++
  if (controller === ROLLOUT.plural) judging.isInPass = false
  if (failed || controller !== ROLLOUT.plural) return
  const ahead = shrinksAhead({ before: judging.seen, after: judging.made })
  if (ahead !== undefined) fail(judging, BACK, ahead)
}

function judge(judging: Judging, write: Write, lane: string): void {
  judging.writes++
  if (judging.coverage !== undefined) see(judging.coverage, moveKey(write.why))
  judging.story?.push(`${judging.now()} ${write.why}`)
  if (lane !== LANE) return
  const { made: before } = judging
  const spec = asStands(judging.spec, rolloutIn(before))
  judging.made = after(before, write)
  const worse = broken({ spec, write, before, after: judging.made }, judging.without)
  if (worse !== undefined) fail(judging, worse.law, worse.what)
  const early = tooEarly({ spec, write, before, after: judging.made }, judging.partings, judging.passAt)
  if (early !== undefined) fail(judging, STAYS, early)
  if (write.verb !== 'patch' || write.subresource !== 'status') return
  const told = rolloutIn(judging.made)
  if (judging.coverage !== undefined && told !== undefined)
    see(judging.coverage, `story ${storyKey(spec, told)}`)
  const { at, skewMs } = judging.passAt
  judging.wasSkewed ||= skewMs !== 0
  const { wasSkewed } = judging
  const pass = { spec, now: at + skewMs, wasSkewed, seen: judging.seen, made: judging.made }
  const wrong = misstep(pass, judging.without)
  if (wrong !== undefined) fail(judging, wrong.law, wrong.what)
  for (const { law, what } of unfounded(pass, judging.answered)) fail(judging, law, what)
  const dropped = forgotten(pass, judging.aborted)
  if (dropped !== undefined) fail(judging, STANDS, dropped)
  const { abort = false } = told?.status ?? {}
  const raised = abort ? abortRaises(spec, { before: judging.seen, after: judging.made }) : undefined
  if (raised !== undefined) fail(judging, 'no weight rises in a pass that reports an abort', raised)
}

const TARGET = { kind: ROLLOUT, namespace: NAMESPACE, name: NAME }

function note(judging: Judging, write: Write, result: KubeObject | KubeError | undefined): void {
  if (result instanceof KubeError) judging.story?.push(`${judging.now()}   refused: ${result.message}`)
  if (result === undefined || result instanceof KubeError || write.verb !== 'patch') return
  const version = Number(result.metadata.resourceVersion)
  judging.versions.set(String(version), judging.now())
  judging.own.set(refKey(write.target), { ref: write.target, object: result, version })
}

function fail(judging: Judging, law: string, what: string): void {
  if (law !== judging.without) judging.failure ??= { law, what, atMs: judging.now() }
}

/** Faults stop, it comes to rest within its time, and then nothing is written any more. */
function toTheEnd(world: ModelWorld, judging: Judging, raid: Deed | undefined): Failure | undefined {
  const { timeline } = world
  const begunAt = timeline.now()
  for (const until of [CALM_MS, CALM_MS + REST_MS]) {
    const isWhole = timeline.runUntil(begunAt + until, MOST_EVENTS)
    if (judging.failure !== undefined) return judging.failure
    if (!isWhole) return failureBy(judging, 'it comes to rest', 'it goes round in circles')
  }
  const restless = unrest(world, judging.spec).find(({ law }) => law !== judging.without)
  if (restless !== undefined) return { ...restless, atMs: judging.now() }
  const { writes } = judging
  timeline.runUntil(timeline.now() + SILENT_MS, MOST_EVENTS)
  if (judging.failure === undefined && judging.writes !== writes)
    return failureBy(judging, 'at rest it is silent', `${judging.writes - writes} more writes`)
  return judging.failure ?? afterRaid(world, judging, raid)
}

/** All writes that answer it are judged as all are. */
function afterRaid(world: ModelWorld, judging: Judging, raid: Deed | undefined): Failure | undefined {
  if (raid === undefined) return undefined
  judging.story?.push(`${judging.now()} somebody breaks it: ${JSON.stringify(raid)}`)
  const wrong = unanswered(world, judging.spec, raid)
  return wrong === undefined ? judging.failure : failureBy(judging, ANSWERED, wrong)
}

function failureBy(judging: Judging, law: string, what: string): Failure | undefined {
  fail(judging, law, what)
  return judging.failure
}
