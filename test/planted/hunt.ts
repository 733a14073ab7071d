// What `npm run planted -- --sim` runs with a bug bundled into it: lives by chance from the first seed on, until one
// fails. Its only line says at which life that was, which law was broken, and whether the others miss it.
import { drawScenario } from '../../src/sim/lives/draw.ts'
import { playLife } from '../../src/sim/lives/life.ts'
import type { Failure } from '../../src/sim/lives/life.ts'

const most = Number(process.argv[2])

function hunt(): string {
  for (let life = 1; life <= most; life++) {
    const scenario = drawScenario(life)
    const failure = outcome(scenario)
    if (failure === undefined) continue
    const { law, what } = failure
    return JSON.stringify({ life, law, what, isAlone: outcome(scenario, law) === undefined })
  }
  return JSON.stringify({ life: undefined })
}

/** What a bug throws out of the loop is found as well. */
function outcome(
  scenario: Parameters<typeof playLife>[0],
  without?: string,
): Pick<Failure, 'law' | 'what'> | undefined {
  try {
    return playLife(scenario, without === undefined ? {} : { without }).failure
  } catch (error) {
    return { law: 'the loop stands', what: String(error) }
  }
}

process.stdout.write(`${hunt()}\n`)
