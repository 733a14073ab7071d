// Plays a scenario on a stage and writes down what a controller and a command line made of it.
import { EVENT, NAMESPACE } from '../../src/kube/kinds.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { PatchType } from '../../src/kube/write.ts'
import { emittedAt } from './events.ts'
import { named } from './kinds.ts'
import { laterMs } from './later.ts'
import { INSTANCE_ID } from '../../src/api/words.ts'
import { instanceOf } from './recording.ts'
import type { LogEntry, RecordedEvent, Recording, Scenario, Step } from './recording.ts'
import { command, create, freshNamespace, pause, printed } from './playing.ts'
import type { Playing } from './playing.ts'
import { settle } from './settle.ts'
import { snapshot, withoutManagers } from './snapshot.ts'
import type { Stage } from './stage.ts'

/** What is told of the last act may take that long: deadlines are whole seconds, and a busy machine is late. */
const LAST_WORDS_MS = 1500

/** The namespace is made, emptied before if need be, and deleted at the end. */
export async function play(scenario: Scenario, stage: Stage, prefix = 'golden'): Promise<Recording> {
  const namespace = `${prefix}-${scenario.name}`
  const rollout = scenario.objects.find(one => one.kind === 'Rollout')
  const others = (scenario.namespaces ?? []).map(one => one.replaceAll('{{NS}}', namespace))
  const instance = instanceOf(scenario)
  const labels = instance === undefined ? {} : { labels: { [INSTANCE_ID]: instance } }
  const playing = { stage, namespace, others, main: `rollouts/${rollout?.metadata.name ?? '-'}`, ...labels }
  await freshNamespace(playing)
  const log: LogEntry[] = []
  const failed = await playAll(scenario, playing, log)
  await pause(stage, LAST_WORDS_MS)
  const events = await eventsOf(playing)
  for (const name of [namespace, ...others]) {
    await stage.client.write({
      verb: 'delete',
      why: `the life of ${scenario.name} is over`,
      target: { kind: NAMESPACE, name },
    })
  }
  return { scenario: scenario.name, log, events, ...(failed === undefined ? {} : { failed }) }
}

/** Why it could not be played to the end, if it could not. */
async function playAll(scenario: Scenario, playing: Playing, log: LogEntry[]): Promise<string | undefined> {
  try {
    for (const object of scenario.objects) await create(playing, object)
    for (const step of scenario.steps) {
      const at = printed(playing.stage)
      if ('snapshot' in step) await pause(playing.stage, laterMs(scenario.name, step.snapshot))
      log.push({ step, at, ...(await perform(playing, step)) })
    }
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function perform(playing: Playing, step: Step): Promise<Partial<LogEntry>> {
  const { stage, namespace } = playing
  if ('settle' in step) return settle(playing, step.settle)
  if ('snapshot' in step) return snapshot(playing, step.cli ?? [])
  if ('cli' in step) return { result: await command(playing, step.cli) }
  if ('sleep' in step) await pause(stage, step.sleep * 1000)
  else if ('create' in step) await create(playing, step.create)
  else if ('delete' in step) {
    await stage.client.write({
      verb: 'delete',
      why: 'as the scenario says',
      target: named(step.delete, namespace),
    })
  } else await patch(playing, step)
  return {}
}

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/json-patch+json': 'json',
}

async function patch({ stage, namespace }: Playing, step: Extract<Step, { patch: string }>): Promise<void> {
  const type = PATCH_TYPES[step.type ?? 'application/merge-patch+json']
  if (type === undefined) throw new Error(`unknown type of patch ${step.type}`)
  await stage.client.write({
    verb: 'patch',
    why: 'as the scenario says',
    target: named(step.patch, namespace),
    patch: step.with,
    type,
    ...(step.subresource === undefined ? {} : { subresource: step.subresource }),
  })
}

interface Event extends KubeObject {
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly count?: number
  readonly firstTimestamp?: string
  readonly lastTimestamp?: string
  readonly eventTime?: string
  readonly involvedObject: {
    readonly kind?: string
    readonly namespace?: string
    readonly name?: string
    readonly uid?: string
    readonly apiVersion?: string
    readonly resourceVersion?: string
  }
  readonly source?: { readonly component?: string; readonly host?: string }
}

const TOLD_ABOUT = ['Rollout', 'AnalysisRun', 'Experiment']

async function eventsOf({ stage, namespace }: Playing): Promise<RecordedEvent[]> {
  const listed = (await stage.client.list(EVENT, { namespace })).items as readonly Event[]
  const order = (event: Event) => emittedAt(event.metadata.name)
  return listed
    .filter(event => TOLD_ABOUT.includes(event.involvedObject.kind ?? ''))
    .toSorted((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0))
    .map(event => withoutManagers(event) as Event)
    .map(({ type = '', reason = '', message = '', count, metadata, involvedObject, ...rest }) => ({
      type,
      reason,
      message,
      count: count ?? null,
      firstTimestamp: rest.firstTimestamp,
      lastTimestamp: rest.lastTimestamp,
      eventTime: rest.eventTime,
      source: rest.source,
      object: `${involvedObject.kind}/${involvedObject.name}`,
      name: metadata.name,
    }))
}
