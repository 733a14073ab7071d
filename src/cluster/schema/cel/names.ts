// Functions of cel-js that Kubernetes has otherwise go by another name in a rule's text before it is parsed, so that
// ours are called: `has` of any selection, `matches` by RE2, texts by characters, numbers as Go reads them.

const PREFIX = 'k8s_'
const GLOBAL: ReadonlySet<string> = new Set(['has', 'matches', 'duration', 'int'])
const MEMBER: ReadonlySet<string> = new Set(
  'matches indexOf lastIndexOf substring lowerAscii upperAscii trim split join'.split(' '),
)

/** Comments, texts in each of their forms, names, spaces, and what stands between. */
const TOKEN = new RegExp(
  [
    String.raw`\/\/[^\n]*`,
    String.raw`"""(?:\\[^]|(?!""")[^\\])*"""`,
    String.raw`'''(?:\\[^]|(?!''')[^\\])*'''`,
    String.raw`"(?:\\.|[^"\\\n])*"`,
    String.raw`'(?:\\.|[^'\\\n])*'`,
    String.raw`\w+`,
    String.raw`\s+`,
    '[^]',
  ].join('|'),
  'g',
)

interface Token {
  readonly text: string
  readonly isOurs: boolean
}

/** The rule with our functions' names in it. */
export function withOurNames(source: string): string {
  return tokensOf(source)
    .map(({ text, isOurs }) => (isOurs ? ourName(text) : text))
    .join('')
}

/** A place in what `withOurNames` makes of a rule, as a place in the rule itself. */
export function placeInSource(source: string, at: number): number {
  let place = at
  let read = 0
  for (const { text, isOurs } of tokensOf(source)) {
    if (isOurs && read < place) place -= PREFIX.length
    read += text.length
    if (read > place) break
  }
  return place
}

function tokensOf(source: string): readonly Token[] {
  const tokens = source.match(TOKEN) ?? []
  let before = ''
  return tokens.map((text, i) => {
    if (text.trim() === '' || text.startsWith('//')) return { text, isOurs: false }
    const isMember = before === '.'
    before = text
    return { text, isOurs: (isMember ? MEMBER : GLOBAL).has(text) && isCalled(tokens, i) }
  })
}

function isCalled(tokens: readonly string[], at: number): boolean {
  const next = tokens[at + 1]
  return next === '(' || (next?.trim() === '' && tokens[at + 2] === '(')
}

export function ourName(name: string): string {
  return PREFIX + name
}

/** A message with the names as the rule has them. */
export function withTheirNames(message: string): string {
  return message.replaceAll(PREFIX, '')
}
