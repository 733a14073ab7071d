// What befalls running pods and Jobs: one is gone without a word, or fails; one, or all of an image, lose their
// readiness for a while.
import type { Pod } from '../../kube/core.ts'
import { JOB, POD } from '../../kube/kinds.ts'
import { refOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { ModelWorld } from '../model/world.ts'
import { NAMESPACE, runs } from './furniture.ts'
import { CALM_MS } from './scenario.ts'
import type { Fault } from './scenario.ts'

const UNREADY = 'crossfade.dev/ready'
const AT_LEAST_MS = 15_000
const SICK_MS = 60_000

/** Puts them into the world's future. The pod is the nth of those that are there by then. */
export function planMishaps(world: ModelWorld, faults: readonly Fault[]): void {
  const { cluster, timeline } = world
  strikeJobs(world, faults)
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
  const flap = (pod: KubeObject, forMs: number) => {
    mark(pod, 'false')
    timeline.at(timeline.now() + forMs, () => void mark(pod, null))
  }
  for (const fault of faults) {
    if (fault.on === 'image' && fault.do === 'sickens')
      timeline.at(begunAt + AT_LEAST_MS + fault.ms, () => {
        for (const pod of cluster.list<Pod>(POD, NAMESPACE)) if (runs(pod, fault.nth)) flap(pod, SICK_MS)
      })
    if (fault.on !== 'pod' || (fault.do !== 'dies' && fault.do !== 'flaps')) continue
    timeline.at(begunAt + AT_LEAST_MS + fault.ms, () => {
      const pod = nthPod(fault.nth)
      if (pod === undefined) return
      if (fault.do === 'flaps') return flap(pod, AT_LEAST_MS)
      cluster.write({
        verb: 'delete',
        target: refOf(POD, pod),
        gracePeriodSeconds: 0,
        why: 'its node is gone',
      })
    })
  }
}

/** By the order in which they are made, as long as it is not calm. */
function strikeJobs({ cluster, timeline }: ModelWorld, faults: readonly Fault[]): void {
  const planned = faults.filter(one => one.on === 'job')
  if (planned.length === 0) return
  const until = timeline.now() + CALM_MS
  let made = 0
  cluster.onChange(({ kind, now, before }) => {
    if (kind !== JOB || now === undefined || before !== undefined) return
    const nth = made++
    const fault = planned.find(one => one.nth === nth)
    if (fault === undefined || timeline.now() + fault.ms >= until) return
    timeline.at(timeline.now() + fault.ms, () => {
      const job = cluster.get(refOf(JOB, now))
      if (job === undefined) return
      if (fault.do === 'vanishes')
        cluster.write({ verb: 'delete', target: refOf(JOB, job), why: 'somebody deletes it' })
      else cluster.put(JOB, failed(job))
    })
  })
}

function failed(job: KubeObject): KubeObject {
  const conditions = [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }]
  return { ...job, status: { failed: 1, conditions } } as KubeObject
}
