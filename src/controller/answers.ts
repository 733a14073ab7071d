// What decisions ask of the world outside the cluster's local copy, and how it is found out (station j of the walk).
import type { MeasureQuestion } from '../analysis/providers/asking.ts'
import { podsProblem } from '../analysis/providers/job-pods.ts'
import type { PodsQuestion } from '../analysis/providers/job-pods.ts'
import type { Pod } from '../kube/core.ts'
import { isAbsent } from '../kube/errors.ts'
import { POD } from '../kube/kinds.ts'
import { asJson } from '../kube/object.ts'
import type { StandsQuestion } from '../rollout/gather/left-behind.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Answerer } from '../runtime/loop/driver.ts'
import type { Measurer, MeasureWorld } from './measure.ts'

/** Pods of one Job that are looked at. */
const MOST_PODS = 100

export function answersFrom(world: MeasureWorld): Answerer {
  // Loaded with the first question: a start that measures nothing need not wait for the language of conditions.
  let loaded: Promise<Measurer> | undefined
  const measurer = () => (loaded ??= import('./measure.ts').then(code => code.measurer(world)))
  return async ({ about }, signal) => {
    const asked = about as unknown as PodsQuestion | MeasureQuestion | StandsQuestion
    if ('stands' in asked) return stands(world.client, asked)
    if ('measure' in asked) return asJson(await (await measurer())(asked.measure, signal))
    return lookAtPods(world.client, asked)
  }
}

/** Whether an object that the local copy no longer has stands on the server all the same. */
async function stands(client: Client, { stands: ref, uid }: StandsQuestion): Promise<boolean> {
  try {
    return (await client.get(ref)).metadata.uid === uid
  } catch (error) {
    if (isAbsent(error, ref)) return false
    throw error
  }
}

async function lookAtPods(client: Client, { podsOf: { namespace, job } }: PodsQuestion): Promise<string> {
  const selection = { namespace, labels: `batch.kubernetes.io/job-name=${job}` }
  const { items } = await client.list(POD, selection, { limit: MOST_PODS })
  return podsProblem(items as readonly Pod[])
}
