// What the text of a number means.
import { parseFloat64 } from '../go-floats.ts'
import { inRange, parseWhole } from '../go-integers.ts'
import { refuse } from '../refusal.ts'
import { quoted } from './characters.ts'
import type { Node } from './syntax.ts'

const BASES: readonly (readonly [prefix: string, name: string])[] = [
  ['0b', 'binary'],
  ['0o', 'octal'],
]

export function numberNode(token: string): Node {
  const text = token.replaceAll('_', '')
  const lower = text.toLowerCase()
  if (lower.startsWith('0x')) return prefixed(text, 'hex')
  if (/[.e]/.test(lower)) {
    const read = parseFloat64(text)
    if ('problem' in read)
      return refuse(`invalid float literal: ${parsing('ParseFloat', text)}${read.problem}`)
    return { kind: 'float', value: read.value }
  }
  const base = BASES.find(([prefix]) => lower.startsWith(prefix))
  if (base !== undefined) return prefixed(text, base[1])
  const read = parseWhole(text)
  if ('problem' in read) return refuse(`invalid integer literal: ${parsing('ParseInt', text)}${read.problem}`)
  return { kind: 'integer', value: read.value }
}

function prefixed(text: string, name: string): Node {
  const isNumber = /^0(?:x[0-9a-f]+|o[0-7]+|b[01]+)$/i.test(text)
  const read = isNumber ? inRange(BigInt(text.toLowerCase())) : { problem: 'invalid syntax' }
  if ('problem' in read) return refuse(`invalid ${name} literal: ${parsing('ParseInt', text)}${read.problem}`)
  return { kind: 'integer', value: read.value }
}

function parsing(reader: string, text: string): string {
  return `strconv.${reader}: parsing ${quoted(text)}: `
}
