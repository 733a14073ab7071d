// Built-ins of texts: `trim`, `split`, `replace`, `indexOf` and so on. Places are places of bytes.
import type { Budget } from '../budget.ts'
import { byteLength, fromBytes, isAscii, joined, toBytes } from '../go-bytes.ts'
import { ANYS, BOOL, INT, STRING, STRINGS } from '../go-types.ts'
import { GoSlice, NOTHING, int, isList, typeName } from '../go-values.ts'
import type { GoValue } from '../go-values.ts'
import { refuse } from '../refusal.ts'
import { asText, toWhole } from '../run/conversion.ts'
import { signature, typed } from './builtin.ts'
import type { Entry, Work } from './builtin.ts'

const toText = signature([STRING], STRING)
const twoToText = signature([STRING, STRING], STRING)
const twoToInt = signature([STRING, STRING], INT)
const twoToBool = signature([STRING, STRING], BOOL)
const splitting = [signature([STRING, STRING], STRINGS), signature([STRING, STRING, INT], STRINGS)]
const replacing = [
  signature([STRING, STRING, STRING, INT], STRING),
  signature([STRING, STRING, STRING], STRING),
]
const joining = [
  signature([STRINGS, STRING], STRING),
  signature([ANYS, STRING], STRING),
  signature([ANYS], STRING),
  signature([STRINGS, STRING], STRING),
  signature([STRINGS], STRING),
]

/** Texts as they came, with their length paid for. */
function texts(args: readonly GoValue[], budget: Budget): string[] {
  const read = args.map(asText)
  for (const text of read) budget.spendText(text.length)
  return read
}

const SPACES = /^[\t\n\v\f\r \u0085\u00a0\p{Z}]+|[\t\n\v\f\r \u0085\u00a0\p{Z}]+$/gu

const trim: Work = (args, budget) => {
  const [text = '', characters] = texts(args, budget)
  if (characters === undefined) return text.replace(SPACES, '')
  budget.spend(text.length)
  const unwanted = new Set(characters)
  const all = [...text]
  const from = all.findIndex(one => !unwanted.has(one))
  const to = all.findLastIndex(one => !unwanted.has(one))
  return from < 0 ? '' : all.slice(from, to + 1).join('')
}

const trimPrefix: Work = (args, budget) => {
  const [text = '', prefix = ' '] = texts(args, budget)
  return text.startsWith(prefix) ? text.slice(prefix.length) : text
}

const trimSuffix: Work = (args, budget) => {
  const [text = '', suffix = ' '] = texts(args, budget)
  return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
}

/** Character by character, as Go: what would become two stays as it is. */
function inCase(convert: (character: string) => string): Work {
  return (args, budget) => {
    const [text = ''] = texts(args, budget)
    if (isAscii(text)) return convert(text)
    budget.spend(text.length)
    return Array.from(text, one => (convert(one).length === one.length ? convert(one) : one)).join('')
  }
}

/** In so many pieces at most; all of them when it is negative. */
function pieces(text: string, separator: string, most: number): string[] {
  if (most === 0) return []
  if (separator === '') {
    const all = [...text]
    return most < 0 || all.length <= most ? all : [...all.slice(0, most - 1), all.slice(most - 1).join('')]
  }
  const all = text.split(separator)
  return most < 0 || all.length <= most
    ? all
    : [...all.slice(0, most - 1), all.slice(most - 1).join(separator)]
}

function split(isKept: boolean): Work {
  return (args, budget) => {
    const [text = '', separator = ''] = texts(args.slice(0, 2), budget)
    const most = args.length > 2 ? Number(toWhole(args[2])) : -1
    const found = pieces(text, separator, most)
    budget.spend(found.length)
    const last = found.length - 1
    const items = isKept ? found.map((piece, at) => (at < last ? piece + separator : piece)) : found
    // Compat: none at all is a slice that is nil.
    return most === 0 ? new GoSlice(STRINGS, NOTHING) : new GoSlice(STRINGS, items)
  }
}

const replace: Work = (args, budget) => {
  const [text = '', old = '', by = ''] = texts(args.slice(0, 3), budget)
  const most = args.length > 3 ? Number(toWhole(args[3])) : -1
  if (old === by || most === 0) return text
  const parts = old === '' ? emptyPieces(text, most) : pieces(text, old, most < 0 ? -1 : most + 1)
  const length = text.length + parts.length * by.length
  budget.spendText(length)
  return budget.text(length > LONG ? tooLong() : joined(parts.join(by)))
}

const LONG = 16_000_000
const tooLong = (): never => refuse('memory budget exceeded')

