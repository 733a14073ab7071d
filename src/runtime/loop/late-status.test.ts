// A status that waits for what its pass has caused: one write for both, told once, never long.
import { describe, expect, test } from 'vitest'
import { KubeError } from '../../kube/errors.ts'
import { CONFIG_MAP } from '../../kube/kinds.ts'
import type { Decision } from '../../kube/reconciler.ts'
import type { EventNote } from '../../kube/write.ts'
import type { Effect } from './effects.ts'
import { aMap, annotate, aRollout, create, play, whys, writes } from './loop.suite.ts'

type Sent = Extract<Effect, { type: 'write' }>

const note = (reason: string): EventNote => ({ type: 'Normal', reason, message: 'said' })

/** Step 2 follows step 1: its writes first, one a pass, then what is reported of it. */
function stepping(names: readonly string[], more: Partial<Decision> = {}) {
  const world = { made: 0, replicas: 0, awaitsEffects: true, phase: 'Two' }
  const game = play(({ rollout }) => ({
    writes: names.slice(world.made, world.made + 1).map(create),
    status: { phase: world.phase, replicas: world.replicas },
    announced: (rollout['status'] as { phase?: string })?.phase === world.phase ? [] : [note('Begun')],
    lazyStatus: ['replicas'],
    awaitsEffects: world.awaitsEffects,
    ...more,
  }))
  game.elect()
  const told: string[] = []
  /** What goes out beside Events; these are there at once. */
  const sent = (effects: readonly Effect[]): readonly Sent[] =>
    writes(effects).flatMap(one => {
      if (!one.lane.startsWith('events/')) return [one]
      told.push(one.write.why)
      return sent(game.written(one, aMap('event')))
    })
  let version = 10
  /** The write is answered, and then seen. */
  const made = (effect: Effect | undefined) => {
    const name =
      effect?.type === 'write' && effect.write.verb === 'create' ? effect.write.object.metadata.name : ''
    const map = {
      ...aMap(name),
      metadata: { name, namespace: 'default', resourceVersion: String(++version) },
    }
    world.made++
    return [...sent(game.written(effect, map)), ...sent(game.see(map, CONFIG_MAP))]
  }
  return {
    world,
    game,
    told,
    sent,
    made,
    see: (at: number, status: object = { phase: 'One', replicas: 0 }) =>
      sent(game.see(aRollout('a', at, status))),
  }
}

describe('a status that awaits effects', () => {
  test('is one write with what several passes have caused, and its Events are told once, before', () => {
    const { world, game, told, sent, made, see } = stepping(['x', 'y'])
    const [first] = see(1)
    expect(told).toEqual(['event Begun: said'])
    const [second] = made(first)
    expect(second?.write.why).toBe('create y')
    expect(made(second)).toEqual([])
    expect(see(3)).toEqual([])
    Object.assign(world, { replicas: 2, awaitsEffects: false })
    const [status] = see(4)
    expect(status?.write).toMatchObject({ patch: { status: { phase: 'Two', replicas: 2 } }, ifVersion: '4' })
    expect(sent(game.pass(0))).toEqual([])
    expect(told).toEqual(['event Begun: said'])
  })

  test('waits half a second after the first write, and no longer, whatever else is written', () => {
    const { game, sent, made, see } = stepping(['x', 'y'])
    const [first] = see(1)
    const [second] = made(first)
    game.pass(400)
    expect(made(second)).toEqual([])
    expect(game.loop.nextAt()).toBe(1_000_500)
    expect(sent(game.pass(99))).toEqual([])
    expect(whys(sent(game.pass(1)))).toEqual(['report phase'])
  })

  test('shares its write with a quick answer to what is asked, and waits half a second for a slow one', () => {
    const asking = () => stepping([], { questions: [{ id: 'weight', about: 1 }] })
    const { world, game, sent, see } = asking()
    expect(see(1)).toEqual([])
    Object.assign(world, { phase: 'Three', awaitsEffects: false })
    const [status] = sent(game.answered('weight', 'arrived'))
    expect(status?.write).toMatchObject({ patch: { status: { phase: 'Three' } } })

    const slow = asking()
    expect(slow.see(1)).toEqual([])
    expect(slow.sent(slow.game.pass(499))).toEqual([])
    expect(whys(slow.sent(slow.game.pass(1)))).toEqual(['report phase'])
  })

  test('is written at once when its pass writes nothing', () => {
    expect(whys(stepping([]).see(1))).toEqual(['report phase'])
  })

  test('is written at once when counts may have been waiting, and when the clock was set back', () => {
    const soon = stepping(['x'])
    soon.world.made = 1
    const [status] = soon.see(1)
    soon.game.written(status, aRollout('a', 2, { phase: 'Two', replicas: 0 }))
    Object.assign(soon.world, { made: 0, phase: 'Three' })
    soon.game.pass(900)
    const [first] = soon.see(2, { phase: 'Two', replicas: 0 })
    expect(whys(soon.made(first))).toEqual(['report phase'])

    const back = stepping(['x'])
    const [write] = back.see(1)
    expect(back.made(write)).toEqual([])
    expect(whys(back.game.pass(-3_600_000))).toEqual(['report phase'])
  })

  test('is not in the log before it is written', () => {
    const { game } = stepping(['x'])
    const effects = game.see(aRollout('a', 1, { phase: 'One', replicas: 0 }))
    expect(effects.find(effect => effect.type === 'said')).toMatchObject({ whys: ['create x'] })
  })

  test('follows what a person wrote meanwhile, on the version that shows it', () => {
    const { world, sent, game, made, see } = stepping(['x'])
    const [first] = see(1)
    made(first)
    Object.assign(world, { phase: 'Aborted', awaitsEffects: false })
    const [status] = see(2)
    expect(status?.write).toMatchObject({ patch: { status: { phase: 'Aborted' } }, ifVersion: '2' })
    expect(sent(game.pass(500))).toEqual([])
  })

  test('that was announced is told once, however often its writes fail', () => {
    const { game, told, sent, see } = stepping(['x'], { writes: [annotate('a')] })
    let [write] = see(1)
    for (let i = 0; i < 3; i++) {
      game.written(write, new KubeError('Internal', 'down', { status: 500 }))
      ;[write] = sent(game.pass(1000))
      expect(write?.write.why).toBe('annotate a')
    }
    expect(told).toEqual(['event Begun: said'])
  })
})
