// Files that only their owner may read, replaced whole: a reader sees the old content or the new, never half.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

export function writePrivate(path: string, content: string): void {
  const draft = `${path}.${process.pid}.new`
  try {
    writeDraft(draft, content)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function writeDraft(draft: string, content: string): void {
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** A file of ours holds something else. The message says what can be done. */
export class FileDamaged extends Error {
  constructor(path: string, problem: string) {
    super(
      `${path} ${problem}. Nothing was changed. Put back a copy of it, or move its folder away: certificates, token ` +
        'and kubeconfig are then made anew, and every client needs the new kubeconfig.',
    )
    this.name = 'FileDamaged'
  }
}
