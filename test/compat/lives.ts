// How the tests of this folder are told: each is one life in a namespace of its own. Most of a life is waiting
// for pods, so many of them go on at the same time in one world.
import { test } from 'vitest'
import { beginLife } from './life.ts'
import type { Life } from './life.ts'
import type { World } from './world.ts'

const LIFE_MS = 110_000

export type Lives = (sentence: string, play: (life: Life) => Promise<void>) => void

export function livesIn(world: () => World, { isAlone = false } = {}): Lives {
  const add = isAlone ? test : test.concurrent
  return (sentence, play) => add(sentence, { timeout: LIFE_MS }, async () => play(await beginLife(world())))
}
