// Every recorded measurement of the providers that there are, played anew: the same requests, the same status, the same
// Events. What differs on purpose is listed beside it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareCase } from '../golden-measurements/compare-case.ts'
import { playCase } from '../golden-measurements/play-case.ts'
import { namesAsked, recordedCases } from '../golden-measurements/recorded-case.ts'
import { makeCertificates } from '../golden-measurements/scripted-outside.ts'
import type { Certificates } from '../golden-measurements/scripted-outside.ts'
import { openStage } from '../golden-measurements/stage.ts'
import type { Stage } from '../golden-measurements/stage.ts'
import { isMeant, meantIn } from './on-purpose-analysis.ts'

const PROVIDERS = ['web', 'prometheus', 'run']

/** So many are played on one stage: its Events pile up. */
const ON_ONE_STAGE = 25

let certificates: Certificates
let stage: Stage | undefined
let played = 0
beforeAll(async () => {
  certificates = await makeCertificates(namesAsked(recordedCases(PROVIDERS)))
})
afterAll(async () => {
  certificates.remove()
  await stage?.world.stop()
})

async function aStage(): Promise<Stage> {
  if (stage === undefined || played++ % ON_ONE_STAGE === 0) {
    await stage?.world.stop()
    stage = await openStage()
  }
  return stage
}

describe.each(PROVIDERS)('recorded: %s', provider => {
  const cases = recordedCases([provider]).map(one => [one.id, one.title, one] as const)
  test.each(cases)('%s: %s', async (_id, _title, one) => {
    const found = compareCase(one, await playCase(one, await aStage(), certificates))
    const meant = meantIn(one)
    expect(found.filter(({ field }) => !meant.some(known => isMeant(known, field)))).toEqual([])
    expect(meant.filter(known => !found.some(({ field }) => isMeant(known, field)))).toEqual([])
  })
})
