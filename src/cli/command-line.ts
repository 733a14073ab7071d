// Which command a command line addresses, and its flags as kubectl's users write them, made ready for
// commander.
import { CommandError } from './command.ts'
import type { Command, Flag } from './command.ts'
import { COMMANDS } from './commands.ts'
import { GLOBAL_FLAGS } from './global-flags.ts'

export interface Addressed {
  /** The words that name the command, as its path has them. */
  readonly path: readonly string[]
  /** Undefined when the words name none: `get`, or nothing at all. */
  readonly command: Command | undefined
  /** Everything but those words. */
  readonly rest: readonly string[]
}

/** Flags may stand before the words that name the command: only kubectl's own can. */
export function addressed(args: readonly string[]): Addressed {
  let path: readonly string[] = []
  const rest: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    const next = arg.startsWith('-') ? undefined : extended(path, arg)
    if (next === undefined) {
      rest.push(arg)
      if (!arg.startsWith('-')) return { path, command: undefined, rest: [...rest, ...args.slice(i + 1)] }
      if (takesNext(arg) && i + 1 < args.length) rest.push(args[++i] as string)
      continue
    }
    path = next
    const command = COMMANDS.find(one => one.path.join(' ') === path.join(' '))
    const after = args[i + 1]
    if (after !== undefined && !after.startsWith('-') && extended(path, after) !== undefined) continue
    if (command !== undefined) return { path, command, rest: [...rest, ...args.slice(i + 1)] }
  }
  return { path, command: undefined, rest }
}

/** The path with one more word, if there are commands under it. */
function extended(path: readonly string[], word: string): readonly string[] | undefined {
  const at = path.length
  const below = COMMANDS.filter(one => path.every((each, i) => one.path[i] === each))
  const found = below.find(one => one.path[at] === word || (one.path.length === at + 1 && isAlias(one, word)))
  return found === undefined ? undefined : found.path.slice(0, at + 1)
}

/** The words that may follow: commands, or words with commands below them. */
export function wordsAfter(path: readonly string[]): readonly string[] {
  const below = COMMANDS.filter(one => path.every((each, i) => one.path[i] === each))
  return [...new Set(below.map(one => one.path[path.length] ?? ''))]
}

function isAlias(command: Command, word: string): boolean {
  return command.aliases?.includes(word) ?? false
}

function takesNext(arg: string): boolean {
  return GLOBAL_FLAGS.some(
    flag => flag.kind !== 'switch' && (arg === `--${flag.name}` || arg === `-${flag.short}`),
  )
}

/** `--watch=false` is how kubectl's users switch a switch off; commander knows it as `--no-watch`. */
export function withSwitchesSpelledOut(args: readonly string[], flags: readonly Flag[]): string[] {
  const end = args.indexOf('--')
  return args.map((arg, i) => {
    const [, name = '', value = ''] = /^(--?[\w-]+)=(.*)$/s.exec(arg) ?? []
    const flag = flags.find(
      one => one.kind === 'switch' && (name === `--${one.name}` || name === `-${one.short}`),
    )
    if (flag === undefined || (end >= 0 && i > end)) return arg
    if (/^(true|1|t)$/i.test(value)) return `--${flag.name}`
    if (/^(false|0|f)$/i.test(value)) return opposite(flag.name)
    throw new CommandError(`invalid argument "${value}" for "${shown(flag)}" flag: use true or false`)
  })
}

function opposite(name: string): string {
  return name.startsWith('no-') ? `--${name.slice('no-'.length)}` : `--no-${name}`
}

function shown({ name, short }: Flag): string {
  return short === undefined ? `--${name}` : `-${short}, --${name}`
}
