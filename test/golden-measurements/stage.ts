// A simulated cluster on which recorded measurements are played one after the other, each with servers and an
// environment of its own. Making one takes longer than playing a case.
import { reconcilers } from '../../src/controller/reconcilers.ts'
import type { Outside } from '../../src/controller/outside.ts'
import { KubeError } from '../../src/kube/errors.ts'
import { fromJson } from '../../src/kube/object.ts'
import type { KubeObject, ObjectRef } from '../../src/kube/object.ts'
import { createWorld } from '../../src/sim/world.ts'
import type { World } from '../../src/sim/world.ts'

/** Whom the measurements of a case ask. */
interface CaseOutside extends Outside {
  readonly sleeping: () => number
}

export interface Stage {
  readonly world: World
  /** From now on these are asked. */
  face(outside: CaseOutside): void
  /** Undefined: it is there now; else what the API server said. */
  place(object: unknown): Promise<string | undefined>
  clear(refs: readonly ObjectRef[]): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const env: Record<string, string | undefined> = {}
  let faced: CaseOutside | undefined
  const world = await createWorld({
    reconcilers: reconcilers(),
    outside: {
      env,
      sleeping: () => faced?.sleeping() ?? 0,
      outgoing: {
        transport: wish => (hop, signal) =>
          faced?.outgoing.transport(wish)(hop, signal) ?? Promise.reject(new Error('nobody is there')),
        close: () => faced?.outgoing.close(),
      },
    },
  })
  return {
    world,
    face(outside) {
      faced?.outgoing.close()
      faced = outside
      for (const name of Object.keys(env)) delete env[name]
      Object.assign(env, outside.env)
    },
    async place(object) {
      const written = await world.client
        .write({ verb: 'create', why: 'as recorded', object: fromJson(object as never) })
        .catch((error: unknown) => error)
      if (written instanceof KubeError) return written.message
      if (written instanceof Error) throw written
      return undefined
    },
    async clear(refs) {
      for (const target of refs)
        await world.client.write({ verb: 'delete', why: 'make room', target }).catch(() => undefined)
      await world.settle()
      faced?.outgoing.close()
    },
  }
}

export function refsOf(
  objects: readonly KubeObject[],
  kindOf: (object: KubeObject) => ObjectRef['kind'],
): ObjectRef[] {
  return objects.map(object => {
    const { name, namespace = '' } = object.metadata
    return { kind: kindOf(object), name, namespace }
  })
}
