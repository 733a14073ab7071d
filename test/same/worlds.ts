// Worlds to decide on: scenes by chance, each as it was found and after each of its passes until it rests.
import fc from 'fast-check'
import type { KubeObject } from '../../src/kube/object.ts'
import { objectsOf, scene } from '../../src/rollout/any-state.suite.ts'
import { aModel } from '../../src/rollout/model.suite.ts'
import type { Instant } from '../../src/std/instant.ts'

export interface SavedWorld {
  readonly now: Instant
  readonly objects: readonly KubeObject[]
}

const MOST_PASSES = 12

export function worlds(count: number, seed: number): readonly SavedWorld[] {
  const saved: SavedWorld[] = []
  for (const one of fc.sample(scene, { numRuns: count, seed })) {
    if (saved.length >= count) break
    const model = aModel(objectsOf(one))
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      saved.push({ now: model.now, objects: model.objects() })
      if (!model.pass() && !model.pods()) break
    }
  }
  return saved.slice(0, count)
}
