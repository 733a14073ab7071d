// Percent-encoding as Go's net/url does it: which bytes are escaped depends on the part of a URL that they stand in.
import { goQuote } from './text.ts'
import { bytesOf, textOf } from '../utf8.ts'

export type UrlPart = 'path' | 'host' | 'user' | 'query'

const PLAIN = /[A-Za-z0-9\-_.~]/
const ALSO_PLAIN: Readonly<Record<UrlPart, RegExp>> = {
  path: /[$&+,/:;=@]/,
  host: /[!$&'()*+,;=:[\]<>"]/,
  user: /[$&+,;=]/,
  query: /(?!)/,
}

function isEscaped(byte: string, part: UrlPart): boolean {
  return !PLAIN.test(byte) && !ALSO_PLAIN[part].test(byte)
}

/** url.PathEscape, QueryEscape and their kin, by the part. */
export function goUrlEscape(text: string, part: UrlPart): string {
  let escaped = ''
  for (const byte of bytesOf(text)) {
    if (byte === ' ' && part === 'query') escaped += '+'
    else escaped += isEscaped(byte, part) ? percent(byte) : byte
  }
  return escaped
}

function percent(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

export type Unescaped = { readonly value: string } | { readonly problem: string }

export function goUrlUnescape(text: string, part: UrlPart): Unescaped {
  const bad = /%(?![\da-f]{2})[\s\S]{0,2}/i.exec(text)
  if (bad !== null) return { problem: `invalid URL escape ${goQuote(bad[0])}` }
  if (part === 'host') {
    const ascii = /%(?!25)[0-7][\da-f]/i.exec(text)
    if (ascii !== null) return { problem: `invalid URL escape ${goQuote(ascii[0])}` }
    const wrong = [...text].find(one => one < '\x80' && one !== '%' && isEscaped(one, part))
    if (wrong !== undefined) return { problem: `invalid character ${goQuote(wrong)} in host name` }
  }
  const spaced = part === 'query' ? text.replaceAll('+', ' ') : text
  const bytes = bytesOf(spaced).replaceAll(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  )
  return { value: textOf(bytes) }
}

/** Whether a path may stand as it was written. */
export function isEncodedPath(text: string): boolean {
  return [...bytesOf(text)].every(byte => /[!$&'()*+,;=:@[\]%]/.test(byte) || !isEscaped(byte, 'path'))
}

/** A form's body: sorted by name, as url.Values.Encode. */
export function goForm(fields: Readonly<Record<string, string>>): string {
  return Object.keys(fields)
    .toSorted()
    .map(name => `${goUrlEscape(name, 'query')}=${goUrlEscape(fields[name] ?? '', 'query')}`)
    .join('&')
}
