// Traefik's rules, such as Host(`web.test`) && (PathPrefix(`/a`) || Header(`x`, `y`)): read into alternatives, each a
// list of conditions that must all hold.

export interface Condition {
  readonly name: string
  readonly values: readonly string[]
}

type Alternatives = readonly (readonly Condition[])[]

const TEXT_MAX = 4000
const ALTERNATIVES_MAX = 64
const NESTED_MAX = 50
const TOKEN = /\s*(&&|\|\||[!(),]|[A-Za-z]+|`[^`]*`|"(?:[^"\\]|\\.)*")/y

export function alternativesIn(rule: string): Alternatives | { readonly problem: string } {
  if (rule.length > TEXT_MAX) return { problem: `its rule is longer than ${TEXT_MAX} characters` }
  const tokens = tokensIn(rule)
  if (tokens === undefined) return { problem: 'its rule cannot be read' }
  return new Reading(tokens).whole()
}

function tokensIn(rule: string): readonly string[] | undefined {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  for (let at = 0; at < rule.trimEnd().length; at = TOKEN.lastIndex) {
    const [, token] = TOKEN.exec(rule) ?? []
    if (token === undefined) return undefined
    tokens.push(token)
  }
  return tokens
}

class Reading {
  private at = 0
  private problem: string | undefined
  private readonly tokens: readonly string[]

  constructor(tokens: readonly string[]) {
    this.tokens = tokens
  }

  whole(): Alternatives | { readonly problem: string } {
    const found = this.either(0)
    if (this.problem === undefined && this.at < this.tokens.length) this.fail('its rule cannot be read')
    return this.problem === undefined ? found : { problem: this.problem }
  }

  private either(depth: number): Alternatives {
    const all = [...this.both(depth)]
    while (this.takes('||')) all.push(...this.both(depth))
    return this.bounded(all)
  }

  private both(depth: number): Alternatives {
    let all = this.one(depth)
    while (this.takes('&&')) {
      const more = this.one(depth)
      all = this.bounded(all.flatMap(left => more.map(right => [...left, ...right])))
    }
    return all
  }

  private one(depth: number): Alternatives {
    if (this.takes('!')) return this.fail('a rule with ! is not played')
    if (depth > NESTED_MAX) return this.fail('its rule has too many brackets')
    if (this.takes('(')) {
      const inner = this.either(depth + 1)
      return this.takes(')') ? inner : this.fail('its rule cannot be read')
    }
    const name = this.tokens[this.at++] ?? ''
    if (!/^[A-Za-z]+$/.test(name) || !this.takes('(')) return this.fail('its rule cannot be read')
    const values: string[] = []
    do values.push(unquoted(this.tokens[this.at++] ?? ''))
    while (this.takes(','))
    return this.takes(')') ? [[{ name, values }]] : this.fail('its rule cannot be read')
  }

  private takes(token: string): boolean {
    if (this.problem !== undefined || this.tokens[this.at] !== token) return false
    this.at++
    return true
  }

  private bounded(all: Alternatives): Alternatives {
    return all.length > ALTERNATIVES_MAX ? this.fail('its rule has too many alternatives') : all
  }

  private fail(problem: string): Alternatives {
    this.problem ??= problem
    return []
  }
}

function unquoted(token: string): string {
  return token.slice(1, -1)
}
