// The peer's streams: lines of JSON, or server-sent events for whoever accepts exactly these. Sent when something
// changed; there each second.
import type { Rollout } from '../../api/rollout.ts'
import { PART_KINDS } from '../../cli/get/parts.ts'
import type { Clock } from '../../doors/clock.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import type { Selection } from '../../kube/reconciler.ts'
import { wellFormed } from '../../rollout/gather/well-formed.ts'
import type { PlannedWatch } from '../../runtime/mirror/watches.ts'
import type { JsonObject } from '../../std/json.ts'
import { json } from '../answer.ts'
import type { Answer, Streamed } from '../answer.ts'
import { follow } from '../following.ts'
import { wholeWatches } from '../live.ts'
import type { Live, LiveCopies } from '../live.ts'
import { ownPartsIn } from '../own-parts.ts'
import { noRollout } from './answer.ts'
import type { PeerWatch } from './answer.ts'
import { onlyFields } from './fields.ts'
import { rolloutInfo, rolloutSummary } from './info.ts'

export interface WatchOptions {
  readonly copies: LiveCopies
  readonly clock: Clock
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
}

const GATHER_MS = 200
const KEEP_ALIVE = { text: ':\n', everyMs: 15_000 }

export function peerWatches(selection: Selection): readonly PlannedWatch[] {
  return wholeWatches([ROLLOUT, ...PART_KINDS], selection)
}

export async function watchAnswer(asked: PeerWatch, options: WatchOptions): Promise<Answer | Streamed> {
  const live = options.copies.hold(asked.namespace, options.signal)
  if (live === undefined) return json(503, { code: 14, message: 'too many namespaces are being watched' })
  await live.ready
  const { name, namespace } = asked
  if (name !== undefined && live.cache.get({ kind: ROLLOUT, namespace, name }) === undefined) {
    return json(404, { code: 5, message: noRollout(name) })
  }
  const type = asked.asEvents ? 'text/event-stream' : 'application/json'
  return {
    status: 200,
    headers: { 'content-type': type, 'cache-control': 'no-store' },
    run: (send, signal) => {
      const show = name === undefined ? changedOf(asked, live) : changesOf(asked, live, name)
      const keepAlive = asked.asEvents ? { keepAlive: KEEP_ALIVE } : {}
      return follow({ live, clock: options.clock, signal, gatherMs: GATHER_MS, show, ...keepAlive }, send)
    },
  }
}

/** One rollout: ends when it has gone. */
function changesOf(asked: PeerWatch, { cache }: Live, name: string): () => readonly string[] | false {
  const { namespace } = asked
  const own = ownPartsIn(cache)
  let before = ''
  return () => {
    const rollout = cache.get<Rollout>({ kind: ROLLOUT, namespace, name })
    if (rollout === undefined) return false
    const text = framed(rolloutInfo(wellFormed(rollout), own(rollout)), asked)
    if (text === before) return []
    before = text
    return [text]
  }
}

/** All of a namespace, each as often as it changes. Compat: what has gone is not told. */
function changedOf(asked: PeerWatch, { cache }: Live): () => readonly string[] {
  const { namespace } = asked
  const own = ownPartsIn(cache)
  let before = new Map<string, string>()
  return () => {
    const now = new Map(
      cache.list<Rollout>(ROLLOUT, namespace).map(rollout => {
        const update = { type: 'Updated', rolloutInfo: rolloutSummary(wellFormed(rollout), own(rollout)) }
        return [rollout.metadata.name, framed(update, asked)]
      }),
    )
    const texts = [...now].filter(([name, text]) => before.get(name) !== text).map(([, text]) => text)
    before = now
    return texts
  }
}

function framed(result: JsonObject, { asEvents, fields }: PeerWatch): string {
  const text = JSON.stringify(onlyFields({ result }, fields))
  return asEvents ? `data: ${text} \n\n\n` : `${text}\n`
}
