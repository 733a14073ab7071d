// The demo application's thread: calls come in as messages, answers go back. Started by demo.ts, from the built file.
import { parentPort } from 'node:worker_threads'
import { systemClock, systemRandom } from '../../runtime/system.ts'
import type { ServedPod } from '../kubelet/simulated-pods.ts'
import { demoServers } from './pod-servers.ts'

export type DemoCall =
  | { readonly call: 'open'; readonly pod: ServedPod }
  | { readonly call: 'close'; readonly uid: string }
  | { readonly call: 'log'; readonly uid: string; readonly from: number }

export type DemoMessage = DemoCall & { readonly id: number }
export type DemoReply = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string })

const port = parentPort
if (port !== null) {
  const servers = demoServers({ clock: systemClock, random: systemRandom })
  const perform = (message: DemoCall): unknown => {
    if (message.call === 'open') return servers.open(message.pod)
    if (message.call === 'close') return servers.close(message.uid)
    return servers.log(message.uid, message.from)
  }
  port.on('message', async (message: DemoMessage) => {
    const reply = await Promise.resolve()
      .then(() => perform(message))
      .then(value => ({ value }))
      .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
    port.postMessage({ id: message.id, ...reply } satisfies DemoReply)
  })
}
