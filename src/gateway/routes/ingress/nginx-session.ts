// NGINX's `affinity: cookie`. There it keeps a client with a pod, here with the version: pods may come and go.
import type { Ingress } from '../../../kube/networking.ts'
import type { ReadAnnotation } from './annotations.ts'
import type { Place } from './place.ts'
import { cookieSession, secondsIn, sessionNameProblem } from '../session.ts'
import type { Session } from '../session.ts'

const USUAL_NAME = 'INGRESSCOOKIE'

export function nginxSession(ingress: Ingress, { path }: Place, readOf: ReadAnnotation): Session | undefined {
  const read = (name: string) => readOf(ingress, name) || undefined
  if (read('affinity') !== 'cookie') return undefined
  const asked = read('session-cookie-name') ?? USUAL_NAME
  const [maxAge, expires] = ['max-age', 'expires'].map(name => secondsIn(read(`session-cookie-${name}`)))
  return cookieSession({
    name: sessionNameProblem('cookie', asked) === undefined ? asked : USUAL_NAME,
    // As there: each path has a cookie of its own, unless one is named for all.
    path: read('session-cookie-path') ?? (path.how.startsWith('regex') ? '/' : path.value),
    sameSite: read('session-cookie-samesite'),
    isSecure: read('session-cookie-secure') === 'true',
    maxAgeSeconds: maxAge ?? expires,
    hasExpires: expires !== undefined,
  })
}

/** Whether the canary takes part in the session of its main Ingress. */
export function isKeptWithCanary(canary: Ingress, read: ReadAnnotation): boolean {
  return read(canary, 'affinity-canary-behavior') !== 'legacy'
}
