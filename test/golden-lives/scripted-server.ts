// What lives measure where no API server can be reached: its version, of which they look at the major number alone.
import type { SimulatedOutside } from '../../src/sim/world.ts'
import { scriptedOutside } from '../tools/scripted-outside.ts'

const HOST = '127.0.0.1:6443'
const VERSION = JSON.stringify({ major: '1', minor: '34' })

export const SERVER = `https://${HOST}`

/** Answers there, and nobody listens anywhere else. */
export function scriptedServer(): SimulatedOutside {
  return scriptedOutside(({ host, path }) => (host === HOST && path === '/version' ? VERSION : undefined))
}
