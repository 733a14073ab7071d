// Events on their way out: in order for each object, beside the writes that they tell of, holding no key up.
// A refused one is tried again a few times; what waits is bounded, and what had to be dropped is counted.
import { KubeError, isNamespaceGoing } from '../../kube/errors.ts'
import { refKey } from '../../kube/object.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import type { EventNote, Write } from '../../kube/write.ts'
import type { Instant } from '../../std/instant.ts'
import { delayAfter } from './backoff.ts'
import type { Recorder, Subject } from './recorder.ts'

export interface EventLanes {
  add(note: EventNote, subject: Subject, now: Instant): void
  /** The Events to send now, at most one a lane. */
  due(now: Instant): readonly { lane: `events/${string}`; write: Write }[]
  /** What became of the Event that its lane had sent. */
  written(lane: `events/${string}`, result: KubeObject | KubeError | undefined, now: Instant): void
  /** What waits to be tried again is tried now. */
  hasten(now: Instant): void
  /** Something about the object has still to be sent, or to be answered. */
  isBusy(ref: ObjectRef): boolean
  nextAt(): Instant | undefined
  readonly waiting: number
  readonly dropped: number
}

interface Waiting {
  readonly note: EventNote
  readonly subject: Subject
  readonly write: Write
  readonly tries: number
  /** The write has been sent before, and nobody knows whether it arrived. */
  readonly isRepeated: boolean
  readonly at: Instant
}

interface Lane {
  readonly queue: Waiting[]
  sending: boolean
}

const MAX_WAITING = 5000
const MAX_SENDING = 8
const MAX_TRIES = 6
const RETRY = { baseMs: 500, maxMs: 10_000 }
const WORTH_RETRYING = new Set([
  'Unreachable',
  'Timeout',
  'Internal',
  'TooManyRequests',
  'Conflict',
  'Expired',
])

/** `atOnce`: how many are under way together. */
export function createEventLanes(recorder: Recorder, atOnce = MAX_SENDING): EventLanes {
  const lanes = new Map<`events/${string}`, Lane>()
  let waiting = 0
  let sending = 0
  let dropped = 0

  const next = (name: `events/${string}`, lane: Lane, count: number) => {
    lane.queue.splice(0, count)
    waiting -= count
    if (lane.queue.length === 0) lanes.delete(name)
  }

  return {
    add(note, subject, now) {
      if (waiting >= MAX_WAITING) {
        dropped++
        return
      }
      const name = `events/${refKey(subject.ref)}` as const
      const lane = lanes.get(name) ?? { queue: [], sending: false }
      const write = recorder.record(note, subject, now)
      lane.queue.push({ note, subject, write, tries: 0, isRepeated: false, at: now })
      waiting++
      lanes.set(name, lane)
    },
    due(now) {
      const heads = headsDue(lanes, now, atOnce - sending)
      sending += heads.length
      for (const { lane } of heads) lane.sending = true
      return heads.map(({ name, head }) => ({ lane: name, write: head.write }))
    },
    written(name, result, now) {
      const lane = lanes.get(name)
      const head = lane?.queue[0]
      if (lane === undefined || head === undefined) return
      lane.sending = false
      sending--
      const { retry, lost } = outcomeOf(recorder, head, { result, now })
      if (retry !== undefined) {
        lane.queue[0] = retry
        return
      }
      const count = lost === 'lane' ? lane.queue.length : 1
      if (lost !== 'nothing') dropped += count
      next(name, lane, count)
    },
    hasten(now) {
      for (const { queue } of lanes.values())
        if (queue[0] !== undefined) queue[0] = { ...queue[0], at: Math.min(queue[0].at, now) }
    },
    isBusy: ref => lanes.has(`events/${refKey(ref)}`),
    nextAt: () => (sending >= atOnce ? undefined : earliestHead(lanes)),
    get waiting() {
      return waiting
    },
    get dropped() {
      return dropped
    },
  }
}

interface Due {
  readonly name: `events/${string}`
  readonly lane: Lane
  readonly head: Waiting
}

function headsDue(lanes: ReadonlyMap<`events/${string}`, Lane>, now: Instant, limit: number): Due[] {
  const heads: Due[] = []
  for (const [name, lane] of lanes) {
    if (heads.length >= limit) break
    const head = lane.queue[0]
    if (!lane.sending && head !== undefined && head.at <= now) heads.push({ name, lane, head })
  }
  return heads
}

interface Outcome {
  readonly retry?: Waiting | undefined
  readonly lost: 'nothing' | 'head' | 'lane'
}

function outcomeOf(
  recorder: Recorder,
  head: Waiting,
  { result, now }: { result: KubeObject | KubeError | undefined; now: Instant },
): Outcome {
  if (!(result instanceof KubeError) || isOurOwn(head, result)) return { lost: 'nothing' }
  if (isNamespaceGoing(result)) return { lost: 'lane' }
  return { retry: again(recorder, head, { error: result, now }), lost: 'head' }
}

/**
 * The Event anew when its name is taken or the one to be counted is gone; the same later; or undefined: give
 * up.
 */
function again(
  recorder: Recorder,
  head: Waiting,
  failure: { error: KubeError; now: Instant },
): Waiting | undefined {
  const { error, now } = failure
  const tries = head.tries + 1
  if (tries >= MAX_TRIES) return undefined
  if (error.reason === (head.write.verb === 'create' ? 'AlreadyExists' : 'NotFound'))
    return { ...head, write: recorder.renew(head.note, head.subject, now), tries, isRepeated: false, at: now }
  if (!WORTH_RETRYING.has(error.reason)) return undefined
  return {
    ...head,
    tries,
    isRepeated: true,
    at: now + Math.max(delayAfter(tries, RETRY), error.retryAfterMs ?? 0),
  }
}

/** An Event that was sent again after a cut, and stands there from the first time. */
function isOurOwn({ isRepeated, write }: Waiting, error: KubeError): boolean {
  return isRepeated && write.verb === 'create' && error.reason === 'AlreadyExists'
}

function earliestHead(lanes: ReadonlyMap<string, Lane>): Instant | undefined {
  let at: Instant | undefined
  for (const lane of lanes.values()) {
    const head = lane.queue[0]
    if (!lane.sending && head !== undefined) at = Math.min(at ?? head.at, head.at)
  }
  return at
}
