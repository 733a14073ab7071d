// Room for questions: how many at a time, and in which order.
import { describe, expect, test } from 'vitest'
import { createRoom } from './room.ts'

const NEVER = new AbortController().signal
const turn = () => new Promise(resolve => setImmediate(resolve))

describe('the room for questions', () => {
  async function asked(places: readonly string[], limits = { atOnePlace: 2, inAll: 3 }) {
    const room = createRoom(limits)
    const begun: string[] = []
    const leaves = new Map<string, () => void>()
    for (const [i, place] of places.entries()) {
      void room.enter(place, NEVER).then(leave => {
        begun.push(`${place}${i}`)
        if (leave !== undefined) leaves.set(`${place}${i}`, leave)
      })
    }
    await turn()
    return { room, begun, leave: (who: string) => leaves.get(who)?.() }
  }

  test('takes so many at one place, and so many in all', async () => {
    const { begun, room } = await asked(['a', 'a', 'a', 'b', 'b', 'c'])
    expect(begun).toEqual(['a0', 'a1', 'b3'])
    expect(room.waiting).toBe(3)
  })

  test('who waits for a server that never answers holds up nobody who asks another', async () => {
    const { begun, leave } = await asked(['slow', 'slow', 'slow', 'slow', 'b', 'b', 'b'])
    expect(begun).toEqual(['slow0', 'slow1', 'b4'])
    leave('b4')
    await turn()
    leave('b5')
    await turn()
    expect(begun).toEqual(['slow0', 'slow1', 'b4', 'b5', 'b6'])
  })

  test('whoever came first begins first, and leaving twice makes no second place', async () => {
    const { begun, leave } = await asked(['a', 'a', 'a', 'a'])
    leave('a0')
    leave('a0')
    await turn()
    expect(begun).toEqual(['a0', 'a1', 'a2'])
  })

  test('who gives up takes no place', async () => {
    const room = createRoom({ atOnePlace: 1, inAll: 1 })
    const leave = await room.enter('a', NEVER)
    const impatient = new AbortController()
    const gone = room.enter('a', impatient.signal)
    const next = room.enter('a', NEVER)
    impatient.abort()
    expect(await gone).toBeUndefined()
    leave?.()
    expect(await next).toBeTypeOf('function')
    expect(room.waiting).toBe(0)
  })
})
