// The world outside the cluster, as measurements ask it: the way out and the environment that says how.
import { systemConnections } from '../doors/outgoing/connect.ts'
import type { SystemConnections } from '../doors/outgoing/connect.ts'
import { createOutgoing } from '../doors/outgoing/outgoing.ts'
import type { Outgoing } from '../doors/outgoing/outgoing.ts'
import type { Environment } from '../doors/outgoing/proxy.ts'
import { HttpError } from '../doors/http.ts'

export interface Outside {
  readonly outgoing: Outgoing
  readonly env: Environment
}

export interface OutsideOptions {
  readonly env: Environment
  readonly version: string
  /** In place of the system's: tests, and who knows more of the way than the system does. */
  readonly connections?: SystemConnections
  /** Hosts that no proxy can know. */
  readonly isNear?: (host: string) => boolean
}

export function openOutside({ env, version, connections, isNear }: OutsideOptions): Outside {
  const { connect, secure } = connections ?? systemConnections()
  const near = isNear === undefined ? {} : { isNear }
  return {
    env,
    outgoing: createOutgoing({ connect, secure, env, userAgent: `crossfade/${version}`, ...near }),
  }
}

/** For who has no way out. */
export function closedOutside(): Outside {
  const refuse = () => Promise.reject(new HttpError('ECLOSED', 'there is no way out of here'))
  return openOutside({ env: {}, version: '', connections: { connect: refuse, secure: refuse } })
}
