// Completion: what may come next on a command line that is being typed. Asked by kubectl and by the shells' scripts
// (completion.ts); whatever goes wrong, and whatever takes longer than a moment, offers nothing.
import { following } from '../doors/following.ts'
import { ANALYSIS_RUN, EXPERIMENT, NAMESPACE, ROLLOUT } from '../kube/kinds.ts'
import type { Kind } from '../kube/object.ts'
import type { Rollout } from '../api/rollout.ts'
import { addressed, wordsAfter } from './command-line.ts'
import type { CallWorld, Command, Connection, FlagValues } from './command.ts'
import { GLOBAL_FLAGS } from './global-flags.ts'

const PATIENCE_MS = 1500
const NAMES_MAX = 500

const KINDS: Readonly<Record<string, Kind>> = {
  ROLLOUT_NAME: ROLLOUT,
  EXPERIMENT_NAME: EXPERIMENT,
  ANALYSISRUN_NAME: ANALYSIS_RUN,
}

/** `words`: those that stand, and the one that is being typed. */
export async function candidates(words: readonly string[], world: CallWorld): Promise<readonly string[]> {
  const part = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const { path, command, rest } = addressed(before)
  const starting = (names: readonly string[]) => names.filter(name => name.startsWith(part)).toSorted()
  const last = before.at(-1) ?? ''
  if (last === '-n' || last === '--namespace') return starting(await named(world, before, allOf(NAMESPACE)))
  if (part.startsWith('-')) return starting(flagsOf(command))
  if (command === undefined) return rest.some(one => !one.startsWith('-')) ? [] : starting(wordsAfter(path))
  const deeper = wordsAfter(path).filter(word => word !== '')
  const given = argumentsIn(rest, command)
  const kind = KINDS[(command.args?.[0] ?? '').replace('...', '')]
  const isMore = command.args?.at(-1)?.endsWith('...') === true
  if (command.path.join(' ') === 'set image' && given.length > 0)
    return starting(await named(world, before, containersOf(given[0] ?? '')))
  if (kind === undefined || (given.length > 0 && !isMore)) return starting(deeper)
  return starting(await named(world, before, allOf(kind)))
}

/** Neither flags nor their values. */
function argumentsIn(words: readonly string[], { flags = [] }: Command): readonly string[] {
  const taking = [...flags, ...GLOBAL_FLAGS].filter(flag => flag.kind !== 'switch')
  const takes = (word: string) =>
    taking.some(({ name, short }) => word === `--${name}` || word === `-${short}`)
  return words.filter((word, i) => !word.startsWith('-') && !takes(words[i - 1] ?? ''))
}

function flagsOf(command: Command | undefined): readonly string[] {
  return [...(command?.flags ?? []), ...GLOBAL_FLAGS]
    .filter(flag => flag.deprecated === undefined)
    .map(flag => `--${flag.name}`)
}

type Ask = (connection: Connection) => Promise<readonly string[]>

function allOf(kind: Kind): Ask {
  return async ({ client, namespace }) => {
    const { items } = await client.list(kind, kind.namespaced ? { namespace } : {})
    return items.slice(0, NAMES_MAX).map(one => one.metadata.name)
  }
}

function containersOf(name: string): Ask {
  return async ({ client, namespace }) => {
    const { spec } = (await client.get({ kind: ROLLOUT, namespace, name })) as Rollout
    return (spec.template?.spec.containers ?? []).map(one => `${one.name}=`)
  }
}

/** With the namespace and the kubeconfig that the line names already. */
async function named(world: CallWorld, before: readonly string[], ask: Ask): Promise<readonly string[]> {
  const enough = following(world.interrupted)
  const late = world.clock.sleepUntil(world.clock.now() + PATIENCE_MS, enough.signal).then(() => [])
  try {
    return await Promise.race([world.connect(globalsIn(before)).then(ask), late])
  } catch {
    return []
  } finally {
    enough.abort()
  }
}

function globalsIn(words: readonly string[]): FlagValues {
  const found: Record<string, string> = {}
  for (const { name, short, kind } of GLOBAL_FLAGS) {
    if (kind !== 'text') continue
    const at = words.findIndex(word => word === `--${name}` || (short !== undefined && word === `-${short}`))
    const joined = words.find(word => word.startsWith(`--${name}=`))
    const value = joined?.slice(name.length + 3) ?? (at < 0 ? undefined : words[at + 1])
    if (value !== undefined) found[name] = value
  }
  return found
}
