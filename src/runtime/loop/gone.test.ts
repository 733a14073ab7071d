// What has gone meanwhile: what was to be deleted, the object itself, an object while nobody leads.
import { expect, test } from 'vitest'
import { KubeError } from '../../kube/errors.ts'
import { CONFIG_MAP } from '../../kube/kinds.ts'
import type { AnyObject, KubeObject } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { aMap, aRollout, create, failures, play, whys, writes } from './loop.suite.ts'

const gone = (kind: string, name: string) =>
  new KubeError('NotFound', `${kind} "${name}" not found`, { status: 404, details: { kind, name } })
const GONE = gone('configmaps', 'm')

const versioned = (object: KubeObject, uid: string, resourceVersion: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, uid, resourceVersion },
})

test('a delete of what somebody else has deleted is done, and not tried again before the cache shows it', () => {
  const target = { kind: CONFIG_MAP, name: 'm', namespace: 'default' }
  const remove: Write = { verb: 'delete', why: 'delete m', target, ifUid: 'm' }
  const game = play(() => ({ writes: [remove] }))
  game.elect()
  game.store.put(CONFIG_MAP, versioned(aMap('m'), 'm', '5'))
  const [sent] = writes(game.see(aRollout('a', 1)))
  expect(failures(game.written(sent, GONE))).toEqual([])
  expect(writes(game.see(aRollout('a', 2)))).toEqual([])
  game.store.remove(CONFIG_MAP, versioned(aMap('m'), 'm', '6'))
  expect(whys(game.pass(1000))).toEqual(['delete m'])
})

test('where the server does not know the path yet no delete is done, and no patch has lost', () => {
  const unknown = new KubeError('NotFound', '404 page not found', { status: 404 })
  const target = { kind: CONFIG_MAP, name: 'm', namespace: 'default' }
  const says = { why: 'say m', target, patch: { data: { say: 'm' } } }
  for (const write of [
    { verb: 'delete', why: 'delete m', target } as const,
    { verb: 'patch', ...says } as const,
  ]) {
    const game = play(() => ({ writes: [write, create('x')] }))
    game.elect()
    game.store.put(CONFIG_MAP, versioned(aMap('m'), 'm', '5'))
    const [sent] = writes(game.see(aRollout('a', 1)))
    expect(failures(game.written(sent, unknown))).toMatchObject([{ error: unknown }])
    expect(whys(game.pass(1)), 'tried again at once').toEqual([write.why])
  }
})

test('an object that is made anew has its Events, though the one before went in the middle of a pass', () => {
  const event = { type: 'Normal', reason: 'Created', message: 'the first revision' } as const
  const game = play(() => ({ writes: [create('x')], status: { phase: 'Healthy' }, events: [event] }))
  game.elect()
  const x = versioned(aMap('x'), 'x', '3')
  const [first] = writes(game.see(aRollout('a', 1)))
  game.remove(aRollout('a', 2))
  game.store.put(CONFIG_MAP, x)
  for (const told of writes(game.written(first, x)))
    for (const status of writes(game.written(told, aMap('event'))))
      game.written(status, gone('rollouts', 'a'))
  game.pass(1000)
  const [again] = writes(game.see(versioned(aRollout('a', 9), 'another', '9')))
  expect(whys(game.written(again, x))).toContain('event Created: the first revision')
})

/** Tells of what has gone, and has nothing to do for it. */
function lookingAtGone() {
  const told: string[] = []
  const game = play(() => ({ writes: [] }), {
    remembersGone: true,
    gather: (_key, _cache, _now, _answers, memory) => {
      if (memory?.gone !== undefined) told.push(memory.gone.metadata.name)
      return undefined
    },
  })
  return { game, told }
}

test('who leads looks at all that goes at once, who waits for the lease keeps what went last', () => {
  const names = Array.from({ length: 600 }, (_, i) => `r${i}`)
  const leader = lookingAtGone()
  leader.game.elect()
  for (const name of names) leader.game.see(aRollout(name, 1))
  for (const name of names) leader.game.vanish(aRollout(name, 2))
  leader.game.tick()
  expect(leader.told).toHaveLength(600)
  const other = lookingAtGone()
  for (const name of names) other.game.see(aRollout(name, 1))
  for (const name of names) other.game.vanish(aRollout(name, 2))
  other.game.elect()
  expect(new Set(other.told)).toEqual(new Set(names.slice(100)))
  expect(other.told).toHaveLength(500)
})

test('what goes while nobody leads is told to whoever leads next, and what is made again is not', () => {
  const { game, told } = lookingAtGone()
  for (const name of ['a', 'b']) {
    game.see(aRollout(name, 1))
    game.remove(aRollout(name, 2))
  }
  game.see(aRollout('b', 3))
  game.elect()
  expect(told).toEqual(['a'])
})

test('what went long before is the leader’s of then: who leads next leaves it alone', () => {
  const { game, told } = lookingAtGone()
  for (const name of ['early', 'late']) game.see(aRollout(name, 1))
  game.vanish(aRollout('early', 2))
  game.pass(30_000)
  game.vanish(aRollout('late', 2))
  game.pass(30_000)
  game.elect()
  expect(told).toEqual(['late'])
})

test('what goes under a leader is seen to, however long its writes are refused', () => {
  const down = new KubeError('Internal', 'down', { status: 500 })
  const game = play(() => ({ writes: [create('x')] }), {
    remembersGone: true,
    gather: (_key, _cache, now, answers, memory) =>
      memory?.gone === undefined ? undefined : { rollout: memory.gone as AnyObject, answers, now },
  })
  game.elect()
  game.see(aRollout('a', 1))
  let [sent] = writes(game.remove(aRollout('a', 2)))
  for (let i = 0; i < 30; i++) {
    game.written(sent, down)
    ;[sent] = writes(game.pass(10_000))
  }
  expect(sent?.write.why).toBe('create x')
})
