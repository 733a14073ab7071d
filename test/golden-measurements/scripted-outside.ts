// The world outside a simulated controller, as a recording has it: servers with good and bad certificates, the proxy of
// the environment, an address where nobody listens. All of it in memory.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket, createSecureContext } from 'node:tls'
import { ensurePki } from '../../src/cluster/serve/certificates.ts'
import type { Pki } from '../../src/cluster/serve/certificates.ts'
import { openOutside } from '../../src/controller/outside.ts'
import { HttpError } from '../../src/doors/http.ts'
import { systemConnections } from '../../src/doors/outgoing/connect.ts'
import type { Connect } from '../../src/doors/outgoing/connect.ts'
import { systemClock } from '../../src/runtime/system.ts'
import type { RecordedCase } from './recorded-case.ts'
import type { ScriptedServer } from './scripted-server.ts'
import { wirePair } from './wire-pair.ts'

const PLACES = {
  SERVER_HOST: '127.0.0.1:40001',
  TLS_SERVER_HOST: '127.0.0.1:40002',
  BADTLS_SERVER_HOST: '127.0.0.1:40003',
  SHARED_HOST: '127.0.0.1:40004',
  CLOSED_HOST: '127.0.0.1:40005',
}
const PROXY = '127.0.0.1:40006'

export interface Certificates {
  readonly good: Pki
  readonly bad: Pki
  /** With the shared credentials that were there. */
  readonly folder: string
  remove(): void
}

/** `names`: those by which servers are reached over TLS. */
export async function makeCertificates(names: readonly string[]): Promise<Certificates> {
  const folder = mkdtempSync(join(tmpdir(), 'crossfade-measurements-'))
  const made = (name: string) =>
    ensurePki({ folder: join(folder, name), now: systemClock.now(), extraNames: names })
  const profile = [
    '[canary-reader]',
    'region = eu-north-1',
    'aws_access_key_id = AKIAPROFILEEXAMPLE01',
    'aws_secret_access_key = profileSecretExample/abcdefghijklmnopqr01',
  ]
  writeFileSync(join(folder, 'credentials'), `${profile.join('\n')}\n`)
  return {
    good: await made('good'),
    bad: await made('bad'),
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function scriptedOutside(recorded: RecordedCase, server: ScriptedServer, certificates: Certificates) {
  const { good, bad, folder } = certificates
  const system = systemConnections({ ca: good.caCertificate })
  const secured = (far: Duplex, { certificate, key }: Pki) => {
    const secureContext = createSecureContext({ cert: certificate, key })
    const socket = new TLSSocket(far as never, { isServer: true, secureContext })
    socket.on('error', () => far.destroy())
    return socket
  }
  server.onTunnel = far => server.serve(secured(far, good), 'proxy-connect')
  const accept: Readonly<Record<string, (far: Duplex) => void>> = {
    [PLACES.SERVER_HOST]: far => server.serve(far, 'direct'),
    [PLACES.SHARED_HOST]: far => server.serve(far, 'shared'),
    [PLACES.TLS_SERVER_HOST]: far => server.serve(secured(far, good), 'direct-tls'),
    [PLACES.BADTLS_SERVER_HOST]: far => server.serve(secured(far, bad), 'direct-badtls'),
    [PROXY]: far => server.serve(far, 'proxy'),
  }
  const connect: Connect = async ({ host, port, tls }, signal) => {
    const place = `${host}:${port}`
    const taken = accept[place]
    if (taken === undefined && isIP(host) === 0 && host !== '')
      throw new HttpError('ENOTFOUND', `dial tcp: lookup ${host} on 10.0.0.53:53: no such host`)
    if (taken === undefined)
      throw new HttpError('ECONNREFUSED', `dial tcp ${place}: connect: connection refused`)
    const { near, far } = wirePair()
    taken(far)
    return tls === undefined ? near : system.secure(near, tls, signal)
  }
  const env = environment(recorded, folder)
  return openOutside({ env, version: 'test', connections: { connect, secure: system.secure } })
}

/** The recorder's, where the case has none of its own. */
function environment({ environment: own }: RecordedCase, folder: string): Readonly<Record<string, string>> {
  const usual = {
    AWS_ACCESS_KEY_ID: 'AKIAORACLE2EXAMPLE01',
    AWS_SECRET_ACCESS_KEY: 'oracle2/fakeSecretKey+abcdefghijklmnop01',
    AWS_REGION: 'eu-west-3',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_CONFIG_FILE: join(folder, 'config'),
    ...(own === undefined ? { HTTP_PROXY: `http://${PROXY}`, HTTPS_PROXY: `http://${PROXY}` } : {}),
  }
  const all = Object.entries({ ...usual, ...own }).filter(([, value]) => value !== null)
  return Object.fromEntries(all.map(([name, value]) => [name, filled(value as string)]))
}

/** The places that a recording names. */
export function filled(text: string): string {
  return text
    .replaceAll(/\{\{(TLS_SERVER|BADTLS_SERVER)\}\}/g, 'https://{{$1_HOST}}')
    .replaceAll(/\{\{(SERVER|SHARED|CLOSED)\}\}/g, 'http://{{$1_HOST}}')
    .replaceAll(
      /\{\{([A-Z_]+_HOST)\}\}/g,
      (all, name: string) => (PLACES as Record<string, string>)[name] ?? all,
    )
}
