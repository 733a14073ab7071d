// Weights that are set by hand: all users go to the side that has had the fewest.
import type { KubeObject } from '../../kube/object.ts'
import type { ClusterModel } from '../model/cluster.ts'
import { isRouted, NAMESPACE, routeIn } from './furniture.ts'
import type { LifeSpec } from './scenario.ts'

export function weigh(cluster: ClusterModel, spec: LifeSpec): void {
  if (!isRouted(spec)) return
  const { kind, name, weighed } = routeIn(spec)
  const target = { kind, namespace: NAMESPACE, name }
  const standing = cluster.get<KubeObject>(target)
  const patch = standing && weighed(standing)
  if (patch !== undefined) cluster.write({ verb: 'patch', target, patch, why: 'somebody sets the weights' })
}
