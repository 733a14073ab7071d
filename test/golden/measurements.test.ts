// Every recorded measurement of the providers that there are, played anew: the same requests, the same status, the same
// Events. What differs on purpose is listed beside it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareCase } from '../golden-measurements/compare-case.ts'
import { playCase } from '../golden-measurements/play-case.ts'
import { namesAsked, recordedCases } from '../golden-measurements/recorded-case.ts'
import { makeCertificates } from '../golden-measurements/scripted-outside.ts'
import type { Certificates } from '../golden-measurements/scripted-outside.ts'
import { isMeant, meantIn } from './on-purpose-analysis.ts'

const PROVIDERS = ['web', 'prometheus', 'run']

let certificates: Certificates
beforeAll(async () => {
  certificates = await makeCertificates(namesAsked(recordedCases(PROVIDERS)))
})
afterAll(() => certificates.remove())

describe.each(PROVIDERS)('recorded: %s', provider => {
  test.each(recordedCases([provider]).map(one => [one.id, one.title, one] as const))('%s: %s', async (_id, _title, one) => {
    const found = compareCase(one, await playCase(one, certificates))
    const meant = meantIn(one)
    expect(found.filter(({ field }) => !meant.some(known => isMeant(known, field)))).toEqual([])
    expect(meant.filter(known => !found.some(({ field }) => isMeant(known, field)))).toEqual([])
  })
})
