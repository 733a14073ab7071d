// What becomes of a key while a trim of it is refused: all else goes on.
import { expect, test } from 'vitest'
import { KubeError } from '../../kube/errors.ts'
import { CONFIG_MAP } from '../../kube/kinds.ts'
import type { Write } from '../../kube/write.ts'
import { aMap, aRollout, play, whys, writes } from './loop.suite.ts'

const drop = (name: string): Write => {
  return { verb: 'delete', why: `delete ${name}`, target: { kind: CONFIG_MAP, name, namespace: 'default' } }
}
const forbidden = new KubeError('Forbidden', 'no rights', { status: 403 })

/** How long after one another passes are made that ask for a look each second, while their trim is answered so. */
function gaps(error: KubeError, passes = 60): readonly number[] {
  const madeAt: number[] = []
  const game = play(({ now }) => {
    madeAt.push(now)
    const wait = { for: 'the next measurement', since: now, until: now + 1000 }
    return { writes: [], trims: [drop('a')], waits: [wait] }
  })
  game.elect()
  let sent = writes(game.see(aRollout('a', 1)))
  while (madeAt.length < passes) {
    for (const one of sent) game.written(one, error)
    sent = writes(game.pass(100))
  }
  return madeAt.slice(1).map((at, i) => at - (madeAt[i] ?? at))
}

test('a key whose trim is refused is looked at when its wait is over', () => {
  const late = gaps(forbidden).slice(20)
  expect(new Set(late)).toEqual(new Set([1000]))
})

test('and by a server that asks for time, not before', () => {
  const busy = new KubeError('TooManyRequests', 'busy', { status: 429, retryAfterMs: 5000 })
  expect(Math.min(...gaps(busy))).toBe(5000)
})

test('a wait that is past wakes it once a second', () => {
  let passes = 0
  const wait = { for: 'what is past', since: 0, until: 0 }
  const game = play(() => {
    passes++
    return { writes: [], trims: [drop('a')], waits: [wait] }
  })
  game.elect()
  let sent = writes(game.see(aRollout('a', 1)))
  for (let i = 0; i < 60; i++) {
    for (const one of sent) game.written(one, forbidden)
    sent = writes(game.pass(1000))
  }
  expect(passes).toBe(61)
})

test('a trim that is refused for good keeps no other from being made', () => {
  const game = play(() => ({ writes: [], trims: ['a', 'b', 'c'].map(drop) }))
  game.elect()
  const [a] = writes(game.see(aRollout('a', 1)))
  const [b] = writes(game.written(a, forbidden))
  const [c] = writes(game.written(b, undefined))
  expect(c?.write.why).toBe('delete c')
  expect(game.written(c, undefined)).toMatchObject([
    { type: 'failed', error: forbidden },
    { type: 'done', failed: true },
  ])
})

test('a server that does not answer is not asked for each of them', () => {
  const game = play(() => ({ writes: [], trims: ['a', 'b'].map(drop) }))
  game.elect()
  const [a] = writes(game.see(aRollout('a', 1)))
  expect(whys(game.written(a, new KubeError('Unreachable', 'socket hang up')))).toEqual([])
})

test('what a status has told is told of the next one, too, also while a trim is refused', () => {
  const event = { type: 'Normal', reason: 'Scaled', message: 'to one' } as const
  const game = play(({ rollout }) => {
    const status = { pods: rollout.metadata.resourceVersion ?? '' }
    return { writes: [], status, events: [event], trims: [drop('a')] }
  })
  game.elect()
  for (const version of [1, 9]) {
    const [told] = writes(game.see(aRollout('a', version)))
    expect(told?.write.why).toBe('event Scaled: to one')
    const [status] = writes(game.written(told, aMap('event')))
    const [trim] = writes(game.written(status, aRollout('a', version, { pods: String(version) })))
    expect(game.written(trim, forbidden)).toMatchObject([{ type: 'failed' }, { type: 'done' }])
  }
})
