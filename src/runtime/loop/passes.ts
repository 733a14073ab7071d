// The passes under way: from a key that is due to its last write, and what each result means (stations e to
// h).
import type { Cache } from '../../kube/cache.ts'
import { KubeError, isAbsent, isNamespaceGoing } from '../../kube/errors.ts'
import { apiVersionOf, refKey, refOf, resourceName } from '../../kube/object.ts'
import type { Key, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { Decision, Wait } from '../../kube/reconciler.ts'
import { isFinal } from '../../kube/refusal.ts'
import { withWrite } from '../../kube/repeats.ts'
import type { EventNote, Write } from '../../kube/write.ts'
import type { Instant } from '../../std/instant.ts'
import type { Expectation, Seen } from './barrier.ts'
import { answersOf, openQuestions, refOfKey, takeQuestions } from './controller.ts'
import type { Controller } from './controller.ts'
import type { Effect } from './effects.ts'
import type { EventLanes } from './event-lanes.ts'
import { afterStep, decided, isTrim, nextStep, sizeOf, withoutTrim } from './pass.ts'
import type { Pass, StatusTime, Step } from './pass.ts'
import type { Subject } from './recorder.ts'
import type { Reports } from './reports.ts'
import { noteQuestions, noteWrite, statusNotBefore } from './late-status.ts'

/** A pass that waits for the world, and for what. */
interface Running {
  readonly controller: Controller
  readonly pass: Pass
  readonly step: Step
  /** Set while we read what stands in the way of a create. */
  readonly error?: KubeError
}

type Refused = Running & { readonly error: KubeError }

export interface Passes {
  begin(controller: Controller, taken: { key: Key; dueAt: Instant }, now: Instant): Effect[]
  written(id: number, result: KubeObject | KubeError | undefined, now: Instant): Effect[]
  found(id: number, object: KubeObject | undefined, now: Instant): Effect[]
  /** Status writes that waited for the Events of their object, and need not any longer. */
  released(now: Instant): Effect[]
  /** None of them waits any longer. */
  hasten(now: Instant): void
  /** When one of them has waited long enough. */
  nextAt(): Instant | undefined
  inFlight(controller: Controller): number
  barriersGivenUp(): number
}

export interface PassesOptions {
  readonly cache: Seen
  readonly reports: Reports
  readonly events: EventLanes
  /** Events that no status waits for. */
  readonly laterEvents: EventLanes
  readonly nextId: () => number
}

/** Whoever sees a status can read the Events that led to it; but slow Events hold nobody up. */
const EVENTS_FIRST_MS = 100
/** A decision that waits for something past is asked again, but not in a hot loop. */
const PAST_WAIT_MS = 1000
/** What is remembered as told of one key. */
const TOLD_MAX = 16

interface World extends PassesOptions {
  readonly running: Map<number, Running>
  readonly held: Map<Running, Instant>
  readonly inFlight: Map<Controller, number>
  barriersGivenUp: number
}

export function createPasses(options: PassesOptions): Passes {
  const world: World = {
    ...options,
    running: new Map(),
    held: new Map(),
    inFlight: new Map(),
    barriersGivenUp: 0,
  }
  const take = (id: number) => {
    const one = world.running.get(id)
    world.running.delete(id)
    return one
  }
  return {
    begin: (controller, taken, now) => begin(world, controller, { ...taken, now }),
    written(id, answer, now) {
      const one = take(id)
      if (one === undefined) return []
      const { controller, pass, step } = one
      const result = outcomeOf(step.write, answer)
      if (result instanceof KubeError) return refused(world, { ...one, error: result }, now)
      noteWritten(world, one, { result, now })
      if (step.write.event !== undefined) tell(world, step.write.event, { pass, now })
      if (step.status || isWhole(pass)) tellLater(world, { pass, now })
      if (step.status && isLast(pass) && pass.failure === undefined) controller.told.delete(pass.key)
      return advance(world, controller, { pass: afterStep(pass, step, result), now })
    },
    found(id, object, now) {
      const one = take(id)
      return one?.error === undefined
        ? []
        : recover(world, { ...one, error: one.error }, { found: object, now })
    },
    released: now => released(world, now),
    hasten(now) {
      for (const one of world.held.keys()) world.held.set(one, now)
    },
    nextAt: () => (world.held.size === 0 ? undefined : Math.min(...world.held.values())),
    inFlight: controller => world.inFlight.get(controller) ?? 0,
    barriersGivenUp: () => world.barriersGivenUp,
  }
}

function begin(
  world: World,
  controller: Controller,
  { key, dueAt, now }: { key: Key; dueAt: Instant; now: Instant },
): Effect[] {
  if (controller.namespaceGoing.has(key)) {
    controller.queue.done(key)
    return []
  }
  const gate = controller.barrier.check(key, world.cache, now)
  world.barriersGivenUp += gate.givenUp.length
  const relists = gate.givenUp.map((kind): Effect => ({ type: 'relist', kind }))
  if (!gate.open) {
    controller.queue.add(key, gate.recheckAt)
    controller.queue.done(key)
    return relists
  }
  world.inFlight.set(controller, (world.inFlight.get(controller) ?? 0) + 1)
  const blank = blankPass(controller, key, { dueAt, now })
  const known = world.reports.over(world.cache, now)
  const pass = attempt(() => decide(controller, blank, { cache: known, now }))
  if (pass instanceof Error) return [...relists, ...end(world, controller, { pass: blank, now, error: pass })]
  if (pass === undefined) {
    controller.told.delete(key)
    return [...relists, ...questions(controller, blank), ...end(world, controller, { pass: blank, now })]
  }
  noteQuestions(controller, pass, now)
  for (const note of untold(world, { controller, pass }, pass.decision.announced))
    tell(world, note, { pass, now })
  return [
    ...relists,
    ...questions(controller, pass),
    ...said(controller, pass, now),
    ...advance(world, controller, { pass, now }),
  ]
}

/** On to the next write. A status that may wait is decided anew when it has waited, or when its key is due before. */
function advance(world: World, controller: Controller, at: { pass: Pass; now: Instant }): Effect[] {
  const { pass, now } = at
  const status = statusOf(controller, pass, now)
  const step = nextStep(pass, status)
  if (step === undefined && pass.refusedTrim !== undefined && pass.failure === undefined)
    return tellFailure(world, { controller, pass, ...pass.refusedTrim }, now)
  if (step === undefined) {
    if (status.notBefore !== undefined) controller.queue.add(pass.key, status.notBefore)
    else if (!pass.recovering) controller.told.delete(pass.key)
    return end(world, controller, at)
  }
  if (step.status) {
    for (const note of untold(world, { controller, pass }, pass.decision.events)) tell(world, note, at)
    if (world.events.isBusy(pass.ref)) {
      world.held.set({ controller, pass, step }, now + EVENTS_FIRST_MS)
      return []
    }
  }
  return [wait(world, 'write', { controller, pass, step })]
}

function released(world: World, now: Instant): Effect[] {
  const free = [...world.held].filter(([{ pass }, until]) => until <= now || !world.events.isBusy(pass.ref))
  return free.map(([one]) => {
    world.held.delete(one)
    return wait(world, 'write', one)
  })
}

/** The status write that may be made now; or from when on it may. */
function statusOf(controller: Controller, pass: Pass, now: Instant): StatusTime {
  const write = pass.isReported ? undefined : pass.statusWrite
  const notBefore = write && statusNotBefore(controller, pass, { write, now })
  return notBefore === undefined ? { write } : { write: undefined, notBefore }
}

function wait(world: World, what: 'write' | 'read', one: Running): Effect {
  const id = world.nextId()
  world.running.set(id, one)
  const { controller, pass, step } = one
  if (what === 'read') return { type: 'read', id, ref: createdRef(controller, step.write) ?? pass.ref }
  return { type: 'write', id, write: step.write, lane: `${controller.name}:${pass.key}` }
}

function end(
  world: World,
  controller: Controller,
  at: { pass: Pass; now: Instant; error?: Error },
): Effect[] {
  const { pass, now } = at
  const error = pass.failure ?? at.error
  world.inFlight.set(controller, (world.inFlight.get(controller) ?? 1) - 1)
  const effects =
    error === undefined ? succeed(controller, pass, now) : fail(controller, pass, { error, now })
  controller.queue.done(pass.key)
  const times = { queuedMs: pass.startedAt - pass.dueAt, tookMs: now - pass.startedAt }
  const { name } = controller
  return [
    ...effects,
    { type: 'done', controller: name, key: pass.key, failed: error !== undefined, ...times },
  ]
}

function textOf({ on, type, reason, message }: EventNote): string {
  return JSON.stringify([on === undefined ? '' : refKey(on), type, reason, message])
}

/** Events are told before their status; when it waits, or its write is tried again, they have been told. */
function untold(
  world: World,
  { controller: { told }, pass }: Pick<Running, 'controller' | 'pass'>,
  announced: readonly EventNote[] = [],
): readonly EventNote[] {
  const before = told.get(pass.key) ?? new Set()
  const notes = announced.filter(note => !before.has(textOf(note)))
  const isKept = notes.length > 0 && isStanding(world, pass)
  if (isKept) told.set(pass.key, new Set([...before, ...notes.map(textOf)].slice(-TOLD_MAX)))
  return notes
}

function tell({ cache, events }: World, note: EventNote, { pass, now }: { pass: Pass; now: Instant }): void {
  events.add(note, subjectOf(cache, pass, note), now)
}

function tellLater({ cache, laterEvents }: World, { pass, now }: { pass: Pass; now: Instant }): void {
  for (const note of pass.decision.afterwards ?? []) laterEvents.add(note, subjectOf(cache, pass, note), now)
}

/** The write that has just succeeded was the last, and no status follows it. */
function isWhole({ decision, done, refusedTrim }: Pass): boolean {
  return decision.status === undefined && refusedTrim === undefined && done === sizeOf(decision) - 1
}

/** Nothing follows the status. */
function isLast({ decision, done }: Pass): boolean {
  return done === sizeOf(decision)
}

function subjectOf(cache: Seen, pass: Pass, note: EventNote): Subject {
  const object = note.on === undefined ? (cache.get(pass.ref) ?? pass.base) : cache.get(note.on)
  return { ref: note.on ?? pass.ref, object }
}

/** What was to go has gone when somebody else, or the garbage collector, was faster. */
function outcomeOf(write: Write, answer: KubeObject | KubeError | undefined): typeof answer {
  if (write.verb !== 'delete' && write.verb !== 'evict') return answer
  return isAbsent(answer, write.target) ? undefined : answer
}

/** A lost race, and what has gone, are decided anew once the cache has caught up; a taken name is looked at first. */
function refused(world: World, one: Refused, now: Instant): Effect[] {
  const { controller, pass, step, error } = one
  const { write } = step
  if (isNamespaceGoing(error)) {
    if (isStanding(world, pass)) controller.namespaceGoing.add(pass.key)
    return end(world, controller, { pass: { ...pass, decision: { writes: [] } }, now })
  }
  if (write.verb === 'patch' && (error.reason === 'Conflict' || isAbsent(error, write.target))) {
    const isConflict = error.reason === 'Conflict'
    return lost(world, one, { write, now, version: isConflict ? write.ifVersion : undefined })
  }
  const taken = createdRef(controller, write)
  if (error.reason === 'AlreadyExists' && taken !== undefined && !pass.recovering)
    return [wait(world, 'read', one)]
  return recover(world, one, { found: undefined, now })
}

/** Somebody was faster: `version` is the one that ours was meant for, undefined where the object has gone. */
function lost(
  world: World,
  one: Refused,
  {
    write,
    now,
    version,
  }: { write: Extract<Write, { verb: 'patch' }>; now: Instant; version: string | undefined },
): Effect[] {
  const { controller, pass, error } = one
  const { target } = write
  const seen = version ?? world.cache.get(target)?.metadata.resourceVersion
  const expectation = { ref: target, version: seen, what: 'lost', since: now } as const
  if (isWatched(controller, target)) controller.barrier.expect(pass.key, expectation)
  // Who was faster at the object itself would be faster at its status, too.
  return isOwn(pass, write) ? end(world, controller, { pass, now, error }) : giveUp(world, one, now)
}

/** What of a write that has succeeded later passes know. */
function noteWritten(
  world: World,
  { controller, pass, step }: Running,
  answer: { result: KubeObject | undefined; now: Instant },
): void {
  const { result, now } = answer
  const expectation = expectationOf(controller, step.write, answer)
  if (expectation !== undefined) controller.barrier.expect(pass.key, expectation)
  if (step.status && result !== undefined) world.reports.note(result, world.cache.get(pass.ref), now)
  if (!isStanding(world, pass)) return
  noteWrite(controller, { pass, step }, now)
  noteRepeat(controller, { pass, step }, now)
}

/** Whether the object that was decided on is there; of one that has gone nothing is kept. */
function isStanding({ cache }: World, { ref, base }: Pass): boolean {
  return base !== undefined && cache.get(ref)?.metadata.uid === base.metadata.uid
}

function recover(world: World, one: Refused, at: { found: KubeObject | undefined; now: Instant }): Effect[] {
  const { controller, pass, step, error } = one
  const { reconciler } = controller
  const { found, now } = at
  const decision = pass.recovering
    ? undefined
    : attempt(() => reconciler.recover?.(pass.snapshot, step.write, error, found))
  if (decision instanceof Error) return end(world, controller, { pass, now, error: decision })
  if (decision === undefined) return giveUp(world, one, now)
  const next = { ...decided(pass, decision), recovering: true }
  return [...said(controller, next, now), ...advance(world, controller, { pass: next, now })]
}

/** The write will not be made in this pass. A trim that is refused for good keeps no other from being tried. */
function giveUp(world: World, one: Refused, now: Instant): Effect[] {
  const { controller, pass, step, error } = one
  if (!isTrim(pass, step)) return tellFailure(world, one, now)
  const next = withoutTrim(pass, step, error)
  if (isFinal(error)) return advance(world, controller, { pass: next, now })
  return tellFailure(world, { controller, pass: next, ...next.refusedTrim }, now)
}

/** The pass has failed; before it ends, people may see why. */
function tellFailure(world: World, one: Refused, now: Instant): Effect[] {
  const { controller, pass, error } = one
  const telling = attempt(() => tellingOf(one, now))
  if (telling instanceof Error) return end(world, controller, { pass, now, error: telling })
  if (telling === undefined) return end(world, controller, { pass, now, error })
  const next = { ...decided(pass, telling), recovering: true, failure: error }
  if (next.statusWrite === undefined)
    for (const note of untold(world, { controller, pass }, telling.events)) tell(world, note, { pass, now })
  return [...said(controller, next, now), ...advance(world, controller, { pass: next, now })]
}

/** A name that is taken is no refusal: `recover` was asked, or the cache is late. */
function tellingOf({ controller, pass, step, error }: Refused, now: Instant): Decision<unknown> | undefined {
  const { reconciler, refusals } = controller
  if (reconciler.refused === undefined || pass.failure !== undefined) return undefined
  if (error.reason === 'AlreadyExists') return undefined
  const refusal = refusals.failed(pass.key, { write: step.write, error }, now)
  const decision = refusal && reconciler.refused(pass.snapshot, refusal)
  if (refusal === undefined || decision === undefined) return undefined
  refusals.told(pass.key, now)
  return { writes: [], ...decision }
}

/** A programmer's error ends the pass that met it, never the process. */
function attempt<T>(work: () => T): T | Error {
  try {
    return work()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function blankPass(controller: Controller, key: Key, { dueAt, now }: { dueAt: Instant; now: Instant }): Pass {
  return {
    key,
    dueAt,
    startedAt: now,
    ref: refOfKey(controller, key),
    base: undefined,
    version: undefined,
    snapshot: undefined,
    decision: { writes: [] },
    statusWrite: undefined,
    done: 0,
    isReported: false,
    recovering: false,
  }
}

function decide(
  controller: Controller,
  blank: Pass,
  { cache, now }: { cache: Cache; now: Instant },
): Pass | undefined {
  const { reconciler } = controller
  const { key } = blank
  const snapshot = reconciler.gather(key, cache, now, answersOf(controller, key), {
    open: openQuestions(controller, key),
    repeats: controller.repeats.get(key) ?? {},
    gone: controller.gone.get(key)?.object,
  })
  if (snapshot === undefined) return undefined
  const base = cache.get(blank.ref)
  const version = base?.metadata.resourceVersion
  return decided({ ...blank, base, version, snapshot }, reconciler.decide(snapshot))
}

function questions(controller: Controller, pass: Pass): Effect[] {
  const { ask, drop } = takeQuestions(controller, pass.key, pass.decision)
  const about = { controller: controller.name, key: pass.key }
  return [
    ...drop.map((question): Effect => ({ type: 'drop', ...about, question })),
    ...ask.map((question): Effect => ({ type: 'ask', ...about, question })),
  ]
}

function said(controller: Controller, pass: Pass, now: Instant): Effect[] {
  const { write: status } = statusOf(controller, pass, now)
  const { writes, trims = [] } = pass.decision
  const whys = [...writes, ...(status === undefined ? [] : [status]), ...trims].map(write => write.why)
  return whys.length === 0 ? [] : [{ type: 'said', controller: controller.name, key: pass.key, whys }]
}

function succeed(controller: Controller, pass: Pass, now: Instant): Effect[] {
  controller.backoff.succeeded(pass.key)
  if (!pass.recovering) controller.refusals.forget(pass.key)
  const { waits = [], questions: asked = [] } = pass.decision
  if (waits.length + sizeOf(pass.decision) + asked.length === 0) controller.gone.delete(pass.key)
  wakeFor(controller, pass.key, { waits, now })
  return waiting(
    controller,
    pass.key,
    waits.filter(({ cure }) => cure !== undefined),
  )
}

function wakeFor(
  { queue }: Controller,
  key: Key,
  { waits, now }: { waits: readonly Wait[]; now: Instant },
): void {
  for (const { until } of waits)
    if (until !== undefined) queue.add(key, until > now ? until : now + PAST_WAIT_MS)
}

/** Told when what is waited for changes, not with each pod that comes. */
function waiting(controller: Controller, key: Key, waits: readonly Wait[]): Effect[] {
  const about = waits.map(one => one.for.replaceAll(/\d+/g, '#')).join('; ')
  if ((controller.waitsFor.get(key) ?? '') === about) return []
  if (about === '') controller.waitsFor.delete(key)
  else controller.waitsFor.set(key, about)
  return about === '' ? [] : [{ type: 'waiting', controller: controller.name, key, waits }]
}

function fail(controller: Controller, pass: Pass, { error, now }: { error: Error; now: Instant }): Effect[] {
  const asked = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0
  const isBeaten = error instanceof KubeError && error.reason === 'Conflict'
  const delay = isBeaten ? controller.backoff.beaten(pass.key) : controller.backoff.failed(pass.key)
  const retryInMs = Math.max(delay, asked)
  controller.queue.add(pass.key, now + retryInMs)
  if (pass.refusedTrim !== undefined) goOn(controller, pass, now + asked)
  return [{ type: 'failed', controller: controller.name, key: pass.key, error, retryInMs }]
}

/** All but its trims is done: it holds up nothing that is due, and what its status told may be told again. */
function goOn(controller: Controller, { key, refusedTrim }: Pass, now: Instant): void {
  const { waits = [], announced = [], events = [] } = refusedTrim?.decision ?? {}
  wakeFor(controller, key, { waits, now })
  const known = controller.told.get(key)
  const over = new Set([...announced, ...events].map(textOf))
  if (known !== undefined) controller.told.set(key, new Set([...known].filter(text => !over.has(text))))
}

/** Of writes that others may undo without a word. */
function noteRepeat(
  controller: Controller,
  { pass, step }: Pick<Running, 'pass' | 'step'>,
  now: Instant,
): void {
  const { write } = step
  const { repeats, reconciler } = controller
  if (reconciler.remembersRepeats === undefined || step.status) return
  const ref = write.verb === 'create' ? createdRef(controller, write) : write.target
  if (ref === undefined || !reconciler.remembersRepeats.has(resourceName(ref.kind))) return
  repeats.set(pass.key, withWrite(repeats.get(pass.key) ?? {}, { ref, write }, now))
}

/** The name under which a create puts its object, when it names one and somebody watches the kind. */
function createdRef(controller: Controller, write: Write): ObjectRef | undefined {
  if (write.verb !== 'create' || !write.object.metadata.name) return undefined
  const { apiVersion, kind } = write.object
  const watched = controller.reconciler.watches.find(
    watch => watch.kind.kind === kind && apiVersionOf(watch.kind) === apiVersion,
  )
  return watched === undefined ? undefined : refOf(watched.kind, write.object)
}

function isOwn(pass: Pass, write: Write): boolean {
  return write.verb !== 'create' && refKey(write.target) === refKey(pass.ref)
}

function isWatched(controller: Controller, ref: ObjectRef): boolean {
  return controller.reconciler.watches.some(
    watch => watch.kind.plural === ref.kind.plural && watch.kind.group === ref.kind.group,
  )
}

/** What a write leaves for the cache to show; undefined when nobody watches the kind. */
function expectationOf(
  controller: Controller,
  write: Write,
  answer: { result: KubeObject | undefined; now: Instant },
): Expectation | undefined {
  const { result, now } = answer
  const version = result?.metadata.resourceVersion
  if (write.verb === 'create') {
    const ref = result === undefined ? undefined : createdRef(controller, { ...write, object: result })
    return ref === undefined ? undefined : { ref, version, what: 'written', since: now }
  }
  if (!isWatched(controller, write.target)) return undefined
  if (write.verb === 'patch') {
    return version === undefined ? undefined : { ref: write.target, version, what: 'written', since: now }
  }
  return { ref: write.target, version, what: 'removed', since: now }
}
