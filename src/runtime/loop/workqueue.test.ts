// The work queue: stories, and a law against a plain model.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWorkQueue } from './workqueue.ts'

describe('the work queue', () => {
  test('a key is pending once, at the earliest time that was asked for', () => {
    const queue = createWorkQueue()
    queue.add('a', 20)
    queue.add('a', 10)
    queue.add('a', 30)
    expect(queue.nextAt()).toBe(10)
    expect(queue.take(9)).toBeUndefined()
    expect(queue.take(10)).toEqual({ key: 'a', dueAt: 10 })
    queue.done('a')
    expect(queue.take(100)).toBeUndefined()
  })

  test('a key in flight waits, and is not forgotten', () => {
    const queue = createWorkQueue()
    queue.add('a', 0)
    queue.take(0)
    queue.add('a', 5)
    expect(queue.nextAt()).toBeUndefined()
    expect(queue.take(5)).toBeUndefined()
    queue.done('a')
    expect(queue.take(5)?.key).toBe('a')
  })

  test('what is pending can be made due, and each key then has its work once', () => {
    const queue = createWorkQueue()
    queue.add('a', 20)
    queue.add('b', 30)
    queue.hasten(5)
    expect([queue.take(5)?.key, queue.take(5)?.key, queue.take(100)]).toEqual(['a', 'b', undefined])
  })

  const key = fc.constantFrom('a', 'b', 'c')
  const command = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key, in: fc.nat(20) }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constant('done' as const), key }),
    fc.record({ do: fc.constant('drop' as const), key }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.nat(10) }),
  )

  test('does what a list of pending keys would do', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 300 }), commands => {
        const queue = createWorkQueue()
        const pending = new Map<string, number>()
        const inFlight = new Set<string>()
        let now = 0
        for (const one of commands) {
          if (one.do === 'pass') now += one.ms
          else if (one.do === 'add') {
            const at = now + one.in
            queue.add(one.key, at)
            pending.set(one.key, Math.min(pending.get(one.key) ?? at, at))
          } else if (one.do === 'done') {
            queue.done(one.key)
            inFlight.delete(one.key)
          } else if (one.do === 'drop') {
            queue.drop(one.key)
            pending.delete(one.key)
          } else {
            const free = [...pending].filter(([name]) => !inFlight.has(name))
            const earliest = Math.min(...free.map(([, at]) => at))
            const taken = queue.take(now)
            expect(taken?.dueAt).toBe(earliest <= now ? earliest : undefined)
            if (taken === undefined) continue
            expect(free).toContainEqual([taken.key, taken.dueAt])
            pending.delete(taken.key)
            inFlight.add(taken.key)
          }
          const free = [...pending].filter(([name]) => !inFlight.has(name)).map(([, at]) => at)
          expect(queue.nextAt()).toBe(free.length === 0 ? undefined : Math.min(...free))
          expect(queue.depth(now)).toBe(free.filter(at => at <= now).length)
        }
      }),
    )
  })
})
