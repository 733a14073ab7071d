// The names under which this server may be asked. A page in a browser whose own name was pointed at this
// address (DNS rebinding) still sends its own name, and is refused.
import { StatusError } from '../resources/resources.ts'

/** What the server's certificate is made out to, besides the address that it listens on. */
export const OWN_NAMES = [
  'localhost',
  '127.0.0.1',
  '::1',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
]

export type CheckHost = (host: string | undefined) => void

/** Throws 403 for a name that is not ours. */
export function hostCheck(extraNames: readonly string[]): CheckHost {
  const names = new Set([...OWN_NAMES, ...extraNames].map(name => name.toLowerCase()))
  return host => {
    if (host === undefined || names.has(bareName(host))) return
    const shown = JSON.stringify(host.slice(0, 100))
    throw new StatusError(403, 'Forbidden', `this server does not answer to the host name ${shown}`)
  }
}

/** Without the port, and an IPv6 address without its brackets. */
function bareName(host: string): string {
  const name = host.toLowerCase().replace(/:\d+$/, '')
  return name.startsWith('[') ? name.slice(1, -1) : name
}
