// What this tab shows, live: a signal a topic, fed by the hub. While the tab is hidden it asks for nothing.
import { signal } from '@preact/signals'
import type { Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Json } from '../../../std/json.ts'
import { applied } from './feeds.ts'
import { browserDoors, createHub } from './hub.ts'
import type { Connection } from './hub-stream.ts'
import type { FromHub, ToHub } from './hub.ts'

export const AT = new URL('.', import.meta.url).href

export const connection = signal<Connection>('connecting')

interface Shown {
  readonly state: Signal<Json | undefined>
  users: number
}

const topics = new Map<string, Shown>()
let send: (message: ToHub) => void = () => {}

/** Begins to listen: once, when the tab is signed in. */
export async function startLive(): Promise<void> {
  const port = hubPort()
  port.addEventListener('message', ({ data }: MessageEvent<FromHub>) => {
    if (!('topic' in data)) connection.value = data.connection
    else {
      const shown = topics.get(data.topic)
      if (shown !== undefined) shown.state.value = applied(shown.state.value, data)
    }
  })
  port.start()
  send = message => port.postMessage(message)
  await holdLock(lock => send({ lock }))
  document.addEventListener('visibilitychange', tellTopics)
  tellTopics()
}

function hubPort(): MessagePort {
  if (typeof SharedWorker === 'function')
    return new SharedWorker(`${AT}hub.js`, { type: 'module', name: 'crossfade' }).port
  const { port1, port2 } = new MessageChannel()
  createHub(browserDoors(AT))(port1)
  return port2
}

/** A lock that goes with the tab, so that the hub notices, however the tab ends. */
async function holdLock(told: (lock: string) => void): Promise<void> {
  const lock = `crossfade-tab-${crypto.randomUUID()}`
  await new Promise<void>(resolve => {
    void navigator.locks.request(lock, () => {
      told(lock)
      resolve()
      return new Promise(() => {})
    })
  })
}

function tellTopics(): void {
  send({ watch: document.hidden ? [] : [...topics.keys()] })
}

/** The state of a topic, for as long as the component is shown. */
export function useTopic<T>(topic: string): T | undefined {
  const shown = topics.get(topic) ?? { state: signal<Json | undefined>(undefined), users: 0 }
  topics.set(topic, shown)
  useEffect(() => {
    topics.set(topic, shown)
    shown.users++
    tellTopics()
    return () => {
      shown.users--
      if (shown.users > 0) return
      topics.delete(topic)
      tellTopics()
    }
  }, [topic])
  return shown.state.value as T | undefined
}
