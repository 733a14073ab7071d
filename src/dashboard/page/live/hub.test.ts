// One stream for many tabs: which topics it has, what a later tab is told, and what is done when it is lost.
import { afterEach, expect, test } from 'vitest'
import type { Json } from '../../../std/json.ts'
import { applied } from './feeds.ts'
import { createHub } from './hub.ts'
import type { FromHub } from './hub.ts'

class Stream extends EventTarget {
  readyState = 0
  readonly topics: readonly string[]
  constructor(topics: readonly string[]) {
    super()
    this.topics = topics
  }
  close(): void {
    this.readyState = 2
  }
  open(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }
  tell(what: string, topic: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(what, { data: JSON.stringify({ topic, data }) }))
  }
  lose(readyState: number): void {
    this.readyState = readyState
    this.dispatchEvent(new Event('error'))
  }
}

const ports: MessagePort[] = []
afterEach(() => {
  for (const port of ports.splice(0)) port.close()
})

function aHub({ isSignedOut = false } = {}) {
  const streams: Stream[] = []
  const later: (() => void)[] = []
  const locks = new Map<string, () => void>()
  const connect = createHub({
    open(topics) {
      const stream = new Stream(topics)
      streams.push(stream)
      return stream as unknown as EventSource
    },
    isSignedOut: async () => isSignedOut,
    later: (_, run) => void later.push(run),
    whenFree: (lock, run) => void locks.set(lock, run),
  })
  const pass = () => {
    for (const run of later.splice(0)) run()
  }
  const tab = () => {
    const { port1, port2 } = new MessageChannel()
    ports.push(port1 as unknown as MessagePort, port2 as unknown as MessagePort)
    connect(port1 as unknown as MessagePort)
    const heard: FromHub[] = []
    port2.addEventListener('message', event => void heard.push((event as MessageEvent<FromHub>).data))
    port2.start()
    return { heard, send: (message: unknown) => port2.postMessage(message) }
  }
  return { streams, locks, pass, tab }
}

/** Messages between ports are in order: after this one has come back, those before it have arrived. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise<void>(resolve => {
      const { port1, port2 } = new MessageChannel()
      port2.addEventListener('message', () => {
        port1.close()
        resolve()
      })
      port2.start()
      port1.postMessage('')
    })
  }
}

test('ten tabs have one stream, and a tab that comes later is told what is known', async () => {
  const hub = aHub()
  const tabs = Array.from({ length: 10 }, () => hub.tab())
  for (const tab of tabs) tab.send({ watch: ['list:'] })
  await settled()
  hub.pass()
  expect(hub.streams.map(({ topics }) => topics)).toEqual([['list:']])
  hub.streams[0]!.open()
  hub.streams[0]!.tell('snapshot', 'list:', { a: { phase: 'Healthy' } })
  hub.streams[0]!.tell('changes', 'list:', { a: { phase: 'Paused' } })
  const late = hub.tab()
  late.send({ watch: ['list:'] })
  await settled()
  hub.pass()
  expect(hub.streams).toHaveLength(1)
  expect(late.heard).toContainEqual({ topic: 'list:', what: 'state', data: { a: { phase: 'Paused' } } })
  for (const { heard } of tabs) expect(heard.filter(one => 'topic' in one)).toHaveLength(2)
})

test('live traffic, too, is told to a later tab as the first one has it', async () => {
  const hub = aHub()
  const topic = 'traffic:shop/web'
  const first = hub.tab()
  first.send({ watch: [topic] })
  await settled()
  hub.pass()
  const slots = [{ at: 1, rows: [[0, 5, 0, {}]] }]
  hub.streams[0]!.tell('snapshot', topic, {
    type: 'SNAPSHOT',
    now: 2000,
    bounds: [],
    series: [],
    slots,
    wished: [],
  })
  const late = hub.tab()
  late.send({ watch: [topic] })
  await settled()
  const stateOf = (heard: readonly FromHub[]) =>
    heard.flatMap(one => ('topic' in one ? [one] : [])).reduce<Json | undefined>(applied, undefined)
  expect(stateOf(late.heard)).toMatchObject({ slots: { 1: [[0, 5, 0, {}]] } })
  expect(stateOf(late.heard)).toEqual(stateOf(first.heard))
})

test('a hidden or closed tab holds none', async () => {
  const hub = aHub()
  const [one, other] = [hub.tab(), hub.tab()]
  one.send({ watch: ['list:'] })
  other.send({ watch: ['rollout:a/b'] })
  other.send({ lock: 'other' })
  await settled()
  hub.pass()
  expect(hub.streams.at(-1)!.topics).toEqual(['list:', 'rollout:a/b'])
  hub.locks.get('other')?.()
  hub.pass()
  expect(hub.streams.at(-1)!.topics).toEqual(['list:'])
  one.send({ watch: [] })
  await settled()
  hub.pass()
  expect(hub.streams.every(({ readyState }) => readyState === 2)).toBe(true)
})

test.each([
  [false, ['live', 'again']],
  [true, ['live', 'again', 'signed-out']],
])('a stream that was refused is asked for again; signed out: %s', async (isSignedOut, connections) => {
  const hub = aHub({ isSignedOut })
  const tab = hub.tab()
  tab.send({ watch: ['list:'] })
  await settled()
  hub.pass()
  hub.streams[0]!.open()
  hub.streams[0]!.lose(2)
  await settled()
  hub.pass()
  expect(hub.streams).toHaveLength(2)
  const said = tab.heard.flatMap(one => ('topic' in one ? [] : [one.connection]))
  expect(said).toEqual(['connecting', ...connections])
})
