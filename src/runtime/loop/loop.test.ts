// The loop, stepped by hand: what goes out, in which order, on which version, and what each answer leads to.
import { describe, expect, test } from 'vitest'
import { KubeError } from '../../kube/errors.ts'
import { CONFIG_MAP } from '../../kube/kinds.ts'
import type { Decision, Reconciler, Wait } from '../../kube/reconciler.ts'
import { aMap, annotate, aRollout, conflict, create, failures, play, whys, writes } from './loop.suite.ts'
import type { Snapshot } from './loop.suite.ts'

const going = new KubeError('Forbidden', 'the namespace is being terminated', {
  status: 403,
  details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
})

describe('the loop', () => {
  test('decides nothing before it is elected, then every key', () => {
    const game = play(() => ({ writes: [create('x')] }))
    expect(game.see(aRollout('a', 1))).toEqual([])
    expect(whys(game.elect())).toEqual(['create x'])
  })

  test('sends writes one after the other, and the status last', () => {
    const game = play(() => ({ writes: [create('x'), create('y')], status: { phase: 'Healthy' } }))
    game.elect()
    const first = writes(game.see(aRollout('a', 1)))
    expect(whys(first)).toEqual(['create x'])
    const second = writes(game.written(first[0], aMap('x')))
    expect(whys(second)).toEqual(['create y'])
    const third = writes(game.written(second[0], aMap('y')))
    expect(third).toHaveLength(1)
    expect(third[0]?.write).toMatchObject({
      subresource: 'status',
      patch: { status: { phase: 'Healthy' } },
      ifVersion: '1',
    })
  })

  test('writes the reconciled object only on the version that it saw or made', () => {
    const game = play(() => ({ writes: [annotate('a')], status: { phase: 'Healthy' } }))
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    expect(first?.write).toMatchObject({ ifVersion: '1' })
    const [second] = writes(game.written(first, aRollout('a', 7)))
    expect(second?.write).toMatchObject({ subresource: 'status', ifVersion: '7' })
  })

  test('after a lost race decides anew only when the cache shows the winner', () => {
    const game = play(({ rollout }) => ({
      writes: [],
      status: { seen: rollout.metadata.resourceVersion ?? '' },
    }))
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    expect(writes(game.written(first, conflict))).toEqual([])
    expect(writes(game.pass(500))).toEqual([])
    expect(writes(game.see(aRollout('a', 2)))[0]?.write).toMatchObject({
      ifVersion: '2',
      patch: { status: { seen: '2' } },
    })
  })

  test('does not decide before the cache has caught up with its own writes', () => {
    const game = play(() => ({ writes: [create('x')] }))
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    game.written(first, { ...aMap('x'), metadata: { name: 'x', namespace: 'default', resourceVersion: '5' } })
    expect(writes(game.see(aRollout('a', 2)))).toEqual([])
    const made = { ...aMap('x'), metadata: { name: 'x', namespace: 'default', resourceVersion: '5' } }
    expect(whys(game.see(made, CONFIG_MAP))).toEqual(['create x'])
  })

  test('lists a kind anew when its own write does not show within half a minute', () => {
    const game = play(() => ({ writes: [create('x')] }))
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    game.written(first, { ...aMap('x'), metadata: { name: 'x', namespace: 'default', resourceVersion: '5' } })
    game.see(aRollout('a', 2))
    for (let second = 0; second < 29; second++) expect(game.pass(1000)).toEqual([])
    const effects = game.pass(1000)
    expect(effects.filter(effect => effect.type === 'relist')).toMatchObject([{ kind: CONFIG_MAP }])
    expect(whys(effects)).toEqual(['create x'])
  })

  test('asks at once when its clock has been set back, and then as long after as ever', () => {
    const waits = ({ now }: Snapshot): Wait[] => [{ for: 'the interval', since: now, until: now + 10_000 }]
    const game = play(({ now, ...more }) => ({ writes: [create('x')], waits: waits({ now, ...more }) }))
    game.elect()
    game.written(writes(game.see(aRollout('a', 1)))[0], undefined)
    expect(writes(game.pass(9000))).toEqual([])
    const [again] = writes(game.pass(-3_600_000))
    expect(again).toBeDefined()
    game.written(again, undefined)
    expect(writes(game.pass(9999))).toEqual([])
    expect(writes(game.pass(1))).toHaveLength(1)
  })

  test('an Event and a status wait for no time that a clock had before it was set back', () => {
    const event = { type: 'Normal', reason: 'Said', message: 'x' } as const
    const game = play(() => ({ writes: [], events: [event], status: { phase: 'Healthy' } }))
    game.elect()
    const [said] = writes(game.see(aRollout('a', 1)))
    const trouble = new KubeError('Unreachable', 'no route')
    game.written(said, trouble)
    expect(whys(game.pass(-3_600_000)).toSorted()).toEqual(['event Said: x', 'report phase'])
  })

  test('looks at what stands in the way of a create, and asks once how to recover', () => {
    const asked: unknown[] = []
    const recover: Reconciler<Snapshot>['recover'] = (_, write, error, found) => {
      asked.push([write.why, error.reason, found?.metadata.uid])
      return { writes: [create('y')] }
    }
    const game = play(() => ({ writes: [create('x')] }), { recover })
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    const taken = new KubeError('AlreadyExists', 'x is there', { status: 409 })
    const read = game.written(first, taken).find(effect => effect.type === 'read')
    expect(read).toMatchObject({ ref: { name: 'x', namespace: 'default' } })
    const standing = { ...aMap('x'), metadata: { name: 'x', namespace: 'default', uid: 'other' } }
    const again = game.found(read, standing)
    expect(whys(again)).toEqual(['create y'])
    const failed = game.written(writes(again)[0], new KubeError('Invalid', 'no', { status: 422 }))
    expect(failed).toMatchObject([{ type: 'failed' }, { type: 'done', failed: true }])
    expect(asked).toEqual([['create x', 'AlreadyExists', 'other']])
  })

  test('a decision that crashes ends its own pass and nothing else', () => {
    const game = play(({ rollout }) => {
      if (rollout.metadata.name === 'bad') throw new TypeError('a defect')
      return { writes: [create('x')] }
    })
    game.elect()
    expect(game.see(aRollout('bad', 1)).map(effect => effect.type)).toEqual(['failed', 'done'])
    expect(whys(game.see(aRollout('good', 2)))).toEqual(['create x'])
  })

  test('a failing key is tried again, ever less often; a server that names a time is obeyed', () => {
    const game = play(() => ({ writes: [create('x')] }))
    game.elect()
    let [effect] = writes(game.see(aRollout('a', 1)))
    const delays: number[] = []
    for (let i = 0; i < 16; i++) {
      const [failed] = failures(game.written(effect, new KubeError('Internal', 'down')))
      const delay = failed?.retryInMs ?? -1
      delays.push(delay)
      ;[effect] = writes(game.pass(delay))
    }
    expect(delays.slice(0, 5)).toEqual([1, 2, 4, 8, 16])
    expect(delays.at(-1)).toBe(10_000)
    const busy = new KubeError('TooManyRequests', 'later', { retryAfterMs: 60_000 })
    expect(failures(game.written(effect, busy))).toMatchObject([{ retryInMs: 60_000 }])
  })

  test('news of a key that goes on failing are heard a little later: they may be of its own making', () => {
    const game = play(() => ({ writes: [create('x')] }))
    game.elect()
    let [effect] = writes(game.see(aRollout('a', 1)))
    for (let version = 2; version <= 4; version++) {
      game.written(effect, new KubeError('Internal', 'down'))
      ;[effect] = writes(game.see(aRollout('a', version)))
      expect(effect).toBeDefined()
    }
    for (let version = 5; version <= 20; version++) {
      game.written(effect, new KubeError('Internal', 'down'))
      expect(writes(game.see(aRollout('a', version)))).toEqual([])
      ;[effect] = writes(game.pass(250))
      expect(effect).toBeDefined()
    }
  })

  test('a key that succeeded has no failures behind it', () => {
    const game = play(() => ({ writes: [create('x')] }))
    game.elect()
    let [effect] = writes(game.see(aRollout('a', 1)))
    const retried = () => {
      const [failed] = failures(game.written(effect, new KubeError('Internal', 'down')))
      ;[effect] = writes(game.pass(failed?.retryInMs ?? 0))
      return failed?.retryInMs
    }
    expect([retried(), retried()]).toEqual([1, 2])
    const made = { ...aMap('x'), metadata: { name: 'x', namespace: 'default', resourceVersion: '5' } }
    game.written(effect, made)
    ;[effect] = writes([...game.see(made, CONFIG_MAP), ...game.see(aRollout('a', 2))])
    expect(retried()).toBe(1)
  })

  test('wakes a key at the end of its earliest wait, and never in a hot loop', () => {
    const game = play(({ now }) => ({
      writes: [],
      waits: [
        { for: 'the pause', since: now, until: now + 5000 },
        { for: 'a person', since: now },
        { for: 'something long past', since: now, until: now - 1 },
      ],
    }))
    game.elect()
    game.see(aRollout('a', 1))
    expect(game.loop.nextAt()).toBe(1_001_000)
  })

  const counting = (phase: { now: string }) => {
    let replicas = 0
    return play(() => ({
      writes: [],
      status: { phase: phase.now, replicas: ++replicas },
      lazyStatus: ['replicas'],
    }))
  }

  test('counts alone are written at once, or a second after whatever was written last', () => {
    const game = counting({ now: 'Progressing' })
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1, { phase: 'Progressing' })))
    expect(first?.write).toMatchObject({ patch: { status: { replicas: 1 } } })
    const stored = aRollout('a', 2, { phase: 'Progressing', replicas: 1 })
    game.written(first, stored)
    expect(writes(game.see(stored))).toEqual([])
    expect(game.loop.nextAt()).toBe(1_001_000)
    expect(writes(game.pass(999))).toEqual([])
    expect(writes(game.pass(1))).toHaveLength(1)
  })

  test('counts wait for a second after news, too, and news do not wait at all', () => {
    const phase = { now: 'Progressing' }
    const game = counting(phase)
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    expect(first?.write).toMatchObject({ patch: { status: { phase: 'Progressing' } } })
    game.written(first, aRollout('a', 2, { phase: 'Progressing', replicas: 1 }))
    expect(writes(game.see(aRollout('a', 2, { phase: 'Progressing', replicas: 1 })))).toEqual([])
    phase.now = 'Healthy'
    const [second] = writes(game.see(aRollout('a', 3, { phase: 'Progressing', replicas: 1 })))
    expect(second?.write).toMatchObject({ patch: { status: { phase: 'Healthy', replicas: 3 } } })
  })

  test('the status of an object that has gone starts no second for the one that is made anew', () => {
    const game = counting({ now: 'Progressing' })
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1, { phase: 'Progressing' })))
    game.remove(aRollout('a', 2))
    game.written(first, aRollout('a', 2, { phase: 'Progressing', replicas: 1 }))
    game.pass(0)
    expect(writes(game.see(aRollout('a', 3, { phase: 'Progressing' })))).toHaveLength(1)
  })

  test('what was told of an object that has gone is told of the one that is made anew, too', () => {
    const events = [{ type: 'Normal', reason: 'RolloutUpdated', message: 'to revision 1' }] as const
    const game = play(({ rollout }) => ({
      writes: rollout.metadata.uid === 'a' ? [annotate('a')] : [],
      status: { phase: 'Progressing' },
      events,
    }))
    game.elect()
    const [patch] = writes(game.see(aRollout('a', 1)))
    game.remove(aRollout('a', 2))
    const [event] = writes(game.written(patch, aRollout('a', 2)))
    const [status] = writes(game.written(event, undefined))
    const anew = aRollout('a', 3)
    game.see({ ...anew, metadata: { ...anew.metadata, uid: 'anew' } })
    const effects = [...game.written(status, conflict), ...game.pass(1000)]
    expect(whys(effects)).toContain('event RolloutUpdated: to revision 1')
  })

  test('a status write that is refused starts no second, and a clock that was set back ends it', () => {
    const game = counting({ now: 'Progressing' })
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1, { phase: 'Progressing' })))
    game.written(first, conflict)
    const [second] = writes(game.see(aRollout('a', 2, { phase: 'Progressing' })))
    expect(second?.write).toMatchObject({ patch: { status: { replicas: 2 } } })
    const stored = aRollout('a', 3, { phase: 'Progressing', replicas: 2 })
    game.written(second, stored)
    game.pass(-3_600_000)
    expect(writes(game.see(stored))).toHaveLength(1)
  })

  test('asks a question once, and the answer stands in the next snapshot for as long as it is asked', () => {
    const seen: unknown[] = []
    const game = play(({ answers }) => {
      seen.push(answers)
      return {
        writes: [],
        questions: 'weight' in answers ? [{ id: 'next', about: null }] : [{ id: 'weight', about: 20 }],
      }
    })
    game.elect()
    expect(game.see(aRollout('a', 1))).toMatchObject([
      { type: 'ask', question: { id: 'weight' } },
      { type: 'done' },
    ])
    expect(game.see(aRollout('a', 2))).toMatchObject([{ type: 'done' }])
    const effects = game.answered('weight', 'arrived')
    expect(effects).toMatchObject([
      { type: 'drop', question: 'weight' },
      { type: 'ask', question: { id: 'next' } },
      { type: 'done' },
    ])
    game.see(aRollout('a', 3))
    expect(seen).toEqual([{}, {}, { weight: { at: 1_000_000, value: 'arrived' } }, {}])
  })

  test('keeps as many keys under way as it may, and the rest in the queue', () => {
    const game = play(() => ({ writes: [create('x')] }), {}, 2)
    for (const name of ['a', 'b', 'c']) game.see(aRollout(name, 1))
    const effects = writes(game.elect())
    expect(effects).toHaveLength(2)
    expect(game.loop.nextAt()).toBeUndefined()
    expect(writes(game.written(effects[0], undefined))).toHaveLength(1)
  })

  test('an Event that is refused is tried again and does not hold up its key', () => {
    const note = { type: 'Normal', reason: 'Seen', message: 'hello' } as const
    const game = play(() => ({ writes: [] }), { announce: () => note })
    game.elect()
    const [event] = writes(game.see(aRollout('a', 1)))
    expect(event?.lane).toBe('events/argoproj.io/rollouts/default/a')
    game.written(event, new KubeError('Unreachable', 'no route'))
    expect(whys(game.pass(500))).toEqual(['event Seen: hello'])
  })

  const telling = (): Decision => ({
    writes: [],
    status: { phase: 'Healthy' },
    events: [{ type: 'Normal', reason: 'Completed', message: 'done' }],
  })

  test('a status is written once the Events that led to it are there', () => {
    const game = play(telling)
    game.elect()
    const [event, early] = writes(game.see(aRollout('a', 1)))
    expect(event?.write.why).toBe('event Completed: done')
    expect(early).toBeUndefined()
    expect(whys(game.written(event, aMap('event')))).toEqual(['report phase'])
  })

  test('what is told afterwards follows the status, one Event at a time, and holds no status up', () => {
    const told = ['one', 'two'].map(reason => ({ type: 'Normal' as const, reason, message: reason }))
    const game = play(({ rollout }) => ({
      writes: [],
      status: { phase: rollout.metadata.resourceVersion === '1' ? 'A' : 'B' },
      afterwards: told,
    }))
    game.elect()
    const statuses = [...writes(game.see(aRollout('a', 1))), ...writes(game.see(aRollout('b', 1)))]
    expect(statuses.map(one => one.write.verb)).toEqual(['patch', 'patch'])
    const sent = statuses.flatMap((one, i) =>
      writes(game.written(one, aRollout(i === 0 ? 'a' : 'b', 2, { phase: 'A' }))),
    )
    expect(sent.map(one => one.write.why)).toEqual(['event one: one'])
    expect(whys(game.see(aRollout('a', 2, { phase: 'A' })))).toEqual(['report phase'])
  })

  test('a status waits a tenth of a second for slow Events, and no longer', () => {
    const game = play(telling)
    game.elect()
    game.see(aRollout('a', 1))
    expect(game.loop.nextAt()).toBe(1_000_100)
    expect(whys(game.pass(99))).toEqual([])
    expect(whys(game.pass(1))).toEqual(['report phase'])
  })

  test('what a status tells is told once, however often its write fails', () => {
    const game = play(telling)
    game.elect()
    let effects = game.see(aRollout('a', 1))
    const told: string[] = []
    for (let i = 0; i < 3; i++) {
      const [first] = writes(effects)
      told.push(...whys(effects))
      const [status = first] = first?.lane.startsWith('events/') ? writes(game.written(first, aMap('e'))) : []
      game.written(status, new KubeError('Internal', 'down', { status: 500 }))
      effects = game.pass(1000)
    }
    expect(told).toEqual(['event Completed: done', 'report phase', 'report phase'])
    game.written(writes(effects)[0], aRollout('a', 2, { phase: 'Healthy' }))
    expect(whys(game.see(aRollout('a', 2)))).toEqual(['event Completed: done'])
  })

  test('leaves alone what is in a namespace that is being deleted', () => {
    const note = { type: 'Normal', reason: 'Seen', message: 'hello' } as const
    const recover = () => ({ writes: [create('y')] })
    const game = play(() => ({ writes: [create('x')] }), { announce: () => note, recover })
    game.elect()
    const [event, first] = writes(game.see(aRollout('a', 1)))
    expect(game.written(first, going)).toMatchObject([{ type: 'done', failed: false }])
    expect(writes(game.see(aRollout('a', 2)))).toEqual([])
    expect(writes(game.written(event, going))).toEqual([])
    expect(writes(game.remove(aRollout('a', 3)))).toEqual([])
    expect(whys(game.see(aRollout('a', 4)))).toEqual(['event Seen: hello', 'create x'])
  })

  test('a namespace that is made again is played again, even if a late refusal was of the one before', () => {
    const game = play(() => ({ writes: [create('x')] }))
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    game.remove(aRollout('a', 2))
    game.written(first, going)
    expect(whys(game.see(aRollout('a', 3)))).toEqual(['create x'])
  })

  test('what was asked for an object that has gone is dropped, and its answers with it', () => {
    const seen: unknown[] = []
    const game = play(({ answers }) => {
      seen.push(answers)
      return { writes: [], questions: [{ id: 'weight', about: null }] }
    })
    game.elect()
    game.see(aRollout('a', 1))
    game.answered('weight', 'arrived')
    expect(game.remove(aRollout('a', 2))).toMatchObject([
      { type: 'drop', question: 'weight' },
      { type: 'done' },
    ])
    expect(game.see(aRollout('a', 3))).toMatchObject([{ type: 'ask' }, { type: 'done' }])
    expect(seen.at(-1)).toEqual({})
  })

  test('an Event that was sent twice because of a cut, and arrived twice, is told once', () => {
    const note = { type: 'Normal', reason: 'Seen', message: 'hello' } as const
    const game = play(() => ({ writes: [] }), { announce: () => note })
    game.elect()
    const [event] = writes(game.see(aRollout('a', 1)))
    game.written(event, new KubeError('Unreachable', 'socket hang up'))
    const [again] = writes(game.pass(500))
    expect(writes(game.written(again, new KubeError('AlreadyExists', 'taken', { status: 409 })))).toEqual([])
    expect(game.loop.stats(0)).toMatchObject({ eventsWaiting: 0, eventsDropped: 0 })
  })

  test('what has gone is not asked for again before the cache shows it', () => {
    const game = play(({ rollout }) => ({ writes: [annotate(rollout.metadata.name)] }))
    game.elect()
    const [first] = writes(game.see(aRollout('a', 1)))
    const details = { kind: 'rollouts', name: 'a' }
    const missing = new KubeError('NotFound', 'a not found', { status: 404, details })
    expect(writes(game.written(first, missing))).toEqual([])
    expect(writes(game.pass(20_000))).toEqual([])
    expect(writes(game.remove(aRollout('a', 2)))).toEqual([])
    expect(whys(game.see(aRollout('a', 3)))).toEqual(['annotate a'])
  })

  test('an Event whose name is taken gets another', () => {
    const note = { type: 'Normal', reason: 'Seen', message: 'hello' } as const
    const game = play(() => ({ writes: [] }), { announce: () => note })
    game.elect()
    const [event] = writes(game.see(aRollout('a', 1)))
    const [again] = writes(game.written(event, new KubeError('AlreadyExists', 'taken', { status: 409 })))
    const nameIn = (effect: typeof event) =>
      effect?.write.verb === 'create' && effect.write.object.metadata.name
    expect(nameIn(again)).not.toBe(nameIn(event))
  })
})

describe('what a key waits for', () => {
  const game = () => {
    const now: { waits: readonly Wait[] } = { waits: [] }
    const wait = (what: string) => ({ for: what, since: 0, cure: 'See its pods.' })
    const played = play(() => ({ writes: [], waits: now.waits }))
    played.elect()
    let version = 0
    const see = (waits: readonly Wait[]) => {
      now.waits = waits
      const effects = played.see(aRollout('a', ++version))
      return effects.flatMap(effect => (effect.type === 'waiting' ? [effect.waits.map(one => one.for)] : []))
    }
    return { see, wait }
  }

  test('is told when it changes, not with each pod that comes', () => {
    const { see, wait } = game()
    expect(see([wait('pods of x: 1 of 3 available')])).toEqual([['pods of x: 1 of 3 available']])
    expect(see([wait('pods of x: 2 of 3 available')])).toEqual([])
    expect(see([wait('somebody to promote')])).toEqual([['somebody to promote']])
    expect(see([])).toEqual([])
    expect(see([wait('somebody to promote')])).toEqual([['somebody to promote']])
  })

  test('is not told where nobody could do anything', () => {
    const { see } = game()
    expect(see([{ for: 'a deadline', since: 0, until: 1 }])).toEqual([])
  })
})
