// `get rollout`: the state of a rollout and the tree of all that belongs to it.
import type { Rollout } from '../../api/rollout.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import { rolloutText } from '../../view/header.ts'
import { rolloutView } from '../../view/rollout-view.ts'
import { isOn } from '../command.ts'
import type { Call, Connection } from '../command.ts'
import { asData, isColoured, numberFlag } from '../print.ts'
import { PART_KINDS, partsIn, readParts } from './parts.ts'

export async function run(call: Call): Promise<number> {
  const connection = await call.connect()
  const { world, flags } = call
  const reference = { kind: ROLLOUT, namespace: connection.namespace, name: call.args[0] ?? '' }
  const found = connection.client.get(reference) as Promise<Rollout>
  if (isOn(flags, 'watch')) return watch(call, connection, await found)
  const [rollout, parts] = await Promise.all([found, readParts(connection)])
  const view = rolloutView(rollout, parts)
  const shown = { now: world.clock.now(), coloured: isColoured(world, flags) }
  const data = await asData(view, flags)
  if (data === undefined) world.stdout.draw(rolloutText(view, shown))
  else world.stdout.write(data)
  return 0
}

async function watch(call: Call, connection: Connection, { metadata }: Rollout): Promise<number> {
  const { world, flags } = call
  const [{ follow }, { watchAll, watchOne }] = await Promise.all([
    import('../follow.ts'),
    import('../live.ts'),
  ])
  const { namespace } = connection
  const { name } = metadata
  const coloured = isColoured(world, flags)
  const seconds = numberFlag(flags, 'timeout-seconds')
  await follow(world, connection, {
    watches: [watchOne(ROLLOUT, namespace, name), ...PART_KINDS.map(kind => watchAll(kind, namespace))],
    ...(seconds === undefined || seconds === 0 ? {} : { timeoutMs: seconds * 1000 }),
    render: (cache, now) => {
      const rollout = cache.get<Rollout>({ kind: ROLLOUT, namespace, name })
      if (rollout === undefined) return undefined
      return rolloutText(rolloutView(rollout, partsIn(cache, namespace)), { now, coloured })
    },
  })
  return 0
}
