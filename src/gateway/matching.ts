// Finds the route of a request in a table: hosts by name, then the routes of that host in the table's order.
import type { Asked } from './asked.ts'
import { normalPath } from './normal-path.ts'
import { foundPattern, pathPattern, wholePattern } from './pattern.ts'
import type { HeaderMatch, Route, RouteTable } from './routes/route.ts'
import { implicitHostOfAlias } from './routes/service.ts'

export interface Matcher {
  match(asked: Asked): Route | undefined
}

type Rule = { readonly route: Route; readonly applies: (asked: Asked) => boolean }

/** The routes of one host, in the order in which they are tried. */
interface HostRules {
  readonly rules: Rule[]
  /** Requests for it do not go to others of their kind for wider hosts. */
  isKept: boolean
}

export function createMatcher({ routes }: RouteTable): Matcher {
  const exact = new Map<string, HostRules>()
  const wildcards = new Map<string, HostRules>()
  const hostless = noRules()
  for (const one of routes) {
    const route = withNormalPath(one)
    const of = rulesFor(route)
    of.rules.push({ route, applies: ruleOf(route) })
    of.isKept ||= route.keepsHost === true
  }
  function rulesFor({ host }: Route): HostRules {
    if (host === '') return hostless
    const [known, key] = host.startsWith('*') ? [wildcards, host.slice(1)] : [exact, host]
    const rules = known.get(key) ?? noRules()
    known.set(key, rules)
    return rules
  }
  return {
    match(asked) {
      const own = exact.get(asked.host)
      const found = first(own, asked, false)
      if (found !== undefined) return found
      let isKept = own?.isKept ?? false
      for (const [suffix, rules] of wildcards) {
        if (!asked.host.endsWith(suffix) || asked.host.length <= suffix.length) continue
        const route = first(rules, asked, isKept)
        if (route !== undefined) return route
        isKept ||= rules.isKept
      }
      const alias = implicitHostOfAlias(asked.host)
      const implicit = alias === undefined ? undefined : first(exact.get(alias), asked, isKept)
      return implicit ?? first(hostless, asked, isKept)
    },
  }
}

function noRules(): HostRules {
  return { rules: [], isKept: false }
}

/** `isKept`: a narrower host than theirs keeps its requests for itself. */
function first(of: HostRules | undefined, asked: Asked, isKept: boolean): Route | undefined {
  return of?.rules.find(({ route, applies }) => !(isKept && route.keepsHost === true) && applies(asked))
    ?.route
}

/** Paths are compared in the form in which requests have them. */
function withNormalPath(route: Route): Route {
  const { how, value } = route.path
  const normal = how.startsWith('regex') || !value.startsWith('/') ? value : (normalPath(value) ?? value)
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
  if (how === 'regex-prefix') {
    const matches = foundPattern(pathPattern({ how, value }) ?? '')
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
    case 'query-present':
      return asked => asked.query(name) !== undefined
    case 'query-regex': {
      const matches = wholePattern(value)
      return asked => matches(asked.query(name), asked.work)
    }
    case 'cookie':
      return asked => cookieOf(asked.header('cookie'), name) === value
  }
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key = '', ...value] = pair.split('=')
    if (key.trim() === name) return value.join('=').trim()
  }
  return undefined
}
