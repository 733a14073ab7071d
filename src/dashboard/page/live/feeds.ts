// What the stream says of a topic, kept: a snapshot replaces, changes are merged. Alike in the hub, which has it ready
// for tabs that come later, and in each tab.
import { applyMergePatch } from '../../../kube/patch.ts'
import type { Json } from '../../../std/json.ts'
import { withTraffic } from '../traffic/feed.ts'

export interface Told {
  readonly topic: string
  /** `state`: what the hub has kept, whole. */
  readonly what: 'snapshot' | 'changes' | 'state'
  readonly data: Json
}

/** `state`: undefined while nothing was told. */
export function applied(state: Json | undefined, { topic, what, data }: Told): Json | undefined {
  if (what === 'state') return data
  if (topic.startsWith('traffic:')) return withTraffic(what === 'snapshot' ? undefined : state, data)
  if (what === 'snapshot') return data
  return state === undefined ? undefined : applyMergePatch(state, data)
}
