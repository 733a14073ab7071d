// A text that is redrawn in place on a terminal: only lines that changed are written, what does not fit is
// left out.
import type { SafeOutput } from './command.ts'

export interface Screen {
  draw(text: string): void
  /** Leaves the last drawing and puts the cursor below it. */
  leave(): void
}

const HIDE = '\x1b[?25l'
const SHOW = '\x1b[?25h'
const CLEAR = '\x1b[2J\x1b[H'
const CLEAR_REST_OF_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'
const RESET = '\x1b[0m'

const PIECES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m|[^]`, 'gu')

export function openScreen(output: SafeOutput): Screen {
  let before: readonly string[] | undefined
  let drawnFor = ''
  return {
    draw(text) {
      const { columns, rows } = output.size ?? { columns: 80, rows: 24 }
      const lines = fit(text.replace(/\n$/, '').split('\n'), rows - 1).map(line => cut(line, columns))
      const size = `${columns}x${rows}`
      if (size !== drawnFor) before = undefined
      output.draw(before === undefined ? `${HIDE}${CLEAR}${update([], lines)}` : update(before, lines))
      before = lines
      drawnFor = size
    },
    leave() {
      if (before !== undefined) output.draw(`${place(before.length)}${SHOW}`)
    },
  }
}

function update(before: readonly string[], lines: readonly string[]): string {
  const changed = lines.flatMap((line, i) =>
    line === before[i] ? [] : [`${place(i)}${line}${CLEAR_REST_OF_LINE}`],
  )
  const shorter = lines.length < before.length ? `${place(lines.length)}${CLEAR_BELOW}` : ''
  return changed.join('') + shorter
}

function place(line: number): string {
  return `\x1b[${line + 1};1H`
}

function fit(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines
  return [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} more lines`]
}

/** Cuts a line at the edge: escape sequences take no place. */
function cut(line: string, columns: number): string {
  let left = columns
  const kept = [...line.matchAll(PIECES)].filter(([piece]) => {
    if (piece.length > 2) return true
    left--
    return left >= 0
  })
  return left >= 0 ? line : `${kept.map(([piece]) => piece).join('')}${RESET}`
}
