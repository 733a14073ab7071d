// What lives have shown: which moves and gates of a decision, which stories, which fault in which phase. What was seen
// seldom says where to look next.
import type { Rollout } from '../../api/rollout.ts'
import { currentStep } from '../../rollout/steps.ts'
import { remembered } from '../../std/remembered.ts'
import type { LifeSpec } from './scenario.ts'

/** How often each thing was seen. */
export type Coverage = Map<string, number>

export function note(coverage: Coverage, key: string, times = 1): void {
  coverage.set(key, (coverage.get(key) ?? 0) + times)
}

/** How many texts are known: most lives say the same ones. */
const MOST = 20_000

export const moveKey = remembered(MOST, (why: string) => `move ${pattern(why)}`)
export const gateKey = remembered(MOST, (waitsFor: string) => `gate ${pattern(waitsFor)}`)

/** Names, hashes, instants and numbers are of this life alone. */
function pattern(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME')
    .replaceAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,10}\b/g, 'HASH')
    .replaceAll(/-[a-z0-9]{5}\b/g, '-POD')
    .replaceAll(/\d+(\.\d+)?/g, '#')
    .replace(/^report .*/, 'report')
}

/** Where in the story of its update a Rollout stands, in words. */
export function storyKey({ strategy }: LifeSpec, rollout: Rollout): string {
  const { spec, status = {} } = rollout
  const step = currentStep(rollout)
  const flags = [
    status.abort === true ? 'aborted' : '',
    status.promoteFull === true ? 'full' : '',
    spec.paused === true ? 'held' : '',
    status.stableRS === status.currentPodHash ? 'promoted' : 'update',
    step === undefined ? '' : `at ${Object.keys(step).join(' ')}`,
  ].filter(flag => flag !== '')
  return [strategy, status.phase ?? 'new', ...flags].join(', ')
}
