// Names with a suffix as Kubernetes draws it, from a seed: the decision stays pure, and the name is known before the
// write.
import { seededRandom } from '../../doors/random.ts'
import { generatedName } from '../../kube/names.ts'
import { fnv1a } from '../../std/fnv.ts'

/** `simple-rollout-597df99d85-` and a seed → `simple-rollout-597df99d85-kct7w`. */
export function randomName(prefix: string, seed: string): string {
  return generatedName(prefix, seededRandom(fnv1a(new TextEncoder().encode(seed))).next)
}
