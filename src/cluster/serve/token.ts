// The bearer token of the kubeconfig: drawn once, kept beside the certificates for its owner's eyes only.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FileDamaged, writePrivate } from './private-file.ts'

const TOKEN_BYTES = 32
/** What may follow `Bearer` (RFC 6750). */
const TOKEN = /^[\w.~+/-]+=*$/

/** The token that stands in the folder, or a new one. Throws FileDamaged for what no client could send. */
export function ensureToken(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'token')
  const found = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  if (TOKEN.test(found)) return found
  if (found !== '') throw new FileDamaged(path, 'holds no token')
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  writePrivate(path, `${token}\n`)
  return token
}
