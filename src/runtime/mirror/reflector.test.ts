// The reflector's states, one input at a time.
import { describe, expect, test } from 'vitest'
import { KubeError } from '../../kube/errors.ts'
import { fromJson } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { WatchEvent } from '../network/client.ts'
import { STARTING, step } from './reflector.ts'
import type { ReflectorEffect, ReflectorInput, ReflectorState } from './reflector.ts'

const at = (version: number): KubeObject =>
  fromJson({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', resourceVersion: String(version) } })
const gone = new KubeError('Expired', 'too old', { status: 410 })
const down = new KubeError('Internal', 'down', { status: 500 })

type Told =
  | { type: 'start' | 'recheck' | 'relist' | 'ended' | 'woken' }
  | { type: 'served'; yes: boolean }
  | { type: 'page'; versions: number[]; version: string; more?: string }
  | { type: 'event'; event: WatchEvent; known?: boolean }
  | { type: 'failed'; error: KubeError }

/**
 * Tells the reflector one thing after the other, each about its latest request; gives what the last one led
 * to.
 */
function told(...all: Told[]): { state: ReflectorState; effects: readonly ReflectorEffect[] } {
  let state = STARTING
  let effects: readonly ReflectorEffect[] = []
  for (const one of all) {
    const stepped = step(state, inputOf(one, state.turn), 1000)
    state = stepped.state
    effects = stepped.effects
  }
  return { state, effects }
}

function inputOf(one: Told, turn: number): ReflectorInput {
  if (one.type === 'event') return { ...one, turn, known: one.known ?? true }
  if (one.type === 'page') {
    const { versions, version, more } = one
    const page = { items: versions.map(at), resourceVersion: version }
    return { type: 'page', turn, page: more === undefined ? page : { ...page, continue: more } }
  }
  if (one.type === 'start' || one.type === 'recheck' || one.type === 'relist') return { type: one.type }
  return { ...one, turn }
}

const served: Told[] = [{ type: 'start' }, { type: 'served', yes: true }]
const end: Told = {
  type: 'event',
  event: { type: 'BOOKMARK', resourceVersion: '10', initialEventsEnd: true },
}
const watching: Told[] = [...served, { type: 'event', event: { type: 'ADDED', object: at(7) } }, end]
const types = (effects: readonly ReflectorEffect[]) => effects.map(effect => effect.type)

describe('the reflector', () => {
  test('asks for the kind, then streams what is there', () => {
    expect(types(told({ type: 'start' }).effects)).toEqual(['discover'])
    expect(told(...served).effects).toMatchObject([
      { type: 'begin' },
      { type: 'watch', from: '' },
      { type: 'wake' },
    ])
    expect(told(...watching).effects).toEqual([{ type: 'complete', version: '10' }])
    expect(told(...watching).state.place).toMatchObject({ at: 'watching', version: '10' })
  })
  test('lists page by page where the server cannot stream', () => {
    const refused: Told = {
      type: 'failed',
      error: new KubeError('Invalid', 'sendInitialEvents', { status: 422 }),
    }
    expect(told(...served, refused).effects).toMatchObject([{ type: 'begin' }, { type: 'list', paged: true }])
    const first: Told = { type: 'page', versions: [3, 4], version: '9', more: 'x' }
    expect(told(...served, refused, first).effects).toMatchObject([
      { type: 'put' },
      { type: 'put' },
      { type: 'list', continue: 'x' },
    ])
    const last: Told = { type: 'page', versions: [5], version: '9' }
    expect(told(...served, refused, first, last).effects).toMatchObject([
      { type: 'put' },
      { type: 'complete', version: '9' },
      { type: 'watch', from: '9' },
    ])
    // Pages that expire on the way: everything in one answer.
    expect(told(...served, refused, first, { type: 'failed', error: gone }).effects).toMatchObject([
      { type: 'begin' },
      { type: 'list', paged: false },
    ])
  })
  test('lists where the server ignores the wish for initial events and says nothing', () => {
    expect(types(told(...served, { type: 'woken' }).effects)).toEqual(['begin', 'list'])
    const busy = told(
      ...served,
      { type: 'event', event: { type: 'ADDED', object: at(1) } },
      { type: 'woken' },
    )
    expect(types(busy.effects)).toEqual(['wake'])
  })
  test('goes on from the last version after a cut', () => {
    const change: Told = { type: 'event', event: { type: 'MODIFIED', object: at(12) } }
    expect(told(...watching, change, { type: 'ended' }).effects).toEqual([{ type: 'watch', from: '12' }])
    const bookmark: Told = { type: 'event', event: { type: 'BOOKMARK', resourceVersion: '40' } }
    expect(told(...watching, bookmark, { type: 'ended' }).effects).toEqual([{ type: 'watch', from: '40' }])
  })
  test('rests, ever longer, when a watch ends without having told anything', () => {
    const cuts: Told[] = [{ type: 'ended' }, { type: 'ended' }, { type: 'woken' }, { type: 'ended' }]
    expect(types(told(...watching, { type: 'ended' }).effects)).toEqual(['watch'])
    expect(told(...watching, ...cuts.slice(0, 2)).effects).toMatchObject([{ type: 'wake', inMs: 1000 }])
    expect(told(...watching, ...cuts).effects).toMatchObject([{ type: 'wake', inMs: 2000 }])
    // In the end it asks whether the kind is still there, and goes on if it is.
    const asked: Told[] = [...watching, ...cuts, { type: 'woken' }, { type: 'ended' }, { type: 'woken' }]
    expect(types(told(...asked).effects)).toEqual(['discover'])
    expect(told(...asked, { type: 'served', yes: true }).effects).toEqual([{ type: 'watch', from: '10' }])
    const still: Told[] = [{ type: 'failed', error: down }, { type: 'woken' }, { type: 'served', yes: true }]
    expect(told(...asked, ...still).effects).toEqual([{ type: 'watch', from: '10' }])
  })
  test('begins anew when its version is too old', () => {
    const expired: Told = { type: 'event', event: { type: 'ERROR', error: gone } }
    expect(types(told(...watching, expired).effects)).toEqual(['begin', 'watch', 'wake'])
  })
  test('rests, ever longer, when each list ends in a version that is too old', () => {
    const expired: Told = { type: 'event', event: { type: 'ERROR', error: gone } }
    const round: Told[] = [{ type: 'woken' }, ...watching.slice(2), expired]
    expect(types(told(...watching, expired).effects)).toEqual(['begin', 'watch', 'wake'])
    const second = told(...watching, expired, ...watching.slice(2), expired)
    expect(second.effects).toMatchObject([{ type: 'troubled' }, { type: 'wake', inMs: 1000 }])
    const third = told(...watching, expired, ...watching.slice(2), expired, ...round)
    expect(third.effects).toMatchObject([{ type: 'troubled' }, { type: 'wake', inMs: 2000 }])
  })
  test('waits as long as a busy server asks', () => {
    const busy = new KubeError('TooManyRequests', 'later', { status: 429, retryAfterMs: 7000 })
    expect(told(...watching, { type: 'failed', error: busy }).effects).toMatchObject([
      { type: 'troubled' },
      { type: 'wake', inMs: 7000 },
    ])
    expect(told(...watching, { type: 'failed', error: busy }, { type: 'woken' }).effects).toEqual([
      { type: 'watch', from: '10' },
    ])
    expect(told(...served, { type: 'failed', error: down }).effects).toMatchObject([
      {},
      { type: 'wake', inMs: 500 },
    ])
    const forADay = new KubeError('TooManyRequests', 'later', { status: 429, retryAfterMs: 86_400_000 })
    expect(told(...watching, { type: 'failed', error: forADay }).effects).toMatchObject([
      {},
      { type: 'wake', inMs: 60_000 },
    ])
  })
  test('an old change of an object that it does not have makes it list: it may have been deleted since', () => {
    const late = (type: 'MODIFIED' | 'DELETED', known: boolean): Told => ({
      type: 'event',
      event: { type, object: at(5) },
      known,
    })
    expect(types(told(...watching, late('MODIFIED', true)).effects)).toEqual(['put'])
    expect(types(told(...watching, late('DELETED', false)).effects)).toEqual(['remove'])
    expect(types(told(...watching, late('MODIFIED', false)).effects)).toEqual(['begin', 'watch', 'wake'])
  })
  test('a kind that is absent is forgotten, and asked for again when kinds have changed', () => {
    const absent: Told[] = [{ type: 'start' }, { type: 'served', yes: false }]
    expect(types(told(...absent).effects)).toEqual(['forget'])
    expect(types(told(...absent, { type: 'recheck' }).effects)).toEqual(['discover'])
    expect(types(told(...watching, { type: 'recheck' }).effects)).toEqual([])
    const missing = new KubeError('NotFound', 'no such kind', { status: 404 })
    expect(types(told(...watching, { type: 'failed', error: missing }).effects)).toEqual(['discover'])
  })
  test('a kind that was there is missed for a minute before it is forgotten', () => {
    const missing = new KubeError('NotFound', 'no such kind', { status: 404 })
    const look: Told[] = [{ type: 'served', yes: false }, { type: 'woken' }]
    const looks = (times: number) => Array.from({ length: times }, () => look).flat()
    const missed: Told[] = [...watching, { type: 'failed', error: missing }]
    for (let times = 0; times < 6; times++)
      expect(types(told(...missed, ...looks(times), ...look.slice(0, 1)).effects)).toEqual([
        'troubled',
        'wake',
      ])
    expect(types(told(...missed, ...looks(6), ...look.slice(0, 1)).effects)).toEqual(['forget'])
    const back = told(...missed, ...looks(3), { type: 'served', yes: true })
    expect(types(back.effects)).toEqual(['begin', 'watch', 'wake'])
  })
  test('a kind that is not listed after a long outage is missed for as long', () => {
    const refused: Told = { type: 'failed', error: new KubeError('Unreachable', 'connection refused') }
    const outage = Array.from({ length: 9 }, (): Told[] => [refused, { type: 'woken' }]).flat()
    const missing = new KubeError('NotFound', 'no such kind', { status: 404 })
    const back: Told[] = [...watching, ...outage, { type: 'failed', error: missing }, { type: 'woken' }]
    const look: Told[] = [{ type: 'served', yes: false }, { type: 'woken' }]
    const missedFor = (looks: number) => {
      const before = Array.from({ length: looks }, () => look).flat()
      const { effects } = told(...back, ...before, { type: 'served', yes: false })
      return effects.map(effect => (effect.type === 'wake' ? effect.inMs : effect.type))
    }
    expect([0, 1, 2, 3, 4, 5].map(looks => missedFor(looks)[1])).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000,
    ])
    expect(missedFor(6)).toEqual(['forget'])
  })
  test('a quiet watch that ends after a long time begins again at once, whatever was before it', () => {
    const trouble: Told[] = [{ type: 'failed', error: down }, { type: 'woken' }]
    const { state } = told(...watching, ...trouble, ...trouble, ...trouble)
    const later = 3_600_000
    const again = step(state, { type: 'ended', turn: state.turn }, later)
    expect(again.effects).toEqual([{ type: 'watch', from: '10' }])
    const cut = step(again.state, { type: 'ended', turn: again.state.turn }, later)
    expect(cut.effects).toEqual([{ type: 'watch', from: '10' }])
  })
  test('what an abandoned request still brings is ignored', () => {
    const { state } = told(...watching)
    const stale = step(state, { type: 'ended', turn: state.turn - 1 }, 1000)
    expect(stale).toEqual({ state, effects: [] })
  })
})
