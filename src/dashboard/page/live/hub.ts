// One stream for all tabs of a browser: HTTP/1.1 gives a host six connections, and each stream holds one. Tabs say
// which topics they show; a hidden tab shows none, and when all do the stream ends.
import type { Json } from '../../../std/json.ts'
import { applied } from './feeds.ts'
import type { Told } from './feeds.ts'
import { createStream } from './hub-stream.ts'
import type { Connection, HubDoors } from './hub-stream.ts'

export type ToHub = { readonly watch: readonly string[] } | { readonly lock: string }
export type FromHub = Told | { readonly connection: Connection }

interface Tab {
  readonly port: MessagePort
  topics: ReadonlySet<string>
}

/** Gives what a new tab's port is handed to. */
export function createHub(doors: HubDoors): (port: MessagePort) => void {
  const tabs = new Set<Tab>()
  const states = new Map<string, Json>()
  let connection: Connection = 'connecting'
  const wanted = () => {
    const topics = [...new Set([...tabs].flatMap(tab => [...tab.topics]))].toSorted()
    for (const topic of states.keys()) if (!topics.includes(topic)) states.delete(topic)
    return topics
  }
  const told = (one: Told) => {
    const state = applied(states.get(one.topic), one)
    if (state !== undefined) states.set(one.topic, state)
    for (const { topics, port } of tabs) if (topics.has(one.topic)) port.postMessage(one)
  }
  const connected = (state: Connection) => {
    if (state === connection) return
    connection = state
    for (const { port } of tabs) port.postMessage({ connection })
  }
  const changed = createStream({ doors, wanted, told, connected })
  const hear = (tab: Tab, data: ToHub) => {
    if ('lock' in data) {
      doors.whenFree(data.lock, () => {
        tabs.delete(tab)
        changed()
      })
      return
    }
    const before = tab.topics
    tab.topics = new Set(data.watch)
    tab.port.postMessage({ connection })
    for (const topic of tab.topics) {
      const state = before.has(topic) ? undefined : states.get(topic)
      if (state !== undefined) tab.port.postMessage({ topic, what: 'state', data: state })
    }
    changed()
  }
  return port => {
    const tab: Tab = { port, topics: new Set() }
    tabs.add(tab)
    port.addEventListener('message', ({ data }: MessageEvent<ToHub>) => hear(tab, data))
    port.start()
  }
}

/** `at`: the folder of the page's files. */
export function browserDoors(at: string): HubDoors {
  return {
    open: topics =>
      new EventSource(`${at}stream?${new URLSearchParams(topics.map(topic => ['topic', topic]))}`),
    async isSignedOut() {
      const answer = await fetch(`${at}session`).catch(() => undefined)
      return answer?.status === 401
    },
    later: (ms, run) => void setTimeout(run, ms),
    whenFree: (lock, run) => void navigator.locks.request(lock, run),
  }
}
