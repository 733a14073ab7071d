// Where a life is played: a cluster, a clock (real or virtual), and a command line.
import type { Clock } from '../../src/doors/clock.ts'
import type { Client } from '../../src/runtime/network/client.ts'

export interface Stage {
  readonly client: Client
  readonly clock: Clock
  /** What `{{SERVER}}` stands for: the API server's URL. */
  readonly server: string
  /** Starts a controller with these flags beside the one that is there; gives back how it is stopped. */
  controlledBy?(flags: readonly string[]): Promise<() => Promise<void>>
  /** Runs one command line in a namespace. */
  run(line: string, namespace: string): Promise<Ran>
}

export interface Ran {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** What a command of the recorder's took of the life's time: ours take at least as long. */
export const COMMAND_MS = 250
