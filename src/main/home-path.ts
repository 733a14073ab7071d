// Where a Crossfade keeps what is its own, of whichever program of ours: CROSSFADE_HOME.
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The folder to use: CROSSFADE_HOME, else `~/.crossfade`. Whole, since the user pastes it into other shells. */
export function homePath(environment: Readonly<Record<string, string | undefined>>): string {
  return resolve(environment.CROSSFADE_HOME || join(homedir(), '.crossfade'))
}
