// `get experiment`: the state of an experiment and the tree of all that belongs to it.
import type { Experiment } from '../../api/experiment.ts'
import { EXPERIMENT } from '../../kube/kinds.ts'
import { experimentView } from '../../view/experiment-view.ts'
import { experimentText } from '../../view/header.ts'
import { isOn } from '../command.ts'
import type { Call, Connection } from '../command.ts'
import { asData, isColoured } from '../print.ts'
import { PART_KINDS, partsIn, readParts } from './parts.ts'

export async function run(call: Call): Promise<number> {
  const connection = await call.connect()
  const { world, flags } = call
  const reference = { kind: EXPERIMENT, namespace: connection.namespace, name: call.args[0] ?? '' }
  const found = connection.client.get(reference) as Promise<Experiment>
  if (isOn(flags, 'watch')) return watch(call, connection, await found)
  const [experiment, parts] = await Promise.all([found, readParts(connection)])
  const view = experimentView(experiment, parts)
  const shown = { now: world.clock.now(), coloured: isColoured(world, flags) }
  const data = await asData(view, flags)
  if (data === undefined) world.stdout.draw(experimentText(view, shown))
  else world.stdout.write(data)
  return 0
}

async function watch(call: Call, connection: Connection, { metadata }: Experiment): Promise<number> {
  const { world, flags } = call
  const [{ follow }, { watchAll }] = await Promise.all([import('../follow.ts'), import('../live.ts')])
  const { namespace } = connection
  const { name } = metadata
  const coloured = isColoured(world, flags)
  await follow(world, connection, {
    watches: PART_KINDS.map(kind => watchAll(kind, namespace)),
    render: (cache, now) => {
      const experiment = cache.get<Experiment>({ kind: EXPERIMENT, namespace, name })
      if (experiment === undefined) return undefined
      return experimentText(experimentView(experiment, partsIn(cache, namespace)), { now, coloured })
    },
  })
  return 0
}
