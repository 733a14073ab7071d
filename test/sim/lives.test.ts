// Lives by chance with faults in the model world: nothing unsafe, nothing stuck. First those that once failed.
// `LIVES=n` plays more, from others' seeds.
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drawScenario } from '../../src/sim/lives/draw.ts'
import { playLife } from '../../src/sim/lives/life.ts'
import type { Scenario } from '../../src/sim/lives/scenario.ts'
import { shrink } from '../../src/sim/lives/shrink.ts'
import { bundle } from '../bundle.ts'
import type { PartPlayed } from './part.ts'
import { startPlayer } from './player.ts'
import type { Player } from './player.ts'

const LIVES = Number(process.env['LIVES'] ?? 3000)
const FIRST_SEED = process.env['LIVES'] === undefined ? 1 : 1_000_000
const FOLDER = join(process.cwd(), 'test', 'sim', 'regressions')
const TIMEOUT_MS = 60_000 + LIVES * 200
/** Lives that a player is given at once. */
const PART = 100

/** All cores play: each takes a part, until none is left. */
async function playedOn(players: readonly Player[], names: string[]): Promise<PartPlayed['failures']> {
  const failures: PartPlayed['failures'][number][] = []
  const work = async (player: Player) => {
    while (names.length > 0) failures.push(...(await player.play({ names: names.splice(0, PART) })).failures)
  }
  await Promise.all(players.map(work))
  return failures
}

describe('a life that once failed', () => {
  test.each(readdirSync(FOLDER).filter(name => name.endsWith('.json')))('%s', name => {
    const scenario = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Scenario
    expect(playLife(scenario).failure).toBeUndefined()
  })
})

describe('lives by chance', () => {
  test(
    'nothing is unsafe and nothing stuck',
    async () => {
      const program = await bundle('test/sim/run.ts', 'test/sim/lives.mjs')
      const players = Array.from({ length: Math.min(4, availableParallelism()) }, () => startPlayer(program))
      expect(LIVES).toBeGreaterThan(0)
      const names = Array.from({ length: LIVES }, (_, i) => String(FIRST_SEED + i))
      try {
        expect(await playedOn(players, names)).toEqual([])
      } finally {
        await Promise.all(players.map(player => player.stop()))
      }
    },
    TIMEOUT_MS,
  )

  test('the same seed plays the same life again', () => {
    for (const seed of [3, 14, 15]) {
      const [first, second] = [1, 2].map(() => playLife(drawScenario(seed), { tellsStory: true }))
      expect(second).toEqual(first)
      expect(first?.story.length).toBeGreaterThan(5)
    }
  })

  test('a life that does not fail is not made smaller', () => {
    const scenario = drawScenario(3)
    expect(shrink(scenario, 'it comes to rest')).toBe(scenario)
  })
})
