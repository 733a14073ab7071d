// A life that is being played: on which stage, in which namespace, and what anybody may do there.
import { KubeError } from '../../src/kube/errors.ts'
import { NAMESPACE } from '../../src/kube/kinds.ts'
import { fromJson } from '../../src/kube/object.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Json } from '../../src/std/json.ts'
import type { CommandRun } from './recording.ts'
import type { Stage } from './stage.ts'

export interface Playing {
  readonly stage: Stage
  readonly namespace: string
  /** Further namespaces whose objects count. */
  readonly others: readonly string[]
  /** What marks the objects as those of one of several controllers. */
  readonly labels?: Readonly<Record<string, string>>
  /** What a `settle` without `of` waits for. */
  readonly main: string
}

export async function create({ stage, namespace, labels }: Playing, object: KubeObject): Promise<void> {
  const text = JSON.stringify(object).replaceAll('{{NS}}', namespace).replaceAll('{{SERVER}}', stage.server)
  const filled = fromJson(JSON.parse(text) as Json)
  const { namespace: own = namespace } = filled.metadata
  const isNamespace = filled.kind === NAMESPACE.kind
  const label = labels === undefined ? {} : { labels: { ...filled.metadata.labels, ...labels } }
  const metadata = { ...filled.metadata, namespace: own, ...label }
  const placed = isNamespace ? filled : { ...filled, metadata }
  await stage.client.write({ verb: 'create', why: 'as the scenario says', object: placed })
}

export async function command({ stage, namespace }: Playing, line: string): Promise<CommandRun> {
  const from = printed(stage)
  const ran = await stage.run(line, namespace)
  return { command: line, from, until: printed(stage), ...ran }
}

/** RFC 3339 with milliseconds. */
export function printed({ clock }: Stage): string {
  return new Date(clock.now()).toISOString()
}

export async function pause({ clock }: Stage, ms: number): Promise<void> {
  await clock.sleepUntil(clock.now() + ms, new AbortController().signal)
}

export async function freshNamespace({ stage, namespace }: Playing): Promise<void> {
  const target = { kind: NAMESPACE, name: namespace }
  await unlessGone(() => stage.client.write({ verb: 'delete', why: 'a life begins anew', target }))
  for (let tries = 0; await exists(stage, target); tries++) {
    if (tries > 240) throw new Error(`the namespace ${namespace} does not go`)
    await pause(stage, 500)
  }
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  await stage.client.write({ verb: 'create', why: 'a life begins', object })
}

async function exists({ client }: Stage, target: Parameters<Stage['client']['get']>[0]): Promise<boolean> {
  return unlessGone(() => client.get(target))
}

/** Whether it was there to be asked for, or deleted: one that is on its way out may go in between. */
async function unlessGone(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask()
    return true
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'NotFound') return false
    throw error
  }
}
