// Golden lives played in the simulated cluster, in virtual time: the verdict is that of compare.ts.
import { describe, expect, test } from 'vitest'
import { compareLives, verdict } from './compare.ts'
import { readRacy, readRecording, readScenario } from './recording.ts'
import { playInWorld } from './virtual-life.ts'

const AGREE = (process.env['LIVES'] ?? 'bg-basic,bg-auto').split(',')

describe('a life in the simulated cluster is the recorded one', () => {
  const racy = readRacy()
  test.each(AGREE)('%s', async name => {
    const got = await playInWorld(readScenario(name))
    const found = compareLives(readRecording(name), got, racy[`${name}.json`])
    expect(verdict(name, found, 20)).toEqual([`${name} equal`])
  })
})
