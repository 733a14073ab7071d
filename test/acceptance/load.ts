// An open-loop load from outside: so many requests a second whatever the answers, each with when it began and who
// answered.
import { Agent, request } from 'node:http'

export interface Answered {
  readonly beganAt: number
  readonly endedAt: number
  /** The version that answered, or undefined when the request failed. */
  readonly version?: string
  readonly failure?: string
}

export interface Load {
  readonly answered: readonly Answered[]
  /** Stops sending and waits for what is under way. */
  stop(): Promise<readonly Answered[]>
}

/** A host, or headers with one. */
export type Addressed = string | Readonly<Record<string, string>>

function headersOf(to: Addressed): Readonly<Record<string, string>> {
  return typeof to === 'string' ? { host: to } : to
}

/** Sends `perSecond` GET requests a second to `gateway` with the given Host. Times are of `performance.now()`. */
export function startLoad(gateway: string, host: string, perSecond: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const answered: Answered[] = []
  const pending = new Set<Promise<void>>()
  const began = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond)
    for (; sent < due; sent++) {
      const one = ask(gateway, host, agent).then(result => {
        answered.push(result)
        pending.delete(one)
      })
      pending.add(one)
    }
  }, 5)
  return {
    answered,
    async stop() {
      clearInterval(timer)
      await Promise.all(pending)
      agent.destroy()
      return answered
    },
  }
}

function ask(gateway: string, to: Addressed, agent: Agent): Promise<Answered> {
  const beganAt = performance.now()
  const result = (more: Partial<Answered>): Answered => ({ beganAt, endedAt: performance.now(), ...more })
  return new Promise(resolve => {
    const outgoing = request(
      gateway,
      { agent, headers: { accept: 'application/json', ...headersOf(to) }, timeout: 10_000 },
      answer => {
        let body = ''
        answer.on('data', chunk => (body += chunk))
        answer.on('error', error => resolve(result({ failure: error.message })))
        answer.on('end', () => {
          if (answer.statusCode !== 200)
            resolve(result({ failure: `${answer.statusCode} ${body.slice(0, 200)}` }))
          else resolve(result({ version: (JSON.parse(body) as { version: string }).version }))
        })
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')))
    outgoing.on('error', error => resolve(result({ failure: error.message })))
    outgoing.end()
  })
}

/**
 * The versions in the order in which they took over, when each took over at once: no request that began after
 * an answer of the next version had ended was answered by the one before. Throws when two versions mixed.
 */
export function takeovers(answers: readonly Answered[]): string[] {
  const good = answers.filter(one => one.version !== undefined).toSorted((a, b) => a.beganAt - b.beganAt)
  const order: string[] = []
  let firstEndAt = Infinity
  for (const one of good) {
    const current = order.at(-1)
    if (one.version === current) {
      firstEndAt = Math.min(firstEndAt, one.endedAt)
    } else if (one.version === order.at(-2) && one.beganAt < firstEndAt) {
      continue
    } else {
      order.push(one.version as string)
      firstEndAt = one.endedAt
    }
  }
  return order
}

/** Sends `count` requests, some at a time, as fast as they are answered. */
export async function sendRequests(
  gateway: string,
  to: Addressed,
  count: number,
): Promise<readonly Answered[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const answered: Answered[] = []
  let sent = 0
  const one = async (): Promise<void> => {
    while (sent < count) {
      sent++
      answered.push(await ask(gateway, to, agent))
    }
  }
  await Promise.all(Array.from({ length: 16 }, one))
  agent.destroy()
  return answered
}

/** Version → its share of the answers, in percent. */
export function shares(answers: readonly Answered[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { version } of answers) if (version !== undefined) counts[version] = (counts[version] ?? 0) + 1
  return Object.fromEntries(
    Object.entries(counts).map(([version, n]) => [version, (100 * n) / answers.length]),
  )
}
