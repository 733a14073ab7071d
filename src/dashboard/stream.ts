// Our own page's stream: of each topic a snapshot first, then differences as merge patches, and nothing while nothing
// changes. A browser that lost it asks again and begins with fresh snapshots, so a restart of the server costs one.
import type { Clock } from '../doors/clock.ts'
import type { Log } from '../doors/log.ts'
import { mergeDiff } from '../kube/diff.ts'
import { asJson, parseKey } from '../kube/object.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Json, JsonObject } from '../std/json.ts'
import { json } from './answer.ts'
import type { Answer, Send, Streamed } from './answer.ts'
import { detailOf } from './detail/detail.ts'
import { follow } from './following.ts'
import type { Live, LiveCopies } from './live.ts'
import { changesBetween, rowsOf } from './rows.ts'
import type { Rows } from './rows.ts'
import { followTraffic } from './traffic-feed.ts'

export interface StreamOptions {
  readonly client: Client
  readonly lists: LiveCopies
  readonly details: LiveCopies
  readonly clock: Clock
  readonly log: Log
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
}

const GATHER_MS = 250
/** After how long a browser asks again. */
const RETRY = 'retry: 1000\n'
const TOPICS_MAX = 32
const TOPICS = 'list:NAMESPACE, rollout:NAMESPACE/NAME, traffic:NAMESPACE/NAME'
const TOPIC = /^(list|rollout|traffic):(.*)$/

/**
 * `list:NAMESPACE` (empty: all namespaces), `rollout:NAMESPACE/NAME`, `traffic:NAMESPACE/NAME`. A rollout that does
 * not exist has the snapshot null.
 */
export async function streamAnswer(
  topics: readonly string[],
  options: StreamOptions,
): Promise<Answer | Streamed> {
  const asked = [...new Set(topics)]
  if (asked.length === 0 || asked.length > TOPICS_MAX || !asked.every(topic => TOPIC.test(topic)))
    return json(400, {
      code: 3,
      message: `1 to ${TOPICS_MAX} topics are wanted, ${TOPICS}`,
    })
  const followed = asked.map(topic => topicOf(topic, options))
  const known = followed.filter(one => one !== undefined)
  if (known.length < followed.length)
    return json(503, { code: 14, message: 'too many namespaces are being watched' })
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    async run(send, signal) {
      send(RETRY)
      await Promise.all(known.map(run => run(send, signal)))
    },
  }
}

type Run = (send: Send, signal: AbortSignal) => Promise<void>

function topicOf(topic: string, options: StreamOptions): Run | undefined {
  const [, kind, of = ''] = TOPIC.exec(topic) ?? []
  if (kind === 'list') return listing(topic, of, options)
  if (kind === 'rollout') return detailing(topic, of, options)
  return kind === 'traffic' ? counting(topic, of, options) : undefined
}

function listing(topic: string, namespace: string, options: StreamOptions): Run | undefined {
  const live = options.lists.hold(namespace, options.signal)
  if (live === undefined) return undefined
  const look = rowsOf(live.cache, namespace)
  let before: Rows | undefined
  return following(live, options, () => {
    const now = look()
    const first = before === undefined
    const changes = changesBetween(before ?? new Map(), now)
    before = now
    if (first) return [event('snapshot', topic, changes)]
    return Object.keys(changes).length === 0 ? [] : [event('changes', topic, changes)]
  })
}

function detailing(topic: string, key: string, options: StreamOptions): Run | undefined {
  const live = options.details.hold(key.split('/')[0] ?? '', options.signal)
  if (live === undefined) return undefined
  let before: JsonObject | null | undefined
  return following(live, options, () => {
    const found = detailOf({ cache: live.cache, key, now: options.clock.now() })
    const now = found === undefined ? null : asJson(found)
    const changes = before === undefined ? now : mergeDiff(before, now)
    const what = before === undefined || before === null || now === null ? 'snapshot' : 'changes'
    before = now
    return changes === undefined ? [] : [event(what, topic, changes)]
  })
}

/** The gateway's counts as the API server tells them. */
function counting(topic: string, key: string, { client, clock }: StreamOptions): Run {
  const { namespace, name } = parseKey(key)
  return async (send, signal) => {
    await followTraffic({ client, clock, namespace, rollout: name, signal }, line =>
      send(event(line.type === 'CHANGES' ? 'changes' : 'snapshot', topic, asJson(line))),
    )
  }
}

function following(live: Live, { clock, log }: StreamOptions, show: () => readonly string[]): Run {
  const shown = () => {
    try {
      return show()
    } catch (error) {
      log.error('the dashboard cannot show an object', { error: String(error) })
      return []
    }
  }
  return async (send, signal) => {
    await live.ready
    await follow({ live, clock, signal, gatherMs: GATHER_MS, show: shown }, send)
  }
}

function event(what: 'snapshot' | 'changes', topic: string, data: Json): string {
  return `event: ${what}\ndata: ${JSON.stringify({ topic, data })}\n\n`
}
