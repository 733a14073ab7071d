// The loop that plays reconcilers: a state machine without IO, clock or promises. Inputs in, effects out; the
// driver performs them against a Client, the simulator against a model. Stations d to h of the walk.
//
//   seen, answered, wait over, back-off over ──> queue ──(tick)──> barrier ──closed──> queue, until caught up
//                                                                    | open
//                                                                    v
//      done <──no write left── pass: gather, decide, writes, status, trims ──refused──> recover once, or back off
import { assert, unreachable } from '../../std/assert.ts'
import { keyOf, sameResource } from '../../kube/object.ts'
import type { Key, Kind, KubeObject } from '../../kube/object.ts'
import type { EventNote } from '../../kube/write.ts'
import { isWithin } from '../../std/instant.ts'
import type { Instant } from '../../std/instant.ts'
import type { Seen } from './barrier.ts'
import {
  createControllers,
  everyKey,
  forget,
  keysOf,
  refOfKey,
  rememberGone,
  watchesOf,
} from './controller.ts'
import type { Controller } from './controller.ts'
import type { Effect, Input } from './effects.ts'
import { createEventLanes } from './event-lanes.ts'
import type { EventLanes } from './event-lanes.ts'
import { createPasses } from './passes.ts'
import type { Passes } from './passes.ts'
import { createRecorder } from './recorder.ts'
import { createReports } from './reports.ts'
import type { Reports } from './reports.ts'
import type { Change } from '../mirror/store.ts'
import type { AnyReconciler } from '../mirror/watches.ts'

export interface LoopOptions {
  /** Kept up to date by whoever feeds `seen`. */
  readonly cache: Seen
  /** The `source.component` of Events. */
  readonly component: string
  /** How many keys of a reconciler may have writes under way. */
  readonly inFlight?: number
}

export interface Loop {
  step(input: Input, now: Instant): readonly Effect[]
  /** When a tick is due; undefined: only an input can make work. */
  nextAt(): Instant | undefined
  stats(now: Instant): LoopStats
}

interface LoopStats {
  readonly controllers: readonly { name: string; depth: number; adds: number; inFlight: number }[]
  readonly eventsWaiting: number
  readonly eventsDropped: number
  readonly barriersGivenUp: number
}

const IN_FLIGHT = 32

interface World {
  readonly cache: Seen
  readonly inFlight: number
  readonly controllers: readonly Controller[]
  readonly events: EventLanes
  /** Events that no status waits for: one at a time, beside everything else. */
  readonly laterEvents: EventLanes
  readonly reports: Reports
  readonly passes: Passes
  readonly sendingEvents: Map<number, { readonly lanes: EventLanes; readonly lane: `events/${string}` }>
  readonly nextId: () => number
  elected: boolean
  latest: Instant
}

export function createLoop(reconcilers: readonly AnyReconciler[], options: LoopOptions): Loop {
  const { cache, inFlight = IN_FLIGHT } = options
  const controllers = createControllers(reconcilers)
  const recorder = createRecorder(options.component)
  const events = createEventLanes(recorder)
  const laterEvents = createEventLanes(recorder, 1)
  let lastId = 0
  const nextId = () => ++lastId
  const reports = createReports()
  const passes = createPasses({ cache, reports, events, laterEvents, nextId })
  const sendingEvents: World['sendingEvents'] = new Map()
  const common = { cache, inFlight, controllers, reports, passes, nextId }
  const world: World = { ...common, events, laterEvents, sendingEvents, elected: false, latest: -Infinity }

  return {
    step(input, now) {
      if (now < world.latest) hasten(world, now)
      world.latest = now
      const effects = act(world, input, now)
      const told = sendEvents(world, now)
      // What is told goes out before what follows from it.
      return told.length === 0 ? effects : [...told, ...effects]
    },
    nextAt() {
      if (!world.elected) return undefined
      const free = controllers.filter(controller => passes.inFlight(controller) < inFlight)
      const queues = free.map(controller => controller.queue.nextAt())
      return earliest([...queues, events.nextAt(), laterEvents.nextAt(), passes.nextAt()])
    },
    stats: now => ({
      controllers: controllers.map(controller => ({
        name: controller.name,
        depth: controller.queue.depth(now),
        adds: controller.queue.adds,
        inFlight: passes.inFlight(controller),
      })),
      eventsWaiting: events.waiting + laterEvents.waiting,
      eventsDropped: events.dropped + laterEvents.dropped,
      barriersGivenUp: passes.barriersGivenUp(),
    }),
  }
}

/** The clock was set back: nobody waits until the time that it had comes again. */
function hasten({ controllers, events, laterEvents, passes }: World, now: Instant): void {
  for (const one of [...controllers.map(({ queue }) => queue), events, laterEvents, passes]) one.hasten(now)
}

function act(world: World, input: Input, now: Instant): readonly Effect[] {
  const { cache, controllers, passes, elected } = world
  switch (input.type) {
    case 'elected':
      return lead(world, now)
    case 'seen':
      return seen(world, input, now)
    case 'kind-changed':
      if (elected) for (const one of watchersOf(controllers, input.kind)) addAll(one, cache, now)
      return []
    case 'answered':
      answer(controllers, input, now)
      return []
    case 'written':
      return written(world, input, now)
    case 'found':
      return passes.found(input.id, input.object, now)
    case 'tick':
      return elected ? tick(world, now) : []
    default:
      return unreachable(input)
  }
}

