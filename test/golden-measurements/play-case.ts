// Plays a recorded measurement: one AnalysisRun on the simulated cluster in virtual time, its servers scripted.
import type { AnalysisRun } from '../../src/api/analysis.ts'
import { ANALYSIS_RUN, EVENT, SECRET } from '../../src/kube/kinds.ts'
import { asJson } from '../../src/kube/object.ts'
import type { ObjectRef } from '../../src/kube/object.ts'
import type { World } from '../../src/sim/world.ts'
import type { Instant } from '../../src/std/instant.ts'
import { printInstant } from '../../src/std/instant.ts'
import type { Json } from '../../src/std/json.ts'
import type { RecordedCase, RecordedEvent } from './recorded-case.ts'
import { filled, scriptedOutside } from './scripted-outside.ts'
import type { Certificates } from './scripted-outside.ts'
import { scriptedServer } from './scripted-server.ts'
import type { SeenRequest } from './scripted-server.ts'
import { refsOf } from './stage.ts'
import type { Stage } from './stage.ts'

export interface PlayedCase {
  readonly createdAt: Instant
  readonly status: Json | undefined
  readonly createError: string | undefined
  readonly isDeleted: boolean
  readonly requests: readonly SeenRequest[]
  readonly events: readonly RecordedEvent[]
}

const LIMIT_MS = 120_000
const TTL_MS = 20_000
const SECOND_MS = 1000

/** On a stage that other cases were played on; it is left empty. */
export async function playCase(
  recorded: RecordedCase,
  stage: Stage,
  certificates: Certificates,
): Promise<PlayedCase> {
  const { world } = stage
  await world.advance(SECOND_MS - (world.clock.now() % SECOND_MS))
  const server = scriptedServer({
    answers: recorded.answers,
    clock: world.clock,
    fill: (text, now) => filled(withTimes(text, now)),
  })
  stage.face({ ...scriptedOutside(recorded, server, certificates), sleeping: () => server.sleeping })
  try {
    return { ...(await live(recorded, stage)), requests: server.seen }
  } finally {
    await stage.clear(refsOf(recorded.objects, ({ kind }) => (kind === 'Secret' ? SECRET : ANALYSIS_RUN)))
  }
}

async function live(recorded: RecordedCase, stage: Stage): Promise<Omit<PlayedCase, 'requests'>> {
  const { world } = stage
  const [run, ...others] = recorded.objects.map(object => placed(object, world.clock.now()))
  for (const name of new Set(recorded.objects.map(one => one.metadata.namespace)))
    await stage.place({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  for (const object of others) await stage.place(object)
  const createdAt = world.clock.now()
  const { name, namespace = '' } = recorded.objects[0].metadata
  const target = { kind: ANALYSIS_RUN, name, namespace }
  const seen = { status: undefined as Json | undefined, isDeleted: false }
  const look = async () => {
    const found = await world.client.get(target).catch(() => undefined)
    if (found === undefined) seen.isDeleted = true
    else seen.status = asJson((found as AnalysisRun).status ?? {})
    return found === undefined || isOver(found as AnalysisRun)
  }
  const createError = await stage.place(run)
  if (createError !== undefined) return { createdAt, createError, events: [], ...seen }
  await act(recorded, { world, target, look, isGone: () => seen.isDeleted })
  await look()
  return { createdAt, createError, events: await eventsOn(world, name), ...seen }
}

interface Played {
  readonly world: World
  readonly target: ObjectRef
  /** Whether the run is over. */
  readonly look: () => Promise<boolean>
  readonly isGone: () => boolean
}

/** What was done to the run, at its times; then on until it is over. */
async function act(recorded: RecordedCase, { world, target, look, isGone }: Played): Promise<void> {
  const createdAt = world.clock.now()
  for (const { at, patch } of recorded.actions ?? []) {
    const dueAt = createdAt + at * SECOND_MS
    await world.advanceUntil(look, dueAt - world.clock.now())
    await world.advance(Math.max(0, dueAt - world.clock.now()))
    await look()
    if (isGone()) break
    const asPlayed = JSON.parse(filled(JSON.stringify(patch))) as Json
    await world.client.write({ verb: 'patch', why: 'as recorded', target, patch: asPlayed })
  }
  const { unfinishedAfter, deletedAfter } = recorded
  await world.advanceUntil(look, unfinishedAfter === undefined ? LIMIT_MS : unfinishedAfter * SECOND_MS)
  if (deletedAfter !== undefined) await world.advanceUntil(async () => (await look()) && isGone(), TTL_MS)
  await world.advance(0)
}

function isOver({ status }: AnalysisRun): boolean {
  return !['', 'Pending', 'Running'].includes(status?.phase ?? '')
}

async function eventsOn(world: World, name: string): Promise<readonly RecordedEvent[]> {
  const { items } = await world.client.list(EVENT, {})
  return items
    .map(one => asJson(one) as unknown as RecordedEvent & { involvedObject: { name: string } })
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ type, reason, message, count }) => ({ type, reason, message, count }))
}

function placed(object: unknown, now: Instant): unknown {
  return JSON.parse(filled(withTimes(JSON.stringify(object), now)))
}

/** `{{NOW_S-30}}`, `{{RFC_NOW-20}}`. */
function withTimes(text: string, now: Instant): string {
  return text
    .replaceAll(/\{\{NOW_S([+-]\d+)?\}\}/g, (_, by = '0') => String(Math.floor(now / 1000) + Number(by)))
    .replaceAll(/\{\{RFC_NOW([+-]\d+)?\}\}/g, (_, by = '0') => printInstant(now + Number(by) * 1000))
}
