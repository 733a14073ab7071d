// The bearer token of the kubeconfig: drawn once, kept beside the certificates for its owner's eyes only.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivate } from './private-file.ts'

const TOKEN_BYTES = 32

/** The token that stands in the folder, or a new one. */
export function ensureToken(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'token')
  const found = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  if (found !== '') return found
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  writePrivate(path, `${token}\n`)
  return token
}
