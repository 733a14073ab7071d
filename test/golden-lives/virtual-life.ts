// A golden life in the simulated cluster, in virtual time.
import { readOptions } from '../../src/controller/options.ts'
import { reconcilers } from '../../src/controller/reconcilers.ts'
import { instanceOf } from './recording.ts'
import { play } from './play.ts'
import type { Recording, Scenario } from './recording.ts'
import { virtualStage } from './virtual-stage.ts'
import type { VirtualStageOptions } from './virtual-stage.ts'

export async function playInWorld(scenario: Scenario, options: VirtualStageOptions = {}): Promise<Recording> {
  const stage = await virtualStage({ reconcilers: reconcilersOf(scenario), ...options })
  try {
    return await play(scenario, stage)
  } finally {
    await stage.stop()
  }
}

/** Of a controller with the flags of the life. */
function reconcilersOf(scenario: Scenario) {
  const options = readOptions(scenario.flags ?? [])
  if ('problem' in options) throw new Error(options.problem)
  return reconcilers({ instanceId: instanceOf(scenario) ?? '', routeVersions: options.routeVersions })
}
