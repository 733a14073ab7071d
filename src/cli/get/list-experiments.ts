// `list experiments`: a row an experiment.
import type { Experiment } from '../../api/experiment.ts'
import { EXPERIMENT } from '../../kube/kinds.ts'
import { experimentList } from '../../view/list.ts'
import { isOn } from '../command.ts'
import type { Call } from '../command.ts'
import { asData } from '../print.ts'

export async function run({ connect, flags, world }: Call): Promise<number> {
  const { client, namespace } = await connect()
  const allNamespaces = isOn(flags, 'all-namespaces')
  const listed = await client.list(EXPERIMENT, allNamespaces ? {} : { namespace })
  const experiments = listed.items as readonly Experiment[]
  const data = await asData(experiments.map(asRow), flags)
  if (data === undefined && experiments.length === 0) world.stderr.write('No resources found.\n')
  else world.stdout.write(data ?? experimentList(experiments, { now: world.clock.now(), allNamespaces }))
  return 0
}

function asRow({ metadata, spec, status }: Experiment) {
  const { phase, message, availableAt } = status ?? {}
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    phase,
    message,
    duration: spec.duration,
    availableAt,
  }
}
