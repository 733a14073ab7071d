// The `sessionPersistence` of an HTTPRoute's rule: by cookie, or by a header that clients send back.
import type { RefKey } from '../../kube/object.ts'
import { fnv1a } from '../../std/fnv.ts'
import { parseDuration } from '../../std/duration.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { record, text } from '../../std/json-parts.ts'
import { cookieSession, sessionNameProblem } from './session.ts'
import type { Session } from './session.ts'

/** Undefined: none is asked for. */
export function httpRouteSession(
  from: RefKey,
  asked: Json | undefined,
): Session | { readonly problem: string } | undefined {
  if (!isJsonObject(asked)) return undefined
  const by = asked['type'] === 'Header' ? 'header' : 'cookie'
  const name = text(asked['sessionName']) || ownName(from)
  const problem = sessionNameProblem(by, name)
  if (problem !== undefined) return { problem }
  const [absoluteSeconds, idleSeconds] = [
    secondsAt(asked, 'absoluteTimeout'),
    secondsAt(asked, 'idleTimeout'),
  ]
  if (absoluteSeconds === 'none' || idleSeconds === 'none')
    return { problem: 'a timeout is no length of time, such as 1h30m' }
  const isPermanent = record(asked['cookieConfig'])['lifetimeType'] === 'Permanent'
  const session: Session =
    by === 'header'
      ? { by, name: name.toLowerCase(), attributes: '' }
      : cookieSession({ name, maxAgeSeconds: isPermanent ? absoluteSeconds : undefined })
  return {
    ...session,
    ...(absoluteSeconds !== undefined && { absoluteSeconds }),
    ...(idleSeconds !== undefined && { idleSeconds }),
  }
}

/** The same for all rules of a route: its paths have one version for a client. */
function ownName(from: RefKey): string {
  return `crossfade-session-${fnv1a(new TextEncoder().encode(from)).toString(36)}`
}

const DURATION = /^(\d{1,5}(h|m|s|ms)){1,4}$/

/** Zero says that there is none. */
function secondsAt(asked: JsonObject, field: string): number | 'none' | undefined {
  const value = asked[field]
  if (value === undefined) return undefined
  const length = DURATION.test(text(value)) ? parseDuration(text(value)) : undefined
  if (length === undefined) return 'none'
  return length === 0 ? undefined : Math.max(1, Math.floor(length / 1000))
}
