// One reflector at play: performs the effects of reflector.ts against a Client and a store, and feeds it what
// came back.
import { asKubeError } from '../../kube/errors.ts'
import type { KubeError } from '../../kube/errors.ts'
import { refOf, resourceName } from '../../kube/object.ts'
import type { Kind } from '../../kube/object.ts'
import { unreachable } from '../../std/assert.ts'
import type { Clock } from '../../doors/clock.ts'
import type { Log } from '../../doors/log.ts'
import type { Random } from '../../doors/random.ts'
import type { Client } from '../network/client.ts'
import { STARTING, step } from './reflector.ts'
import type { ReflectorEffect, ReflectorInput, ReflectorState } from './reflector.ts'
import type { Change, Store } from './store.ts'
import type { PlannedWatch } from './watches.ts'

export interface ReflectingOptions {
  readonly client: Client
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
  /** After the store has changed. */
  readonly onChange: (change: Change) => void
  /** A kind's first list is complete, or the kind has gone. */
  readonly onKind: (kind: Kind) => void
  readonly onTrouble?: (kind: Kind, error: KubeError) => void
}

export interface Reflector {
  readonly watch: PlannedWatch
  feed(input: ReflectorInput): void
  isAbsent(): boolean
  /** Ends the request under way; called once, when the signal aborts. */
  stop(): void
}

/** One request of the reflector; aborted when it goes on to another. */
interface Request {
  readonly turn: number
  readonly signal: AbortSignal
}

/** The version of the kind that the server has, once discovered. */
interface Found {
  version: Kind
}

const PAGE = 500
/** Without a reason of ours, each abort would make an exception with its stack. */
const GONE_ON = 'gone on'

/** `settled` is called whenever the kind has become complete, absent or forbidden. */
export function createReflector(
  options: ReflectingOptions,
  watch: PlannedWatch,
  settled: () => void,
): Reflector {
  let state: ReflectorState = STARTING
  let request = new AbortController()
  const found: Found = { version: watch.kind }

  const reflector: Reflector = {
    watch,
    isAbsent: () => state.place.at === 'absent',
    stop: () => request.abort(),
    feed(input) {
      if (options.signal.aborted) return
      const stepped = step(state, input, options.clock.now())
      if (stepped.state.turn !== state.turn) {
        request.abort(GONE_ON)
        request = new AbortController()
      }
      state = stepped.state
      const own = { turn: state.turn, signal: request.signal }
      for (const effect of stepped.effects) {
        if (isRequest(effect)) void ask(options, reflector, { effect, found, ...own })
        else keep(options, watch, { effect, settled, found })
      }
    },
  }
  return reflector
}

type Asked = Extract<ReflectorEffect, { type: 'discover' | 'list' | 'watch' | 'wake' }>
type Kept = Exclude<ReflectorEffect, Asked>

function isRequest(effect: ReflectorEffect): effect is Asked {
  return ['discover', 'list', 'watch', 'wake'].includes(effect.type)
}

async function ask(
  options: ReflectingOptions,
  reflector: Reflector,
  request: Request & { effect: Asked; found: Found },
): Promise<void> {
  try {
    reflector.feed(await performed(options, reflector, request))
  } catch (error) {
    reflector.feed({ type: 'failed', turn: request.turn, error: asKubeError(error) })
  }
}

async function performed(
  { client, clock, random, store }: ReflectingOptions,
  { watch, feed }: Reflector,
  { effect, found, turn, signal }: Request & { effect: Asked; found: Found },
): Promise<ReflectorInput> {
  const { selection } = watch
  const kind = found.version
  switch (effect.type) {
    case 'discover': {
      const served = await bestServed(client, watch)
      found.version = served ?? watch.kind
      return { type: 'served', turn, yes: served !== undefined }
    }
    case 'list': {
      const page = { limit: PAGE, ...(effect.continue === undefined ? {} : { continue: effect.continue }) }
      return { type: 'page', turn, page: await client.list(kind, selection, effect.paged ? page : undefined) }
    }
    case 'watch':
      for await (const event of client.watch(kind, selection, { from: effect.from, signal })) {
        const known = 'object' in event && store.get(refOf(kind, event.object)) !== undefined
        feed({ type: 'event', turn, event, known })
        if (signal.aborted) break
      }
      return { type: 'ended', turn }
    case 'wake':
      await clock.sleepUntil(clock.now() + effect.inMs * (1 + random.next() / 4), signal)
      return { type: 'woken', turn }
    default:
      return unreachable(effect)
  }
}

/** The version that was chosen; else the one that the server keeps its objects in; else the first of ours. */
async function bestServed(client: Client, watch: PlannedWatch): Promise<Kind | undefined> {
  const { kind, others = [], isChosen } = watch
  const served: Kind[] = []
  for (const version of [kind, ...others]) if (await client.serves(version)) served.push(version)
  if (served.length < 2 || (isChosen && served[0] === kind)) return served[0]
  for (const version of served) if (await client.stores(version)) return version
  return served[0]
}

/** The effects on the copy itself, and what is said about trouble. */
function keep(
  options: ReflectingOptions,
  { kind, optional }: PlannedWatch,
  { effect, settled, found }: { effect: Kept; settled: () => void; found: Found },
): void {
  const { store, onChange, onKind, log } = options
  const tell = (changes: readonly (Change | undefined)[]) =>
    changes.forEach(change => change !== undefined && onChange(change))
  switch (effect.type) {
    case 'begin':
      return store.beginList(found.version)
    case 'put':
      return tell([store.put(kind, effect.object)])
    case 'remove':
      return tell([store.remove(kind, effect.object)])
    case 'reached':
      return store.reached(kind, effect.version)
    case 'complete': {
      const first = !store.has(kind)
      tell(store.endList(kind, effect.version))
      if (first) onKind(kind)
      return settled()
    }
    case 'forget': {
      const had = store.has(kind)
      tell(store.forget(kind))
      if (had) onKind(kind)
      if (!optional) log.warn('the server does not have a kind that we need; waiting for it', named(kind))
      return settled()
    }
    case 'troubled':
      tellTrouble(options, kind, effect)
      if (effect.error.reason === 'Forbidden') return forbid(options, kind, settled)
      return
    default:
      return unreachable(effect)
  }
}

function tellTrouble(
  { onTrouble, log }: ReflectingOptions,
  kind: Kind,
  { error, inMs }: Extract<Kept, { type: 'troubled' }>,
): void {
  onTrouble?.(kind, error)
  const { reason, message } = error
  log.warn('a watch failed', { ...named(kind), reason, error: message, againInMs: Math.round(inMs) })
}

/** A copy that we have is kept. */
function forbid({ store, onKind }: ReflectingOptions, kind: Kind, settled: () => void): void {
  if (store.has(kind) || store.isForbidden(kind)) return
  store.forbid(kind)
  onKind(kind)
  settled()
}

function named(kind: Kind): { kind: string } {
  return { kind: resourceName(kind) }
}
