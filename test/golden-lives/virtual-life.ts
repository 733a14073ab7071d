// Plays a golden life in the simulated cluster, in virtual time: the same steps, looks and log as the recorder's, so
// that the verdict of compare.ts means the same. A life of a minute takes a moment.
import { runRollouts } from '../../src/cli/program.ts'
import { reconcilers } from '../../src/controller/reconcilers.ts'
import * as kinds from '../../src/kube/kinds.ts'
import { apiVersionOf, fromJson } from '../../src/kube/object.ts'
import type { AnyObject, Kind, KubeObject, ObjectRef } from '../../src/kube/object.ts'
import type { Write } from '../../src/kube/write.ts'
import type { Effect } from '../../src/runtime/effects.ts'
import { createWorld } from '../../src/sim/world.ts'
import type { World } from '../../src/sim/world.ts'
import type { Json } from '../../src/std/json.ts'
import { emittedAt } from './events.ts'
import { goldenFolder, readJson } from './recording.ts'
import type { CommandRun, LogEntry, Recording, RecordedEvent, Scenario, Settle, Step } from './recording.ts'

const BUILT_IN = Object.values(kinds).filter((one): one is Kind => typeof one === 'object')
const SEEN = ['Rollout', 'ReplicaSet', 'Pod', 'Service', 'AnalysisRun', 'Experiment', 'Job', 'Deployment']
const POLL_MS = 250

interface Life {
  readonly world: World
  readonly namespace: string
  readonly kinds: readonly Kind[]
  /** `plural/name` of the scenario's Rollout. */
  readonly subject: string
}

export interface LifeOptions {
  readonly seed?: number
  readonly onEffect?: (effect: Effect, now: number) => void
}

export async function playInWorld(scenario: Scenario, options: LifeOptions = {}): Promise<Recording> {
  const definitions = readJson<{ items: AnyObject[] }>(`${goldenFolder()}/crds.json`).items
  let clock: World['clock'] | undefined
  const world = await createWorld({
    reconcilers: reconcilers(),
    seed: options.seed ?? 1,
    definitions,
    onEffect: effect => options.onEffect?.(effect, clock?.now() ?? 0),
  })
  clock = world.clock
  const namespace = `golden-${scenario.name}`
  const rollout = scenario.objects.find(object => object.kind === 'Rollout')
  const life: Life = {
    world,
    namespace,
    kinds: [...BUILT_IN, ...definitions.map(servedKind)],
    subject: `rollouts/${rollout?.metadata.name ?? '-'}`,
  }
  await write(life, { verb: 'create', why: 'begin', object: namespaceObject(namespace) })
  const log: LogEntry[] = []
  let failed: string | undefined
  try {
    for (const object of scenario.objects) await create(life, object)
    for (const step of scenario.steps) log.push(await play(life, step))
  } catch (error) {
    failed = error instanceof Error ? error.message : String(error)
  }
  await world.advance(1000)
  const events = await eventsOf(life)
  await world.stop()
  return { scenario: scenario.name, log, events, ...(failed === undefined ? {} : { failed }) }
}

function servedKind(definition: AnyObject): Kind {
  const { group, names, versions } = definition['spec'] as unknown as {
    group: string
    names: { kind: string; plural: string }
    versions: { name: string; subresources?: { status?: object } }[]
  }
  const version = versions[0]
  const statusSubresource = version?.subresources?.status !== undefined
  return {
    group,
    version: version?.name ?? '',
    kind: names.kind,
    plural: names.plural,
    namespaced: true,
    statusSubresource,
  }
}

