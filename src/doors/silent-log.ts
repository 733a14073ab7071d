// A log that keeps nothing, for commands and tests; apart, for who is silent needs no library to be so.
import type { Log } from './log.ts'

export const SILENT: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  with: () => SILENT,
}
