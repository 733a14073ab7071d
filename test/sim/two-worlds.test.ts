// The law between the two worlds, over lives by chance: the model makes the moves of the real one, and stands like it.
// `LIVES=n` plays more.
import { expect, test } from 'vitest'
import { differences, plainLife } from './two-worlds.ts'

const LIVES = Number(process.env['LIVES'] ?? 6)
const TIMEOUT_MS = 30_000

test.each(Array.from({ length: LIVES }, (_, i) => i + 1))(
  'life %i is the same in both worlds',
  async seed => {
    expect(await differences(plainLife(seed))).toEqual([])
  },
  TIMEOUT_MS,
)
