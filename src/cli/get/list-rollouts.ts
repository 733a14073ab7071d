// `list rollouts`: a row a rollout; with --watch another row whenever one changes.
import type { Rollout } from '../../api/rollout.ts'
import { ROLLOUT } from '../../kube/kinds.ts'
import { keyOf } from '../../kube/object.ts'
import type { Key } from '../../kube/object.ts'
import { rolloutLine, rolloutList } from '../../view/list.ts'
import { shownPhase } from '../../view/phase.ts'
import { replicaCounts, strategyOf } from '../../view/rollout-view.ts'
import { isOn, textOf } from '../command.ts'
import type { Call } from '../command.ts'
import type { Live } from '../live.ts'
import { asData, isWide } from '../print.ts'

export async function run(call: Call): Promise<number> {
  const { world, flags } = call
  const { client, namespace } = await call.connect()
  const name = textOf(flags, 'name')
  const selection = {
    ...(isOn(flags, 'all-namespaces') ? {} : { namespace }),
    ...(name === undefined ? {} : { fields: `metadata.name=${name}` }),
  }
  if (!isOn(flags, 'watch')) {
    const rollouts = (await client.list(ROLLOUT, selection)).items as readonly Rollout[]
    const data = await asData(rollouts.map(asRow), flags)
    if (data === undefined && rollouts.length === 0) world.stderr.write('No resources found.\n')
    else world.stdout.write(data ?? rolloutList(rollouts, options(call)))
    return 0
  }
  const { openLive } = await import('../live.ts')
  const watches = [{ kind: ROLLOUT, selection, optional: false, trim: undefined }]
  const live = openLive(world, { client, namespace }, watches)
  await live.ready
  if (!world.interrupted.aborted) await printChanges(call, live)
  live.stop()
  return 0
}

const PAUSE_MS = 500

async function printChanges(call: Call, live: Live): Promise<void> {
  const { world } = call
  const first = live.cache.list<Rollout>(ROLLOUT)
  world.stdout.write(rolloutList(first, options(call)))
  let printed = new Map<Key, string>(first.map(one => [keyOf(one), timeless(one)]))
  while (!world.interrupted.aborted) {
    await live.sleep(Infinity)
    const present = live.cache.list<Rollout>(ROLLOUT)
    const changed = present.filter(one => printed.get(keyOf(one)) !== timeless(one))
    world.stdout.write(changed.map(one => rolloutLine(one, options(call))).join(''))
    printed = new Map(present.map(one => [keyOf(one), timeless(one)]))
    await world.clock.sleepUntil(world.clock.now() + PAUSE_MS, world.interrupted)
  }
}

function timeless(rollout: Rollout): string {
  return rolloutLine(rollout, { now: 0, allNamespaces: true })
}

function options({ world, flags }: Call) {
  return {
    now: world.clock.now(),
    allNamespaces: isOn(flags, 'all-namespaces'),
    timestamps: isOn(flags, 'timestamps'),
    isWide: isWide(flags),
  }
}

function asRow(rollout: Rollout) {
  const { namespace, name } = rollout.metadata
  return {
    namespace,
    name,
    strategy: strategyOf(rollout),
    ...shownPhase(rollout),
    replicas: replicaCounts(rollout),
  }
}
