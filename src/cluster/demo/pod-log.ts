// The log of one simulated pod: its newest lines, bounded, each with its time.
import type { Instant } from '../../std/instant.ts'

export interface LogLine {
  readonly at: Instant
  readonly text: string
}

export interface PodLog {
  add(text: string, at: Instant): void
  /** The lines from that number on (the first ever is 0), and the number of the next. */
  from(number: number): { readonly lines: readonly LogLine[]; readonly next: number }
}

const KEPT = 2000

export function podLog(): PodLog {
  const lines: LogLine[] = []
  let dropped = 0
  return {
    add(text, at) {
      lines.push({ text, at })
      if (lines.length <= 2 * KEPT) return
      dropped += KEPT
      lines.splice(0, KEPT)
    },
    from(number) {
      return { lines: lines.slice(Math.max(0, number - dropped)), next: dropped + lines.length }
    },
  }
}
