// A core that plays lives: a worker of the bundled program run.ts, given one part after the other.
import { Worker } from 'node:worker_threads'
import type { Part, PartPlayed } from './part.ts'

export interface Player {
  /** One part at a time. */
  play(part: Part): Promise<PartPlayed>
  stop(): Promise<unknown>
}

/** The young half of a worker's heap: lives make much that is soon of no use. */
const YOUNG_MB = 64

export function startPlayer(program: URL | string): Player {
  const worker = new Worker(program, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } })
  return {
    play: part =>
      new Promise((resolve, reject) => {
        worker.once('message', (played: PartPlayed) => {
          worker.off('error', reject)
          resolve(played)
        })
        worker.once('error', reject)
        worker.postMessage(part)
      }),
    stop: () => worker.terminate(),
  }
}
