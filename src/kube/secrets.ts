// Taking secrets out of what a server says. It may quote the object that it refuses, or one that stands: data of
// Secrets, what was last applied, variables called DB_PASSWORD, tokens in URLs and headers. What it says is shown in
// statuses, Events and logs, which more people may read.
import { isJsonObject, type Json } from '../std/json.ts'
import { asJson } from './object.ts'
import type { Write } from './write.ts'

const GONE = '[redacted]'
/** Of a text of somebody else's making, so much is looked at. */
const TEXT_MAX = 20_000
/** What is shorter says nothing, and would be found everywhere. */
const VALUE_MIN = 4
const LEVELS_MAX = 100

/** The last word of a name whose value is a secret: `clientSecret`, `DB_PASSWORD`, but not `secretName`. */
const WORDS =
  'passwords? passwd passphrase secrets? tokens? credentials? authorization ' +
  'api[-_]?keys? access[-_]?keys? private[-_]?keys?'
const NAME = `(?:${WORDS.replaceAll(' ', '|')})`
const SECRET_NAME = new RegExp(`${NAME}$`, 'i')

/** A quoted text, in JSON that may itself be quoted, some levels deep; one that was cut goes to the end. */
const QUOTED = String.raw`(\\*")(?:.*?(?<!\\)\2|.*$)`

/** In this order; each with what stands in its place. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(String.raw`(last-applied-configuration\\*"\s*:\s*)${QUOTED}`, 'gis'), `$1"${GONE}"`],
  [new RegExp(String.raw`(${NAME}\\*"\s*:\s*)${QUOTED}`, 'gis'), `$1"${GONE}"`],
  [
    new RegExp(
      String.raw`(name\\*"?\s*:\s*\\*"[^"\\]*${NAME}\\*"\s*,\s*\\*"?value\\*"?\s*:\s*)${QUOTED}`,
      'gis',
    ),
    `$1"${GONE}"`,
  ],
  [new RegExp(String.raw`((?:${NAME}|signature|sig)=)[^\s"'&,;]+`, 'gi'), `$1${GONE}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{4,}/gi, `$1 ${GONE}`],
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, GONE],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"']+@/gi, `$1${GONE}@`],
]

/** The data of a Secret that is quoted as a whole: nobody can say where it ends, so all that follows goes. */
const QUOTED_SECRET = /kind\\*"\s*:\s*\\*"Secret\\*"/
const SECRET_DATA = /(\\*"(?:data|stringData)\\*"\s*:\s*)\{.*/s
const ABOUT_SECRET = /\bsecrets? \\*"[^"]*" is (?:invalid|forbidden)/i
const INVALID_VALUE =
  /((?:Invalid|Unsupported|Duplicate) value: )(?:"(?:[^"\\]|\\.)*"?|\{.*\}|\[.*\]|[^\s:]+)/gs

/** The text without the secrets that the write carries, and without what looks like one. */
export function withoutSecrets(text: string, write?: Write): string {
  let clean = text.slice(0, TEXT_MAX)
  for (const secret of write === undefined ? [] : secretsIn(write)) {
    clean = clean.replaceAll(secret, GONE).replaceAll(JSON.stringify(secret).slice(1, -1), GONE)
  }
  const isAboutSecret = ABOUT_SECRET.test(clean) || (write !== undefined && isOfSecret(write))
  if (isAboutSecret) clean = clean.replace(INVALID_VALUE, `$1${GONE}`)
  if (isAboutSecret || QUOTED_SECRET.test(clean)) clean = clean.replace(SECRET_DATA, `$1${GONE}`)
  return PATTERNS.reduce((said, [pattern, instead]) => said.replace(pattern, instead), clean)
}

function isOfSecret(write: Write): boolean {
  return (write.verb === 'create' ? write.object.kind : write.target.kind.kind) === 'Secret'
}

/** Longest first: one may be the beginning of another. */
function secretsIn(write: Write): readonly string[] {
  const body = write.verb === 'create' ? asJson(write.object) : write.verb === 'patch' ? write.patch : null
  const found = new Set<string>()
  collect(body, { isSecret: false, inSecret: isOfSecret(write), levels: 0 }, found)
  return [...found].toSorted((a, b) => b.length - a.length)
}

interface Place {
  /** The value itself is one. */
  readonly isSecret: boolean
  /** Somewhere in an object of kind Secret. */
  readonly inSecret: boolean
  readonly levels: number
}

function collect(value: Json, place: Place, found: Set<string>): void {
  if (typeof value === 'string') {
    if (place.isSecret && value.length >= VALUE_MIN) found.add(value)
    return
  }
  if (place.levels > LEVELS_MAX || typeof value !== 'object' || value === null) return
  const below = { ...place, levels: place.levels + 1 }
  if (!isJsonObject(value)) return value.forEach(one => collect(one, below, found))
  const variable = value['name']
  for (const [name, part] of Object.entries(value)) {
    const isSecret =
      SECRET_NAME.test(name) ||
      (place.inSecret && (place.isSecret || name === 'data' || name === 'stringData')) ||
      (name === 'value' && typeof variable === 'string' && SECRET_NAME.test(variable)) ||
      name.endsWith('/last-applied-configuration')
    collect(part, { ...below, isSecret }, found)
  }
}
