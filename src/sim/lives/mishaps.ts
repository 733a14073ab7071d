// What befalls running pods: one is gone without a word, or loses its readiness for a while.
import { POD } from '../../kube/kinds.ts'
import { refOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { ModelWorld } from '../model/world.ts'
import { NAMESPACE } from './furniture.ts'
import type { Fault } from './scenario.ts'

const UNREADY = 'crossfade.dev/ready'
const AT_LEAST_MS = 15_000

/** Puts them into the world's future. The pod is the nth of those that are there by then. */
export function planMishaps({ cluster, timeline }: ModelWorld, faults: readonly Fault[]): void {
  const begunAt = timeline.now()
  const nthPod = (nth: number): KubeObject | undefined => {
    const pods = cluster.list(POD, NAMESPACE)
    return pods[nth % Math.max(1, pods.length)]
  }
  const mark = (pod: KubeObject, value: string | null) =>
    cluster.write({
      verb: 'patch',
      target: refOf(POD, pod),
      patch: { metadata: { annotations: { [UNREADY]: value } } },
      why: 'its probe changes its mind',
    })
  for (const fault of faults) {
    if (fault.on !== 'pod' || (fault.do !== 'dies' && fault.do !== 'flaps')) continue
    timeline.at(begunAt + AT_LEAST_MS + fault.ms, () => {
      const pod = nthPod(fault.nth)
      if (pod === undefined) return
      if (fault.do === 'flaps') {
        mark(pod, 'false')
        return timeline.at(timeline.now() + AT_LEAST_MS, () => void mark(pod, null))
      }
      cluster.write({
        verb: 'delete',
        target: refOf(POD, pod),
        gracePeriodSeconds: 0,
        why: 'its node is gone',
      })
    })
  }
}