/** Between all characters, before the first and behind the last. */
function emptyPieces(text: string, most: number): string[] {
  const all = ['', ...text, '']
  return most < 0 || all.length <= most + 1 ? all : [...all.slice(0, most), all.slice(most).join('')]
}

const MOST_REPEATED = 1_000_000

const repeat: Work = ([value, times], budget) => {
  const text = asText(value)
  const count = Number(toWhole(times))
  if (count < 0) refuse(`invalid argument for repeat (expected positive integer, got ${toWhole(times)})`)
  if (count > MOST_REPEATED) refuse('memory budget exceeded')
  budget.grow(byteLength(text) * count)
  return text.repeat(count)
}

const join: Work = ([list = null, glue = ''], budget) => {
  const between = asText(glue)
  if (!isList(list) && !(list instanceof GoSlice && list.type === STRINGS)) {
    return refuse(`invalid argument for join (type ${typeName(list)})`)
  }
  const items = (isList(list) ? list : (list.items as readonly GoValue[])).map(asText)
  const length = items.reduce((sum, one) => sum + one.length + between.length, 0)
  if (length > LONG) return tooLong()
  budget.spendText(length + items.length * 16)
  return joined(items.join(between))
}

/** A place among characters as one among bytes. */
function byteIndex(text: string, at: number): number {
  return at < 0 ? at : byteLength(text.slice(0, at))
}

const indexOf: Work = (args, budget) => {
  const [text = '', wanted = ''] = texts(args, budget)
  return int(byteIndex(text, text.indexOf(wanted)))
}

const lastIndexOf: Work = (args, budget) => {
  const [text = '', wanted = ''] = texts(args, budget)
  return int(byteIndex(text, text.lastIndexOf(wanted)))
}

/** Bytes that are coded at once: a multiple of three. */
const CODED = 3 * 4096

export function base64(bytes: readonly number[]): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += CODED)
    parts.push(btoa(String.fromCharCode(...bytes.slice(at, at + CODED))))
  return parts.join('')
}

const toBase64: Work = (args, budget) => {
  const [text = ''] = texts(args, budget)
  budget.spend(text.length * 2)
  return budget.text(base64(toBytes(text)))
}

const fromBase64: Work = (args, budget) => {
  const [text = ''] = texts(args, budget)
  budget.spend(text.length)
  const plain = text.replace(/[\r\n]/g, '')
  const isWellFormed = plain.length % 4 === 0 && /^[A-Za-z\d+/]*={0,2}$/.test(plain)
  if (!isWellFormed) return refuse(`illegal base64 data at input byte ${corruptAt(plain)}`)
  return fromBytes(Array.from(atob(plain), byte => byte.charCodeAt(0)))
}

const FOREIGN = /[^A-Za-z\d+/]/

/** Where Go finds it wrong. */
function corruptAt(text: string): number {
  for (let at = 0; at < text.length; at += 4) {
    const group = text.slice(at, at + 4)
    const padding = /={0,2}$/.exec(group)?.[0].length ?? 0
    const wrong = group.slice(0, 4 - padding).search(FOREIGN)
    if (wrong >= 0) return at + wrong
    if (group.length < 4) return at
    if (padding > 0 && at + 4 < text.length) return at + 4
  }
  return text.length
}

export const TEXT_BUILTINS: readonly Entry[] = [
  typed('trim', [toText, twoToText], trim),
  typed('trimPrefix', [twoToText, toText], trimPrefix),
  typed('trimSuffix', [twoToText, toText], trimSuffix),
  typed(
    'upper',
    [toText],
    inCase(one => one.toUpperCase()),
  ),
  typed(
    'lower',
    [toText],
    inCase(one => one.toLowerCase()),
  ),
  typed('split', splitting, split(false)),
  typed('splitAfter', splitting, split(true)),
  typed('replace', replacing, replace),
  typed('repeat', [signature([STRING, INT], STRING)], repeat),
  typed('join', joining, join),
  typed('indexOf', [twoToInt], indexOf),
  typed('lastIndexOf', [twoToInt], lastIndexOf),
  typed('hasPrefix', [twoToBool], (args, budget) => {
    const [text = '', prefix = ''] = texts(args, budget)
    return text.startsWith(prefix)
  }),
  typed('hasSuffix', [twoToBool], (args, budget) => {
    const [text = '', suffix = ''] = texts(args, budget)
    return text.endsWith(suffix)
  }),
  typed('toBase64', [toText], toBase64),
  typed('fromBase64', [toText], fromBase64),
]
