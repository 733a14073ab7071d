// Plays a recorded measurement: one AnalysisRun on the simulated cluster in virtual time, its servers scripted.
import type { AnalysisRun } from '../../src/api/analysis.ts'
import { reconcilers } from '../../src/controller/reconcilers.ts'
import type { Clock } from '../../src/doors/clock.ts'
import { KubeError } from '../../src/kube/errors.ts'
import { ANALYSIS_RUN, EVENT } from '../../src/kube/kinds.ts'
import { asJson, fromJson } from '../../src/kube/object.ts'
import { createWorld } from '../../src/sim/world.ts'
import type { World } from '../../src/sim/world.ts'
import type { Instant } from '../../src/std/instant.ts'
import { printInstant } from '../../src/std/instant.ts'
import type { Json } from '../../src/std/json.ts'
import type { RecordedCase, RecordedEvent } from './recorded-case.ts'
import { filled, scriptedOutside } from './scripted-outside.ts'
import type { Certificates } from './scripted-outside.ts'
import { scriptedServer } from './scripted-server.ts'
import type { SeenRequest } from './scripted-server.ts'

export interface PlayedCase {
  readonly createdAt: Instant
  readonly status: Json | undefined
  readonly createError: string | undefined
  readonly isDeleted: boolean
  readonly requests: readonly SeenRequest[]
  readonly events: readonly RecordedEvent[]
}

const START = Date.UTC(2026, 7, 1, 12)
const LIMIT_MS = 120_000
const TTL_MS = 20_000

export async function playCase(recorded: RecordedCase, certificates: Certificates): Promise<PlayedCase> {
  const clock = lateClock()
  const server = scriptedServer({
    answers: recorded.answers,
    clock,
    fill: (text, now) => filled(withTimes(text, now)),
  })
  const outside = { ...scriptedOutside(recorded, server, certificates), sleeping: () => server.sleeping }
  const world = await createWorld({ reconcilers: reconcilers(), start: START, outside })
  clock.follow(world.clock)
  try {
    return { ...(await live(recorded, world)), requests: server.seen }
  } finally {
    outside.outgoing.close()
    await world.stop()
  }
}

/** The servers are there before the world whose time they live in. */
function lateClock(): Clock & { follow(clock: Clock): void } {
  let followed: Clock | undefined
  return {
    follow: clock => void (followed = clock),
    now: () => followed?.now() ?? START,
    sleepUntil: async (at, signal) => followed?.sleepUntil(at, signal),
  }
}

async function live(recorded: RecordedCase, world: World): Promise<Omit<PlayedCase, 'requests'>> {
  const [run, ...others] = recorded.objects.map(object => placed(object, world.clock.now()))
  const place = (object: unknown) =>
    world.client.write({ verb: 'create', why: 'as recorded', object: fromJson(object as never) })
  for (const name of new Set(recorded.objects.map(one => one.metadata.namespace)))
    await place({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  for (const object of others) await place(object)
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
  try {
    await place(run)
  } catch (error) {
    if (!(error instanceof KubeError)) throw error
    return { createdAt, createError: error.message, events: [], ...seen }
  }
  for (const { at, patch } of recorded.actions ?? []) {
    const dueAt = createdAt + at * 1000
    await world.advanceUntil(look, dueAt - world.clock.now())
    await world.advance(Math.max(0, dueAt - world.clock.now()))
    await look()
    if (seen.isDeleted) break
    const filledPatch = JSON.parse(filled(JSON.stringify(patch))) as Json
    await world.client.write({ verb: 'patch', why: 'as recorded', target, patch: filledPatch })
  }
  const { unfinishedAfter, deletedAfter } = recorded
  await world.advanceUntil(look, unfinishedAfter === undefined ? LIMIT_MS : unfinishedAfter * 1000)
  if (deletedAfter !== undefined)
    await world.advanceUntil(async () => (await look()) && seen.isDeleted, TTL_MS)
  await world.advance(0)
  await look()
  return { createdAt, createError: undefined, events: await eventsOn(world, name), ...seen }
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
