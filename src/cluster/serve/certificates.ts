// The server's own certificate authority and its server certificate, kept on disk. The authority lives ten
// years; the server certificate a year, and is made anew when a third of its life is left or when the
// server's names have changed.
import { X509Certificate, createPrivateKey, webcrypto } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Instant } from '../../std/instant.ts'
import { OWN_NAMES } from './hosts.ts'
import { FileDamaged, writePrivate } from './private-file.ts'

const DAY_MS = 24 * 3_600_000
const AUTHORITY_DAYS = 3_650
const SERVER_DAYS = 365
/** Clocks of clients may be behind. */
const BACKDATED_MS = 3_600_000
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export interface Pki {
  readonly caCertificate: string
  readonly certificate: string
  readonly key: string
}

export interface PkiOptions {
  readonly folder: string
  readonly now: Instant
  /** Names and addresses besides those that every server of ours has. */
  readonly extraNames: readonly string[]
}

/**
 * What stands in the folder, with whatever is missing, old or made out to other names made anew. Throws FileDamaged for
 * an authority that is none: every client trusts it.
 */
export async function ensurePki({ folder, now, extraNames }: PkiOptions): Promise<Pki> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const names = [...new Set([...OWN_NAMES, ...extraNames])]
  const kept = readPair(folder, 'ca')
  const problem = kept && pairProblem(kept)
  if (problem !== undefined) throw new FileDamaged(join(folder, 'ca.crt'), `or the key beside it ${problem}`)
  const authority =
    kept !== undefined && !isWorn(kept.certificate, now) ? kept : await makeAuthority(folder, now)
  const server = readPair(folder, 'server')
  const isGood =
    server !== undefined &&
    pairProblem(server) === undefined &&
    !isWorn(server.certificate, now) &&
    isFor(server.certificate, names) &&
    new X509Certificate(server.certificate).verify(new X509Certificate(authority.certificate).publicKey)
  const pair = isGood ? server : await makeServer(folder, { now, names, authority })
  return { caCertificate: authority.certificate, certificate: pair.certificate, key: pair.key }
}

interface Pair {
  readonly certificate: string
  readonly key: string
}

function readPair(folder: string, name: string): Pair | undefined {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  if (!existsSync(certificate) || !existsSync(key)) return undefined
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
}

/** Why these are not a certificate and its key. */
function pairProblem({ certificate, key }: Pair): string | undefined {
  try {
    const isPair = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
    return isPair ? undefined : 'belongs to another'
  } catch (error) {
    return `cannot be read (${(error as Error).message})`
  }
}

/** A third of its life, or less, is left. */
function isWorn(certificate: string, now: Instant): boolean {
  const { validFrom, validTo } = new X509Certificate(certificate)
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)]
  return now < from || to - now <= (to - from) / 3
}

function isFor(certificate: string, names: readonly string[]): boolean {
  const parsed = new X509Certificate(certificate)
  return names.every(name => (isIP(name) ? parsed.checkIP(name) : parsed.checkHost(name)) !== undefined)
}

/** The library is heavy and needed about once a year. */
async function library() {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  x509.cryptoProvider.set(webcrypto)
  return x509
}

function validity(now: Instant, days: number) {
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(now + days * DAY_MS) }
}

async function makeAuthority(folder: string, now: Instant): Promise<Pair> {
  const x509 = await library()
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=crossfade-ca',
    ...validity(now, AUTHORITY_DAYS),
    signingAlgorithm: ALGORITHM,
    keys: keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return keepPair(folder, 'ca', { certificate: certificate.toString('pem'), keys })
}

async function makeServer(
  folder: string,
  { now, names, authority }: { now: Instant; names: readonly string[]; authority: Pair },
): Promise<Pair> {
  const x509 = await library()
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const issuer = new x509.X509Certificate(authority.certificate)
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=crossfade-apiserver',
    issuer: issuer.subject,
    ...validity(now, SERVER_DAYS),
    signingAlgorithm: ALGORITHM,
    signingKey: await privateKey(authority.key),
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map(name => ({ type: isIP(name) ? ('ip' as const) : ('dns' as const), value: name })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return keepPair(folder, 'server', { certificate: certificate.toString('pem'), keys })
}

async function privateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  return webcrypto.subtle.importKey('pkcs8', bytes, ALGORITHM, false, ['sign'])
}

async function keepPair(
  folder: string,
  name: string,
  made: { certificate: string; keys: webcrypto.CryptoKeyPair },
): Promise<Pair> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', made.keys.privateKey)).toString(
    'base64',
  )
  const lines = bytes.replace(/.{64}/g, '$&\n').trimEnd()
  const key = `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`
  const certificate = `${made.certificate.trimEnd()}\n`
  writePrivate(join(folder, `${name}.key`), key)
  writePrivate(join(folder, `${name}.crt`), certificate)
  return { certificate, key }
}

/** Positive, and never the same twice. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = (bytes[0] as number) & 0x7f
  return Buffer.from(bytes).toString('hex')
}
