// Which images run, and as what: one line an image, however many ReplicaSets run it.
import { compareText } from '../std/compare.ts'
import type { ReplicaSetView, Tag } from './replica-set-view.ts'

export interface ImageView {
  readonly image: string
  readonly tags: readonly string[]
}

const TAG_ORDER: readonly Tag[] = ['canary', 'stable', 'active', 'preview', 'ping', 'pong']

/**
 * Sorted by image. An image keeps the order of its one ReplicaSet's tags; those of several are merged and
 * sorted.
 */
export function imagesOf(replicaSets: readonly ReplicaSetView[]): ImageView[] {
  const found = new Map<string, readonly string[]>()
  for (const one of replicaSets) {
    if (one.replicas === 0) continue
    const tags = [
      ...TAG_ORDER.filter(tag => one.tags.includes(tag)),
      ...(one.template === undefined ? [] : [`Σ:${one.template}`]),
    ]
    for (const image of one.images) {
      const before = found.get(image)
      found.set(image, before === undefined ? tags : [...new Set([...before, ...tags])].toSorted(compareText))
    }
  }
  return [...found]
    .map(([image, tags]) => ({ image, tags }))
    .toSorted((a, b) => compareText(a.image, b.image))
}
