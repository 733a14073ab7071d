// Names with a suffix as Kubernetes draws it, from a seed: the decision stays pure, and the name is known before the
// write.
import { seededRandom } from '../../doors/random.ts'

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5
const NAME_MAX = 63

/** `simple-rollout-597df99d85-` and a seed → `simple-rollout-597df99d85-kct7w`. */
export function randomName(prefix: string, seed: string): string {
  const random = seededRandom(fnv1a(seed))
  const suffix = Array.from(
    { length: SUFFIX_LENGTH },
    () => LETTERS[Math.floor(random.next() * LETTERS.length)],
  )
  return prefix.slice(0, NAME_MAX - SUFFIX_LENGTH) + suffix.join('')
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
