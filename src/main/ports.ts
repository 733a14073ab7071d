// Which port a server of `crossfade start` gets: a usual one that is taken moves on to the next free one, and that is
// said; one that a flag names is that one, or a sentence.
import { StartError } from './home.ts'

export const USUAL_PORTS = { api: 6443, gateway: 8080, metrics: 8090, dashboard: 3100 } as const

export interface PortChoice {
  readonly flag: string
  readonly port: number
  /** Nobody asked for this very one. */
  readonly mayMove: boolean
}

/** So many ports above the usual one are tried, before any free one is taken. */
const NEIGHBOURS = 20

/** `open` rejects with the code EADDRINUSE or EACCES when the port cannot be had. */
export async function onPort<T>(
  { flag, port, mayMove }: PortChoice,
  open: (port: number) => Promise<T>,
): Promise<T> {
  if (!mayMove) return open(port).catch(taken(port, flag))
  for (let next = port; next <= port + NEIGHBOURS; next++) {
    try {
      return await open(next)
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  }
  return open(0).catch(taken(0, flag))
}

function isTaken(error: unknown): boolean {
  return ['EADDRINUSE', 'EACCES'].includes(codeOf(error))
}

function taken(port: number, flag: string): (error: unknown) => never {
  return error => {
    if (!isTaken(error)) throw error
    const why = codeOf(error) === 'EACCES' ? 'may not be opened by this user' : 'is in use by another program'
    throw new StartError(
      `port ${port} ${why}; choose another with ${typedFlag(flag)} NUMBER, or any free one with ${typedFlag(flag)} 0`,
    )
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? ''
}

/** As it is to be typed: npm keeps what stands before `--` to itself. */
export function typedFlag(flag: string): string {
  return process.env.npm_lifecycle_event === 'start' ? `npm start -- ${flag}` : flag
}

/** What is said of a server that is not at its usual port. */
export function movedNote(what: string, { flag, port, mayMove }: PortChoice, got: number): readonly string[] {
  if (!mayMove || got === port) return []
  return [`port ${port} is taken: ${what} is at ${got} (${typedFlag(flag)} NUMBER names another)`]
}
