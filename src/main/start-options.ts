// The flags of `crossfade start`, checked: a mistake gets a sentence that names the flag, the value and the cure.
import { DEMO_IMAGES } from '../cluster/demo/objects.ts'
import { LOG_LEVELS } from '../doors/log.ts'
import type { LogLevel } from '../doors/log.ts'
import { StartError } from './home.ts'
import { homePath } from './home-path.ts'
import { typedFlag, USUAL_PORTS } from './ports.ts'
import type { PortChoice } from './ports.ts'

/** As the command line gives them. */
export interface StartFlags {
  readonly port?: string
  readonly gatewayPort?: string
  readonly metricsPort?: string
  readonly dashboardPort?: string
  readonly simulate: readonly string[]
  readonly fresh: boolean
  readonly demo: boolean
  readonly load: boolean
  readonly loglevel: string
  readonly seed?: string
}

export interface StartOptions {
  readonly home: string
  readonly port: PortChoice
  readonly gatewayPort: PortChoice
  readonly metricsPort: PortChoice
  readonly dashboardPort: PortChoice
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
    port: portChoice('--port', flags.port, USUAL_PORTS.api),
    gatewayPort: portChoice('--gateway-port', flags.gatewayPort, USUAL_PORTS.gateway),
    metricsPort: portChoice('--metrics-port', flags.metricsPort, USUAL_PORTS.metrics),
    dashboardPort: portChoice('--dashboard-port', flags.dashboardPort, USUAL_PORTS.dashboard),
    simulate: [...DEMO_IMAGES, ...flags.simulate],
    isFresh: flags.fresh,
    hasDemo: flags.demo,
    hasLoad: flags.demo && flags.load,
    logLevel: logLevel(flags.loglevel),
    seed: flags.seed === undefined ? undefined : wholeNumber('--seed', flags.seed, 2 ** 32 - 1),
  }
}

function portChoice(flag: string, text: string | undefined, usual: number): PortChoice {
  return text === undefined
    ? { flag, port: usual, mayMove: true }
    : { flag, port: wholeNumber(flag, text, 65_535), mayMove: false }
}

function wholeNumber(flag: string, text: string, max: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= max) return value
  throw new StartError(`${typedFlag(flag)} ${text}: give a whole number from 0 to ${max}`)
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find(one => one === text)
  if (level !== undefined) return level
  throw new StartError(`${typedFlag('--loglevel')} ${text}: give one of ${LOG_LEVELS.join(', ')}`)
}
