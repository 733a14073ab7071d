// The gateway's thread: the proxy alone, so that a large LIST on the main thread never delays live traffic. Tables come
// in, counts go out. Started by gateway.ts, from the built file.
import { parentPort, workerData } from 'node:worker_threads'
import { seededRandom } from '../doors/random.ts'
import { systemClock } from '../runtime/system.ts'
import type { FromThread, ThreadStart, ToThread } from './messages.ts'
import { createProxy } from './proxy.ts'

const main = parentPort
if (main !== null) {
  const { port, address, seed, limits } = workerData as ThreadStart
  const proxy = createProxy({ clock: systemClock, random: seededRandom(seed), limits })
  const send = (message: FromThread) => main.postMessage(message)
  main.on('message', async (message: ToThread) => {
    if (message.type === 'table') {
      proxy.setTable(message.table)
      send({ type: 'in-force', version: message.version })
    } else if (message.type === 'counts') {
      send({ type: 'counted', id: message.id, rows: proxy.counts() })
    } else {
      await proxy.close(message.graceMs)
      send({ type: 'closed' })
      main.close()
    }
  })
  await proxy.listen(port, address).then(
    listening => send({ type: 'listening', port: listening }),
    (error: NodeJS.ErrnoException) => {
      send({ type: 'refused', code: error.code ?? 'ERROR', message: error.message })
      main.close()
    },
  )
}
