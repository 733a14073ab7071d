// For the tests of the laws: a plain life, and what a pass sees, made of single objects.
import { knownKind } from '../../kube/kinds.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { LifeSpec } from './scenario.ts'
import { withObject } from './sight.ts'
import type { Sight } from './sight.ts'

/** A canary behind NGINX, without steps. */
export const PLAIN: LifeSpec = {
  strategy: 'routed',
  router: 'nginx',
  replicas: 2,
  steps: [],
  hasServices: true,
  isAutomatic: true,
  isAnalysed: false,
}

/** Of these objects alone. */
export function sightWith(objects: readonly KubeObject[]): Sight {
  return objects.reduce<Sight>((sight, one) => withObject(sight, knownKind(one) as Kind, one), new Map())
}
