// A question about a metric answered: the Secrets of its arguments are read, the metric is filled in, its server asked
// when its turn has come, and what it says is judged. What goes back is the finished measurement, without a secret.
import { argumentValues, fillIn, secretOf } from '../analysis/arguments.ts'
import { finished, notes } from '../analysis/finished.ts'
import type { Outcome } from '../analysis/finished.ts'
import { judging } from '../analysis/judge.ts'
import type { FinishedMeasurement, MeasureQuestion } from '../analysis/providers/asking.ts'
import type { Argument } from '../api/analysis.ts'
import type { Metric } from '../api/metric.ts'
import { inTurns } from '../doors/turns.ts'
import { isAbsent } from '../kube/errors.ts'
import { SECRET } from '../kube/kinds.ts'
import type { AskWorld, Asking, NoReading } from '../metrics/asker.ts'
import { askerOf } from '../metrics/registry.ts'
import { createRoom } from '../metrics/room.ts'
import type { Room } from '../metrics/room.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Instant } from '../std/instant.ts'
import { createHidden } from '../std/hidden.ts'
import type { Hidden } from '../std/hidden.ts'
import { isJsonObject } from '../std/json.ts'
import { text } from '../std/json-parts.ts'

export interface MeasureWorld extends Omit<AskWorld, 'hidden'> {
  /** Reads Secrets. */
  readonly client: Client
  /** Hears of each measurement that has come to its end. */
  readonly onMeasured?: (measured: Measured) => void
  readonly room?: Room
}

interface Measured {
  readonly provider: string
  readonly phase: string
  readonly seconds: number
}

export type Measurer = (
  question: MeasureQuestion['measure'],
  signal: AbortSignal,
) => Promise<FinishedMeasurement>

export function measurer(world: MeasureWorld): Measurer {
  const room = world.room ?? createRoom()
  return async ({ namespace, metric, args }, signal) => {
    const secrets = await readSecrets(world.client, namespace, args)
    if ('problem' in secrets) return runProblem(secrets.problem)
    const values = argumentValues(args, secrets.values)
    if ('problem' in values) return runProblem(values.problem)
    const filled = fillIn(metric, values.value)
    if ('problem' in filled) return runProblem(filled.problem)
    const hidden = createHidden([...secrets.values.values()])
    const wanted = { metric: filled.value, hidden, signal }
    const measured = await measure(world, room, wanted).catch((error: unknown) => {
      // What nobody expects may quote a secret like anything else.
      throw new Error(hidden.inMessage(error instanceof Error ? error.message : String(error)))
    })
    const measurement = finished(measured.outcome, hidden)
    const metadata = notes(measured.metadata, hidden)
    return { measurement, ...(metadata === undefined ? {} : { metadata }) }
  }
}

function runProblem(problem: string): FinishedMeasurement {
  return { runProblem: `Unable to resolve metric arguments: ${problem}` }
}

type Secrets = { readonly values: ReadonlyMap<string, string> } | { readonly problem: string }

/** Live, each time: whoever changes a Secret need tell nobody. Compat: all of them, used or not. */
async function readSecrets(client: Client, namespace: string, args: readonly Argument[]): Promise<Secrets> {
  const values = new Map<string, string>()
  for (const arg of args) {
    const ref = secretOf(arg)
    if (ref === undefined) continue
    const secret = { kind: SECRET, namespace, name: ref.name }
    const object = await client.get(secret).catch((error: unknown) => {
      if (isAbsent(error, secret)) return undefined
      throw error
    })
    if (object === undefined) return { problem: `secrets "${ref.name}" not found` }
    const { data } = object as { readonly data?: unknown }
    const encoded = isJsonObject(data) && Object.hasOwn(data, ref.key) ? data[ref.key] : undefined
    if (encoded === undefined) return { problem: `key '${ref.key}' does not exist in secret '${ref.name}'` }
    values.set(arg.name, Buffer.from(text(encoded), 'base64').toString('utf8'))
  }
  return { values }
}

interface Measurement {
  readonly outcome: Outcome
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

interface Wanted {
  readonly metric: Metric
  readonly hidden: Hidden
  readonly signal: AbortSignal
}

async function measure(world: MeasureWorld, room: Room, wanted: Wanted): Promise<Measurement> {
  const { clock, onMeasured } = world
  const asker = askerOf(wanted.metric)
  const begun = { at: clock.now() }
  const asking = await prepared({ ...world, hidden: wanted.hidden }, wanted)
  const outcome =
    'problem' in asking
      ? problemAt(begun.at, clock.now(), asking.problem)
      : await inTurn(world, room, { ...wanted, asking })
  const seconds = (outcome.finishedAt - outcome.startedAt) / 1000
  onMeasured?.({ provider: asker?.field ?? '', phase: outcome.phase, seconds })
  return { outcome, metadata: 'problem' in asking ? undefined : asking.metadata }
}

async function prepared(world: AskWorld, { metric, signal }: Wanted): Promise<Asking | NoReading> {
  return (
    askerOf(metric)?.prepare(metric, world, signal) ?? { problem: 'nobody here can ask for such a metric' }
  )
}

async function inTurn(
  { clock }: MeasureWorld,
  room: Room,
  { metric, asking, signal }: Wanted & { readonly asking: Asking },
): Promise<Outcome> {
  const leave = await room.enter(asking.place, signal)
  const startedAt = clock.now()
  if (leave === undefined)
    return problemAt(startedAt, startedAt, 'nobody waits for this measurement any more')
  try {
    const reading = await asking.ask(signal)
    const finishedAt = clock.now()
    if ('problem' in reading) return problemAt(startedAt, finishedAt, reading.problem)
    const verdict = judging(conditionsOf(metric), reading.result, finishedAt)
    const { phase, message } = await inTurns(clock, verdict)
    if (phase === 'Error') return { phase, startedAt, finishedAt, message }
    return { phase, startedAt, finishedAt, message, value: reading.value, metadata: reading.metadata }
  } finally {
    leave()
  }
}

function conditionsOf({ successCondition = '', failureCondition = '' }: Metric) {
  return { successCondition, failureCondition }
}

function problemAt(startedAt: Instant, finishedAt: Instant, message: string): Outcome {
  return { phase: 'Error', startedAt, finishedAt, message }
}
