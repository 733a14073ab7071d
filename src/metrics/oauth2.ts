// OAuth2 client credentials as Go has them: a token for each measurement, asked for with the login in a header, and
// where that is refused with the login in the form.
import type { Metric } from '../api/metric.ts'
import { HttpError } from '../doors/http.ts'
import { followed } from '../doors/outgoing/followed.ts'
import { basicLogin } from '../doors/outgoing/hop.ts'
import type { Answered, Hop, RoundTrip } from '../doors/outgoing/hop.ts'
import { goForm, goUrlEscape, goUrlUnescape } from '../std/go/escape.ts'
import { goJsonProblem } from '../std/go/json-problem.ts'
import { goQuote } from '../std/go/text.ts'
import { readUrl } from '../std/go/url.ts'
import type { Hidden } from '../std/hidden.ts'
import { isJsonObject, parseJson } from '../std/json.ts'
import { text } from '../std/json-parts.ts'

type Authentication = NonNullable<NonNullable<Metric['provider']['web']>['authentication']>
type OAuth2 = NonNullable<Authentication['oauth2']>

const TOKEN_MAX = 1024 * 1024

/** Undefined: there is nothing to say against it. */
export function oauth2Problem({ tokenUrl = '', clientId = '', clientSecret = '' }: OAuth2 = {}):
  | string
  | undefined {
  if (tokenUrl === '' || (clientId !== '' && clientSecret !== '')) return undefined
  return 'missing mandatory parameter in metric for OAuth2 setup'
}

/** The same way, with a token on each request; the way itself where none is asked for. */
export function withToken(roundTrip: RoundTrip, oauth2: OAuth2 = {}, hidden: Hidden): RoundTrip {
  if ((oauth2.tokenUrl ?? '') === '') return roundTrip
  let login: Promise<Token> | undefined
  return async (hop, signal) => {
    const { type, token } = await (login ??= tokenOf(roundTrip, oauth2, signal))
    hidden.add(token)
    return roundTrip({ ...hop, headers: { ...hop.headers, Authorization: `${type} ${token}` } }, signal)
  }
}

async function tokenOf(roundTrip: RoundTrip, oauth2: OAuth2, signal: AbortSignal): Promise<Token> {
  const inHeader = await asked(roundTrip, tokenRequest(oauth2, true), signal)
  const outcome = 'token' in inHeader ? inHeader : await asked(roundTrip, tokenRequest(oauth2, false), signal)
  if ('token' in outcome) return outcome
  throw outcome.error
}

interface Token {
  readonly type: string
  readonly token: string
}

type Outcome = Token | { readonly error: HttpError }

function tokenRequest(
  { tokenUrl = '', clientId = '', clientSecret = '', scopes = [] }: OAuth2,
  inHeader: boolean,
): Hop {
  const read = readUrl(tokenUrl)
  if ('problem' in read) throw new HttpError('EINVALID', read.problem)
  const login: Record<string, string> = inHeader ? {} : { client_id: clientId, client_secret: clientSecret }
  const scope: Record<string, string> = scopes.length === 0 ? {} : { scope: scopes.join(' ') }
  const header = basicLogin(goUrlEscape(clientId, 'query'), goUrlEscape(clientSecret, 'query'))
  return {
    method: 'POST',
    url: read.url,
    headers: {
      ...(inHeader ? { Authorization: header } : {}),
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: goForm({ grant_type: 'client_credentials', ...scope, ...login }),
  }
}

async function asked(roundTrip: RoundTrip, hop: Hop, signal: AbortSignal): Promise<Outcome> {
  try {
    return await readToken(await followed(roundTrip, hop, signal))
  } catch (error) {
    if (error instanceof HttpError) return { error }
    throw error
  }
}

async function readToken(answer: Answered): Promise<Outcome> {
  const fail = (message: string): Outcome => ({ error: new HttpError('ETOKEN', `oauth2: ${message}`) })
  const body = await answer.text(TOKEN_MAX)
  const isFailure = answer.status < 200 || answer.status > 299
  const refused = fail(`cannot fetch token: ${answer.statusText}\nResponse: ${body}`)
  const [type = ''] = (answer.headers['content-type'] ?? '').toLowerCase().split(';')
  const isForm = ['application/x-www-form-urlencoded', 'text/plain'].includes(type.trim())
  const fields = isForm ? formFields(body) : jsonFields(body)
  if (fields === undefined) return isFailure ? refused : fail(unreadable(body, isForm))
  const { error = '', error_description = '', error_uri = '', access_token = '' } = fields
  if (error !== '') {
    return fail(
      [error, error_description, error_uri]
        .filter((one, i) => i === 0 || one !== '')
        .map(goQuote)
        .join(' '),
    )
  }
  if (isFailure) return refused
  if (access_token === '') return fail('server response missing access_token')
  return { type: tokenType(fields['token_type'] ?? ''), token: access_token }
}

function unreadable(body: string, isForm: boolean): string {
  if (!isForm) return `cannot parse json: ${goJsonProblem(body) ?? 'it is no object'}`
  const bad = /%(?![\da-f]{2}).{0,2}/i.exec(body)?.[0] ?? ''
  return `cannot parse response: invalid URL escape ${goQuote(bad)}`
}

type Fields = Readonly<Record<string, string>>

function jsonFields(body: string): Fields | undefined {
  const value = parseJson(body)
  if (!isJsonObject(value)) return undefined
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, text(one)]))
}

function formFields(body: string): Fields | undefined {
  const fields: Record<string, string> = {}
  for (const pair of body.split('&').filter(one => one !== '')) {
    const [name = '', ...rest] = pair.split('=')
    const [key, value] = [goUrlUnescape(name, 'query'), goUrlUnescape(rest.join('='), 'query')]
    if ('problem' in key || 'problem' in value) return undefined
    fields[key.value] ??= value.value
  }
  return fields
}

const TYPES: Readonly<Record<string, string>> = { bearer: 'Bearer', mac: 'MAC', basic: 'Basic', '': 'Bearer' }

function tokenType(type: string): string {
  return TYPES[type.toLowerCase()] ?? type
}
