// One kind kept in step with the server, as a state machine: (state, input, now) → state and effects. No IO
// here; mirror.ts performs the effects. Station a of the walk.
//
//   start ─> discovering ──not served──────────────────> absent ──recheck──> discovering
//                 │ served                                  ^
//                 v                                         │ 404 (by way of discovering, and for a minute in doubt)
//          ┌─ streaming ──initial-events-end──────┐         │
//          │      │ 400, 422, or silence          v         │
//          │      v                            watching ────┤ cut: watch again from the last version
//          │   listing ──page, page, last page────┘  │      │ 410, or an old change of an unknown object: anew
//          └───────────────────<─────────────────────┘
//   Whatever fails rests first (longer each time, or as long as the server asks), then goes on where it was.
import { KubeError } from '../../kube/errors.ts'
import type { KubeObject } from '../../kube/object.ts'
import { unreachable } from '../../std/assert.ts'
import type { Instant } from '../../std/instant.ts'
import { CONNECTION_BACKOFF, delayAfter } from '../loop/backoff.ts'
import type { ListPage, WatchEvent } from '../network/client.ts'
import { compareVersions } from '../network/versions.ts'

type Place =
  | { readonly at: 'discovering'; readonly version: string | undefined }
  | { readonly at: 'absent' }
  | { readonly at: 'streaming'; readonly events: number; readonly alarmedAt: number }
  | { readonly at: 'listing'; readonly paged: boolean }
  | {
      readonly at: 'watching'
      readonly version: string
      readonly since: Instant
      readonly advanced: boolean
    }
  | { readonly at: 'resting'; readonly next: Next }

/** Where to go on after a rest. */
type Next =
  /** With a version: the kind is only asked after, and when it is still there the watch goes on from it. */
  | { readonly to: 'discover'; readonly version?: string | undefined }
  | { readonly to: 'anew' }
  | { readonly to: 'watch'; readonly version: string }

export interface ReflectorState {
  readonly place: Place
  /** Counts the requests; what an abandoned one still brings is ignored. */
  readonly turn: number
  readonly failures: number
  /** How often in a row the server has not listed a kind that was there. */
  readonly misses: number
  /** Whether the server sends the initial events in the watch; found out by trying. */
  readonly canStream: boolean
  /** Whether the copy holds the kind. */
  readonly isKnown: boolean
}

export type ReflectorInput =
  | { readonly type: 'start' | 'recheck' | 'relist' }
  | { readonly type: 'served'; readonly turn: number; readonly yes: boolean }
  | { readonly type: 'page'; readonly turn: number; readonly page: ListPage }
  /** `known`: whether the copy holds the event's object. */
  | { readonly type: 'event'; readonly turn: number; readonly event: WatchEvent; readonly known: boolean }
  | { readonly type: 'ended' | 'woken'; readonly turn: number }
  | { readonly type: 'failed'; readonly turn: number; readonly error: KubeError }

export type ReflectorEffect =
  | { readonly type: 'discover' }
  | { readonly type: 'begin' | 'forget' }
  | { readonly type: 'list'; readonly paged: boolean; readonly continue?: string }
  /** From '': the present state as ADDED events first. */
  | { readonly type: 'watch'; readonly from: string }
  | { readonly type: 'wake'; readonly inMs: number }
  | { readonly type: 'put' | 'remove'; readonly object: KubeObject }
  | { readonly type: 'complete' | 'reached'; readonly version: string }
  | { readonly type: 'troubled'; readonly error: KubeError; readonly inMs: number }

export interface Stepped {
  readonly state: ReflectorState
  readonly effects: readonly ReflectorEffect[]
}

const SILENCE_MS = 10_000
const SHORT_LIFE_MS = 5000
/** An API server that starts does not list every kind at first: a kind that was there is missed a minute long. */
const LOOKS = 7
const MISSED = new KubeError(
  'NotFound',
  'the server does not list the kind; what is known of it is kept for now',
)
/** A rule that forbids is seldom changed: asking often does not help. */
const FORBIDDEN_BACKOFF = { baseMs: 5000, maxMs: 300_000 }

export const STARTING: ReflectorState = {
  place: { at: 'discovering', version: undefined },
  turn: 0,
  failures: 0,
  misses: 0,
  canStream: true,
  isKnown: false,
}

