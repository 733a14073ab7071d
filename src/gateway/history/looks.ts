// Who looks at live traffic: each is given a piece of text when it has taken the one before, so that slow readers
// hold nothing but their own. While somebody looks, changes are gathered for a quarter of a second; when nobody
// does, nothing is done.
import type { Clock } from '../../doors/clock.ts'
import { changesParts, snapshotParts, toldNow } from './lines.ts'
import type { Told, TrafficAsked, TrafficWorld } from './lines.ts'

export interface LookAsked extends TrafficAsked {
  /** Whether changes are told as well, for ever. */
  readonly isFollowing: boolean
}

/** A piece of the text; pieces end anywhere in it. */
export interface LookPiece {
  readonly id: number
  readonly text: string
  /** Nothing more will come. */
  readonly isLast: boolean
}

export interface Looks {
  /** Begins with all that there is. */
  look(id: number, asked: LookAsked): void
  /** The last piece has been taken. */
  more(id: number): void
  away(id: number): void
  close(): void
}

const GATHER_MS = 250
/** Of characters, at least; a piece is never much more. */
const PIECE_LENGTH = 32 * 1024
/** So many parts are work enough for one turn, however little text they have. */
const PARTS_MAX = 200

interface Look {
  readonly id: number
  readonly asked: LookAsked
  told: Told
  /** The line that is being sent. */
  line: Iterator<string> | undefined
  /** It has taken what it was sent. */
  isReady: boolean
}

export interface LooksOptions {
  readonly world: TrafficWorld
  readonly clock: Clock
  send(piece: LookPiece): void
}

export function createLooks({ world, clock, send }: LooksOptions): Looks {
  const looks = new Map<number, Look>()
  let isGathering = false
  const push = (look: Look): void => {
    if (!look.isReady || look.line === undefined) return
    const { text, isOver } = pieceOf(look.line)
    if (isOver) look.line = undefined
    // Nothing has changed.
    if (text === '' && isOver && look.asked.isFollowing) return
    look.isReady = false
    const isLast = isOver && !look.asked.isFollowing
    if (isLast) looks.delete(look.id)
    send({ id: look.id, text, isLast })
  }
  const gather = async (): Promise<void> => {
    if (isGathering) return
    isGathering = true
    while (looks.size > 0) {
      await clock.sleepUntil(clock.now() + GATHER_MS, NEVER)
      for (const look of looks.values()) {
        if (!look.isReady || look.line !== undefined) continue
        const { told } = look
        look.told = toldNow(world)
        look.line = changesParts(world, look.asked, { told, now: clock.now() })
        push(look)
      }
    }
    isGathering = false
  }
  return {
    look(id, asked) {
      const line = snapshotParts(world, asked, clock.now())
      const look = { id, asked, told: toldNow(world), line, isReady: true }
      looks.set(id, look)
      push(look)
      if (asked.isFollowing) void gather()
    },
    more(id) {
      const look = looks.get(id)
      if (look === undefined) return
      look.isReady = true
      push(look)
    },
    away: id => void looks.delete(id),
    close: () => looks.clear(),
  }
}

const NEVER = new AbortController().signal

function pieceOf(line: Iterator<string>): { readonly text: string; readonly isOver: boolean } {
  let text = ''
  for (let parts = 0; text.length < PIECE_LENGTH && parts < PARTS_MAX; parts++) {
    const next = line.next()
    if (next.done === true) return { text, isOver: true }
    text += next.value
  }
  return { text, isOver: false }
}
