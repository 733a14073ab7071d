// What a Rollout that is gone, or is being deleted, leaves behind: weights in objects of users, marks there, and
// Services that still select a revision of which nothing is left, so that they would select nothing for ever. One whose
// ReplicaSet lives on (--cascade=orphan, or another controller's) keeps its selector: its users keep their pods.
import type { Rollout } from '../../api/rollout.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import type { Cache } from '../../kube/cache.ts'
import type { Service } from '../../kube/core.ts'
import { REPLICA_SET, ROLLOUT, SERVICE } from '../../kube/kinds.ts'
import type { Key, KubeObject, ObjectRef } from '../../kube/object.ts'
import { asJson, controllerOf, keyOf, parseKey, refKey, refOf } from '../../kube/object.ts'
import type { Answer, Memory, Question, Wait } from '../../kube/reconciler.ts'
import type { Instant } from '../../std/instant.ts'
import { ROUTE_MARKS } from '../../traffic/registry.ts'
import type { Found, LeftAt, Placed } from '../../traffic/router.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import { namedBy } from '../gather.ts'
import { selectedHash } from '../services.ts'
import { markedBy, SERVICES_MANAGED_BY } from './indices.ts'
import { allRouters } from './named.ts'
import { notTakenOver } from './taken-over.ts'
import { wellFormed } from './well-formed.ts'

export interface LeftBehind {
  readonly leftBehind: readonly Service[]
  /** Objects of users with its mark, and how they should be. */
  readonly marked: readonly Marked[]
  readonly routes: LeftRoutes
}

interface Marked {
  readonly ref: ObjectRef
  readonly before: KubeObject
  readonly object: KubeObject
}

/** What takes the weights of its routers away. */
interface LeftRoutes {
  readonly placed: readonly Placed[]
  readonly found: Found
  readonly waits: readonly Wait[]
  /** Whether it has really gone, and is not another controller's now. */
  readonly questions: readonly Question[]
}

/** What the answerer is to find out. */
export interface StandsQuestion {
  readonly stands: ObjectRef
  readonly uid: string
}

const NO_ROUTES: LeftRoutes = { placed: [], found: {}, waits: [], questions: [] }

/** What is known besides the copy of the cluster. */
interface Around {
  readonly now: Instant
  readonly answers: Readonly<Record<string, Answer>>
  readonly memory: Memory | undefined
}

export function leftBehindBy(key: Key, cache: Cache, around: Around): LeftBehind | undefined {
  const { namespace, name } = parseKey(key)
  const standing = cache.get<Rollout>({ kind: ROLLOUT, namespace, name })
  if (standing !== undefined) {
    return { leftBehind: [], marked: [], routes: leftRoutes(standing, cache, around.now) }
  }
  const routes = routesOfGone(cache, around)
  const managed = cache.by<Service>(SERVICE, SERVICES_MANAGED_BY, key)
  const sets = cache.list<ReplicaSet>(REPLICA_SET, namespace)
  const hashes = new Set(sets.map(podHashOf))
  const marked = markedBehind(key, cache, hashes)
  const isAlive = sets.some(
    one => controllerOf(one)?.kind === ROLLOUT.kind && controllerOf(one)?.name === name,
  )
  const written = new Set(routes.placed.map(({ ref }) => refKey(ref)))
  return {
    leftBehind: managed.filter(service => !hashes.has(selectedHash(service) ?? '')),
    marked: isAlive ? [] : marked.filter(({ ref }) => !written.has(refKey(ref))),
    routes,
  }
}

/** A label that was changed makes it another controller's: only the API server knows. */
function routesOfGone(cache: Cache, { now, answers, memory }: Around): LeftRoutes {
  const rollout = memory?.gone as Rollout | undefined
  if (rollout === undefined) return NO_ROUTES
  const routes = leftRoutes(rollout, cache, now)
  if (routes.placed.length + routes.waits.length === 0) return NO_ROUTES
  const { namespace = '', name, uid = '' } = rollout.metadata
  const about = { stands: asJson({ kind: ROLLOUT, namespace, name }), uid }
  const questions: Question[] = []
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const id = `whether Rollout ${name} of uid ${uid} stands, attempt ${attempt}`
    questions.push({ id, about })
    const answer = answers[id]
    if (answer === undefined) return { ...NO_ROUTES, questions }
    if ('value' in answer) return answer.value === true ? NO_ROUTES : { ...routes, questions }
    const until = answer.at + ASK_AGAIN_MS
    const wait: Wait = { for: 'another look at the Rollout', since: answer.at, until }
    if (now < until) return { ...NO_ROUTES, questions, waits: [wait] }
  }
  return NO_ROUTES
}

const ATTEMPTS = 10
const ASK_AGAIN_MS = 5000

const LOOK_AGAIN_MS = 1000

function leftRoutes(stored: Rollout, cache: Cache, now: Instant): LeftRoutes {
  const rollout = wellFormed(stored)
  const routers = allRouters(rollout)
  if (routers.length === 0) return NO_ROUTES
  const found = namedBy(rollout, cache)
  const at = { now, ...livingStable(rollout, cache) }
  const all = routers.map(router => router.leave(at, found))
  const going = { key: keyOf(rollout), refs: routers.flatMap(router => router.refs) }
  const left = all.flatMap(one => one.placed)
  const placed = notTakenOver(left, going, cache)
  const again: Wait = { for: 'the routes to be left', since: now, until: now + LOOK_AGAIN_MS }
  // What only a person can take away is not waited for by what has gone.
  const timed = all.flatMap(one => one.waits ?? []).filter(one => one.until !== undefined)
  const waits = placed.length === 0 ? timed : [...timed, again]
  return { placed, found, waits, questions: [] }
}

/** One that leads to a ReplicaSet which lives on stays as it is. */
function markedBehind(key: Key, cache: Cache, alive: ReadonlySet<string | undefined>): readonly Marked[] {
  const { name } = parseKey(key)
  const marked = ROUTE_MARKS.flatMap(({ kind, hashesIn, without }) =>
    cache
      .by(kind, markedBy(kind), key)
      .filter(before => hashesIn?.(before).some(hash => alive.has(hash)) !== true)
      .map(before => ({ ref: refOf(kind, before), before, object: without(before, name) })),
  )
  return notTakenOver(marked, { key, refs: [] }, cache)
}

/** The stable revision, where its ReplicaSet lives on: subsets and nodes go on leading their users to it alone. */
function livingStable(
  { metadata, status }: Rollout,
  cache: Cache,
): Pick<LeftAt, 'stableHash' | 'keepsHashes'> {
  const { stableRS: stableHash = '' } = status ?? {}
  const isOrphaning = metadata.finalizers?.includes('orphan') === true
  const isLiving = cache
    .list<ReplicaSet>(REPLICA_SET, metadata.namespace)
    .some(one => podHashOf(one) === stableHash && (isOrphaning || controllerOf(one)?.uid !== metadata.uid))
  return isLiving ? { stableHash, keepsHashes: true } : {}
}
