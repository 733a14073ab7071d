// What a command is: its place in the command line, its flags, and the call that runs it. The list is
// commands.ts.
import type { Clock } from '../doors/clock.ts'
import type { Client } from '../runtime/network/client.ts'

export interface Meant {
  readonly wanted: string
  readonly names: readonly string[]
}

/** Shown as `Error: …`; the exit status is 1. */
export class CommandError extends Error {
  /** What may have been meant: shown to people. */
  readonly meant: Meant | undefined

  constructor(message: string, meant?: Meant) {
    super(message)
    this.name = 'CommandError'
    this.meant = meant
  }
}

export interface Flag {
  /** Without dashes: `skip-current-step`. */
  readonly name: string
  readonly short?: string
  /** A switch has no value; a list may be given several times. */
  readonly kind: 'switch' | 'text' | 'list'
  readonly about: string
  readonly default?: string | boolean
  /** What a value is called in the help. */
  readonly value?: string
  /** What to use instead: said on stderr when the flag is used; the flag is left out of the help. */
  readonly deprecated?: string
}

export type FlagValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

export interface Command {
  /** `['get', 'rollout']`. */
  readonly path: readonly string[]
  /** Other names for the last word of the path. */
  readonly aliases?: readonly string[]
  /** Names of the arguments, as the help shows them; the last may end in `...`. */
  readonly args?: readonly string[]
  readonly summary: string
  readonly about?: string
  readonly examples?: readonly (readonly [what: string, line: string])[]
  readonly flags?: readonly Flag[]
  load(): Promise<{ readonly run: Run }>
}

/** Gives the exit status. */
export type Run = (call: Call) => Promise<number>

export interface Call {
  readonly args: readonly string[]
  /** By name without dashes. */
  readonly flags: FlagValues
  readonly world: CallWorld
  /** Connects at the first call. */
  connect(): Promise<Connection>
}

export interface Connection {
  readonly client: Client
  /** Of `--namespace`, else of the context, else `default`. */
  readonly namespace: string
}

/** Where output goes. A terminal has a size. */
export interface Output {
  write(text: string): void
  readonly isTerminal: boolean
  readonly size?: { readonly columns: number; readonly rows: number }
}

/** An output that may be trusted with texts of others. */
export interface SafeOutput extends Output {
  /** Shows control characters instead of sending them. */
  write(text: string): void
  /** Sends what is given: colours and movements of our own, around texts that the views have made printable. */
  draw(text: string): void
}

/** What a command prints on. */
export interface CallWorld extends CliWorld {
  readonly stdout: SafeOutput
  readonly stderr: SafeOutput
}

/** Everything outside that a command needs. */
export interface CliWorld {
  /** How users call us: `kubectl argo rollouts`. */
  readonly program: string
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Ctrl-C. */
  readonly interrupted: AbortSignal
  version(): VersionInfo
  /** `flags`: kubectl's own (global-flags.ts), as far as they were given. */
  connect(flags: FlagValues): Promise<Connection>
  /** The text of a local file. Throws a CommandError that names it. */
  read(file: string): Promise<string>
  /** Serves until interrupted; gives what is to be printed for the other two. */
  dashboard(asked: DashboardAsked, told: (line: string) => void): Promise<void>
}

export interface DashboardAsked {
  readonly what: 'serve' | 'url' | 'token'
  readonly port: number
  readonly rootPath: string
  readonly flags: FlagValues
}

interface VersionInfo {
  readonly version: string
  readonly node: string
  readonly platform: string
}

export function isOn(flags: FlagValues, name: string): boolean {
  return flags[name] === true
}

export function textOf(flags: FlagValues, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}
