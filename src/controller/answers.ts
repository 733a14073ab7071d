// What decisions ask of the world outside the cluster's local copy, and how it is read (station j of the walk).
import { podsProblem } from '../analysis/providers/job-pods.ts'
import type { PodsQuestion } from '../analysis/providers/job-pods.ts'
import type { Pod } from '../kube/core.ts'
import { POD } from '../kube/kinds.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Answerer } from '../runtime/loop/driver.ts'

/** Pods of one Job that are looked at. */
const MOST_PODS = 100

export function answersFrom(client: Client): Answerer {
  return async ({ about }) => {
    const { namespace, job } = (about as unknown as PodsQuestion).podsOf
    const selection = { namespace, labels: `batch.kubernetes.io/job-name=${job}` }
    const { items } = await client.list(POD, selection, { limit: MOST_PODS })
    return podsProblem(items as readonly Pod[])
  }
}