function namespaceObject(name: string): KubeObject {
  return fromJson({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
}

async function play(life: Life, step: Step): Promise<LogEntry> {
  const at = printed(life)
  if ('settle' in step) await settle(life, step.settle)
  else if ('snapshot' in step) return { step, at, ...(await look(life)) }
  else if ('cli' in step) return { step, at, result: await command(life, step.cli) }
  else if ('patch' in step) await write(life, patchWrite(life, step))
  else if ('create' in step) await create(life, step.create)
  else if ('delete' in step)
    await write(life, { verb: 'delete', why: 'a user', target: refOf(life, step.delete) })
  else await life.world.advance(step.sleep * 1000)
  return { step, at }
}

async function settle(
  life: Life,
  { of, phase, seconds = 3, status = {}, timeout = 120 }: Settle,
): Promise<void> {
  const { world } = life
  const target = refOf(life, of ?? life.subject)
  const start = world.clock.now()
  let [since, last]: [number, string | undefined] = [start, undefined]
  while (world.clock.now() - start < timeout * 1000) {
    const object = (await world.client.get(target).catch(() => undefined)) as AnyObject | undefined
    const found = (object?.['status'] ?? {}) as Record<string, Json>
    const isObserved =
      target.kind.plural !== 'rollouts' ||
      String(found['observedGeneration']) === String(object?.metadata.generation)
    const wanted = { ...(phase === undefined ? {} : { phase }), ...status }
    const isSo = Object.entries(wanted).every(([field, value]) => found[field] === value)
    const good = object?.['status'] !== undefined && isObserved && isSo
    const quiet = good
      ? JSON.stringify([found, object.metadata.generation, object.metadata.annotations])
      : undefined
    if (quiet === undefined || quiet !== last) since = world.clock.now()
    last = quiet
    if (good && world.clock.now() - since >= seconds * 1000) return
    await world.advance(POLL_MS)
  }
  const object = (await world.client.get(target)) as AnyObject
  throw new Error(`not settled: ${JSON.stringify(phase ?? status)}, is ${JSON.stringify(object['status'])}`)
}

async function look(life: Life): Promise<Pick<LogEntry, 'now' | 'objects'>> {
  await life.world.settle()
  const seen = life.kinds.filter(
    kind => SEEN.includes(kind.kind) || !isBuiltIn(kind) || kind.kind === 'Ingress',
  )
  const objects = await Promise.all(
    seen.map(async kind => {
      const isServed = await life.world.client.serves(kind)
      if (!isServed) return []
      const { items } = await life.world.client.list(kind, { namespace: life.namespace })
      return items.map(one => ({ ...one, kind: kind.kind, apiVersion: apiVersionOf(kind) }))
    }),
  )
  return { now: printed(life), objects: objects.flat() }
}

function isBuiltIn(kind: Kind): boolean {
  return BUILT_IN.includes(kind)
}

/** Runs a command line while time goes on, since commands wait too. */
async function command(life: Life, line: string): Promise<CommandRun> {
  const { world, namespace } = life
  const from = printed(life)
  let [stdout, stderr] = ['', '']
  let exit: number | undefined
  const running = runRollouts(line.split(' '), {
    program: 'kubectl-argo-rollouts',
    stdout: { write: text => (stdout += text), isTerminal: false },
    stderr: { write: text => (stderr += text), isTerminal: false },
    env: {},
    clock: world.clock,
    interrupted: new AbortController().signal,
    version: () => ({ version: '', node: '', platform: '' }),
    connect: async () => ({ client: world.client, namespace }),
  }).then(status => (exit = status))
  for (let turn = 0; exit === undefined && turn < 10_000; turn++) await world.advance(10)
  return { command: line, from, until: printed(life), exit: await running, stdout, stderr }
}

function patchWrite(life: Life, step: Extract<Step, { patch: string }>): Write {
  const isJson = step.type === 'application/json-patch+json'
  return {
    verb: 'patch',
    why: 'a user',
    target: refOf(life, step.patch),
    patch: step.with,
    ...(isJson ? { type: 'json' as const } : {}),
    ...(step.subresource === undefined ? {} : { subresource: step.subresource }),
  }
}

async function create(life: Life, object: KubeObject): Promise<void> {
  const text = JSON.stringify(object).replaceAll('{{NS}}', life.namespace)
  const filled = JSON.parse(text.replaceAll('{{SERVER}}', 'https://127.0.0.1:1')) as KubeObject
  const metadata = { ...filled.metadata, namespace: life.namespace }
  await write(life, { verb: 'create', why: 'a user', object: { ...filled, metadata } })
}

async function write(life: Life, one: Write): Promise<void> {
  await life.world.client.write(one)
  await life.world.settle()
}

function refOf({ kinds: known, namespace }: Life, text: string): ObjectRef {
  const [plural = '', name = ''] = text.split('/')
  const kind = known.find(one => one.plural === plural)
  if (kind === undefined) throw new Error(`no kind ${plural}`)
  return { kind, namespace, name }
}

async function eventsOf({ world, namespace }: Life): Promise<RecordedEvent[]> {
  const { items } = await world.client.list(kinds.EVENT, { namespace })
  return items
    .map(item => item as AnyObject & { involvedObject: { kind: string; name: string } })
    .filter(one => ['Rollout', 'AnalysisRun', 'Experiment'].includes(one.involvedObject.kind))
    .map(one => ({
      type: String(one['type']),
      reason: String(one['reason']),
      message: String(one['message']),
      count: one['count'] as number,
      object: `${one.involvedObject.kind}/${one.involvedObject.name}`,
      name: one.metadata.name,
    }))
    .toSorted((a, b) => (emittedAt(a.name) < emittedAt(b.name) ? -1 : 1))
}

function printed({ world }: Life): string {
  return new Date(world.clock.now()).toISOString()
}
