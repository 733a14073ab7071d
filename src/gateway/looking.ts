// Looking at live traffic from the main thread: the text of it, piece by piece, each asked for when the one before
// has been taken.
import type { LookAsked, LookPiece } from './history/looks.ts'
import type { ToThread } from './messages.ts'

export interface Looking {
  /** Ends when all is told, when `signal` aborts, or with the thread. */
  look(asked: LookAsked, signal: AbortSignal): AsyncGenerator<string>
  seen(piece: LookPiece): void
  /** The thread has ended. */
  end(): void
}

export function createLooking(send: (message: ToThread) => void): Looking {
  const waiting = new Map<number, (piece: LookPiece | undefined) => void>()
  let lastId = 0
  let hasEnded = false
  const next = (id: number, signal: AbortSignal): Promise<LookPiece | undefined> =>
    new Promise(resolve => {
      const done = (piece: LookPiece | undefined) => {
        signal.removeEventListener('abort', stop)
        waiting.delete(id)
        resolve(piece)
      }
      const stop = () => done(undefined)
      if (signal.aborted || hasEnded) return resolve(undefined)
      signal.addEventListener('abort', stop, { once: true })
      waiting.set(id, done)
    })
  return {
    async *look(asked, signal) {
      const id = ++lastId
      try {
        send({ type: 'look', id, asked })
        for (;;) {
          const piece = await next(id, signal)
          if (piece === undefined) return
          if (piece.text !== '') yield piece.text
          if (piece.isLast) return
          send({ type: 'look-more', id })
        }
      } finally {
        send({ type: 'look-away', id })
      }
    },
    seen: piece => waiting.get(piece.id)?.(piece),
    end() {
      hasEnded = true
      for (const done of waiting.values()) done(undefined)
    },
  }
}
