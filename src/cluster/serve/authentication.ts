// Who asks: the bearer of the server's token, the holder of a certificate of its own authority, or nobody.
// Nobody may only see that the server is well, and its version.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { StatusError } from '../resources/resources.ts'
import { unauthorized } from './answers.ts'

interface User {
  readonly name: string
  readonly isAnonymous: boolean
}

const OPEN_PATHS = /^\/(healthz|livez|readyz|version)(\/|$)/

export type Authenticate = (request: IncomingMessage, path: string) => User

/** Throws 401 for wrong credentials, and for none where some are needed. */
export function authenticator(token: string): Authenticate {
  const wanted = digest(token)
  return (request, path) => {
    refuseImpersonation(request)
    const header = request.headers.authorization
    if (header !== undefined) {
      const [scheme, given] = header.split(' ') as [string, string | undefined]
      const isBearer = scheme.toLowerCase() === 'bearer' && given !== undefined
      if (isBearer && timingSafeEqual(digest(given), wanted)) return { name: 'admin', isAnonymous: false }
      throw unauthorized()
    }
    const holder = certificateHolder(request.socket as TLSSocket)
    if (holder !== undefined) return { name: holder, isAnonymous: false }
    if (OPEN_PATHS.test(path)) return { name: 'system:anonymous', isAnonymous: true }
    throw unauthorized()
  }
}

/** There is one user: whoever asks to act as another would act as the admin, unawares. */
function refuseImpersonation({ headers }: IncomingMessage): void {
  const header = Object.keys(headers).find(name => name.startsWith('impersonate-'))
  if (header === undefined) return
  const kind = header === 'impersonate-group' ? 'groups' : 'users'
  const name = String(headers['impersonate-user'] ?? headers[header])
  throw new StatusError(
    403,
    'Forbidden',
    `${kind} ${JSON.stringify(name)} is forbidden: nobody can be impersonated here: ` +
      'this cluster has one user, the admin of its kubeconfig',
    { name, kind },
  )
}

/** Equal lengths for the comparison, whatever was sent. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function certificateHolder(socket: TLSSocket): string | undefined {
  if (socket.authorized !== true) return undefined
  const name = socket.getPeerCertificate().subject?.CN
  return typeof name === 'string' && name !== '' ? name : undefined
}
