// Files that only their owner may read, replaced whole: a reader sees the old content or the new, never half.
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'

export function writePrivate(path: string, content: string): void {
  const draft = `${path}.${process.pid}.new`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
}
