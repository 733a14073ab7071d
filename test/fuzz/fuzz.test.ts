// Some inputs at each door, from the same seed: nothing that anybody sends ends the program, freezes it, or reaches
// a terminal. Longer: npm run fuzz.
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DOORS } from './doors.ts'
import { play } from './play.ts'

test.skipIf(!existsSync('dist/main/crossfade.js')).each(DOORS.map(door => [door.name, door] as const))(
  'nothing found at the door %s (needs npm run build)',
  async (_, door) => {
    const { runs, found } = await play(door, { seed: 12, inputs: door.inputs })
    expect(found).toBeUndefined()
    expect(runs).toBe(door.inputs)
  },
  120_000,
)
