// The backends that a Rollout's controller has put into an HTTPRoute for an experiment. Their pods end with it, and
// somebody may delete it: whoever would have come to pods that are gone is served by the others.
import { EXPERIMENT_BACKENDS } from '../../api/words.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { RouteBackend } from './route.ts'

export function withoutEnded(
  { metadata }: KubeObject,
  backends: readonly RouteBackend[],
): readonly RouteBackend[] {
  const said: unknown = metadata.annotations?.[EXPERIMENT_BACKENDS]
  if (typeof said !== 'string') return backends
  const names = new Set(said.split(','))
  const left = backends.filter(one => !names.has(one.service) || one.endpoints.length > 0)
  const isServed = left.length === backends.length || left.some(one => one.weight > 0)
  return isServed ? left : left.map(one => (isStable(one) ? { ...one, weight: 1 } : one))
}

function isStable({ endpoints }: RouteBackend): boolean {
  return endpoints.some(({ role }) => role === 'stable')
}
