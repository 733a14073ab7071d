// Probes of a container, checked as an API server would.
import type { Probe } from '../../kube/core.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json } from '../../std/json.ts'
import type { FieldError } from '../field-error.ts'
import { forbidden, invalid, missing } from '../field-error.ts'
import { notNegative } from './labels.ts'
import { portNameErrors, portNumberErrors } from './ports.ts'

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc']
const NUMBERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const

/** `once`: one success is enough, and nothing else may be asked for (liveness and startup). */
export function probeErrors(path: string, probe: Probe | undefined, once: boolean): readonly FieldError[] {
  if (probe === undefined) return []
  const successes = probe.successThreshold
  const threshold = { path: `${path}.successThreshold`, value: successes, cure: 'Write 1.' }
  return [
    ...handlerErrors(path, probe),
    ...NUMBERS.flatMap(name => notNegative(`${path}.${name}`, probe[name])),
    ...(once && successes !== undefined && successes > 1 ? [invalid(threshold, 'must be 1')] : []),
  ]
}

function handlerErrors(path: string, probe: Probe): readonly FieldError[] {
  const used = HANDLERS.filter(name => isJsonObject(probe[name]))
  const cure = `Write one of ${HANDLERS.join(', ')}.`
  return [
    ...(used.length === 0 ? [missing({ path, cure }, 'must specify a handler type')] : []),
    ...used
      .slice(1)
      .map(name => forbidden({ path: `${path}.${name}`, cure }, 'may not specify more than 1 handler type')),
    ...used.flatMap(name => portErrors(`${path}.${name}.port`, name, probe)),
  ]
}

function portErrors(path: string, handler: string, probe: Probe): readonly FieldError[] {
  if (handler === 'exec') return []
  const port = (probe[handler] as { readonly port?: Json }).port
  if (typeof port === 'number') return portNumberErrors(path, port)
  return typeof port === 'string' ? portNameErrors(path, port) : []
}
