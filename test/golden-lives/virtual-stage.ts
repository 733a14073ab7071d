// The simulated cluster as a stage: a life of a minute takes a moment, and the same seed plays it the same
// way again.
import { reconcilers } from '../../src/controller/reconcilers.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Effect } from '../../src/runtime/loop/effects.ts'
import { createWorld } from '../../src/sim/world.ts'
import type { WorldOptions } from '../../src/sim/world.ts'
import type { Instant } from '../../src/std/instant.ts'
import { goldenFolder, readJson } from './recording.ts'
import { SERVER, scriptedServer } from './scripted-server.ts'
import type { Stage } from './stage.ts'
import { typedCommand } from './typed-command.ts'

export interface VirtualStage extends Stage {
  stop(): Promise<void>
}

export interface VirtualStageOptions {
  readonly seed?: number
  /** Hears of all that the controller does. */
  readonly onEffect?: (effect: Effect, now: Instant) => void
  /** The controller's, where they are not those that it always has. */
  readonly reconcilers?: WorldOptions['reconcilers']
  /** How the controller reaches the API server, where that is not in process. */
  readonly wire?: WorldOptions['wire']
}

export async function virtualStage(options: VirtualStageOptions = {}): Promise<VirtualStage> {
  const { seed = 1, onEffect, wire } = options
  const definitions = readJson<{ items: KubeObject[] }>(`${goldenFolder()}/crds.json`).items
  const heard: { now: () => Instant } = { now: () => 0 }
  const world = await createWorld({
    reconcilers: options.reconcilers ?? reconcilers(),
    seed,
    definitions,
    outside: scriptedServer(),
    onEffect: effect => onEffect?.(effect, heard.now()),
    ...(wire === undefined ? {} : { wire }),
  })
  heard.now = world.clock.now
  return {
    client: {
      ...world.client,
      async write(write) {
        const written = await world.client.write(write)
        await world.settle()
        return written
      },
    },
    clock: {
      now: world.clock.now,
      sleepUntil: at => world.advance(Math.max(0, at - world.clock.now())),
    },
    server: SERVER,
    run: (line, namespace) => typedCommand(world, line, namespace),
    stop: () => world.stop(),
  }
}
