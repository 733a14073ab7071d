// Texts of others without what is secret. A text can quote a secret in many ways: as it is, in JSON or in Go's quotes
// several levels deep, in a URL, on a page, as base64 among other bytes, line by line, or cut to a piece of it. Five
// stars take the place of each.
import { goUrlEscape } from './go/escape.ts'
import { goJson } from './go/json.ts'
import { goEscape } from './go/text.ts'
import { htmlText } from './html.ts'
import { bytesOf } from './utf8.ts'

export interface Hidden {
  add(secret: string): void
  /** Something to be told, 64 KiB of it at most: a piece of a secret has no business in it. */
  inMessage(text: string): string
  /** Something that was measured: what is short stands in it by chance. */
  inValue(text: string): string
  /** Of a text that was cut, so many characters at its end may be the beginning of a secret. */
  longest(): number
}

const STARS = '*****'

interface Least {
  readonly whole: number
  readonly part: number
}

const IN_MESSAGE: Least = { whole: 1, part: 4 }
const IN_VALUE: Least = { whole: 4, part: 6 }
const MESSAGE_MAX = 64 * 1024
const LEAST_PACKED = 6
/** Of a secret that somebody has cut, so many characters tell it from an ordinary word. */
const PIECE = 8
/** A larger one, a file as a rule, is looked for by traces of it: whatever shows one is hidden as a whole. */
const [LARGE, LARGE_IN_QUOTES] = [4096, 512]
const TRACES = 48
const TRACE = 12
/** Looks the same in JSON, in URLs and on pages. */
const PLAIN_TRACE = /[\w.-]{12}/g
const PARTS_MAX = 64

interface Forms {
  readonly plain: readonly string[]
  readonly packed: readonly string[]
  readonly traces: readonly string[]
}

export function createHidden(given: readonly string[] = []): Hidden {
  const secrets = new Set(given.filter(secret => secret !== ''))
  const known = new Map<Least, Forms>()
  const forms = (least: Least) => {
    const found = known.get(least) ?? formsOf([...secrets], least)
    known.set(least, found)
    return found
  }
  return {
    add(secret) {
      if (secret !== '') secrets.add(secret)
      known.clear()
    },
    inMessage(text) {
      const clean = withoutForms(text, forms(IN_MESSAGE)).slice(0, MESSAGE_MAX)
      return [...secrets].reduce(withoutPieces, clean)
    },
    inValue: text => withoutForms(text, forms(IN_VALUE)),
    longest: () => Math.max(0, ...forms(IN_VALUE).plain.map(form => form.length)),
  }
}

function formsOf(secrets: readonly string[], { whole, part }: Least): Forms {
  const small = secrets.filter(secret => !isLarge(secret))
  const wholes = unique(small.flatMap(secret => [secret, secret.trim()]))
  const texts = [
    ...wholes.filter(one => one.length >= whole),
    ...wholes.flatMap(partsOf).filter(one => one.length >= part),
  ]
  const packed = wholes.flatMap(one => [one, goUrlEscape(one, 'query')]).flatMap(packedForms)
  return {
    plain: byLength(texts.flatMap(quotedForms)),
    packed: byLength(packed.filter(one => one.length >= LEAST_PACKED)),
    traces: unique(secrets.filter(isLarge).flatMap(tracesOf)),
  }
}

function isLarge(secret: string): boolean {
  return secret.length > (QUOTABLE.test(secret) ? LARGE_IN_QUOTES : LARGE)
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter(text => text !== '')
}

/** The longest first: one may be part of another. */
function byLength(texts: readonly string[]): readonly string[] {
  return unique(texts).toSorted((a, b) => b.length - a.length)
}

/** Its lines, and what a URL that it is put into takes it apart to. */
function partsOf(secret: string): readonly string[] {
  const parts = secret.split(/[\n\r/?#@]+/)
  return parts.length < 2 ? [] : parts.slice(0, PARTS_MAX).map(part => part.trim())
}

/** From its beginning on, at even distances. */
function tracesOf(secret: string): readonly string[] {
  const step = Math.ceil(secret.length / TRACES)
  return Array.from({ length: TRACES }, (_, i) => i * step).flatMap(from => {
    const near = secret.slice(from, from + step)
    const [plain = near.slice(0, TRACE)] = near.match(PLAIN_TRACE) ?? []
    return [plain, ...packedForms(near.slice(0, 2 * TRACE))].filter(one => one.length >= PIECE)
  })
}

const inside = (quoted: string) => quoted.slice(1, -1)
const QUOTES: readonly ((text: string) => string)[] = [
  goEscape,
  text => inside(JSON.stringify(text)),
  text => inside(goJson(text)),
]

/** What quotes would change. */
const QUOTABLE = /[^\w %+,/:;=?@!#$()*.[\]^{|}~-]/

/** Quoted in what is quoted. */
function quotedForms(text: string): readonly string[] {
  const urls = (['query', 'path', 'user'] as const).map(part => goUrlEscape(text, part))
  const small = urls.map(url => url.replaceAll(/%[\dA-F]{2}/g, code => code.toLowerCase()))
  let forms = unique([text, htmlText(text), ...urls, ...small])
  for (let level = 0; level < 3; level++) {
    const quotable = forms.filter(form => QUOTABLE.test(form))
    forms = unique([...forms, ...quotable.flatMap(form => QUOTES.map(quote => quote(form)))])
  }
  return unique([...forms, ...forms.map(htmlText)])
}

/** What of its base64 is the same whatever stands around it, at each of the three places where it can begin. */
function packedForms(text: string): readonly string[] {
  const bytes = bytesOf(text)
  return [0, 1, 2].flatMap(before => {
    const packed = btoa('\0'.repeat(before) + bytes).replaceAll('=', '')
    const isWhole = (before + bytes.length) % 3 === 0
    const sure = packed.slice(before === 0 ? 0 : before + 1, isWhole ? undefined : -1)
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function withoutForms(text: string, { plain, packed, traces }: Forms): string {
  if (traces.some(trace => text.includes(trace))) return STARS
  const clean = packed.reduce(withoutPacked, text)
  return plain.reduce((said, form) => said.replaceAll(form, STARS), clean)
}

/** The letters beside it hold some bits of it too. */
const BESIDE = 2

function withoutPacked(text: string, form: string): string {
  let clean = ''
  let from = 0
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, from)) {
    let [start, end] = [at, at + form.length]
    while (start > from && at - start < BESIDE && isPacked(text, start - 1)) start--
    while (end - at - form.length < BESIDE && isPacked(text, end)) end++
    clean += text.slice(from, start) + STARS
    from = end
  }
  return clean + text.slice(from)
}

function isPacked(text: string, at: number): boolean {
  return /[\w+/=-]/.test(text[at] ?? '')
}

function withoutPieces(text: string, secret: string): string {
  if (secret.length < PIECE || isLarge(secret)) return text
  const pieces = new Set(
    Array.from({ length: secret.length - PIECE + 1 }, (_, i) => secret.slice(i, i + PIECE)),
  )
  let clean = ''
  let from = 0
  for (let at = 0; at + PIECE <= text.length; at++) {
    if (!pieces.has(text.slice(at, at + PIECE))) continue
    let end = at + PIECE
    while (pieces.has(text.slice(end - PIECE + 1, end + 1))) end++
    clean += text.slice(from, at) + STARS
    from = end
    at = end - 1
  }
  return clean + text.slice(from)
}
