// Who is let in. A browser shows a session's cookie and that the request comes from our own page; a script shows the
// token. The Host must be ours: a name that was pointed at this address (DNS rebinding) is refused.
import type { IncomingHttpHeaders } from 'node:http'
import { cookieName } from '../doors/dashboard-cookie.ts'
import { json } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Sessions } from './sessions.ts'

const OWN_HOSTS = ['localhost', '127.0.0.1', '[::1]']

export function isOwnHost(host: string | undefined, port: number): boolean {
  return OWN_HOSTS.some(one => host?.toLowerCase() === `${one}:${port}`)
}

/** Whether a browser says that our own page asks: nobody else's page can say so. */
export function isOwnOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  if (origin !== undefined)
    return origin === `http://${host ?? ''}` && (site === undefined || site === 'same-origin')
  return site === 'same-origin'
}

/** A page of elsewhere, whatever else it can show. */
function isForeign(headers: IncomingHttpHeaders): boolean {
  const isSaid = headers.origin !== undefined || headers['sec-fetch-site'] !== undefined
  return isSaid && !isOwnOrigin(headers)
}

/** The refusal, or undefined for whoever may come in. */
export function refusal(headers: IncomingHttpHeaders, sessions: Sessions, port: number): Answer | undefined {
  if (isForeign(headers)) return json(403, { code: 7, message: 'asked from the page of another site' })
  const bearer = /^Bearer ([\w-]{1,200})$/.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined && sessions.isToken(bearer)) return undefined
  const secret = cookieIn(headers.cookie ?? '', cookieName(port))
  if (secret === undefined || !sessions.isSession(secret)) {
    const how =
      'open the URL that `crossfade dashboard --url` prints, or send the token of `crossfade dashboard --token`'
    return json(401, { code: 16, message: `not signed in: ${how}` })
  }
  if (isOwnOrigin(headers)) return undefined
  return json(403, { code: 7, message: 'a session needs Origin or Sec-Fetch-Site of its own page' })
}

function cookieIn(text: string, name: string): string | undefined {
  const found = text.split(';').find(one => one.trim().startsWith(`${name}=`))
  return found?.trim().slice(name.length + 1)
}
