// Help that reads like kubectl's: what it does, examples, flags, usage.
import type { Command, Flag } from './command.ts'
import { COMMANDS } from './commands.ts'
import { GLOBAL_FLAGS } from './global-flags.ts'

export function usageLine(program: string, command: Command): string {
  const args = (command.args ?? []).map(one => one.replace('...', ' ...'))
  return `Usage:\n  ${[program, ...command.path, ...args].join(' ')} [flags]`
}

export function commandHelp(program: string, command: Command): string {
  const aliases = [command.path.at(-1) ?? '', ...(command.aliases ?? [])]
  return sections([
    command.about ?? `${command.summary}.`,
    usageLine(program, command),
    aliases.length > 1 ? `Aliases:\n  ${aliases.join(', ')}` : '',
    examples(program, command),
    flagList('Flags:', [...(command.flags ?? []), HELP]),
    OPTIONS(program),
  ])
}

/** Of the program (an empty path), or of a word that has commands below it. */
export function groupHelp(program: string, path: readonly string[]): string {
  const below = COMMANDS.filter(one => path.every((word, i) => one.path[i] === word))
  const names = [...new Set(below.map(one => one.path[path.length] ?? ''))]
  const rows = names.map(name => {
    const one = below.find(each => each.path[path.length] === name && each.path.length === path.length + 1)
    const more = below.filter(each => each.path[path.length] === name).map(each => each.path.at(-1))
    return [name, one?.summary ?? `${GROUPS[name] ?? ''}: ${more.join(', ')}`] as const
  })
  const whole = [program, ...path].join(' ')
  return sections([
    path.length === 0 ? 'Watches and steers rollouts.' : `${GROUPS[path.at(-1) ?? ''] ?? ''}.`,
    `Usage:\n  ${whole} COMMAND [flags]`,
    `Available Commands:\n${columns(rows)}`,
    OPTIONS(program),
    `Use "${whole} COMMAND --help" for more about a command.`,
  ])
}

const OPTIONS = (program: string) => `Use "${program} options" for the flags that every command has.`

/** Those that `options` lists. */
export function globalFlagHelp(): string {
  return sections([flagList('These flags can be given to every command:', GLOBAL_FLAGS)])
}

const GROUPS: Readonly<Record<string, string>> = {
  create: 'Create objects',
  get: 'Show one object and all that belongs to it',
  list: 'List objects',
  retry: 'Try again',
  set: 'Change a rollout',
  terminate: 'Stop early',
}

const HELP: Flag = { name: 'help', short: 'h', kind: 'switch', about: 'Print this help' }

function examples(program: string, { examples: list = [] }: Command): string {
  if (list.length === 0) return ''
  return `Examples:\n${list.map(([what, line]) => `  # ${what}\n  ${program} ${line}`).join('\n\n')}`
}

function flagList(title: string, flags: readonly Flag[]): string {
  const rows = flags
    .filter(flag => flag.deprecated === undefined)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(flag => {
      const short = flag.short === undefined ? '    ' : `-${flag.short}, `
      const value = flag.value === undefined ? '' : ` ${flag.value}`
      return [`${short}--${flag.name}${value}`, `${flag.about}${defaultText(flag)}`] as const
    })
  return `${title}\n${columns(rows)}`
}

function defaultText({ default: value }: Flag): string {
  return value === undefined || value === '0s' || value === '0' ? '' : ` (default ${value})`
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, about]) => `  ${name.padEnd(width)}   ${about}`).join('\n')
}

function sections(parts: readonly string[]): string {
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}
