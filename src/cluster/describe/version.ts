// The Kubernetes level that this server behaves as; charts and clients decide by it what they may use.
import type { Json } from '../../std/json.ts'

const MAJOR = '1'
const MINOR = '34'

export const GIT_VERSION = `v${MAJOR}.${MINOR}.0+crossfade`

export function versionInfo(runtime: { readonly nodeVersion: string; readonly platform: string }): Json {
  return {
    major: MAJOR,
    minor: MINOR,
    emulationMajor: MAJOR,
    emulationMinor: MINOR,
    minCompatibilityMajor: MAJOR,
    minCompatibilityMinor: MINOR,
    gitVersion: GIT_VERSION,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: `node ${runtime.nodeVersion}`,
    platform: runtime.platform,
  }
}
