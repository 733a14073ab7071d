// How a Prometheus is reached: its headers and logins, each around the way to it: the innermost has the last word.
import type { Metric } from '../../api/metric.ts'
import { basicLogin, hopHeaders } from '../../doors/outgoing/hop.ts'
import type { HopHeaders, RoundTrip } from '../../doors/outgoing/hop.ts'
import type { AskWorld, NoReading } from '../asker.ts'
import { oauth2Problem, withToken } from '../oauth2.ts'
import { signing } from './sigv4.ts'

type Settings = NonNullable<Metric['provider']['prometheus']>

/** Amazon Managed Prometheus. */
const SIGNED_ADDRESS = 'aps-workspaces'

export async function wayTo(
  { authentication = {}, headers = [], insecure = false }: Settings,
  { outgoing, clock, env, hidden }: AskWorld,
  { address, signal: given }: { readonly address: string; readonly signal: AbortSignal },
): Promise<{ readonly roundTrip: RoundTrip } | NoReading> {
  const { oauth2 = {}, basicAuth = {}, sigv4 = {} } = authentication
  const wire = outgoing.transport({ insecure, isKept: true, isReplayable: true })
  const plain = withHeaders(wire, hopHeaders(headers))
  const isSigned = address.includes(SIGNED_ADDRESS) && Object.values(sigv4).some(value => value !== '')
  const amazon: RoundTrip = (hop, own) => wire(hop, AbortSignal.any([own, given]))
  const signed = isSigned
    ? await signing(plain, sigv4, { clock, env, hidden, wire: amazon })
    : { roundTrip: plain }
  if ('problem' in signed) return signed
  const { roundTrip } = signed
  if ((oauth2.tokenUrl ?? '') !== '') {
    const problem = oauth2Problem(oauth2)
    return problem === undefined ? { roundTrip: withToken(roundTrip, oauth2, hidden) } : { problem }
  }
  const { username = '', password = '' } = basicAuth
  if (username === '' && password === '') return { roundTrip }
  if (username === '' || password === '') {
    const missing = username === '' ? 'username' : 'password'
    return { problem: `missing mandatory parameter in metric for basic auth setup: ${missing}` }
  }
  const login = basicLogin(username, password)
  return {
    roundTrip: (hop, signal) =>
      roundTrip(
        { ...hop, headers: { ...hop.headers, Authorization: hop.headers['Authorization'] ?? login } },
        signal,
      ),
  }
}

function withHeaders(roundTrip: RoundTrip, headers: HopHeaders): RoundTrip {
  return (hop, signal) => roundTrip({ ...hop, headers: { ...hop.headers, ...headers } }, signal)
}
