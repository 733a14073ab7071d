// `--watch` of a tree: drawn anew when something changed, at most five times a second; once a second on a
// terminal, where ages count on. Into a pipe goes a whole text at each change.
import type { Cache } from '../kube/cache.ts'
import type { PlannedWatch } from '../runtime/mirror/watches.ts'
import type { Instant } from '../std/instant.ts'
import type { CallWorld, Connection } from './command.ts'
import { openLive } from './live.ts'
import type { Live } from './live.ts'
import { openScreen } from './screen.ts'

export interface Following {
  readonly watches: readonly PlannedWatch[]
  readonly timeoutMs?: number
  /** Undefined when what is followed is not there (any more). */
  render(cache: Cache, now: Instant): string | undefined
}

const SHORTEST_MS = 200
const LONGEST_MS = 1000

/** Goes on until interrupted, until the time is over, or until what is followed has gone. */
export async function follow(world: CallWorld, connection: Connection, following: Following): Promise<void> {
  const end = following.timeoutMs === undefined ? Infinity : world.clock.now() + following.timeoutMs
  const live = openLive(world, connection, following.watches)
  const show = world.stdout.isTerminal ? onScreen(world, following) : intoPipe(world, following)
  try {
    await live.ready
    await showAll(world, live, { show: show.draw, end })
  } finally {
    show.leave()
    live.stop()
  }
}

interface Showing {
  /** False when there is nothing to show. */
  show(cache: Cache, now: Instant): boolean
  readonly end: Instant
}

async function showAll(world: CallWorld, live: Live, { show, end }: Showing): Promise<void> {
  const { clock, interrupted } = world
  while (!interrupted.aborted && clock.now() < end && show(live.cache, clock.now())) {
    const drawnAt = clock.now()
    await clock.sleepUntil(Math.min(drawnAt + SHORTEST_MS, end), interrupted)
    await live.sleep(Math.min(drawnAt + LONGEST_MS, end))
  }
}

function onScreen(world: CallWorld, { render }: Following) {
  const screen = openScreen(world.stdout)
  const draw = (cache: Cache, now: Instant): boolean => {
    const text = render(cache, now)
    if (text !== undefined) screen.draw(text)
    return text !== undefined
  }
  return { draw, leave: () => screen.leave() }
}

function intoPipe(world: CallWorld, { render }: Following) {
  const begun = world.clock.now()
  let before: string | undefined
  const draw = (cache: Cache, now: Instant): boolean => {
    const timeless = render(cache, begun)
    const text = render(cache, now)
    if (text === undefined || timeless === undefined) return false
    if (timeless !== before) world.stdout.write(before === undefined ? text : `\n${text}`)
    before = timeless
    return true
  }
  return { draw, leave: () => {} }
}
