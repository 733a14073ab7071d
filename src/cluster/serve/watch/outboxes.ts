// What waits for the clients of all watches, under one budget. A client is handed a small piece, and the next one
// when it has taken that; what waits behind it are lines that everybody who waits for them shares. When all
// together are too much, whoever is furthest behind is cut: it hears why, and lists anew.
import type { Clock } from '../../../doors/clock.ts'
import { PIECE_BYTES } from '../write-answer.ts'

/** One event as its bytes. */
export interface Line {
  readonly parts: readonly Uint8Array[]
  readonly bytes: number
  /** Without those that are kept with a stored object anyway. */
  readonly ownBytes: number
}

/** The client's side: a response, or any other writable. */
interface Wire {
  write(chunks: readonly Uint8Array[], done: () => void): unknown
  end(done: () => void): unknown
  destroy(): unknown
}

interface Outbox {
  /** `isStored`: the line's object stands in the store or its history while it waits here. */
  push(line: Line, isStored: boolean): void
  /** Ends the wire when all that waits has been taken, or soon. */
  end(): void
  /** The client is gone. */
  drop(): void
}

export interface Outboxes {
  /** `cut` is called when this one is furthest behind; what it gives back is the client's last line. */
  open(wire: Wire, cut: () => Line): Outbox
  /** Of all together; shared bytes count once. */
  waitingBytes(): number
}

const ENTRY_BYTES = 16
const STEPS_BEFORE_TRIM = 1_000
/** For a client that has been told why, or whose time is up, to take what waits. */
const END_GRACE_MS = 10_000

interface Entry {
  readonly line: Line
  /** What of the line is held because of this entry. */
  readonly holds: 'all' | 'own' | 'nothing'
}

interface Box {
  readonly wire: Wire
  readonly cut: () => Line
  queue: (Entry | undefined)[]
  /** The first of the queue that waits, and how many of its bytes have been taken. */
  at: number
  taken: number
  /** Bytes that are held for it, shared ones too. */
  behind: number
  state: 'idle' | 'due' | 'writing'
  ending: 'no' | 'when taken' | 'over'
  whenOver?: () => void
}

interface Context {
  readonly boxes: Set<Box>
  readonly ledger: Ledger
  readonly clock: Clock
}

export function createOutboxes(budgetBytes: number, clock: Clock): Outboxes {
  const boxes = new Set<Box>()
  const ledger = createLedger()
  const context = { boxes, ledger, clock }
  return {
    open(wire, cut) {
      const box: Box = { wire, cut, queue: [], at: 0, taken: 0, behind: 0, state: 'idle', ending: 'no' }
      boxes.add(box)
      return {
        push(line, isStored) {
          if (box.ending !== 'no') return
          append(context, box, { line, holds: isStored ? 'own' : 'all' })
          while (ledger.total() > budgetBytes && cutSlowest(context)) continue
        },
        end: () => finish(context, box),
        drop: () => close(context, box),
      }
    },
    waitingBytes: ledger.total,
  }
}

interface Ledger {
  hold(entry: Entry): void
  release(entry: Entry): void
  total(): number
}

/** Counts what is held: each line once, however many wait for it. */
function createLedger(): Ledger {
  const holders = new Map<Line, { all: number; own: number }>()
  let total = 0
  const change = ({ line, holds }: Entry, by: 1 | -1) => {
    if (holds === 'nothing') return
    const counts = holders.get(line) ?? { all: 0, own: 0 }
    total -= heldBytes(line, counts)
    counts[holds] += by
    total += heldBytes(line, counts)
    if (counts.all + counts.own === 0) holders.delete(line)
    else holders.set(line, counts)
  }
  return {
    hold: entry => change(entry, 1),
    release: entry => change(entry, -1),
    total: () => total,
  }
}

function heldBytes(line: Line, { all, own }: { readonly all: number; readonly own: number }): number {
  const shared = all > 0 ? line.bytes : own > 0 ? line.ownBytes : 0
  return shared + (all + own) * ENTRY_BYTES
}

