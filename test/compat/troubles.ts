// What the parts of the world complain of, kept for the message of a failed life instead of written to a terminal.
import type { Log, LogFields } from '../../src/doors/log.ts'

export interface Troubles {
  readonly log: Log
  /** The latest complaints about a namespace, and those about none. */
  about(namespace: string): readonly string[]
}

const KEPT = 200
const SHOWN = 5

export function collectTroubles(): Troubles {
  const kept: { readonly message: string; readonly fields: LogFields }[] = []
  const logWith = (fields: LogFields): Log => {
    const keep = (message: string, more: LogFields = {}) => {
      kept.push({ message, fields: { ...fields, ...more } })
      if (kept.length > KEPT) kept.shift()
    }
    return {
      debug: () => {},
      info: () => {},
      warn: keep,
      error: keep,
      with: more => logWith({ ...fields, ...more }),
    }
  }
  return {
    log: logWith({}),
    about: namespace =>
      kept
        .filter(({ fields }) => [namespace, undefined].includes(fields['namespace'] as string | undefined))
        .slice(-SHOWN)
        .map(({ message, fields }) => `trouble: ${message} ${JSON.stringify(fields)}`),
  }
}
