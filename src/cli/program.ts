// The command line of `kubectl argo rollouts`: finds the command, has commander read its flags and arguments,
// runs it. The one call that programs make is runRollouts.
import { Command as Parser, CommanderError, Option } from 'commander'
import { KubeError } from '../kube/errors.ts'
import { KubeconfigError } from '../runtime/network/kubeconfig-error.ts'
import { printableText } from '../std/printable.ts'
import { addressed, wordsAfter, withSwitchesSpelledOut } from './command-line.ts'
import { CommandError } from './command.ts'
import type {
  Call,
  CallWorld,
  CliWorld,
  Command,
  Connection,
  Flag,
  FlagValues,
  Output,
  SafeOutput,
} from './command.ts'
import { GLOBAL_FLAGS } from './global-flags.ts'

/** Runs one command line (without the program's name) and gives the exit status: 0 or 1. */
export async function runRollouts(args: readonly string[], outside: CliWorld): Promise<number> {
  const world = { ...outside, stdout: safe(outside.stdout), stderr: safe(outside.stderr) }
  try {
    if (args[0] === '__complete') return await complete(args.slice(1), world)
    const { path, command, rest } = addressed(args)
    if (command === undefined) return await runGroup(path, rest, world)
    return await runCommand(command, rest, world)
  } catch (error) {
    if (!isTold(error)) throw error
    world.stderr.write(`Error: ${isUnreachable(error) ? unreachable(error) : error.message}\n`)
    if (error instanceof CommandError && error.meant !== undefined && world.stderr.isTerminal) {
      const { suggestion } = await import('./suggest.ts')
      world.stderr.write(suggestion(error.meant.wanted, error.meant.names) ?? '')
    }
    return 1
  }
}

/** What stands behind the word is no command line yet: nothing of it is read as flags. */
async function complete(args: readonly string[], world: CallWorld): Promise<number> {
  const { candidates } = await import('./complete.ts')
  const found = await candidates(args, world)
  // As cobra writes it down: no files; and after `container=` no space, since its image follows.
  const directive = found.some(one => one.endsWith('=')) ? ':6' : ':4'
  world.stdout.write(`${[...found, directive].join('\n')}\n`)
  return 0
}

function safe(output: Output): SafeOutput {
  return {
    write: text => output.write(printableText(text)),
    draw: text => output.write(text),
    isTerminal: output.isTerminal,
    get size() {
      return output.size ?? { columns: 80, rows: 24 }
    },
  }
}

function isTold(error: unknown): error is Error {
  return error instanceof CommandError || error instanceof KubeError || error instanceof KubeconfigError
}

function isUnreachable(error: Error): boolean {
  return error instanceof KubeError && error.reason === 'Unreachable'
}

function unreachable({ message }: Error): string {
  const help = 'Is it running? KUBECONFIG, --context and --server say where it is.'
  return `the API server can not be reached: ${message}\n${help}`
}

/** A word with commands below it: alone it prints what these are. */
async function runGroup(path: readonly string[], rest: readonly string[], world: CallWorld): Promise<number> {
  const whole = [world.program, ...path].join(' ')
  const unknown = rest.find(one => one !== '-h' && one !== '--help')
  if (unknown !== undefined) {
    const what = unknown.startsWith('-')
      ? `unknown flag: ${unknown}`
      : `unknown command "${unknown}" for "${whole}"`
    const names = unknown.startsWith('-') ? GLOBAL_FLAGS.map(flag => `--${flag.name}`) : wordsAfter(path)
    throw new CommandError(`${what}\nRun '${whole} --help' for usage.`, { wanted: unknown, names })
  }
  const { groupHelp } = await import('./help.ts')
  world.stdout.write(groupHelp(world.program, path))
  return 0
}

