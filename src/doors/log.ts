// The program's log as a door: structured lines over pino, with everything redacted that may hold a secret. Lines for
// people show control characters, and are one line each.
import pino from 'pino'
import { printableLine } from '../std/printable.ts'

export type LogFields = Readonly<Record<string, unknown>>

export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** The same log with these fields on each line. */
  with(fields: LogFields): Log
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogOptions {
  readonly level: LogLevel
  /** One line at a time, with its newline. */
  readonly write: (line: string) => void
  /** `text` reads like `12:00:01 info  promote …`; `json` is for machines. */
  readonly format: 'json' | 'text'
}

const SECRETS = ['token', 'password', 'secret', 'authorization', 'data', 'stringData', 'privateKey', 'cookie']

export function createLog(options: LogOptions): Log {
  const destination =
    options.format === 'json' ? options.write : (line: string) => options.write(asText(line))
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      redact: { paths: SECRETS.flatMap(name => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    { write: destination },
  )
  return wrap(logger)
}

function wrap(logger: pino.Logger): Log {
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    with: fields => wrap(logger.child(fields)),
  }
}

function asText(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${textOf(value)}`)
  const words = [String(time).slice(11, 19), String(level).padEnd(5), String(msg), ...rest]
  return `${printableLine(words.join(' '))}\n`
}

function textOf(value: unknown): string {
  return typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value)
}
