// What went wrong with a pod, in words that name its Service, and whether another try can mend it.
import type { IncomingMessage } from 'node:http'
import type { Refusal } from './refusals.ts'
import { hasBody } from './request-target.ts'
import type { RouteBackend } from './routes/route.ts'

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const TIME_OUTS = new Set(['OUT_OF_TIME', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT'])
/** The connection's failures: the system's, and those of a socket that was closed too early. */
const OF_CONNECTION = /^(E[A-Z]+|UND_ERR_(SOCKET|CLOSED|DESTROYED))$/

/** Nothing of an answer came; `reached`: bytes of the request may have. */
export interface Failed {
  readonly failed: Error
  readonly reached: boolean
}

/** Only if no byte of it reached the pod, or it is idempotent, has no body, and its connection broke off. */
export function mayTryAgain(request: IncomingMessage, { failed, reached }: Failed): boolean {
  if (!reached) return true
  if (!OF_CONNECTION.test(codeOf(failed))) return false
  return IDEMPOTENT.has(request.method ?? '') && !hasBody(request)
}

export function failureOf({ namespace, service }: RouteBackend, error: Error): Refusal {
  const pod = `a pod of Service ${namespace}/${service}`
  const code = codeOf(error)
  if (TIME_OUTS.has(code)) return { status: 504, message: `${pod} did not answer in time` }
  if (code.startsWith('UND_ERR_') && OF_CONNECTION.test(code))
    return { status: 502, message: `${pod} closed the connection before its answer` }
  if (OF_CONNECTION.test(code)) return { status: 502, message: `${pod} could not be asked: ${code}` }
  return { status: 502, message: `${pod} gave an answer that is not well-formed HTTP/1.1` }
}

export function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}
