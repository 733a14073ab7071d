// What a pass sees, made of single objects: for the tests of the laws.
import { knownKind } from '../../kube/kinds.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import { withObject } from './sight.ts'
import type { Sight } from './sight.ts'

/** Of these objects alone. */
export function sightWith(objects: readonly KubeObject[]): Sight {
  return objects.reduce<Sight>((sight, one) => withObject(sight, knownKind(one) as Kind, one), new Map())
}