export function step(state: ReflectorState, input: ReflectorInput, now: Instant): Stepped {
  if ('turn' in input && input.turn !== state.turn) return { state, effects: [] }
  switch (input.type) {
    case 'start':
      return go(state, { to: 'discover' }, now)
    case 'recheck':
      return recheck(state, now)
    case 'relist':
      return relist(state, now)
    case 'served':
      return discovered(state, input.yes, now)
    case 'page':
      return paged(state, input.page, now)
    case 'event':
      return seen(state, input, now)
    case 'ended':
      return ended(state, now)
    case 'woken':
      return woken(state, now)
    case 'failed':
      return failed(state, input.error, now)
    default:
      return unreachable(input)
  }
}

function go(state: ReflectorState, next: Next, now: Instant): Stepped {
  const turn = state.turn + 1
  if (next.to === 'discover')
    return {
      state: { ...state, turn, place: { at: 'discovering', version: next.version } },
      effects: [{ type: 'discover' }],
    }
  if (next.to === 'watch') {
    const place: Place = { at: 'watching', version: next.version, since: now, advanced: false }
    return { state: { ...state, turn, place }, effects: [{ type: 'watch', from: next.version }] }
  }
  if (!state.canStream) return list(state, true)
  return {
    state: { ...state, turn, place: { at: 'streaming', events: 0, alarmedAt: 0 } },
    effects: [{ type: 'begin' }, { type: 'watch', from: '' }, { type: 'wake', inMs: SILENCE_MS }],
  }
}

function recheck(state: ReflectorState, now: Instant): Stepped {
  return state.place.at === 'absent' ? go(state, { to: 'discover' }, now) : { state, effects: [] }
}

function relist(state: ReflectorState, now: Instant): Stepped {
  return state.place.at === 'watching' ? go(state, { to: 'anew' }, now) : { state, effects: [] }
}

function discovered(state: ReflectorState, isServed: boolean, now: Instant): Stepped {
  const version = state.place.at === 'discovering' ? state.place.version : undefined
  if (!isServed) return missed(state, version)
  const next: Next = version === undefined ? { to: 'anew' } : { to: 'watch', version }
  return go({ ...state, misses: 0 }, next, now)
}

function missed(state: ReflectorState, version: string | undefined): Stepped {
  const misses = state.misses + 1
  if (!state.isKnown || misses === LOOKS) return absent(state)
  const inMs = delayAfter(misses + 1, CONNECTION_BACKOFF)
  return restFor({ ...state, misses }, { to: 'discover', version }, { inMs, error: MISSED })
}

function list(state: ReflectorState, inPages: boolean): Stepped {
  return {
    state: { ...state, turn: state.turn + 1, place: { at: 'listing', paged: inPages } },
    effects: [{ type: 'begin' }, { type: 'list', paged: inPages }],
  }
}

function absent(state: ReflectorState): Stepped {
  return {
    state: { ...state, failures: 0, misses: 0, isKnown: false, place: { at: 'absent' } },
    effects: [{ type: 'forget' }],
  }
}

function paged(state: ReflectorState, page: ListPage, now: Instant): Stepped {
  const puts = page.items.map((object): ReflectorEffect => ({ type: 'put', object }))
  if (page.continue !== undefined) {
    const more: ReflectorEffect = { type: 'list', paged: true, continue: page.continue }
    return { state: { ...state, turn: state.turn + 1 }, effects: [...puts, more] }
  }
  const watching = go({ ...state, isKnown: true }, { to: 'watch', version: page.resourceVersion }, now)
  const complete: ReflectorEffect = { type: 'complete', version: page.resourceVersion }
  return { state: watching.state, effects: [...puts, complete, ...watching.effects] }
}

function seen(
  state: ReflectorState,
  { event, known }: { event: WatchEvent; known: boolean },
  now: Instant,
): Stepped {
  const { place } = state
  if (event.type === 'ERROR') return failed(state, event.error, now)
  if (place.at === 'streaming') return streamed(state, event, now)
  if (place.at !== 'watching') return { state, effects: [] }
  if (event.type === 'BOOKMARK') {
    const { resourceVersion: version } = event
    return { state: advanceTo(state, version), effects: [{ type: 'reached', version }] }
  }
  const { object } = event
  const version = object.metadata.resourceVersion ?? place.version
  const late = compareVersions(version, place.version) < 0
  // An old change of an object that we do not have: it may have been deleted since. Only a list can tell.
  if (late && !known && event.type !== 'DELETED') return rest(state, { to: 'anew' }, { now })
  return {
    state: advanceTo(state, version),
    effects: [{ type: event.type === 'DELETED' ? 'remove' : 'put', object }],
  }
}

function advanceTo(state: ReflectorState, version: string): ReflectorState {
  const { place } = state
  if (place.at !== 'watching' || compareVersions(version, place.version) <= 0) return state
  if (place.advanced && state.failures === 0) return { ...state, place: { ...place, version } }
  return { ...state, failures: 0, place: { ...place, version, advanced: true } }
}

