// Looks at all objects, and at what commands print of them while nothing changes.
import type { KubeObject } from '../../src/kube/object.ts'
import { servedKinds } from './kinds.ts'
import { command, printed } from './playing.ts'
import type { Playing } from './playing.ts'
import type { CommandRun, LogEntry } from './recording.ts'

const TRIES = 20

/** Taken again when something has changed before the last command was done. */
export async function snapshot(playing: Playing, lines: readonly string[]): Promise<Partial<LogEntry>> {
  for (let tries = 1; ; tries++) {
    const now = printed(playing.stage)
    const objects = await allObjects(playing)
    const cli: CommandRun[] = []
    for (const line of lines) cli.push(await command(playing, line))
    const stoodStill = versions(await allObjects(playing)) === versions(objects)
    if (stoodStill || tries === TRIES)
      return { now, objects, cli, ...(stoodStill ? {} : { moving: true as const }) }
  }
}

async function allObjects({ stage, namespace, others }: Playing): Promise<readonly KubeObject[]> {
  const kinds = await servedKinds(stage.client)
  const places = kinds.flatMap(kind => [namespace, ...others].map(place => ({ kind, namespace: place })))
  const lists = await Promise.all(
    places.map(one => stage.client.list(one.kind, { namespace: one.namespace })),
  )
  return lists.flatMap(list => list.items.map(withoutManagers))
}

function versions(objects: readonly KubeObject[]): string {
  return objects
    .map(({ kind, metadata }) => `${kind}/${metadata.name}/${metadata.resourceVersion}`)
    .toSorted()
    .join()
}

export function withoutManagers(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata as KubeObject['metadata'] & {
    managedFields?: unknown
  }
  return { ...object, metadata }
}
