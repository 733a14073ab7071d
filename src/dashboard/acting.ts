// The page's buttons: the very actions of the command line. Whoever pressed on what is no longer so is told that, and
// nothing is written; a dry run tells what the controller's next pass would do.
import type { Rollout } from '../api/rollout.ts'
import { abort } from '../cli/act/abort.ts'
import { mergePatch, refTo } from '../cli/act/act.ts'
import type { Act, Planned } from '../cli/act/act.ts'
import { pause } from '../cli/act/pause.ts'
import { planImage, planUndo, rolloutNamed } from '../cli/act/plans.ts'
import { promote } from '../cli/act/promote.ts'
import { restart } from '../cli/act/restart.ts'
import { retryRollout } from '../cli/act/retry.ts'
import { perform } from '../cli/perform.ts'
import { CommandError } from '../cli/command.ts'
import { KubeError } from '../kube/errors.ts'
import { ROLLOUT } from '../kube/kinds.ts'
import type { Write } from '../kube/write.ts'
import { currentStepIndex } from '../rollout/steps.ts'
import type { Instant } from '../std/instant.ts'
import { isJsonObject, parseJson } from '../std/json.ts'
import { shownPhase } from '../view/phase.ts'
import { consequences } from './detail/decision.ts'
import type { Foretold, Seen } from './detail/decision.ts'
import { json } from './answer.ts'
import type { Answer } from './answer.ts'
import type { LiveCopies } from './live.ts'
import { showableRollout } from './showable.ts'
import type { Client } from '../runtime/network/client.ts'
import { ACTS } from './wire.ts'
import type { ActAnswer, ActAsked, ActName } from './wire.ts'

/** Acts that lead a step further: twice by two people is a step too far. */
const FORWARD: readonly ActName[] = ['promote', 'promote-full', 'skip-step']

export interface ActWorld {
  readonly client: Client
  readonly details: LiveCopies
  readonly now: Instant
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
}

export async function actAnswer(world: ActWorld, body: string): Promise<Answer> {
  const asked = readAsked(body)
  if (asked === undefined) return json(400, { code: 3, message: 'not an action of this page' })
  try {
    const answer: ActAnswer = asked.dryRun === true ? await foretold(world, asked) : await done(world, asked)
    return json(200, { ...answer })
  } catch (error) {
    if (error instanceof CommandError) return json(409, { code: 9, message: error.message })
    if (error instanceof KubeError) return json(409, { code: 2, message: error.message })
    throw error
  }
}

function readAsked(body: string): ActAsked | undefined {
  const value = parseJson(body)
  if (!isJsonObject(value)) return undefined
  const { act, namespace, name, revision = 0, container = '', image = '' } = value
  const isNamed = typeof namespace === 'string' && typeof name === 'string' && name !== ''
  const isGood = Number.isInteger(revision) && typeof container === 'string' && typeof image === 'string'
  return isNamed && isGood && ACTS.some(one => one === act) ? (value as unknown as ActAsked) : undefined
}

async function done({ client, now }: ActWorld, asked: ActAsked): Promise<ActAnswer> {
  const { text, writes, detail } = await perform(client, () => planOf(client, asked, now))
  const will = detail === undefined ? writes.map(({ why }) => why) : [detail]
  return { text: text.trim(), will, differences: [] }
}

async function foretold({ client, details, now, signal }: ActWorld, asked: ActAsked): Promise<ActAnswer> {
  const { namespace, name } = asked
  const planned = await planOf(client, asked, now)
  if ('refused' in planned) throw new CommandError(planned.refused)
  const live = details.hold(namespace, signal)
  if (live === undefined) return { text: '', will: [], differences: [] }
  await live.ready
  const { will, differences } = toldOrWhy(
    { cache: live.cache, key: `${namespace}/${name}`, now },
    planned.writes,
  )
  return { text: '', differences, will: planned.detail === undefined ? will : [planned.detail, ...will] }
}

function toldOrWhy(seen: Seen, writes: readonly Write[]): Foretold {
  try {
    return consequences(seen, writes)
  } catch (error) {
    return { will: [`what the controller would do cannot be told: ${String(error)}`], differences: [] }
  }
}

async function planOf(client: Client, asked: ActAsked, now: Instant): Promise<Planned> {
  const { namespace, name } = asked
  const connection = { client, namespace }
  const rollout = showableRollout(await rolloutNamed(connection, name))
  const late = FORWARD.includes(asked.act) ? changedSince(rollout, asked.seen) : undefined
  if (late !== undefined) return { refused: late }
  switch (asked.act) {
    case 'promote':
      return promote(rollout, {})
    case 'promote-full':
      return promote(rollout, { full: true })
    case 'skip-step':
      return promote(rollout, { skipCurrentStep: true })
    case 'abort':
      return abort({ namespace, name })
    case 'retry':
      return retryRollout({ namespace, name })
    case 'restart':
      return restart({ namespace, name }, now)
    case 'undo':
      return planUndo(connection, name, asked.revision ?? 0)
    case 'set-image':
      return planImage(connection, name, { container: asked.container ?? '', image: asked.image ?? '' })
    case 'pause':
      return pause({ namespace, name })
    default:
      return resume({ namespace, name })
  }
}

function resume(of: { readonly namespace: string; readonly name: string }): Act {
  const why = `resume rollout ${of.name}: end the pause that a user asked for`
  return {
    writes: [mergePatch(refTo(ROLLOUT, of), { why, patch: { spec: { paused: false } } })],
    text: `rollout '${of.name}' resumed\n`,
  }
}

/** What is other than the page showed, in a sentence: somebody was faster. */
function changedSince(rollout: Rollout, seen: ActAsked['seen']): string | undefined {
  if (seen === undefined) return undefined
  const { currentPodHash = '' } = rollout.status ?? {}
  const step = currentStepIndex(rollout) ?? null
  const { phase } = shownPhase(rollout)
  if (seen.hash !== currentPodHash) return 'nothing was done: another update has begun meanwhile; look again'
  if (seen.step !== step) return `nothing was done: step ${(step ?? 0) + 1} is reached meanwhile; look again`
  if (seen.phase !== phase) return `nothing was done: the rollout is ${phase} meanwhile; look again`
  return undefined
}
