// The flags of `crossfade start`, checked: a mistake gets a sentence that names the flag, the value and the cure.
import { DEMO_IMAGES } from '../cluster/demo/objects.ts'
import { LOG_LEVELS } from '../doors/log.ts'
import type { LogLevel } from '../doors/log.ts'
import { StartError, homePath } from './home.ts'

/** As the command line gives them. */
export interface StartFlags {
  readonly port: string
  readonly gatewayPort: string
  readonly metricsPort?: string
  readonly simulate: readonly string[]
  readonly fresh: boolean
  readonly demo: boolean
  readonly load: boolean
  readonly loglevel: string
  readonly seed?: string
}

export interface StartOptions {
  readonly home: string
  readonly port: number
  readonly gatewayPort: number
  /** Undefined: the usual one, or any free one when that is taken. */
  readonly metricsPort: number | undefined
  readonly simulate: readonly string[]
  readonly isFresh: boolean
  readonly hasDemo: boolean
  readonly hasLoad: boolean
  readonly logLevel: LogLevel
  /** Makes the gateway's choices repeatable. */
  readonly seed: number | undefined
}

export function startOptions(
  flags: StartFlags,
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions {
  return {
    home: homePath(environment),
    port: portNumber('--port', flags.port),
    gatewayPort: portNumber('--gateway-port', flags.gatewayPort),
    metricsPort:
      flags.metricsPort === undefined ? undefined : portNumber('--metrics-port', flags.metricsPort),
    simulate: [...DEMO_IMAGES, ...flags.simulate],
    isFresh: flags.fresh,
    hasDemo: flags.demo,
    hasLoad: flags.demo && flags.load,
    logLevel: logLevel(flags.loglevel),
    seed: flags.seed === undefined ? undefined : wholeNumber('--seed', flags.seed, 2 ** 32 - 1),
  }
}

function portNumber(flag: string, text: string): number {
  return wholeNumber(flag, text, 65_535)
}

function wholeNumber(flag: string, text: string, max: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= max) return value
  throw new StartError(`${flag} ${text}: give a whole number from 0 to ${max}`)
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find(one => one === text)
  if (level !== undefined) return level
  throw new StartError(`--loglevel ${text}: give one of ${LOG_LEVELS.join(', ')}`)
}
