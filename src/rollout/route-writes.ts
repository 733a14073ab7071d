// What the routers make of an intent, as writes: the difference between the objects as they are and as they
// should be; and what is wrong with these objects. Used by moves.ts (drain and fill).
import type { FieldError } from '../api/field-error.ts'
import { invalid } from '../api/field-error.ts'
import { maxTrafficWeight } from '../api/defaults.ts'
import { ROUTING_PATH } from '../api/references.ts'
import type { Rollout } from '../api/rollout.ts'
import { mergeDiff } from '../kube/diff.ts'
import { asJson, refKey, resourceName } from '../kube/object.ts'
import type { Kind, KubeObject } from '../kube/object.ts'
import type { Wait } from '../kube/reconciler.ts'
import type { EventNote, Write } from '../kube/write.ts'
import { servicesOf } from './services.ts'
import { contestOf } from './contest.ts'
import type { RouteWrite } from './contest.ts'
import type { RolloutSnapshot } from './snapshot.ts'
import type { Story } from './story.ts'
import type { BoundRouter } from '../traffic/registry.ts'
import { foundAfter } from '../traffic/placing.ts'
import type { Found, Placed, Placing, Routed, TrafficIntent } from '../traffic/router.ts'

/** What the routers make of an intent: each is asked once a pass. */
export interface Routing {
  readonly writes: readonly Write[]
  readonly waits: readonly Wait[]
  /** What people are told of a route that somebody else puts back. */
  readonly contested: string | undefined
  /** What is told when the weights are recorded. */
  readonly told: readonly EventNote[]
  /** What the routers have at the end of this pass; undefined when they are given nothing. */
  readonly given: TrafficIntent | undefined
  /** A router that cannot be written keeps what it has, until all is taken away. */
  readonly isKept: boolean
  /** What stands in a router's way: a user's mistake, or an object that is somebody else's. */
  readonly problem: FieldError | undefined
  /** What is told of it, once; only of an object that is somebody else's. */
  readonly taken: EventNote | undefined
}

const NOTHING_GIVEN = {
  writes: [],
  waits: [],
  told: [],
  contested: undefined,
  given: undefined,
  isKept: false,
} as const

/**
 * Without an intent the routers are only asked what is wrong with their objects. With a problem no weight is raised,
 * and the stable side follows the stable revision; a router that cannot route any more still takes its weight away.
 * `found`: what the routes give now; what is recorded where they do not say.
 */
export function routingOf(story: Story, intent: TrafficIntent | undefined, found: Shares): Routing {
  const { rollout, snapshot, routers } = story
  const routed = routers.map(router => router.route(intent ?? atRest(rollout), snapshot.named))
  const problem = routed.map(problemIn).find(one => one !== undefined)
  const broken = routed.find(one => !('placed' in one))
  const taken = broken !== undefined && 'problem' in broken ? broken.problem : undefined
  const isSound = (story.problem ?? problem) === undefined
  const later = story.isFirst ? undefined : intent
  const lowers = later !== undefined && takesBack(later, found)
  const isBack = lowers || (later !== undefined && isBehind(later, found))
  if (intent === undefined || (!isSound && !isBack)) return { ...NOTHING_GIVEN, problem, taken }
  const done: readonly Done[] = routed.map((one, i) =>
    'placed' in one ? one : left(story, routers[i], intent),
  )
  const planned = done.flatMap((one, i) =>
    one.placed.flatMap(placed => routeWrites(asServed(placed, routers[i], snapshot), snapshot.named)),
  )
  const contest = contestOf(snapshot, planned, lowers)
  return {
    writes: contest.writes,
    waits: [...done.flatMap(one => one.waits ?? []), ...contest.waits],
    contested: contest.message,
    told: done.flatMap(one => one.told ?? []),
    given: givenIn(intent, done, contest.writes.length === planned.length),
    isKept: broken !== undefined && intent.canary.weight > 0,
    problem,
    taken,
  }
}

/** What the routes give: to the canary, and to experiments by their Services. */
interface Shares {
  readonly canary: number
  readonly others: ReadonlyMap<string, number>
  /** Whether a header leads to the canary. */
  readonly byHeader: boolean
  /** Whether copies of requests are sent there. */
  readonly isCopied: boolean
  /** What the stable side selects, where a router selects pods itself. */
  readonly stableHash: string | undefined
}

