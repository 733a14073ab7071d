// `options`: the flags that every command has.
import type { Call } from './command.ts'
import { globalFlagHelp } from './help.ts'

export async function run({ world }: Call): Promise<number> {
  world.stdout.write(globalFlagHelp())
  return 0
}
