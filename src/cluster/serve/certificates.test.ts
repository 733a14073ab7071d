// Certificates on disk: kept while they are good, made anew in time, private to their owner.
import { X509Certificate } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseYaml } from '../../doors/yaml.ts'
import { ensurePki, type Pki } from './certificates.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { FileDamaged } from './private-file.ts'
import { ensureToken } from './token.ts'

const DAY_MS = 24 * 3_600_000
const START = Date.parse('2026-01-01T00:00:00Z')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pki-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const after = (days: number, extraNames: readonly string[] = []): Promise<Pki> =>
  ensurePki({ folder: join(folder, 'pki'), now: START + days * DAY_MS, extraNames })

describe('the server certificate', () => {
  test('is made out to all of our names, by our own authority', async () => {
    const { certificate, caCertificate } = await after(0)
    const parsed = new X509Certificate(certificate)
    const authority = new X509Certificate(caCertificate)
    expect(parsed.checkHost('localhost')).toBe('localhost')
    expect(parsed.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc')
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(parsed.checkIP('::1')).toBeDefined()
    expect(parsed.verify(authority.publicKey)).toBe(true)
    expect(authority.ca).toBe(true)
    expect(Date.parse(parsed.validTo) - START).toBe(365 * DAY_MS)
    expect(Date.parse(authority.validTo) - START).toBe(3_650 * DAY_MS)
  })
  test('stays while a third of its life is left, and is then made anew by the same authority', async () => {
    const first = await after(0)
    expect(await after(240)).toEqual(first)
    const second = await after(250)
    expect(second.certificate).not.toBe(first.certificate)
    expect(second.caCertificate).toBe(first.caCertificate)
    expect(await after(260)).toEqual(second)
  })
  test('is made anew for a name that it lacks', async () => {
    const before = await after(260)
    const { certificate } = await after(260, ['10.1.2.3', 'cluster.example.com'])
    expect(certificate).not.toBe(before.certificate)
    expect(new X509Certificate(certificate).checkIP('10.1.2.3')).toBe('10.1.2.3')
    expect(new X509Certificate(certificate).checkHost('cluster.example.com')).toBe('cluster.example.com')
  })
  test('and its key can be read by its owner alone', async () => {
    await after(0)
    for (const name of ['ca.key', 'server.key', 'server.crt']) {
      expect(statSync(join(folder, 'pki', name)).mode & 0o777).toBe(0o600)
    }
    expect(statSync(join(folder, 'pki')).mode & 0o777).toBe(0o700)
  })
})

test('the token is drawn once', () => {
  const token = ensureToken(join(folder, 'pki'))
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(ensureToken(join(folder, 'pki'))).toBe(token)
  expect(statSync(join(folder, 'pki', 'token')).mode & 0o777).toBe(0o600)
})

test('the kubeconfig names the server, its authority, the token and the context', () => {
  const path = join(folder, 'kubeconfig')
  writeKubeconfig({ path, server: 'https://127.0.0.1:6443', caCertificate: 'CERT', token: 'T' })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(parseYaml(readFileSync(path, 'utf8'))[0]).toMatchObject({
    'current-context': 'crossfade',
    clusters: [{ cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': btoa('CERT') } }],
    users: [{ user: { token: 'T' } }],
    contexts: [{ name: 'crossfade', context: { cluster: 'crossfade', user: 'crossfade' } }],
  })
})

describe('damaged files', () => {
  let at: string
  let before: Pki
  beforeEach(async () => {
    before = await after(0)
    at = mkdtempSync(join(folder, 'damaged-'))
    cpSync(join(folder, 'pki'), at, { recursive: true })
  })
  const open = () => ensurePki({ folder: at, now: START, extraNames: [] })
  const put = (name: string, content: string) => writeFileSync(join(at, name), content)

  test.each(['ca.crt', 'ca.key'])('%s is never replaced: every client trusts it', async name => {
    const others = await ensurePki({ folder: join(at, 'other'), now: START, extraNames: [] })
    const other = readFileSync(join(at, 'other', name), 'utf8')
    expect(others.caCertificate).not.toBe(before.caCertificate)
    for (const content of ['junk', '', other]) {
      put(name, content)
      await expect(open()).rejects.toThrow(FileDamaged)
      await expect(open()).rejects.toThrow(
        /ca\.crt or the key beside it .* Put back a copy of it, or move its folder away/,
      )
      expect(readFileSync(join(at, name), 'utf8')).toBe(content)
    }
  })

  test.each(['server.crt', 'server.key'])('%s is made anew by the same authority', async name => {
    put(name, 'junk')
    const made = await open()
    expect(made.caCertificate).toBe(before.caCertificate)
    expect(new X509Certificate(made.certificate).checkHost('localhost')).toBe('localhost')
    expect(await open()).toEqual(made)
  })

  test('a token that no client could send is none', () => {
    put('token', 'two words\n')
    expect(() => ensureToken(at)).toThrow(/token holds no token\. .* Put back a copy/)
    put('token', '')
    expect(ensureToken(at)).toMatch(/^[\w-]{43}$/)
  })

  test('a file that cannot be written leaves no draft behind', () => {
    const draft = join(at, `kubeconfig.${process.pid}.new`)
    mkdirSync(join(at, 'kubeconfig'))
    const write = () =>
      writeKubeconfig({ path: join(at, 'kubeconfig'), server: 'https://x', caCertificate: 'x', token: 'x' })
    expect(write).toThrow()
    expect(existsSync(draft)).toBe(false)
  })
})