function costOf({ line, holds }: Entry): number {
  return (holds === 'all' ? line.bytes : holds === 'own' ? line.ownBytes : 0) + ENTRY_BYTES
}

function append(context: Context, box: Box, entry: Entry): void {
  box.queue.push(entry)
  box.behind += costOf(entry)
  context.ledger.hold(entry)
  if (box.state !== 'idle') return
  // What is pushed in one turn goes out together.
  box.state = 'due'
  process.nextTick(() => writePiece(context, box))
}

function writePiece(context: Context, box: Box): void {
  if (box.ending === 'over') return
  const piece = takePiece(context, box)
  if (piece.length > 0) {
    box.state = 'writing'
    box.wire.write(piece, () => writePiece(context, box))
    return
  }
  box.state = 'idle'
  if (box.ending === 'when taken') box.wire.end(() => close(context, box))
}

function takePiece({ ledger }: Context, box: Box): readonly Uint8Array[] {
  const chunks: Uint8Array[] = []
  let room = PIECE_BYTES
  for (let entry = box.queue[box.at]; room > 0 && entry !== undefined; entry = box.queue[box.at]) {
    const rest = entry.line.bytes - box.taken
    const size = Math.min(room, rest)
    chunks.push(...within(entry.line.parts, box.taken, size))
    room -= size
    box.taken += size
    if (size < rest) break
    ledger.release(entry)
    box.behind -= costOf(entry)
    step(box)
  }
  return chunks
}

/** The first of the queue is taken. */
function step(box: Box): void {
  box.queue[box.at] = undefined
  box.taken = 0
  box.at += 1
  if (box.at < STEPS_BEFORE_TRIM && box.at < box.queue.length) return
  box.queue = box.queue.slice(box.at)
  box.at = 0
}

/** So many bytes of the parts together, from one on. */
function within(parts: readonly Uint8Array[], from: number, size: number): Uint8Array[] {
  const found: Uint8Array[] = []
  let start = 0
  for (const part of parts) {
    const [begin, end] = [Math.max(from - start, 0), Math.min(from + size - start, part.length)]
    if (begin < end) found.push(part.subarray(begin, end))
    start += part.length
  }
  return found
}

/** Whoever has most before it loses that, and hears why. False: nobody waits for anything. */
function cutSlowest(context: Context): boolean {
  let slowest: Box | undefined
  for (const box of context.boxes) {
    if (box.ending === 'no' && box.behind > (slowest?.behind ?? 0)) slowest = box
  }
  if (slowest === undefined) return false
  cutOff(context, slowest)
  return true
}

/** The line that has been begun still comes whole. */
function cutOff(context: Context, box: Box): void {
  const last = box.cut()
  const begun = box.taken > 0 ? box.queue[box.at] : undefined
  release(context, box)
  const left = [...(begun === undefined ? [] : [begun.line]), last]
  box.queue = left.map(line => ({ line, holds: 'nothing' }))
  box.at = 0
  finish(context, box)
}

function release({ ledger }: Context, box: Box): void {
  for (const entry of box.queue) if (entry !== undefined) ledger.release(entry)
  box.queue = []
  box.behind = 0
}

function finish(context: Context, box: Box): void {
  if (box.ending !== 'no') return
  box.ending = 'when taken'
  if (box.state === 'idle') writePiece(context, box)
  void goneSoon(context, box)
}

async function goneSoon(context: Context, box: Box): Promise<void> {
  const over = new AbortController()
  box.whenOver = () => over.abort()
  if (box.ending !== 'over') await context.clock.sleepUntil(context.clock.now() + END_GRACE_MS, over.signal)
  if (box.ending === 'over') return
  box.wire.destroy()
  close(context, box)
}

function close(context: Context, box: Box): void {
  if (box.ending === 'over') return
  box.ending = 'over'
  release(context, box)
  context.boxes.delete(box)
  box.whenOver?.()
}
