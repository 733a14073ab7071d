// Columns padded to their widest cell and two blanks; the last one is not padded.
import { paint, width } from './styled.ts'
import type { Styled } from './styled.ts'

const GAP = 2

export function table(rows: readonly (readonly Styled[])[], coloured = false): string {
  const columns = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map(row => width(row[i] ?? ''))))
  const line = (row: readonly Styled[]) =>
    row
      .map((cell, i) => {
        const padding = i === row.length - 1 ? 0 : (widths[i] ?? 0) + GAP - width(cell)
        return paint(cell, coloured) + ' '.repeat(padding)
      })
      .join('')
  return rows.map(row => `${line(row)}\n`).join('')
}
