// "Did you mean this?": the names that are nearest to one that is not there. For people only: a pipe is told
// what is wrong and nothing else.
import { following } from '../doors/following.ts'
import { KubeError } from '../kube/errors.ts'
import { ANALYSIS_RUN, EXPERIMENT, NAMESPACE, ROLLOUT } from '../kube/kinds.ts'
import type { Kind } from '../kube/object.ts'
import { nearest } from '../std/nearest.ts'
import type { Call, Command, Connection } from './command.ts'

const PATIENCE_MS = 1000

const KINDS: Readonly<Record<string, Kind>> = {
  ROLLOUT_NAME: ROLLOUT,
  EXPERIMENT_NAME: EXPERIMENT,
  ANALYSISRUN_NAME: ANALYSIS_RUN,
}

/** Undefined: nothing is near. */
export function suggestion(wanted: string, names: readonly string[]): string | undefined {
  const near = nearest(wanted, names)
  return near.length === 0 ? undefined : `\nDid you mean this?\n${near.map(one => `  ${one}\n`).join('')}`
}

/** What an object that was not found may be called, or its namespace. */
export async function suggestedObject(
  command: Command,
  call: Call,
  error: unknown,
): Promise<string | undefined> {
  const kind = KINDS[(command.args?.[0] ?? '').replace('...', '')]
  if (kind === undefined || !(error instanceof KubeError) || error.reason !== 'NotFound') return undefined
  const wanted = call.args.find(name => error.message.includes(name))
  if (wanted === undefined) return undefined
  const { clock, interrupted } = call.world
  const enough = following(interrupted)
  const late = clock.sleepUntil(clock.now() + PATIENCE_MS, enough.signal).then(() => undefined)
  try {
    return await Promise.race([namesNear(kind, wanted, await call.connect()), late])
  } finally {
    enough.abort()
  }
}

/** A refusal is no news: what is wrong has been found already. */
async function namesNear(kind: Kind, wanted: string, connection: Connection): Promise<string | undefined> {
  const { client, namespace } = connection
  try {
    const names = (await client.list(kind, { namespace })).items.map(one => one.metadata.name)
    if (names.length > 0) return suggestion(wanted, names)
    const namespaces = (await client.list(NAMESPACE, {})).items.map(one => one.metadata.name)
    return namespaces.includes(namespace) ? undefined : suggestion(namespace, namespaces)
  } catch (error) {
    if (error instanceof KubeError) return undefined
    throw error
  }
}
