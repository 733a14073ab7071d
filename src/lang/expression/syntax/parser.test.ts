// How texts become nodes: what binds how, and what is no expression.
import { describe, expect, test } from 'vitest'
import { BUILTIN_NAMES } from '../builtins/builtins.ts'
import { attempt } from '../refusal.ts'
import { parse } from './parser.ts'
import type { Node } from './syntax.ts'

/** With a bracket around whatever has an operator. */
function shown(node: Node): string {
  switch (node.kind) {
    case 'binary':
      return `(${shown(node.left)} ${node.operator} ${shown(node.right)})`
    case 'unary':
      return `(${node.operator}${shown(node.operand)})`
    case 'conditional':
      return `(${shown(node.condition)} ? ${shown(node.yes)} : ${shown(node.no)})`
    case 'identifier':
      return node.name
    case 'integer':
    case 'float':
    case 'bool':
      return String(node.value)
    case 'string':
      return `"${node.value}"`
    case 'builtin':
      return `${node.name}(${node.args.map(shown).join(', ')})`
    case 'predicate':
      return shown(node.body)
    case 'pointer':
      return `#${node.name}`
    default:
      return node.kind
  }
}

const read = (text: string) => {
  const parsed = attempt(() => parse(text, BUILTIN_NAMES))
  return 'problem' in parsed ? parsed.problem : shown(parsed.value)
}

describe('operators', () => {
  test.each([
    ['a + b * c', '(a + (b * c))'],
    ['a - b - c', '((a - b) - c)'],
    ['2 ** 3 ** 2', '(2 ** (3 ** 2))'],
    ['-2 ** 2', '(-(2 ** 2))'],
    ['not a in b', '((nota) in b)'],
    ['a not in b', '(not(a in b))'],
    ['a + 1 not in b', '(not((a + 1) in b))'],
    ['1 < a < 3', '((1 < a) && (a < 3))'],
    ['a or b and c', '(a or (b and c))'],
    ['a ?? b ?? c', '((a ?? b) ?? c)'],
    ['a ? b : c ? d : e', '(a ? b : (c ? d : e))'],
    ['a ?: b', '(a ? a : b)'],
    ['1..2 + 1', '(1 .. (2 + 1))'],
    ['a | len() == 1', '(len(a) == 1)'],
    ['if a { 1 } else if b { 2 } else { 3 }', '(a ? 1 : (b ? 2 : 3))'],
    ['filter(a, # > 1)', 'filter(a, (# > 1))'],
  ])('%s is %s', (text, nodes) => expect(read(text)).toBe(nodes))
})

describe('what is no expression is told by the token that does not fit', () => {
  test.each([
    ['', 'unexpected token EOF'],
    ['a b', 'unexpected token Identifier("b")'],
    ['1 not 2', 'unexpected token Number("2")'],
    ['a = 1', 'unexpected token Operator("=")'],
    ['[1, 2', 'unexpected token EOF'],
    ['"a', 'literal not terminated'],
    ['/* a', 'unclosed comment'],
    ['# > 1', 'unexpected token Operator("#")'],
    ['map(a)', 'expected at least 2 arguments'],
    ['a ?? b + 1', 'Operator (+) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.'],
    ['0b12', 'bad number syntax: "0b12"'],
    ['0x', 'invalid hex literal: strconv.ParseInt: parsing "0x": invalid syntax'],
  ])('%s', (text, problem) => expect(read(text)).toBe(problem))
  test('only as far as the parser came', () => expect(read('a ) ~')).toBe('unexpected token Bracket(")")'))
})

describe('brackets and the like', () => {
  test.each([
    ['(', 'true', ')', 50_000],
    ['[', '', ']', 9000],
    ['!', 'true', '', 9000],
    ['true ? ', 'true', ' : false', 3000],
    ['{a: ', '1', '}', 3000],
    ['if true { ', '1', ' } else { 2 }', 3000],
    ['let a = (', '1', '); 1', 1],
    ['all([1], ', 'true', ')', 2000],
  ])('%s are no matter of the stack', (open, inside, close, times) => {
    const text = open.repeat(times) + inside + close.repeat(times)
    expect('value' in attempt(() => parse(text, BUILTIN_NAMES))).toBe(true)
  })
  test('beyond what anybody writes they are refused', () => {
    expect(read('('.repeat(1_000_000))).toBe('expression nests deeper than 60000 levels')
    expect(read('1 + '.repeat(100_000))).toBe('compilation failed: expression exceeds maximum allowed nodes')
  })
})

describe('literals', () => {
  test.each([
    [String.raw`"\u{1F600}\u{61}"`, '"😀a"'],
    [String.raw`"\u{110000}"`, 'unable to unescape string'],
    [String.raw`"\U00110000"`, 'unable to unescape string'],
    [String.raw`"\400"`, 'unable to unescape string'],
    [String.raw`"\u{}"`, 'invalid char escape'],
    [String.raw`b"\u0041"`, 'unable to unescape string'],
    [String.raw`B"\x41"`, 'bytes'],
    ['"a\rb"', '"a\nb"'],
    ['`a``b`', '"a`b"'],
    ['`a``', 'literal not terminated'],
    ['a.1.5', 'unexpected token Number(".1.5")'],
    ['.5.v', 'bad number syntax: ".5.v"'],
    ['.0x1F', 'invalid float literal: strconv.ParseFloat: parsing ".0x1F": invalid syntax'],
    ['all(a, ##)', 'unexpected token Operator("##")'],
    ['a.', 'unexpected end of expression'],
  ])('%j is %s', (text, nodes) => expect(read(text)).toBe(nodes))
})
