// Columns padded to their widest cell and two blanks; the last one is not padded. A cell is one line: what follows its
// first is left out, as kubectl does.
import { paint, width } from './styled.ts'
import type { Span, Styled } from './styled.ts'

const GAP = 2

export function table(all: readonly (readonly Styled[])[], coloured = false): string {
  const rows = all.map(row => row.map(oneLine))
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

function oneLine(cell: Styled): Styled {
  return typeof cell === 'string' ? firstLine(cell) : cell.map(oneLineOf)
}

function oneLineOf(span: string | Span): string | Span {
  return typeof span === 'string' ? firstLine(span) : { ...span, text: firstLine(span.text) }
}

function firstLine(text: string): string {
  const end = text.search(/[\n\r\f]/)
  return end < 0 ? text : `${text.slice(0, end)}...`
}