/** The stable side has not followed the stable revision yet, and the canary gets no more. */
function isBehind({ canary, stable }: TrafficIntent, found: Shares): boolean {
  const isOther = found.stableHash !== undefined && found.stableHash !== stable.podHash
  return isOther && canary.weight <= found.canary
}

/** The canary gets less, or an experiment does, or nobody by a header any more, and the canary no more. */
function takesBack({ canary, others, ...routes }: TrafficIntent, found: Shares): boolean {
  if (canary.weight !== found.canary) return canary.weight < found.canary
  if (found.byHeader && routes.headerRoutes.length === 0) return true
  if (found.isCopied && routes.mirrorRoutes.length === 0) return true
  const given = new Map(others.map(one => [one.service, one.weight]))
  const isRaised = others.some(one => one.weight > (found.others.get(one.service) ?? 0))
  return !isRaised && [...found.others].some(([service, weight]) => (given.get(service) ?? 0) < weight)
}

function routeWrites(placed: Placed, found: Found): readonly RouteWrite[] {
  const { ref } = placed
  return writeOf(placed, found).map(write => ({ ref, before: found[refKey(ref)], write }))
}

interface Done extends Placing {
  readonly told?: readonly EventNote[]
  /** Users of the canary stay, whom nobody but a person can take back. */
  readonly isStuck?: boolean
}

/** What a broken part keeps, and what somebody puts back, was given by nobody. */
function givenIn(
  intent: TrafficIntent,
  done: readonly Done[],
  isWritten: boolean,
): TrafficIntent | undefined {
  return isWritten && done.every(one => one.isStuck !== true) ? intent : undefined
}

/** What is broken has no share to keep: nothing but 0 can be given to it. */
function left(story: Story, router: BoundRouter | undefined, { canary, stable }: TrafficIntent): Done {
  const { now, snapshot } = story
  if (router === undefined || canary.weight > 0) return { placed: [] }
  const placing = router.leave(
    { now, stableHash: stable.podHash || undefined, keepsHashes: true },
    snapshot.named,
  )
  const after = router.read(foundAfter(placing.placed, snapshot.named))
  return { ...placing, isStuck: (after?.canary ?? 0) > 0 }
}

/** What is made is made in the version that the server is asked for. */
function asServed(
  placed: Placed,
  router: BoundRouter | undefined,
  { named, served }: RolloutSnapshot,
): Placed {
  const { ref, object } = placed
  const version = served[resourceName(ref.kind)]
  const isMade = object !== undefined && named[refKey(ref)] === undefined
  if (!isMade || router === undefined || version === undefined) return placed
  return object.apiVersion.endsWith(`/${version}`)
    ? placed
    : { ...placed, object: router.inVersion(object, version) }
}

/** Others write to routes too: only on the version that was looked at. */
export function writeOf({ ref, object, why, event }: Placed, found: Found): readonly Write[] {
  const before = found[refKey(ref)]
  const told = event === undefined ? {} : { event }
  if (object === undefined) return before === undefined ? [] : [{ verb: 'delete', target: ref, why, ...told }]
  if (before === undefined) return [{ verb: 'create', object, why, ...told }]
  const patch = mergeDiff(asJson(before), asJson(object))
  if (patch === undefined) return []
  const { resourceVersion } = before.metadata
  const target = { ...ref, kind: asFound(ref.kind, before) }
  const ifVersion = resourceVersion === undefined ? {} : { ifVersion: resourceVersion }
  return [{ verb: 'patch', target, patch, why, ...ifVersion, ...told }]
}

/** The version in which the server has shown it. */
function asFound(kind: Kind, { apiVersion }: KubeObject): Kind {
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  return version === kind.version || version === '' ? kind : { ...kind, version }
}

function problemIn(routed: Routed): FieldError | undefined {
  if ('invalid' in routed) {
    const { path, value, cure, message } = routed.invalid
    return invalid({ path, value, cure }, message)
  }
  if (!('problem' in routed)) return undefined
  return invalid({ path: ROUTING_PATH, value: '', cure: 'Delete or rename it.' }, routed.problem.message)
}

function atRest(rollout: Rollout): TrafficIntent {
  const { stable = '', canary = '' } = servicesOf(rollout)
  const maxWeight = maxTrafficWeight(rollout.spec)
  return {
    now: 0,
    maxWeight,
    stable: { service: stable, podHash: '', weight: maxWeight },
    canary: { service: canary, podHash: '', weight: 0 },
    others: [],
    headerRoutes: [],
    mirrorRoutes: [],
  }
}
