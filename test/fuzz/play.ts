// Plays a door: inputs by chance, from a seed; each one beside an innocent request. A death, an innocent who waits too
// long, a wrong answer or too much memory is a finding, and it is shrunk.
import fc from 'fast-check'
import type { Door, Target } from './door.ts'

const INNOCENT_MS = 2000
/** What a hostile client may hold for itself: then it is cut off. */
const SEND_MS = 6000
const MEMORY_MB = 400

export interface Played {
  readonly runs: number
  readonly seed: number
  /** The smallest input that was found, and what it did. */
  readonly found: string | undefined
}

export interface Playing {
  readonly seed: number
  /** Whichever ends first; by default the other has no end. */
  readonly seconds?: number
  readonly inputs?: number
  onRun?(runs: number): void
}

// The input's type is the door's own affair.
// oxlint-disable-next-line typescript/no-explicit-any
export async function play(door: Door<any>, { seed, seconds, inputs, onRun }: Playing): Promise<Played> {
  const behind = reopening(door)
  let runs = 0
  try {
    const property = fc.asyncProperty(door.input, async (input: unknown) => {
      runs++
      onRun?.(runs)
      // A busy machine is no finding: what freezes the program freezes a fresh one, too.
      await one(await behind.target(), input).catch(async (error: unknown) => {
        if (!(error instanceof TooSlow)) throw error
        await behind.renew()
        await one(await behind.target(), input)
      })
    })
    const result = await fc.check(property, {
      seed,
      numRuns: inputs ?? 1_000_000_000,
      ...(seconds === undefined ? {} : { interruptAfterTimeLimit: seconds * 1000 }),
    })
    return { runs, seed, found: result.counterexample === null ? undefined : foundIn(result) }
  } finally {
    await behind.close()
  }
}

/** The input as it can be read: what is very long is cut. */
function foundIn({ counterexample, errorInstance }: fc.RunDetails<[unknown]>): string {
  const what = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  return `${what}\n${fc.stringify(counterexample?.[0]).slice(0, 4000)}`
}

async function one(target: Target<unknown>, input: unknown): Promise<void> {
  const sent = within(SEND_MS, target.send(input)).catch((error: unknown) => error)
  await required(INNOCENT_MS, target.innocent(), 'an innocent request was not answered')
  const said = await sent
  const death = target.death()
  if (death !== undefined) throw new Error(`it died: ${death}`)
  if (said instanceof Error) throw said
  await required(INNOCENT_MS, target.innocent(), 'afterwards an innocent request was not answered')
  const memory = target.memoryMb()
  if (memory > MEMORY_MB) throw new Error(`it has ${Math.round(memory)} MB (${MEMORY_MB} are allowed)`)
}

class TooSlow extends Error {}

async function required(ms: number, work: Promise<unknown>, what: string): Promise<void> {
  const answer = await within(
    ms,
    work.then(() => true),
  )
  if (answer !== true) throw new TooSlow(`${what} within ${ms} ms`)
}

/** Undefined when it took too long. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function reopening(door: Door<unknown>) {
  let target: Target<unknown> | undefined
  const renew = async () => {
    await target?.close()
    target = undefined
  }
  return {
    async target(): Promise<Target<unknown>> {
      if (target?.death() !== undefined) await renew()
      target ??= await door.open()
      return target
    },
    renew,
    close: async () => target?.close(),
  }
}
