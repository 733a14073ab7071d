// What waits for watchers: shared, counted, and never more than the budget; whoever is furthest behind hears why.
import { describe, expect, test } from 'vitest'
import { createOutboxes, type Line } from './outboxes.ts'
import { PIECE_BYTES } from '../write-answer.ts'

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

const NEVER = { now: () => 0, sleepUntil: () => new Promise<void>(() => undefined) }
/** Time that is over at once. */
const AT_ONCE = { now: () => 0, sleepUntil: () => Promise.resolve() }

function line(text: string): Line {
  const bytes = Buffer.from(`${text}\n`)
  return { parts: [bytes.subarray(0, 1), bytes.subarray(1)], bytes: bytes.length, ownBytes: 0 }
}

/** A client that takes a piece only when it is told to. */
function aClient() {
  let heard = ''
  const waiting: (() => void)[] = []
  const client = {
    state: 'open',
    write(chunks: readonly Uint8Array[], done: () => void) {
      heard += Buffer.concat(chunks).toString()
      waiting.push(done)
    },
    end(done: () => void) {
      client.state = 'ended'
      done()
    },
    destroy: () => void (client.state = 'destroyed'),
    heard: () => heard,
    async read() {
      for (await turn(); waiting.length > 0; await turn()) waiting.shift()?.()
      return heard
    },
  }
  return client
}

const CUT = line('cut')
const fat = (name: string) => line(name.padEnd(100_000, '.'))

describe('what waits for watchers', () => {
  test('comes in order and whole, in small pieces', async () => {
    const client = aClient()
    const outboxes = createOutboxes(1_000_000, NEVER)
    const outbox = outboxes.open(client, () => CUT)
    const lines = ['a', 'b'.repeat(50_000), 'c', 'd'.repeat(16_384), 'e'].map(line)
    for (const one of lines) outbox.push(one, false)
    await turn()
    expect(client.heard().length).toBe(PIECE_BYTES)
    expect(await client.read()).toBe(lines.map(one => Buffer.concat(one.parts).toString()).join(''))
    expect(outboxes.waitingBytes()).toBe(0)
  })

  test('is shared: sixty that never read hold no more than one does', () => {
    const outboxes = createOutboxes(10_000_000, NEVER)
    const boxes = Array.from({ length: 60 }, () => outboxes.open(aClient(), () => CUT))
    for (let i = 0; i < 24; i++) {
      const one = fat(`event ${i}`)
      for (const box of boxes) box.push(one, false)
    }
    expect(outboxes.waitingBytes()).toBeLessThan(24 * 100_001 + 60 * 24 * 20)
    for (const box of boxes) box.drop()
    expect(outboxes.waitingBytes()).toBe(0)
  })

  test('is no more than the budget: the slowest is cut after the line that it has begun, others go on', async () => {
    const [slow, quick] = [aClient(), aClient()]
    const outboxes = createOutboxes(350_000, NEVER)
    let cuts = 0
    const slowBox = outboxes.open(slow, () => {
      cuts += 1
      return CUT
    })
    const quickBox = outboxes.open(quick, () => expect.unreachable())
    for (let i = 0; i < 10; i++) {
      const one = fat(`event ${i}`)
      slowBox.push(one, false)
      quickBox.push(one, false)
      await quick.read()
      expect(outboxes.waitingBytes()).toBeLessThanOrEqual(350_000)
    }
    expect(cuts).toBe(1)
    expect((await slow.read()).split('\n').map(text => text.slice(0, 8))).toEqual(['event 0.', 'cut', ''])
    expect(slow.state).toBe('ended')
    expect((await quick.read()).split('\n')).toHaveLength(11)
    expect(quick.state).toBe('open')
  })

  test('that stands in the store anyway is not held by who lists it', () => {
    const outboxes = createOutboxes(350_000, NEVER)
    const box = outboxes.open(aClient(), () => expect.unreachable())
    for (let i = 0; i < 100; i++) box.push(fat(`object ${i}`), true)
    expect(outboxes.waitingBytes()).toBeLessThan(100 * 20)
  })

  test('loses its connection when the client does not even take the end', async () => {
    const client = aClient()
    const box = createOutboxes(1_000, AT_ONCE).open(client, () => CUT)
    box.push(line('first'), false)
    await turn()
    box.push(fat('too much'), false)
    await turn()
    expect(client.state).toBe('destroyed')
  })

  test('ends when all has been taken', async () => {
    const client = aClient()
    const box = createOutboxes(1_000, NEVER).open(client, () => CUT)
    box.push(line('last'), false)
    box.end()
    box.push(line('too late'), false)
    expect(client.state).toBe('open')
    expect(await client.read()).toBe('last\n')
    expect(client.state).toBe('ended')
  })
})