function streamed(
  state: ReflectorState,
  event: Exclude<WatchEvent, { type: 'ERROR' }>,
  now: Instant,
): Stepped {
  const { place } = state
  if (place.at !== 'streaming') return { state, effects: [] }
  if (event.type !== 'BOOKMARK') {
    return {
      state: { ...state, place: { ...place, events: place.events + 1 } },
      effects: [{ type: event.type === 'DELETED' ? 'remove' : 'put', object: event.object }],
    }
  }
  if (event.initialEventsEnd !== true) return { state, effects: [] }
  const { resourceVersion: version } = event
  return {
    // The same watch goes on.
    state: {
      ...state,
      isKnown: true,
      place: { at: 'watching', version, since: now, advanced: false },
    },
    effects: [{ type: 'complete', version }],
  }
}

function ended(state: ReflectorState, now: Instant): Stepped {
  const { place } = state
  if (place.at !== 'watching') return rest(state, { to: 'anew' }, { now })
  const again: Next = { to: 'watch', version: place.version }
  if (hasLived(state, now)) return go({ ...state, failures: 0 }, again, now)
  // A watch that ends at once, again and again: is the kind still there?
  if (state.failures >= 3) return rest(state, { to: 'discover', version: place.version }, { now })
  return rest(state, again, { now })
}

/** A rest is over; or a stream of initial events was asked for a while ago: is it still talking? */
function woken(state: ReflectorState, now: Instant): Stepped {
  const { place } = state
  if (place.at === 'resting') return go(state, place.next, now)
  if (place.at !== 'streaming') return { state, effects: [] }
  if (place.events === place.alarmedAt) return list({ ...state, canStream: false }, true)
  return {
    state: { ...state, place: { ...place, alarmedAt: place.events } },
    effects: [{ type: 'wake', inMs: SILENCE_MS }],
  }
}

/** A list alone proves little: the watch after it may be refused each time. */
function hasLived({ place }: ReflectorState, now: Instant): boolean {
  return place.at === 'watching' && (place.advanced || now - place.since >= SHORT_LIFE_MS)
}

function failed(before: ReflectorState, error: KubeError, now: Instant): Stepped {
  const state = hasLived(before, now) ? { ...before, failures: 0 } : before
  const { place } = state
  const { reason } = error
  if (place.at === 'streaming' && NOT_UNDERSTOOD.has(reason))
    return list({ ...state, canStream: false }, true)
  if (place.at === 'listing' && place.paged && reason === 'Expired') return list(state, false)
  return rest(state, afterFailure(state, reason), { now, error })
}

/** What a server says that cannot do what it was asked for. */
const NOT_UNDERSTOOD: ReadonlySet<string> = new Set(['BadRequest', 'Invalid'])
const NOT_SERVED: ReadonlySet<string> = new Set(['NotFound', 'MethodNotAllowed'])

function afterFailure({ place, failures }: ReflectorState, reason: string): Next {
  if (place.at === 'discovering') return { to: 'discover', version: place.version }
  if (NOT_SERVED.has(reason)) return { to: 'discover' }
  // A server that answers, but not from this version on, is asked for everything in the end.
  const refusesVersion = reason === 'Expired' || NOT_UNDERSTOOD.has(reason)
  const isHopeless = refusesVersion || (reason !== 'Unreachable' && failures >= 3)
  return place.at === 'watching' && !isHopeless ? { to: 'watch', version: place.version } : { to: 'anew' }
}

function rest(state: ReflectorState, next: Next, why: { now: Instant; error?: KubeError }): Stepped {
  const failures = state.failures + 1
  const { error } = why
  // The first 410, and the first 404, are ordinary: go on at once.
  const ordinary = failures === 1 && (error === undefined || ['Expired', 'NotFound'].includes(error.reason))
  if (ordinary) return go({ ...state, failures }, next, why.now)
  const limits = error?.reason === 'Forbidden' ? FORBIDDEN_BACKOFF : CONNECTION_BACKOFF
  const inMs = Math.max(delayAfter(failures, limits), error?.retryAfterMs ?? 0)
  return restFor({ ...state, failures }, next, { inMs, error })
}

function restFor(
  state: ReflectorState,
  next: Next,
  { inMs, error }: { inMs: number; error: KubeError | undefined },
): Stepped {
  const troubled: ReflectorEffect[] = error === undefined ? [] : [{ type: 'troubled', error, inMs }]
  return {
    state: { ...state, turn: state.turn + 1, place: { at: 'resting', next } },
    effects: [...troubled, { type: 'wake', inMs }],
  }
}
