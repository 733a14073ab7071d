// Who asks: the bearer of the server's token, the holder of a certificate of its own authority, or nobody.
// Nobody may only see that the server is well, and its version.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
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

/** Equal lengths for the comparison, whatever was sent. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function certificateHolder(socket: TLSSocket): string | undefined {
  if (socket.authorized !== true) return undefined
  const name = socket.getPeerCertificate().subject?.CN
  return typeof name === 'string' && name !== '' ? name : undefined
}
