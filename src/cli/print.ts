// How results are printed: with colours only where they are wanted, and as JSON or YAML for machines.
import { CommandError, isOn, textOf } from './command.ts'
import type { CliWorld, FlagValues } from './command.ts'

/** Colours are for terminals; `--no-color`, NO_COLOR and TERM=dumb switch them off there too. */
export function isColoured({ stdout, env }: CliWorld, flags: FlagValues): boolean {
  const refused = isOn(flags, 'no-color') || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  return stdout.isTerminal && !refused
}

/** The value as `--output` wants it; undefined when the flag was not given. */
export async function asData(value: unknown, flags: FlagValues): Promise<string | undefined> {
  const output = textOf(flags, 'output')
  switch (output) {
    case undefined:
      return undefined
    case 'json':
      return `${JSON.stringify(value, undefined, 4)}\n`
    case 'yaml':
      return (await import('../doors/yaml.ts')).printManifest(value)
    default:
      throw new CommandError(
        `invalid argument ${JSON.stringify(output)} for "--output" flag: use json or yaml`,
      )
  }
}

/** A number of a flag, or an error that says so. */
export function numberFlag(flags: FlagValues, name: string): number | undefined {
  const text = textOf(flags, name)
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new CommandError(`invalid argument ${JSON.stringify(text)} for "--${name}" flag: it must be a number`)
}
