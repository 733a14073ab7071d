// The law that ties the synchronous model world to the real small controllers over the real API server: the same
// golden lives, with the same verdict of compare.ts. `LIVES=a,b` plays others.
import { describe, expect, test } from 'vitest'
import { AGREED } from './agreed.ts'
import { compareLives, verdict } from './compare.ts'
import { playInModel } from './model-stage.ts'
import { needless, unwanted } from './on-purpose.ts'
import { readRacy, readRecording, readScenario } from './recording.ts'

/** The model serves each kind in one version, and does not play deletions with finalizers: these need more. */
const NOT_YET = /istio|traefik|smi|ambassador-v3|router-(changed|removed|alb-deleted)/

const played = process.env['LIVES']?.split(',') ?? AGREED.filter(name => !NOT_YET.test(name))

describe('a life in the model is the recorded one', () => {
  const racy = readRacy()
  test.each(played)('%s', async name => {
    const got = await playInModel(readScenario(name))
    const found = compareLives(readRecording(name), got, racy[`${name}.json`])
    expect(verdict(name, unwanted(name, found), 20)).toEqual([`${name} equal`])
    expect(needless(name, found), 'listed in on-purpose.ts, but there is no such difference').toEqual([])
  })
})
