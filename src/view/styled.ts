// Text with colours as data, so that widths are counted on what is seen; and its print, plain or for a
// terminal. Control characters in it come from objects: they are shown, and lines stay lines.
import { printableText } from '../std/printable.ts'
import type { Colour } from './words.ts'
import { colourOf } from './words.ts'

export interface Span {
  readonly text: string
  readonly colour?: Colour
}

/** A piece of a line. A string is text in the terminal's own colour. */
export type Styled = string | readonly (string | Span)[]

const CODES: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, blue: 94 }

/** An icon or a tag in its own colour. */
export function word(text: string): Span {
  const colour = colourOf(text)
  return colour === undefined ? { text } : { text, colour }
}

export function joined(parts: readonly (string | Span)[], separator: string): (string | Span)[] {
  return parts.flatMap((part, i) => (i === 0 ? [part] : [separator, part]))
}

export function paint(styled: Styled, coloured: boolean): string {
  if (typeof styled === 'string') return shown(styled)
  return styled.map(span => paintSpan(span, coloured)).join('')
}

function paintSpan(span: string | Span, coloured: boolean): string {
  if (typeof span === 'string') return shown(span)
  const text = shown(span.text)
  return coloured && span.colour !== undefined ? `\x1b[${CODES[span.colour]}m${text}\x1b[0m` : text
}

function shown(text: string): string {
  return printableText(text).replaceAll('\t', '^I')
}

/** In characters as people count them roughly: code points. */
export function width(styled: Styled): number {
  return [...paint(styled, false)].length
}
