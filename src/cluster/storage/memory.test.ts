// The in-memory store passes the suite of all stores; and what only it promises.
import { expect, test } from 'vitest'
import { createMemoryStore } from './memory.ts'
import { keyOf, storeSuite, thing } from './store.suite.ts'

const clock = { now: () => 0 }

storeSuite('the in-memory', {
  make: async limits => createMemoryStore({ clock, ...(limits ? { limits } : {}) }),
})

test('a follower that commits is served after the change it was told of', async () => {
  const store = createMemoryStore({ clock })
  const told: string[] = []
  store.follow(changes => {
    for (const { key } of changes) {
      told.push(key)
      if (key === keyOf('a')) void store.commit([{ key: keyOf('b'), value: thing('b', ''), expected: 0 }])
    }
  })
  void store.commit([{ key: keyOf('a'), value: thing('a', ''), expected: 0 }])
  expect(told).toEqual([keyOf('a'), keyOf('b')])
})
