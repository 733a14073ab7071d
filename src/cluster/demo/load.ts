// A light load on the demo's live hosts through the gateway, so that there is traffic to see. Marked by a header, so
// that pictures and counts can leave it out.
import { LOAD_HEADER } from '../../api/words.ts'
import { Agent, request } from 'node:http'
import type { Clock } from '../../doors/clock.ts'
import type { Random } from '../../doors/random.ts'

export interface LoadOptions {
  readonly gatewayPort: number
  /** Each gets its share of the requests. */
  readonly hosts: readonly string[]
  /** Over all hosts. */
  readonly perSecond?: number
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
}

export interface LoadCounts {
  sent: number
  /** No answer, or one that says the server failed. */
  failed: number
}

const PER_SECOND = 20
const CONNECTIONS = 8
/** A gateway that hangs is not asked ever more. */
const IN_FLIGHT_MAX = 50
const ANSWER_MS = 10_000

/** Runs until `signal` aborts; the counts move as it goes. */
export function startLoad(options: LoadOptions): LoadCounts {
  const counts: LoadCounts = { sent: 0, failed: 0 }
  void run(options, counts)
  return counts
}

async function run(options: LoadOptions, counts: LoadCounts): Promise<void> {
  const { hosts, clock, random, signal, perSecond = PER_SECOND } = options
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const flight = { count: 0 }
  for (let turn = 0; !signal.aborted && hosts.length > 0; turn++) {
    const host = hosts[turn % hosts.length] as string
    if (flight.count < IN_FLIGHT_MAX) {
      flight.count++
      counts.sent++
      void ask(options, host, agent).then(isGood => {
        flight.count--
        if (!isGood) counts.failed++
      })
    }
    // Between half and one and a half of the mean distance: no rhythm that weights could fall into.
    await clock.sleepUntil(clock.now() + (1000 / perSecond) * (0.5 + random.next()), signal)
  }
  agent.destroy()
}

function ask({ gatewayPort, signal }: LoadOptions, host: string, agent: Agent): Promise<boolean> {
  return new Promise(resolve => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: gatewayPort,
        agent,
        timeout: ANSWER_MS,
        headers: { host, accept: 'application/json', [LOAD_HEADER]: 'demo' },
      },
      answer => {
        answer.resume()
        answer.once('end', () => resolve((answer.statusCode ?? 500) < 500))
        answer.once('close', () => resolve(answer.complete && (answer.statusCode ?? 500) < 500))
      },
    )
    sent.once('error', () => resolve(signal.aborted))
    sent.once('timeout', () => sent.destroy())
    sent.end()
  })
}
