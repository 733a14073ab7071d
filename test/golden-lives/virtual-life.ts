// A golden life in the simulated cluster, in virtual time.
import { play } from './play.ts'
import type { Recording, Scenario } from './recording.ts'
import { virtualStage } from './virtual-stage.ts'
import type { VirtualStageOptions } from './virtual-stage.ts'

export async function playInWorld(scenario: Scenario, options: VirtualStageOptions = {}): Promise<Recording> {
  const stage = await virtualStage(options)
  try {
    return await play(scenario, stage)
  } finally {
    await stage.stop()
  }
}
