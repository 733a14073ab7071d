// `status`: where a rollout stands; by default waits until it is Healthy or Degraded. The exit status is for
// scripts.
import type { Rollout } from '../../api/rollout.ts'
import { following } from '../../doors/following.ts'
import { KubeError } from '../../kube/errors.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import { resourceName } from '../../kube/object.ts'
import { parseDuration } from '../../std/duration.ts'
import type { Instant } from '../../std/instant.ts'
import { shownPhase } from '../../view/phase.ts'
import { rolloutStatus, shownLine } from '../../view/status.ts'
import { CommandError, isOn, textOf } from '../command.ts'
import type { Call, Connection } from '../command.ts'
import type { Live } from '../live.ts'
import { asData } from '../print.ts'

export async function run(call: Call): Promise<number> {
  const connection = await call.connect()
  const { world, flags } = call
  const name = call.args[0] ?? ''
  const reference = { kind: ROLLOUT, namespace: connection.namespace, name }
  const rollout = (await connection.client.get(reference)) as Rollout
  if (isOn(flags, 'watch') && textOf(flags, 'output') === undefined) return wait(call, connection)
  const { text, error } = rolloutStatus(rollout)
  world.stdout.write((await asData({ name, ...shownPhase(rollout) }, flags)) ?? `${text}\n`)
  if (error !== undefined) throw new CommandError(error)
  return 0
}

async function wait(call: Call, connection: Connection): Promise<number> {
  const { world } = call
  const timeoutMs = timeout(textOf(call.flags, 'timeout') ?? '0s')
  const end = timeoutMs > 0 ? world.clock.now() + timeoutMs : Infinity
  const { openLive, watchOne } = await import('../live.ts')
  const name = call.args[0] ?? ''
  const late = following(world.interrupted)
  const live = openLive(world, connection, [watchOne(ROLLOUT, connection.namespace, name)])
  try {
    await Promise.race([live.ready, world.clock.sleepUntil(end, late.signal)])
    return await waitFor(call, live, { namespace: connection.namespace, name, end })
  } finally {
    late.abort()
    live.stop()
  }
}

interface Waited {
  readonly namespace: string
  readonly name: string
  readonly end: Instant
}

async function waitFor({ world }: Call, live: Live, { namespace, name, end }: Waited): Promise<number> {
  let printed = ''
  while (!world.interrupted.aborted && world.clock.now() < end) {
    const rollout = live.cache.get<Rollout>({ kind: ROLLOUT, namespace, name })
    if (rollout === undefined) throw new KubeError('NotFound', `${resourceName(ROLLOUT)} "${name}" not found`)
    const { phase, message } = shownLine(rollout)
    const line = message === '' ? `${phase}\n` : `${phase} - ${message}\n`
    if (line !== printed) world.stdout.write(line)
    printed = line
    if (phase === 'Healthy') return 0
    const { error } = rolloutStatus(rollout)
    if (error !== undefined) throw new CommandError(error)
    await live.sleep(end)
  }
  throw new CommandError('Rollout status watch exceeded timeout')
}

function timeout(text: string): number {
  const parsed = parseDuration(text)
  if (parsed !== undefined && parsed >= 0) return parsed
  throw new CommandError(
    `invalid argument ${JSON.stringify(text)} for "-t, --timeout" flag: use a duration such as 90s or 10m`,
  )
}
