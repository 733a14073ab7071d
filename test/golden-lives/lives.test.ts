// Golden lives played in the simulated cluster, in virtual time: the verdict is that of compare.ts.
// `LIVES=a,b` plays others.
import { describe, expect, test } from 'vitest'
import type { Rollout } from '../../src/api/rollout.ts'
import { AGREED } from './agreed.ts'
import { compareLives, verdict } from './compare.ts'
import { isLeftOut, needless, unwanted } from './on-purpose.ts'
import { isSnapshot, readRacy, readRecording, readScenario } from './recording.ts'
import type { Recording } from './recording.ts'
import { playInWorld } from './virtual-life.ts'

const played = process.env['LIVES']?.split(',') ?? AGREED

/** How the last update of each Rollout ended, by snapshot: of the block, compare.ts sees only which fields it has. */
function completions({ log, scenario }: Recording): readonly string[] {
  const compared = log.filter(isSnapshot).filter(({ step }) => !isLeftOut(scenario, step.snapshot))
  return compared.flatMap(({ step, objects = [] }) =>
    objects
      .filter(({ kind }) => kind === 'Rollout')
      .map(one => {
        const ended = (one as Rollout).status?.duration?.completionStatus ?? 'not ended'
        return `${step.snapshot}: ${one.metadata.name} ${ended}`
      }),
  )
}

describe('a life in the simulated cluster is the recorded one', () => {
  const racy = readRacy()
  test.each(played)('%s', async name => {
    const got = await playInWorld(readScenario(name))
    const found = compareLives(readRecording(name), got, racy[`${name}.json`])
    expect(verdict(name, unwanted(name, found), 20)).toEqual([`${name} equal`])
    expect(completions(got)).toEqual(completions(readRecording(name)))
    expect(needless(name, found), 'listed in on-purpose.ts, but there is no such difference').toEqual([])
  })
})
