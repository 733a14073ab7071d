// Finds the route of a request in a table: hosts by name, then the routes of that host in the table's order.
import type { Asked } from './asked.ts'
import { normalPath } from './normal-path.ts'
import { foundPattern, wholePattern } from './pattern.ts'
import type { HeaderMatch, Route, RouteTable } from './routes/route.ts'
import { implicitHostOfAlias } from './routes/service.ts'

export interface Matcher {
  match(asked: Asked): Route | undefined
}

type Rule = { readonly route: Route; readonly applies: (asked: Asked) => boolean }

export function createMatcher({ routes }: RouteTable): Matcher {
  const exact = new Map<string, Rule[]>()
  const wildcards: { readonly suffix: string; readonly rules: Rule[] }[] = []
  const hostless: Rule[] = []
  for (const one of routes) {
    const route = withNormalPath(one)
    rulesFor(route).push({ route, applies: ruleOf(route) })
  }
  function rulesFor({ host }: Route): Rule[] {
    if (host === '') return hostless
    if (!host.startsWith('*')) {
      const rules = exact.get(host) ?? []
      exact.set(host, rules)
      return rules
    }
    const known = wildcards.find(one => one.suffix === host.slice(1))
    if (known !== undefined) return known.rules
    const added = { suffix: host.slice(1), rules: [] }
    wildcards.push(added)
    return added.rules
  }
  const first = (rules: readonly Rule[] | undefined, asked: Asked) =>
    rules?.find(rule => rule.applies(asked))?.route
  return {
    match(asked) {
      const found = first(exact.get(asked.host), asked)
      if (found !== undefined) return found
      for (const { suffix, rules } of wildcards) {
        const below = asked.host.endsWith(suffix) && asked.host.length > suffix.length
        const route = below ? first(rules, asked) : undefined
        if (route !== undefined) return route
      }
      const alias = implicitHostOfAlias(asked.host)
      const implicit = alias === undefined ? undefined : first(exact.get(alias), asked)
      return implicit ?? first(hostless, asked)
    },
  }
}

/** Paths are compared in the form in which requests have them. */
function withNormalPath(route: Route): Route {
  const { how, value } = route.path
  const normal = how === 'regex' || !value.startsWith('/') ? value : (normalPath(value) ?? value)
  return normal === value ? route : { ...route, path: { how, value: normal } }
}

function ruleOf(route: Route): (asked: Asked) => boolean {
  const path = pathRule(route.path)
  const headers = route.headers.map(headerRule)
  const { methods } = route
  return asked =>
    path(asked) &&
    (methods === undefined || methods.includes(asked.method)) &&
    headers.every(rule => rule(asked))
}

function pathRule({ how, value }: Route['path']): (asked: Asked) => boolean {
  if (how === 'exact') return ({ path }) => path === value
  if (how === 'text-prefix') return ({ path }) => path.startsWith(value)
  if (how === 'regex') {
    const matches = wholePattern(value)
    return asked => matches(asked.path, asked.work)
  }
  const folder = value.endsWith('/') ? value : `${value}/`
  return ({ path }) => path.startsWith(folder) || path === value || `${path}/` === folder
}

function headerRule({ name, how, value }: HeaderMatch): (asked: Asked) => boolean {
  switch (how) {
    case 'exact':
      return asked => asked.header(name) === value
    case 'present':
      return asked => asked.header(name) !== undefined
    case 'absent':
      return asked => asked.header(name) === undefined
    case 'regex': {
      const matches = wholePattern(value)
      return asked => matches(asked.header(name), asked.work)
    }
    case 'regex-search': {
      const matches = foundPattern(value)
      return asked => matches(asked.header(name), asked.work)
    }
    case 'query':
      return asked => asked.query(name) === value
    case 'query-regex': {
      const matches = wholePattern(value)
      return asked => matches(asked.query(name), asked.work)
    }
    case 'cookie':
      return asked => cookieOf(asked.header('cookie'), name) === value
  }
}

export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key = '', ...value] = pair.split('=')
    if (key.trim() === name) return value.join('=').trim()
  }
  return undefined
}
