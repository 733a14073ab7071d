// A search for a life that fails: parts of it go to workers, what is known stands in a state that can be written to a
// file and taken up again. Two thirds of the lives are new seeds; the others lie near those that have shown something
// seldom.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Part, PartPlayed } from './part.ts'
import { startPlayer } from './player.ts'

export interface SearchState {
  /** The next seed that nobody has played. */
  nextSeed: number
  lives: number
  passes: number
  passMs: number
  writes: number
  cpuSeconds: number
  failures: { readonly name: string; readonly law: string; readonly what: string; readonly atMs: number }[]
  seen: Record<string, number>
  /** Lives to look near to, and how many near each have been played. */
  rare: { readonly name: string; near: number }[]
}

export interface Searching {
  readonly lives: number
  readonly jobs: number
  readonly file: string | undefined
  /** The program whose worker plays a part. */
  readonly program: URL
  readonly onPart: (state: SearchState, played: PartPlayed) => void
  /** These, one after the other, instead of lives by chance. */
  readonly names?: readonly string[]
}

const PART = 250
const NEAR = 4
const NEAR_SHARE = 3

/** A new one where there is no file. Throws when what the file holds is no search. */
export function loaded(file: string | undefined, seed: number): SearchState {
  if (file !== undefined && existsSync(file)) return stateIn(readFileSync(file, 'utf8'))
  const counts = { nextSeed: seed, lives: 0, passes: 0, passMs: 0, writes: 0, cpuSeconds: 0 }
  return { ...counts, failures: [], seen: {}, rare: [] }
}

const COUNTS = ['nextSeed', 'lives', 'passes', 'passMs', 'writes', 'cpuSeconds'] as const

function stateIn(text: string): SearchState {
  const read = JSON.parse(text) as Partial<SearchState> | null
  const isSearch =
    COUNTS.every(name => Number.isFinite(read?.[name])) &&
    Array.isArray(read?.failures) &&
    Array.isArray(read.rare) &&
    typeof read.seen === 'object'
  if (!isSearch) throw new Error('it is no search: name a file that --resume has written, or a new one')
  return read as SearchState
}

function keep(file: string | undefined, state: SearchState): void {
  if (file === undefined) return
  writeFileSync(`${file}.new`, JSON.stringify(state))
  renameSync(`${file}.new`, file)
}

function nextPart(state: SearchState, most: number): Part {
  const size = Math.min(PART, most)
  const near: string[] = []
  while (near.length < size / NEAR_SHARE && state.rare.length > 0) {
    const [one] = state.rare
    if (one === undefined || one.near >= NEAR) state.rare.shift()
    else near.push(`${one.name.split('.')[0]}.${++one.near}`)
  }
  const fresh = Array.from({ length: size - near.length }, () => String(state.nextSeed++))
  return { names: [...near, ...fresh], known: state.seen }
}

function partOf(names: readonly string[], from: number): Part {
  return { names: names.slice(from, from + PART) }
}

function take(state: SearchState, played: PartPlayed): void {
  state.lives += played.lives
  state.passes += played.passes
  state.passMs += played.passMs
  state.writes += played.writes
  state.failures.push(...played.failures)
  for (const [key, times] of Object.entries(played.seen)) state.seen[key] = (state.seen[key] ?? 0) + times
  const known = new Set(state.rare.map(one => one.name))
  for (const name of played.rare)
    if (!name.includes('.') && !known.has(name)) state.rare.push({ name, near: 0 })
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Until so many lives have been played, those of the state included. */
export async function search(state: SearchState, searching: Searching): Promise<void> {
  const { lives, jobs, file, program, onPart, names } = searching
  let begun = cpuSeconds()
  let left = lives - state.lives
  const work = async () => {
    const player = startPlayer(program)
    while (left > 0) {
      const part = names === undefined ? nextPart(state, left) : partOf(names, names.length - left)
      left -= part.names.length
      const played = await player.play(part)
      take(state, played)
      const now = cpuSeconds()
      state.cpuSeconds += now - begun
      begun = now
      keep(file, state)
      onPart(state, played)
    }
    await player.stop()
  }
  await Promise.all(Array.from({ length: jobs }, work))
}
