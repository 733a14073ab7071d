// What `/version` answers.
import type { Json } from '../../std/json.ts'
import { GIT_VERSION, MAJOR, MINOR } from '../resources/standing/kubernetes-level.ts'

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
