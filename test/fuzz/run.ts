// Plays one door, or all of them, against the built program.
//   npm run fuzz -- [DOOR…] [--seconds 600] [--seed N]
import { parseArgs } from 'node:util'
import { DOORS } from './doors.ts'
import { play } from './play.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
})

const unknown = positionals.filter(name => !DOORS.some(door => door.name === name))
const doors = DOORS.filter(door => positionals.length === 0 || positionals.includes(door.name))
if (unknown.length > 0) {
  const names = DOORS.map(door => door.name).join(', ')
  process.stderr.write(`fuzz: no door is called ${unknown.join(', ')}; there are ${names}\n`)
  process.exitCode = 2
} else {
  for (const door of doors) await shown(door)
  // A hostile client may have left sockets behind.
  process.exit()
}

async function shown(door: (typeof DOORS)[number]): Promise<void> {
  const seed = Number(values.seed)
  const onRun = process.stderr.isTTY
    ? (runs: number) => void process.stderr.write(`\rfuzz: ${door.name}: ${runs} inputs`)
    : undefined
  const options = { seed, seconds: Number(values.seconds), ...(onRun === undefined ? {} : { onRun }) }
  const { runs, found } = await play(door, options)
  if (onRun !== undefined) process.stderr.write('\r')
  const said = found === undefined ? 'nothing found' : `FOUND\n${found}`
  process.stdout.write(`fuzz: ${door.name}: ${runs} inputs, seed ${seed}, ${values.seconds} s: ${said}\n`)
  if (found !== undefined) process.exitCode = 1
}
