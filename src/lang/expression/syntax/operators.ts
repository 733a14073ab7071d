// Which operator binds how strongly.

interface Binary {
  readonly precedence: number
  readonly isRight?: true
}

const at = (precedence: number, operators: string): readonly (readonly [string, Binary])[] =>
  operators.split(' ').map(operator => [operator, { precedence }] as const)

export const BINARY: ReadonlyMap<string, Binary> = new Map([
  ...at(0, '|'),
  ...at(10, '|| or'),
  ...at(15, '&& and'),
  ...at(20, '== != < > <= >= in matches contains startsWith endsWith'),
  ...at(25, '..'),
  ...at(30, '+ -'),
  ...at(60, '* / %'),
  ['**', { precedence: 100, isRight: true }],
  ['^', { precedence: 100, isRight: true }],
  ...at(500, '??'),
])

export const UNARY: ReadonlyMap<string, number> = new Map([
  ['not', 50],
  ['!', 50],
  ['-', 90],
  ['+', 90],
])

/** They can stand in a row: `1 < x < 5`. */
export const COMPARISONS: ReadonlySet<string> = new Set(['<', '>', '<=', '>='])

/** A `not` may stand before them. */
export const NEGATABLE: ReadonlySet<string> = new Set(['in', 'matches', 'contains', 'startsWith', 'endsWith'])

type Argument = 'value' | 'predicate' | 'predicate?' | 'value?'

/** The built-ins that look at each element of a list, with what they want between their brackets. */
export const PREDICATE_ARGUMENTS: ReadonlyMap<string, readonly Argument[]> = new Map([
  ...[
    'all',
    'none',
    'any',
    'one',
    'filter',
    'map',
    'find',
    'findIndex',
    'findLast',
    'findLastIndex',
    'groupBy',
  ].map((name): [string, readonly Argument[]] => [name, ['value', 'predicate']]),
  ['count', ['value', 'predicate?']],
  ['sum', ['value', 'predicate?']],
  ['sortBy', ['value', 'predicate', 'value?']],
  ['reduce', ['value', 'predicate', 'value?']],
])
