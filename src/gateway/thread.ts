// The gateway's thread: the proxy alone, so that a large LIST on the main thread never delays live traffic. Tables come
// in, counts and live traffic go out. Started by gateway.ts, from the built file.
import { parentPort, workerData } from 'node:worker_threads'
import { seededRandom } from '../doors/random.ts'
import { systemClock, systemStopwatch } from '../runtime/system.ts'
import { createLooks } from './history/looks.ts'
import type { FromThread, ThreadStart, ToThread } from './messages.ts'
import { createProxy } from './proxy.ts'

const main = parentPort
if (main !== null) {
  const { port, address, seed, limits } = workerData as ThreadStart
  const doors = { clock: systemClock, stopwatch: systemStopwatch, random: seededRandom(seed) }
  const proxy = createProxy({ ...doors, limits })
  const send = (message: FromThread) => main.postMessage(message)
  const looks = createLooks({
    world: proxy.traffic,
    clock: systemClock,
    send: piece => send({ type: 'seen', ...piece }),
  })
  const close = async (graceMs: number): Promise<void> => {
    looks.close()
    await proxy.close(graceMs)
    send({ type: 'closed' })
    main.close()
  }
  main.on('message', (message: ToThread) => {
    switch (message.type) {
      case 'table':
        proxy.setTable(message.table)
        return send({ type: 'in-force', version: message.version })
      case 'counts':
        return send({ type: 'counted', id: message.id, rows: proxy.counts() })
      case 'look':
        return looks.look(message.id, message.asked)
      case 'look-more':
        return looks.more(message.id)
      case 'look-away':
        return looks.away(message.id)
      default:
        return void close(message.graceMs)
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
