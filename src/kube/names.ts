// The kinds of names that Kubernetes knows, each as a function: what is wrong with a text, or undefined.

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`)
const LABEL_ONLY = whole(LABEL)
const SUBDOMAIN_ONLY = whole(SUBDOMAIN)
const LABEL_1035_ONLY = whole(LABEL_1035)
const QUALIFIED_ONLY = whole(QUALIFIED)
const LABEL_VALUE_ONLY = whole(`(${QUALIFIED})?`)

const tooLong = (max: number) => `must be no more than ${max} bytes`

/** Only the shape: 253 characters, labels joined by dots. */
export function dns1123Subdomain(name: string): string | undefined {
  if (name.length > 253) return tooLong(253)
  if (SUBDOMAIN_ONLY.test(name)) return undefined
  return (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
    `and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`
  )
}

export function dns1123Label(name: string): string | undefined {
  if (name.length > 63) return tooLong(63)
  if (LABEL_ONLY.test(name)) return undefined
  return (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
    `with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`
  )
}

export function dns1035Label(name: string): string | undefined {
  if (name.length > 63) return tooLong(63)
  if (LABEL_1035_ONLY.test(name)) return undefined
  return (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is " +
    `'${LABEL_1035}')`
  )
}

/** RBAC's names: anything that can stand in a path. */
export function pathSegment(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be '${name}'`
  if (name.includes('/')) return "may not contain '/'"
  if (name.includes('%')) return "may not contain '%'"
  return undefined
}

/** Why nobody can ask for an object of that name; an empty namespace stands for all. */
export function unaskable({
  name,
  namespace = '',
}: {
  name: string
  namespace?: string
}): string | undefined {
  if (name === '') return 'resource name may not be empty'
  const [ofName, ofNamespace] = [pathSegment(name), pathSegment(namespace)]
  if (ofNamespace !== undefined) return `invalid namespace "${namespace}": [${ofNamespace}]`
  return ofName === undefined ? undefined : `invalid resource name "${name}": [${ofName}]`
}

/** A label key: `[prefix/]name`. */
export function qualifiedName(name: string): string | undefined {
  const slash = name.indexOf('/')
  const parts = name.split('/')
  if (parts.length > 2) {
    const example = "(e.g. 'example.com/MyName')"
    return `a qualified name ${qualifiedShape()} with an optional DNS subdomain prefix and '/' ${example}`
  }
  const prefix = slash < 0 ? undefined : name.slice(0, slash)
  if (prefix === '') return 'prefix part must be non-empty'
  const prefixProblem = prefix === undefined ? undefined : dns1123Subdomain(prefix)
  if (prefixProblem !== undefined) return `prefix part ${prefixProblem}`
  const last = parts.at(-1) as string
  if (last === '') return 'name part must be non-empty'
  if (last.length > 63) return `name part ${tooLong(63)}`
  return QUALIFIED_ONLY.test(last) ? undefined : `name part ${qualifiedShape()}`
}

export function labelValue(value: string): string | undefined {
  if (value.length > 63) return tooLong(63)
  if (LABEL_VALUE_ONLY.test(value)) return undefined
  return (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
    `and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation ` +
    `is '(${QUALIFIED})?')`
  )
}

function qualifiedShape(): string {
  return (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
    `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`
  )
}

/** What drawn names and hashes are spelt with: no vowels, so that they spell no words. */
export const SAFE_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

const NAME_MAX = 63
const DRAWN = 5

/** A `generateName` completed as Kubernetes does it; `draw` gives numbers in [0, 1). */
export function generatedName(prefix: string, draw: () => number): string {
  const letter = () => SAFE_LETTERS[Math.floor(draw() * SAFE_LETTERS.length)]
  return prefix.slice(0, NAME_MAX - DRAWN) + Array.from({ length: DRAWN }, letter).join('')
}
