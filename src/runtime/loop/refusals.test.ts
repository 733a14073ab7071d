// What becomes of refused writes, stepped by hand: who hears of them, how often, and when no longer.
import { describe, expect, test } from 'vitest'
import { KubeError } from '../../kube/errors.ts'
import type { Decision, Reconciler } from '../../kube/reconciler.ts'
import type { EventNote } from '../../kube/write.ts'
import type { Effect } from './effects.ts'
import { aMap, annotate, aRollout, conflict, create, play, whys, writes } from './loop.suite.ts'
import type { Snapshot } from './loop.suite.ts'

interface Condition {
  readonly type: string
  readonly message: string
}

const conditionsIn = ({ rollout }: Snapshot) =>
  (rollout['status'] as { conditions?: readonly Condition[] }).conditions ?? []

/** As a kind with conditions does: what was refused is said once. */
const refused: Reconciler<Snapshot>['refused'] = (snapshot, { reason, message }) => {
  const known = conditionsIn(snapshot)
  if (known.some(one => one.message === message)) return undefined
  const status = { ...(snapshot.rollout['status'] as object), conditions: [{ type: reason, message }] }
  return { status, events: [aNote('Refused', message)] }
}

const aNote = (reason: string, message = reason): EventNote => ({ type: 'Warning', reason, message })