async function runCommand(command: Command, args: readonly string[], world: CallWorld): Promise<number> {
  const known = [...(command.flags ?? []), ...GLOBAL_FLAGS]
  const end = args.indexOf('--')
  if (args.some((arg, i) => (arg === '-h' || arg === '--help') && (end < 0 || i < end))) {
    const { commandHelp } = await import('./help.ts')
    world.stdout.write(commandHelp(world.program, command))
    return 0
  }
  const parser = parserOf(command, known)
  await parse(parser, withSwitchesSpelledOut(args, known), { command, world })
  const flags = flagValues(known, parser.opts())
  warnOfDeprecated(command, { args, flags, world })
  const { run } = await command.load()
  let connection: Promise<Connection> | undefined
  const call: Call = { args: parser.args, flags, world, connect: () => (connection ??= world.connect(flags)) }
  try {
    return await run(call)
  } catch (error) {
    if (!isTold(error) || !world.stderr.isTerminal || connection === undefined) throw error
    const { suggestedObject } = await import('./suggest.ts')
    const suggested = await suggestedObject(command, call, error)
    if (suggested === undefined) throw error
    world.stderr.write(`Error: ${error.message}\n${suggested}`)
    return 1
  }
}

/** Commander neither prints nor exits by itself: what is wrong is thrown. */
function parserOf(command: Command, flags: readonly Flag[]): Parser {
  const parser = new Parser(command.path.join(' '))
    .exitOverride()
    .helpOption(false)
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
  for (const name of command.args ?? []) parser.argument(`<${name}>`)
  for (const flag of flags) for (const option of optionsOf(flag)) parser.addOption(option)
  return parser
}

function optionsOf({ name, short, kind }: Flag): Option[] {
  const spelled = `${short === undefined ? '' : `-${short}, `}--${name}`
  switch (kind) {
    case 'text':
      return [new Option(`${spelled} <value>`)]
    case 'list':
      return [
        new Option(`${spelled} <value>`).argParser((text, before?: string[]) => [...(before ?? []), text]),
      ]
    default:
      return name.startsWith('no-')
        ? [new Option(spelled)]
        : [new Option(spelled), new Option(`--no-${name}`)]
  }
}

interface Asked {
  readonly command: Command
  readonly world: CallWorld
}

async function parse(parser: Parser, args: readonly string[], { command, world }: Asked): Promise<void> {
  try {
    parser.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const { complaint } = await import('./complaint.ts')
    const wanted = /'(--[\w-]+)/.exec(error.message)?.[1]
    const names = [...(command.flags ?? []), ...GLOBAL_FLAGS].map(flag => `--${flag.name}`)
    throw new CommandError(
      complaint(error, { command, program: world.program }),
      wanted !== undefined && error.code === 'commander.unknownOption' ? { wanted, names } : undefined,
    )
  }
}

function flagValues(known: readonly Flag[], given: Readonly<Record<string, unknown>>): FlagValues {
  return Object.fromEntries(known.map(flag => [flag.name, valueOf(flag, given)])) as FlagValues
}

/** Commander files `--no-color` under `color`. */
function valueOf(flag: Flag, given: Readonly<Record<string, unknown>>): unknown {
  if (flag.name.startsWith('no-')) return given[camelCase(flag.name.slice('no-'.length))] === false
  return given[camelCase(flag.name)] ?? flag.default
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

interface Used {
  readonly args: readonly string[]
  readonly flags: FlagValues
  readonly world: CallWorld
}

function warnOfDeprecated(command: Command, { args, flags, world }: Used): void {
  for (const { name, short, deprecated } of command.flags ?? []) {
    if (deprecated === undefined || flags[name] !== true) continue
    const isShort = short !== undefined && args.some(arg => new RegExp(`^-\\w*${short}`).test(arg))
    if (isShort) world.stderr.write(`Flag shorthand -${short} has been deprecated, ${deprecated}\n`)
    world.stderr.write(`Flag --${name} has been deprecated, ${deprecated}\n`)
  }
}
