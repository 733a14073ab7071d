// Requests signed for Amazon (Signature Version 4), as Prometheus' own Go client signs them: it names an empty
// Idempotency-Key that it does not send.
import { createHash, createHmac } from 'node:crypto'
import type { Clock } from '../../doors/clock.ts'
import { HttpError } from '../../doors/http.ts'
import type { Hop, RoundTrip } from '../../doors/outgoing/hop.ts'
import { portOf, hostname, requestTarget } from '../../std/go/url.ts'
import type { AskWorld, NoReading } from '../asker.ts'
import { credentialsFrom } from './aws-credentials.ts'
import type { Credentials, SigV4 } from './aws-credentials.ts'

const SERVICE = 'aps'
export const NO_CREDENTIALS = 'could not get SigV4 credentials'
const NOT_FOUND =
  `${NO_CREDENTIALS}: NoCredentialProviders: no valid providers in chain. Deprecated.\n` +
  '\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors'

interface SigningWorld extends Pick<AskWorld, 'clock' | 'env' | 'hidden'> {
  /** How Amazon is reached. */
  readonly wire: RoundTrip
}

export async function signing(
  roundTrip: RoundTrip,
  sigv4: SigV4,
  { clock, env, hidden, wire }: SigningWorld,
): Promise<{ readonly roundTrip: RoundTrip } | NoReading> {
  const region = sigv4.region || env['AWS_REGION'] || ''
  const credentials = await credentialsFrom(sigv4, { env, region, now: clock.now(), roundTrip: wire })
  if (credentials === undefined) return { problem: NOT_FOUND }
  hidden.add(credentials.sessionToken ?? '')
  if (region === '') return { problem: 'region not configured in sigv4 or in default credentials chain' }
  const signed = signer({ region, credentials, clock })
  return { roundTrip: async (hop, signal) => roundTrip(await signed(hop), signal) }
}

function signer({ region, credentials, clock }: { region: string; credentials: Credentials; clock: Clock }) {
  return async (hop: Hop): Promise<Hop> => {
    const { SignatureV4 } = await import('@smithy/signature-v4')
    const signature = new SignatureV4({
      credentials,
      region,
      service: SERVICE,
      sha256: Sha256,
      applyChecksum: false,
    })
    const { url, method, body } = hop
    const [path = '', ...query] = requestTarget(url).split('?')
    const type = hop.headers['Content-Type']
    const request = {
      method,
      protocol: `${url.scheme}:`,
      hostname: hostname(url),
      port: portOf(url),
      path,
      query: parametersOf(query.join('?')),
      headers: {
        host: url.host,
        ...(type === undefined ? {} : { 'content-type': type, 'idempotency-key': '' }),
      },
      ...(body === undefined ? {} : { body }),
    }
    const { headers } = await signature.sign(request, { signingDate: new Date(clock.now()) }).catch(unsigned)
    const added = { Authorization: headers['authorization'], 'X-Amz-Date': headers['x-amz-date'] }
    const token = headers['x-amz-security-token']
    const all = { ...added, ...(token === undefined ? {} : { 'X-Amz-Security-Token': token }) }
    return { ...hop, headers: { ...hop.headers, ...(all as Record<string, string>) } }
  }
}

function unsigned(error: unknown): never {
  throw new HttpError('ESIGNATURE', `failed to sign request: ${error instanceof Error ? error.message : ''}`)
}

function parametersOf(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query))
}

/** What the signature is computed with. */
class Sha256 {
  readonly #hash

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(chunk))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8')
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data)
}
