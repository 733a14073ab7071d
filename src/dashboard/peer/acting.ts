// The peer's buttons: the very actions of the command line, and the rollout as it is then.
import type { Rollout } from '../../api/rollout.ts'
import { abort } from '../../cli/act/abort.ts'
import type { Planned } from '../../cli/act/act.ts'
import { planImage, planUndo, rolloutNamed } from '../../cli/act/plans.ts'
import { promote } from '../../cli/act/promote.ts'
import { restart } from '../../cli/act/restart.ts'
import { retryRollout } from '../../cli/act/retry.ts'
import { performed } from '../../cli/perform.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Client } from '../../runtime/network/client.ts'
import type { Instant } from '../../std/instant.ts'
import type { PeerAct } from './calls.ts'

export interface Asked {
  readonly act: PeerAct
  /** Of `promote`. */
  readonly full: boolean
  readonly now: Instant
}

/** The rollout, or why not. Throws what the server answers. */
export async function actOn(
  client: Client,
  asked: Asked,
): Promise<KubeObject | { readonly refused: string }> {
  const connection = { client, namespace: asked.act.namespace }
  const done = await performed(client, () => planOf(connection, asked))
  if ('refused' in done) return done
  const written = done.written.findLast(one => one.kind === ROLLOUT.kind)
  return written ?? rolloutNamed(connection, asked.act.name)
}

function planOf(
  connection: Parameters<typeof planUndo>[0],
  { act, full, now }: Asked,
): Planned | Promise<Planned> {
  switch (act.call) {
    case 'restart':
      return restart(act, now)
    case 'abort':
      return abort(act)
    case 'retry':
      return retryRollout(act)
    case 'promote':
      return rolloutNamed(connection, act.name).then((rollout: Rollout) => promote(rollout, { full }))
    case 'undo':
      return planUndo(connection, act.name, Number(act.revision))
    default: {
      const change = { container: act.container, image: `${act.image}:${act.tag}` }
      return planImage(connection, act.name, change)
    }
  }
}
