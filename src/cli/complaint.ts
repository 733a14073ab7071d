// Commander's complaints in kubectl's words, with the usage where it helps.
import type { CommanderError } from 'commander'
import type { Command } from './command.ts'
import { usageLine } from './help.ts'

interface Asked {
  readonly command: Command
  readonly program: string
}

export function complaint(error: CommanderError, { command, program }: Asked): string {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  switch (error.code) {
    case 'commander.unknownOption':
      return quoted.startsWith('--')
        ? `unknown flag: ${quoted.replace(/=.*$/, '')}`
        : `unknown shorthand flag: '${quoted.slice(1, 2)}' in ${quoted}`
    case 'commander.optionMissingArgument':
      return `flag needs an argument: ${/--[\w-]+/.exec(quoted)?.[0] ?? quoted}`
    case 'commander.missingArgument':
      return `${quoted} is missing\n${usageLine(program, command)}`
    case 'commander.excessArguments': {
      const count = command.args?.length ?? 0
      const expected = count === 1 ? '1 argument' : `${count} arguments`
      return `expected ${expected}, got more\n${usageLine(program, command)}`
    }
    default:
      return error.message.replace(/^error: /, '')
  }
}