function lead(world: World, now: Instant): readonly Effect[] {
  world.elected = true
  for (const controller of world.controllers) begin(controller, world, now)
  return []
}

function seen(world: World, change: Change, now: Instant): readonly Effect[] {
  world.reports.seen(change)
  for (const controller of world.controllers) {
    if (world.elected) see(controller, change, { ...world, now })
    else watchAside(controller, change, now)
  }
  return []
}

/** More than are deleted between the death of a leader and the election of the next one. */
const GONE_ASIDE_MAX = 500
/** Some terms of the lease. The leader has seen to what went before, and others may have its routes by now. */
const GONE_ASIDE_MS = 60_000

/**
 * Nobody may lead just now: what goes meanwhile is looked at by whoever leads next. Who leads takes it away with its
 * pass; who waits for long keeps what went last.
 */
function watchAside(controller: Controller, { kind, now: object, before }: Change, at: Instant): void {
  const { gone } = controller
  if (!sameResource(kind, controller.reconciler.kind)) return
  if (object !== undefined) gone.delete(keyOf(object))
  else if (before !== undefined) rememberGone(controller, before, at)
  const [oldest] = gone.keys()
  if (gone.size > GONE_ASIDE_MAX && oldest !== undefined) gone.delete(oldest)
}

function tick({ controllers, passes, inFlight }: World, now: Instant): Effect[] {
  const released = passes.released(now)
  const begun = controllers.flatMap(controller => {
    const effects: Effect[] = []
    while (passes.inFlight(controller) < inFlight) {
      const taken = controller.queue.take(now)
      if (taken === undefined) break
      effects.push(...passes.begin(controller, taken, now))
    }
    return effects
  })
  return [...released, ...begun]
}

function sendEvents({ events, laterEvents, nextId, sendingEvents }: World, now: Instant): Effect[] {
  if (events.waiting + laterEvents.waiting === 0) return []
  return [events, laterEvents].flatMap(lanes =>
    lanes.due(now).map(({ lane, write }): Effect => {
      const id = nextId()
      sendingEvents.set(id, { lanes, lane })
      return { type: 'write', id, write, lane }
    }),
  )
}

function written(world: World, input: Extract<Input, { type: 'written' }>, now: Instant): Effect[] {
  const { passes, sendingEvents } = world
  const sent = sendingEvents.get(input.id)
  if (sent === undefined) return passes.written(input.id, input.result, now)
  sendingEvents.delete(input.id)
  sent.lanes.written(sent.lane, input.result, now)
  return passes.released(now)
}

function earliest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  const known = instants.filter(at => at !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function watchersOf(controllers: readonly Controller[], kind: Kind): readonly Controller[] {
  return controllers.filter(one => watchesOf(one, kind).length > 0)
}

function addAll(controller: Controller, cache: Seen, now: Instant): void {
  for (const key of everyKey(controller, cache)) controller.queue.add(key, now)
}

function begin(controller: Controller, { cache, events }: { cache: Seen; events: EventLanes }, now: Instant) {
  for (const object of cache.list(controller.reconciler.kind))
    announce(controller, object, { what: 'appeared', events, now })
  addAll(controller, cache, now)
  for (const [key, { at }] of controller.gone) {
    if (isWithin(GONE_ASIDE_MS, at, now)) controller.queue.add(key, now)
    else controller.gone.delete(key)
  }
}

function see(
  controller: Controller,
  change: Change,
  world: { cache: Seen; events: EventLanes; now: Instant },
): void {
  const { cache, now } = world
  const hear = (key: Key) => controller.queue.add(key, now + controller.backoff.newsDelay(key))
  keysOf(controller, change, cache).forEach(hear)
  const object = change.now ?? change.before
  assert(object !== undefined, 'a change has an object')
  const { namespace, name } = object.metadata
  const ref = namespace === undefined ? { kind: change.kind, name } : { kind: change.kind, name, namespace }
  for (const key of controller.barrier.waitingFor(ref)) hear(key)
  if (sameResource(change.kind, controller.reconciler.kind)) announceChange(controller, change, world)
}

/** Announces what has come or gone; an object of another uid under the same name is both. */
function announceChange(
  controller: Controller,
  { now: object, before }: Change,
  world: { events: EventLanes; now: Instant },
): void {
  if (object !== undefined && before?.metadata.uid === object.metadata.uid) return
  if (before !== undefined) {
    announce(controller, before, { ...world, what: 'vanished' })
    forget(controller, before, world.now)
  }
  if (object !== undefined) announce(controller, object, { ...world, what: 'appeared' })
}

function announce(
  controller: Controller,
  object: KubeObject,
  world: { what: 'appeared' | 'vanished'; events: EventLanes; now: Instant },
): void {
  const note: EventNote | undefined = controller.reconciler.announce?.(object, world.what)
  if (note === undefined) return
  const key = keyOf(object)
  if (controller.namespaceGoing.has(key)) return
  world.events.add(note, { ref: note.on ?? refOfKey(controller, key), object }, world.now)
}

function answer(
  controllers: readonly Controller[],
  input: Extract<Input, { type: 'answered' }>,
  now: Instant,
): void {
  const controller = controllers.find(one => one.name === input.controller)
  const asked = controller?.asked.get(input.key)
  if (controller === undefined || asked === undefined || !asked.has(input.question)) return
  asked.set(input.question, input.answer)
  controller.queue.add(input.key, now)
}