describe('a write that is refused', () => {
  const quota = new KubeError('Forbidden', 'exceeded quota', { status: 403 })
  const said = { type: 'Forbidden', message: 'create x: exceeded quota' }
  const whole = (): Decision => ({ writes: [create('x')], status: { phase: 'Healthy', conditions: [] } })
  const answer = (game: ReturnType<typeof play>, effect: Effect | undefined, error: KubeError) =>
    game.written(effect, error)
  const ends = (effects: readonly Effect[]) =>
    effects.filter(({ type }) => type === 'failed' || type === 'done')

  test('is told once, and the pass has failed all the same', () => {
    const game = play(whole, { refused })
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    const [event] = writes(answer(game, first, quota))
    expect(event?.write.why).toBe('event Refused: create x: exceeded quota')
    const [told] = writes(game.written(event, aMap('event')))
    expect(told?.write).toMatchObject({
      subresource: 'status',
      patch: { status: { conditions: [said] } },
      ifVersion: '1',
    })
    const after = game.written(told, aRollout('a', 2, { conditions: [said] }))
    expect(ends(after)).toMatchObject([
      { type: 'failed', error: quota, retryInMs: 1 },
      { type: 'done', failed: true },
    ])
    const [again] = writes(game.see(aRollout('a', 2, { conditions: [said] })))
    expect(again?.write.why).toBe('create x')
    const quiet = answer(game, again, quota)
    expect(writes(quiet)).toEqual([])
    expect(ends(quiet)).toMatchObject([{ type: 'failed', retryInMs: 2 }, { type: 'done' }])
  })

  test('is told no more with the status of the next pass that succeeds', () => {
    const game = play(whole, { refused })
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1, { conditions: [said] })))
    const [status] = writes(game.written(first, undefined))
    expect(status?.write).toMatchObject({ patch: { status: { phase: 'Healthy', conditions: [] } } })
  })

  test('is asked of `recover` first', () => {
    const recover = () => ({ writes: [create('y')] })
    const game = play(whole, { recover, refused })
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    const [second] = writes(answer(game, first, quota))
    expect(second?.write.why).toBe('create y')
    expect(whys(answer(game, second, quota))).toEqual(['event Refused: create y: exceeded quota'])
  })

  test('whose telling is refused, too, backs off; nobody hears of it twice', () => {
    const game = play(() => ({ writes: [], status: { phase: 'Healthy' } }), { refused })
    const forbidden = new KubeError('Forbidden', 'no rights', { status: 403 })
    game.elect()
    let [status] = writes(game.see(aRollout('a', 1)))
    const tellings: number[] = []
    let events = 0
    for (let i = 0; i < 40; i++) {
      let effects = game.written(status, forbidden)
      for (const event of writes(effects).filter(({ lane }) => lane.startsWith('events/'))) {
        events++
        effects = [...effects, ...game.written(event, aMap('event'))]
      }
      const telling = writes(effects).find(({ lane }) => !lane.startsWith('events/'))
      if (telling !== undefined) {
        tellings.push(i)
        effects = game.written(telling, forbidden)
      }
      expect(ends(effects)).toMatchObject([{ type: 'failed', error: forbidden }, { type: 'done' }])
      ;[status] = writes(game.pass(10_000))
    }
    expect(events).toBe(1)
    // 0.5, 1, 2, … seconds after the one before, and a try each ten seconds.
    expect(tellings).toEqual([0, 1, 2, 3, 4, 5, 7, 11, 18, 31])
  })

  test('by a server that says something else each time is told ever less often', () => {
    const game = play(whole, { refused })
    game.elect()
    let status: object = {}
    let version = 1
    let [effect] = writes(game.see(aRollout('a', version)))
    let told = 0
    for (let i = 0; i < 200; i++) {
      let effects = answer(
        game,
        effect,
        new KubeError('Forbidden', `request ${i} is denied`, { status: 403 }),
      )
      for (const event of writes(effects).filter(({ lane }) => lane.startsWith('events/')))
        effects = [...effects, ...game.written(event, aMap('event'))]
      const telling = writes(effects).find(({ lane }) => !lane.startsWith('events/'))
      if (telling === undefined) {
        ;[effect] = writes(game.pass(10_000))
        continue
      }
      told++
      status = (telling.write as unknown as { patch: { status: object } }).patch.status
      game.written(telling, aRollout('a', ++version, status))
      ;[effect] = writes(game.see(aRollout('a', version, status)))
    }
    expect(told).toBeGreaterThan(5)
    expect(told).toBeLessThan(17)
  })

  test('any other failure is told when the same write has failed the same way three times in a row', () => {
    const game = play(whole, { refused })
    game.elect()
    let [effect] = writes(game.see(aRollout('a', 1)))
    const told: (readonly string[])[] = []
    for (const words of ['down', 'down', 'slow', 'down', 'down', 'down']) {
      told.push(whys(answer(game, effect, new KubeError('Internal', words, { status: 500 }))))
      ;[effect] = writes(game.pass(1000)).filter(({ lane }) => !lane.startsWith('events/'))
    }
    expect(told).toEqual([[], [], [], [], [], ['event Refused: create x: down']])
  })

  test('a failure between two successes begins a new count', () => {
    const game = play(whole, { refused })
    const down = new KubeError('Internal', 'down', { status: 500 })
    game.elect()
    let version = 1
    let [effect] = writes(game.see(aRollout('a', version)))
    for (let i = 0; i < 4; i++) {
      expect(writes(answer(game, effect, down))).toEqual([])
      ;[effect] = writes(game.pass(1000))
      const [status] = writes(game.written(effect, undefined))
      game.written(status, aRollout('a', ++version, { phase: 'Healthy', conditions: [] }))
      ;[effect] = writes(game.see(aRollout('a', version, { phase: `seen ${version}`, conditions: [] })))
    }
  })

  test('a race that was lost is none: who wins at the object wins at its status', () => {
    const game = play(({ rollout }) => ({ writes: [annotate(rollout.metadata.name)] }), { refused })
    game.elect()
    for (let version = 1; version < 7; version++) {
      const [effect] = writes(game.see(aRollout('a', version)))
      expect(effect?.write.why).toBe('annotate a')
      expect(writes(answer(game, effect, conflict))).toEqual([])
    }
  })

  test('a name that is taken is none: `recover` knows, or the cache is late', () => {
    const game = play(whole, { refused })
    game.elect()
    let [effect] = writes(game.see(aRollout('a', 1)))
    for (let i = 0; i < 5; i++) {
      const read = answer(game, effect, new KubeError('AlreadyExists', 'x is there', { status: 409 }))
      expect(
        writes(
          game.found(
            read.find(({ type }) => type === 'read'),
            aMap('x'),
          ),
        ),
      ).toEqual([])
      ;[effect] = writes(game.pass(1000))
    }
  })

  test('nothing is remembered of an object that has gone', () => {
    const game = play(whole, { refused })
    const down = new KubeError('Internal', 'down', { status: 500 })
    game.elect()
    let [effect] = writes(game.see(aRollout('a', 1)))
    for (let i = 0; i < 2; i++) {
      answer(game, effect, down)
      ;[effect] = writes(game.pass(1000))
    }
    game.remove(aRollout('a', 2))
    answer(game, effect, down)
    ;[effect] = writes(game.see(aRollout('a', 3)))
    expect(effect?.write.why).toBe('create x')
    expect(writes(answer(game, effect, down))).toEqual([])
  })

  test('that only tidies up comes after the status, and is told beside it until it is made', () => {
    const events = [aNote('Ended')]
    const decide = (): Decision => ({
      writes: [create('w')],
      status: { phase: 'Healthy' },
      trims: [create('x'), create('y')],
      events,
    })
    const tell: typeof refused = (_, { message }) => ({
      status: { phase: 'Healthy', conditions: [said] },
      events: [...events, aNote('Refused', message)],
    })
    const game = play(decide, { refused: tell })
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    expect(first?.write.why).toBe('create w')
    const [ended] = writes(game.written(first, undefined))
    expect(ended?.write.why).toBe('event Ended: Ended')
    const [status] = writes(game.written(ended, aMap('event')))
    expect(status?.write).toMatchObject({ patch: { status: { phase: 'Healthy' } }, ifVersion: '1' })
    const [trim] = writes(game.written(status, aRollout('a', 2, { phase: 'Healthy' })))
    expect(trim?.write.why).toBe('create x')
    const [other] = writes(answer(game, trim, quota))
    expect(other?.write.why).toBe('create y')
    const [event, ...others] = writes(game.written(other, undefined))
    expect([event?.write.why, others]).toEqual(['event Refused: create x: exceeded quota', []])
    const [told] = writes(game.written(event, aMap('event')))
    expect(told?.write).toMatchObject({ patch: { status: { conditions: [said] } }, ifVersion: '2' })
    expect(
      ends(game.written(told, aRollout('a', 3, { phase: 'Healthy', conditions: [said] }))),
    ).toMatchObject([
      { type: 'failed', error: quota },
      { type: 'done', failed: true },
    ])
  })

  test('is told by its Event alone, once, where no status changes', () => {
    const tell: typeof refused = (_, { message }) => ({ events: [aNote('Refused', message)] })
    const game = play(() => ({ writes: [], trims: [create('x')] }), { refused: tell })
    game.elect()
    let [trim] = writes(game.see(aRollout('a', 1)))
    const told: string[] = []
    for (let i = 0; i < 10; i++) {
      for (const event of writes(answer(game, trim, quota))) {
        told.push(event.write.why)
        game.written(event, aMap('event'))
      }
      ;[trim] = writes(game.pass(10_000))
    }
    expect(trim?.write.why).toBe('create x')
    expect(told).toEqual(['event Refused: create x: exceeded quota'])
  })
})
