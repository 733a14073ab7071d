// Users with browsers: each keeps the cookies that it is given and comes again and again, in turn with the others, so
// many requests a second in all; fewer where answers are slow. What each has seen, and when.
import { Agent, request } from 'node:http'

export interface Seen {
  readonly beganAt: number
  readonly endedAt: number
  readonly version?: string
  readonly failure?: string
}

export interface User {
  readonly seen: readonly Seen[]
}

export interface Users {
  readonly all: readonly User[]
  /** The moment, as `beganAt` has it. */
  now(): number
  /** Goes on until each has come so often, and once more from now on; ends with what is under way. */
  stop(requests: number): Promise<void>
}

export interface UsersOptions {
  readonly gateway: string
  readonly host: string
  readonly count: number
  readonly perSecond: number
}

interface Browser {
  readonly cookies: Map<string, string>
  readonly seen: Seen[]
  isAway: boolean
}

const AT_ONCE = 32
const PATIENCE_MS = 30_000

export function startUsers({ gateway, host, count, perSecond }: UsersOptions): Users {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const browsers = Array.from({ length: count }, (): Browser => ({
    cookies: new Map(),
    seen: [],
    isAway: false,
  }))
  const pending = new Set<Promise<void>>()
  const began = performance.now()
  let sent = 0
  let next = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond)
    // What could not be sent in time is not made up for.
    for (sent = Math.max(sent, due - AT_ONCE); sent < due && pending.size < AT_ONCE; sent++) {
      const browser = browsers[next++ % count] as Browser
      // One page at a time: the answer to the first says who it is.
      if (browser.isAway) continue
      const visit = visited(gateway, host, { agent, browser }).then(() => void pending.delete(visit))
      pending.add(visit)
    }
  }, 5)
  return {
    all: browsers,
    now: () => performance.now(),
    async stop(requests) {
      const since = performance.now()
      const isDone = ({ seen }: Browser) => seen.length >= requests && (seen.at(-1)?.beganAt ?? 0) > since
      while (!browsers.every(isDone)) await new Promise(resolve => setTimeout(resolve, 50))
      clearInterval(timer)
      await Promise.all(pending)
      agent.destroy()
    },
  }
}

interface Visit {
  readonly agent: Agent
  readonly browser: Browser
}

function visited(gateway: string, host: string, { agent, browser }: Visit): Promise<void> {
  const beganAt = performance.now()
  browser.isAway = true
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { host, accept: 'application/json', ...(cookie !== '' && { cookie }) }
  return new Promise(resolve => {
    const end = (result: Pick<Seen, 'version' | 'failure'>) => {
      browser.isAway = false
      browser.seen.push({ beganAt, endedAt: performance.now(), ...result })
      resolve()
    }
    const outgoing = request(gateway, { agent, headers, timeout: PATIENCE_MS }, answer => {
      let body = ''
      for (const one of answer.headers['set-cookie'] ?? []) keep(browser, one)
      answer.on('data', chunk => (body += chunk))
      answer.on('error', error => end({ failure: error.message }))
      answer.on('end', () => {
        if (answer.statusCode !== 200) end({ failure: `${answer.statusCode} ${body.slice(0, 200)}` })
        else end({ version: (JSON.parse(body) as { version: string }).version })
      })
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
    outgoing.on('error', error => end({ failure: error.message }))
    outgoing.end()
  })
}

function keep({ cookies }: Browser, setCookie: string): void {
  const [pair = ''] = setCookie.split(';')
  const at = pair.indexOf('=')
  cookies.set(pair.slice(0, at), pair.slice(at + 1))
}

/** The versions that a user has seen one after the other, and when each of the later ones came. */
export function changesOf({ seen }: User): readonly { readonly version: string; readonly at: number }[] {
  const changes: { version: string; at: number }[] = []
  for (const { version, endedAt } of seen) {
    if (version !== undefined && version !== changes.at(-1)?.version) changes.push({ version, at: endedAt })
  }
  return changes
}
