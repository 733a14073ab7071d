// Runs the actions: reads what each needs, has it planned, carries the plan out, prints what it says.
import { CommandError, isOn, textOf } from '../command.ts'
import type { Call, Connection, Run } from '../command.ts'
import { perform } from '../perform.ts'
import { abort } from './abort.ts'
import type { Act, Named, Planned } from './act.ts'
import { pause } from './pause.ts'
import { newestReplicaSet, planImage, planUndo, rolloutNamed } from './plans.ts'
import { promote } from './promote.ts'
import { restart } from './restart.ts'
import { retryExperiment, retryRollout } from './retry.ts'
import { parseImageChange } from './set-image.ts'
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
  carryOut(call, async connection => {
    const rollout = await rolloutNamed(connection, call.args[0] ?? '')
    return promote(rollout, {
      full: isOn(call.flags, 'full'),
      skipCurrentStep: isOn(call.flags, 'skip-current-step'),
      skipAllSteps: isOn(call.flags, 'skip-all-steps'),
      ...(call.world.stdout.isTerminal ? { newest: await newestReplicaSet(connection, rollout) } : {}),
    })
  })

export const runRestart: Run = call =>
  carryOut(call, ({ namespace }) =>
    restart({ namespace, name: call.args[0] ?? '' }, call.world.clock.now(), textOf(call.flags, 'in')),
  )

export const runSetImage: Run = call =>
  carryOut(call, connection => {
    const change = parseImageChange(call.args[1] ?? '')
    return 'refused' in change ? change : planImage(connection, call.args[0] ?? '', change)
  })

export const runUndo: Run = call =>
  carryOut(call, connection =>
    planUndo(connection, call.args[0] ?? '', revisionFlag(textOf(call.flags, 'to-revision') ?? '0')),
  )

function revisionFlag(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CommandError(
    `invalid argument ${JSON.stringify(text)} for "--to-revision" flag: it must be a whole number, 0 or more`,
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
