// Runs the actions: reads what each needs, has it planned, carries the plan out, prints what it says.
import type { Rollout } from '../../api/rollout.ts'
import type { Deployment, ReplicaSet } from '../../kube/apps.ts'
import { DEPLOYMENT, REPLICA_SET, ROLLOUT } from '../../kube/kinds.ts'
import { printSelector } from '../../kube/selector.ts'
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { CommandError, isOn, textOf } from '../command.ts'
import type { Call, Connection, Run } from '../command.ts'
import { perform } from '../perform.ts'
import { abort } from './abort.ts'
import type { Act, Named, Planned } from './act.ts'
import { pause } from './pause.ts'
import { promote } from './promote.ts'
import { restart } from './restart.ts'
import { retryExperiment, retryRollout } from './retry.ts'
import { parseImageChange, setImage } from './set-image.ts'
import { terminateAnalysisRun, terminateExperiment } from './terminate.ts'

export const runAbort = forEachName(abort)
export const runPause = forEachName(pause)
export const runRetryRollout = forEachName(retryRollout)
export const runRetryExperiment = forEachName(retryExperiment)
export const runTerminateAnalysisRun = forEachName(terminateAnalysisRun)
export const runTerminateExperiment = forEachName(terminateExperiment)

/** Actions that need to know nothing but the name. */
function forEachName(act: (of: Named) => Act): Run {
  return async call => {
    const { client, namespace } = await call.connect()
    for (const name of call.args) {
      call.world.stdout.write((await perform(client, () => act({ namespace, name }))).text)
    }
    return 0
  }
}

export const runPromote: Run = call =>
  carryOut(call, async connection =>
    promote(await rolloutOf(call, connection), {
      full: isOn(call.flags, 'full'),
      skipCurrentStep: isOn(call.flags, 'skip-current-step'),
      skipAllSteps: isOn(call.flags, 'skip-all-steps'),
    }),
  )

export const runRestart: Run = call =>
  carryOut(call, ({ namespace }) =>
    restart({ namespace, name: call.args[0] ?? '' }, call.world.clock.now(), textOf(call.flags, 'in')),
  )

export const runSetImage: Run = call =>
  carryOut(call, async connection => {
    const change = parseImageChange(call.args[1] ?? '')
    if ('refused' in change) return change
    const rollout = await rolloutOf(call, connection)
    const { workloadRef } = rollout.spec
    if (workloadRef?.kind !== DEPLOYMENT.kind) return setImage(rollout, change)
    const reference = { kind: DEPLOYMENT, namespace: connection.namespace, name: workloadRef.name ?? '' }
    return setImage(rollout, change, await get<Deployment>(connection, reference))
  })

export const runUndo: Run = async call => {
  const { undo, workloadOf } = await import('./undo.ts') // it brings Go's field tables along
  return carryOut(call, async connection => {
    const rollout = await rolloutOf(call, connection)
    const { workloadRef, selector } = rollout.spec
    const labels = selector === undefined ? {} : { labels: printSelector(selector) }
    const reference = workloadRef === undefined ? undefined : workloadOf(workloadRef, connection.namespace)
    const [listed, workload] = await Promise.all([
      connection.client.list(REPLICA_SET, { namespace: connection.namespace, ...labels }),
      reference === undefined ? undefined : get<KubeObject>(connection, reference),
    ])
    return undo({
      rollout,
      replicaSets: listed.items as ReplicaSet[],
      ...(workload === undefined ? {} : { workload }),
      toRevision: revisionFlag(textOf(call.flags, 'to-revision') ?? '0'),
    })
  })
}

function revisionFlag(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CommandError(
    `invalid argument ${JSON.stringify(text)} for "--to-revision" flag: it must be a number`,
  )
}

async function carryOut(
  call: Call,
  plan: (connection: Connection) => Promise<Planned> | Planned,
): Promise<number> {
  const connection = await call.connect()
  const { stdout } = call.world
  const { text, detail } = await perform(connection.client, () => plan(connection))
  stdout.write(stdout.isTerminal && detail !== undefined ? `${text}${detail}\n` : text)
  return 0
}

function rolloutOf(call: Call, connection: Connection): Promise<Rollout> {
  return get<Rollout>(connection, {
    kind: ROLLOUT,
    namespace: connection.namespace,
    name: call.args[0] ?? '',
  })
}

async function get<T extends KubeObject>({ client }: Connection, reference: ObjectRef): Promise<T> {
  return (await client.get(reference)) as T
}
