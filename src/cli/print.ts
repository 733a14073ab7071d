// How results are printed: with colours only where they are wanted, and as JSON or YAML for machines.
import { CommandError, isOn, textOf } from './command.ts'
import type { CliWorld, FlagValues } from './command.ts'

/** Colours are for terminals; `--no-color`, NO_COLOR and TERM=dumb switch them off there too. */
export function isColoured({ stdout, env }: CliWorld, flags: FlagValues): boolean {
  const refused = isOn(flags, 'no-color') || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  return stdout.isTerminal && !refused
}

/** Whether `-o wide` asks for more columns. */
export function isWide(flags: FlagValues): boolean {
  return textOf(flags, 'output') === 'wide'
}

/** The value as `--output` wants it; undefined when it is to be printed for people. */
export async function asData(value: unknown, flags: FlagValues): Promise<string | undefined> {
  const output = textOf(flags, 'output')
  switch (output) {
    case undefined:
    case 'wide':
      return undefined
    case 'json':
      return `${printableJson(value)}\n`
    case 'yaml':
      return (await import('../doors/yaml.ts')).printManifest(value)
    default:
      throw new CommandError(
        `invalid argument ${JSON.stringify(output)} for "--output" flag: use json, yaml or wide`,
      )
  }
}

/** JSON leaves those control characters as they are that have the eighth bit, and DEL. */
function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 4).replace(/\p{Cc}/gu, character =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A number of a flag, or an error that says so. */
export function numberFlag(flags: FlagValues, name: string): number | undefined {
  const text = textOf(flags, name)
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new CommandError(`invalid argument ${JSON.stringify(text)} for "--${name}" flag: it must be a number`)
}
