// Performs the loop's effects against a Client and feeds the results back; keeps the one timer that the loop
// needs. Station i of the walk. Questions are asked out of band, through the answerer that it is given.
import { KubeError, asKubeError } from '../../kube/errors.ts'
import { parseKey } from '../../kube/object.ts'
import type { Key, Kind, KubeObject, ObjectRef } from '../../kube/object.ts'
import type { Answer, Question, Wait } from '../../kube/reconciler.ts'
import { withoutSecrets } from '../../kube/secrets.ts'
import type { Instant } from '../../std/instant.ts'
import type { Json } from '../../std/json.ts'
import { unreachable } from '../../std/assert.ts'
import type { Clock } from '../../doors/clock.ts'
import type { Log } from '../../doors/log.ts'
import type { Client } from '../network/client.ts'
import type { Effect, Input } from './effects.ts'
import type { Loop } from './loop.ts'

/** Its throw becomes an error answer. */
export type Answerer = (question: Question, signal: AbortSignal) => Promise<Json>

export interface DriverOptions {
  readonly client: Client
  readonly loop: Loop
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  readonly answerer?: Answerer
  readonly onRelist: (kind: Kind) => void
  /** Hears of every effect: telemetry. */
  readonly onEffect?: (effect: Effect) => void
}

export interface Driver {
  feed(input: Input): void
  /** Nothing under way and nothing due. */
  isIdle(): boolean
  /** Resolves when `signal` has aborted and what was under way has come back. */
  readonly stopped: Promise<void>
}

export function createDriver(options: DriverOptions): Driver {
  const { loop, clock, log, signal } = options
  const underWay = new Set<Promise<void>>()
  const alarm = createAlarm(clock, () => feed({ type: 'tick' }))
  const feed = (input: Input): void => {
    if (signal.aborted) return
    for (const effect of loop.step(input, clock.now())) {
      options.onEffect?.(effect)
      perform(effect)
    }
    alarm.setFor(loop.nextAt())
  }
  const asker = createAsker(options, feed)
  const run = (work: () => Promise<Input>): void => {
    const promise = work()
      .then(feed)
      .finally(() => underWay.delete(promise))
    underWay.add(promise)
  }
  const perform = (effect: Effect): void => {
    const { type } = effect
    switch (type) {
      case 'write':
        return run(async () => ({ type: 'written', id: effect.id, result: await written(options, effect) }))
      case 'read':
        return run(async () => ({ type: 'found', id: effect.id, object: await found(options, effect.ref) }))
      case 'ask':
        return asker.ask(effect)
      case 'drop':
        return asker.drop(effect)
      case 'relist':
        log.warn('the cache did not show our own write; listing anew', { kind: effect.kind.plural })
        return options.onRelist(effect.kind)
      case 'said':
        return log.info(effect.whys.join('; '), about(effect))
      case 'waiting':
        return log.info(effect.waits.map(waitText).join('; '), about(effect))
      case 'failed':
        return logFailure(log, effect)
      case 'done':
        return
      default:
        return unreachable(type)
    }
  }
  const stopped = new Promise<void>(resolve => {
    const stop = () => {
      alarm.setFor(undefined)
      asker.stop()
      void Promise.allSettled(underWay).then(() => resolve())
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  return {
    feed,
    stopped,
    isIdle: () => underWay.size === 0 && (loop.nextAt() ?? Infinity) > clock.now(),
  }
}

interface Alarm {
  /** The one time at which it rings next; undefined: not at all. */
  setFor(at: Instant | undefined): void
}

/** Without a reason of ours, each abort would make an exception with its stack. */
const MOVED = 'set anew'

function createAlarm(clock: Clock, ring: () => void): Alarm {
  let setAt: Instant | undefined
  let isDue = false
  let cancel = new AbortController()
  const sleep = async (at: Instant, cancelled: AbortSignal): Promise<void> => {
    await clock.sleepUntil(at, cancelled)
    if (cancelled.aborted) return
    setAt = undefined
    ring()
  }
  return {
    setFor(at) {
      const now = clock.now()
      // The clock was set forward: who sleeps hears nothing of it.
      const isLate = setAt !== undefined && setAt <= now && !isDue
      // One that rings too early costs a tick that finds nothing: less than setting it anew with each input.
      const isSetEarlier = at !== undefined && setAt !== undefined && setAt <= at
      if (!isLate && (at === setAt || isSetEarlier)) return
      cancel.abort(MOVED)
      cancel = new AbortController()
      setAt = at
      isDue = at !== undefined && at <= now
      if (at !== undefined) void sleep(at, cancel.signal)
    },
  }
}

interface Asker {
  ask(effect: Extract<Effect, { type: 'ask' }>): void
  drop(effect: Extract<Effect, { type: 'drop' }>): void
  stop(): void
}

function createAsker(options: DriverOptions, feed: (input: Input) => void): Asker {
  const asked = new Map<string, AbortController>()
  const idOf = (controller: string, key: Key, question: string) => `${controller} ${key} ${question}`
  return {
    ask({ controller, key, question }) {
      const id = idOf(controller, key, question.id)
      const stop = new AbortController()
      asked.set(id, stop)
      void answered(options, question, stop.signal).then(answer => {
        if (asked.get(id) === stop) asked.delete(id)
        if (!stop.signal.aborted) feed({ type: 'answered', controller, key, question: question.id, answer })
      })
    },
    drop({ controller, key, question }) {
      asked.get(idOf(controller, key, question))?.abort()
    },
    stop() {
      for (const one of asked.values()) one.abort()
    },
  }
}

async function written(
  { client }: DriverOptions,
  { write }: Extract<Effect, { type: 'write' }>,
): Promise<KubeObject | KubeError | undefined> {
  return client.write(write).catch(asKubeError)
}

/** What stands in the way of a create; undefined when it has gone since, or cannot be read. */
async function found({ client }: DriverOptions, ref: ObjectRef): Promise<KubeObject | undefined> {
  return client.get(ref).catch(() => undefined)
}

async function answered(
  { answerer, clock }: DriverOptions,
  question: Question,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    if (answerer === undefined) return { at: clock.now(), error: 'this program answers no questions' }
    const value = await answerer(question, signal)
    return { at: clock.now(), value }
  } catch (error) {
    return { at: clock.now(), error: error instanceof Error ? error.message : String(error) }
  }
}

function waitText({ for: what, cure = '' }: Wait): string {
  return `waits for ${what}. ${cure}`
}

function about({ controller, key }: { controller: string; key: Key }): Readonly<Record<string, string>> {
  const { namespace, name } = parseKey(key)
  return namespace === '' ? { controller, name } : { controller, namespace, name }
}

/** Lost races and objects that have gone are the ordinary life of a controller. */
function logFailure(log: Log, effect: Extract<Effect, { type: 'failed' }>): void {
  const { error, retryInMs } = effect
  const ordinary = error instanceof KubeError && ['Conflict', 'NotFound'].includes(error.reason)
  const fields = { ...about(effect), error: withoutSecrets(error.message), againInMs: retryInMs }
  if (ordinary) log.debug('a pass was refused', fields)
  else if (error instanceof KubeError) log.warn('a pass failed', { ...fields, reason: error.reason })
  else log.error('a pass crashed', { ...fields, stack: error.stack })
}
