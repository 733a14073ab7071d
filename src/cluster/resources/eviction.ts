// Evicting a pod: deleting it, if its disruption budget allows.
import { asJson, fromJson, specOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { LabelSelector } from '../../kube/core.ts'
import { matches } from '../../kube/selector.ts'
import { printInstant } from '../../std/instant.ts'
import { isJsonObject } from '../../std/json.ts'
import type { JsonObject } from '../../std/json.ts'
import type { Entry } from '../storage/store.ts'
import type { Behaviour } from './behaviour.ts'
import { storeKey } from './core.ts'
import type { Core } from './core.ts'
import type { CreateRequest } from './create.ts'
import { metaOf } from './metadata.ts'
import { list, record, text, withFields } from '../../std/json-parts.ts'
import { badRequest, notFound } from './refusals.ts'
import { remove } from './removal.ts'
import { StatusError } from './resources.ts'
import type { DeleteOptions, Written } from './resources.ts'
import { replace } from './update.ts'

const BUDGETS = 'policy/poddisruptionbudgets'
const RETRY_SECONDS = 10

export async function evict(core: Core, behaviour: Behaviour, request: CreateRequest): Promise<Written> {
  const { body, namespace, options } = request
  if (!isJsonObject(body)) throw badRequest('the object provided is unrecognized (must be of type Eviction)')
  const name = options.name ?? text(metaOf(body)['name'])
  const pod = core.store.newest(storeKey(behaviour, namespace, name))?.value
  if (!pod) throw notFound(behaviour.kind, name)
  const budget = pod.metadata.deletionTimestamp === undefined ? budgetFor(core, pod) : undefined
  const spent = budget && !mayGoFreely(pod, budget.value) ? spend(core, budget, name) : undefined
  const ref = { kind: behaviour.kind, name, ...(namespace === undefined ? {} : { namespace }) }
  const asked = record(body['deleteOptions'])
  const dryRun = options.dryRun === true || list(asked['dryRun']).includes('All')
  const spending = budget && spent && !dryRun ? replace(core, budget, spent) : undefined
  await Promise.all([
    spending,
    remove(core, behaviour, { ref, options: { ...(asked as DeleteOptions), dryRun } }),
  ])
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
  return { object: fromJson(status), created: true, warnings: [] }
}

function budgetFor(core: Core, pod: KubeObject): Entry | undefined {
  const phase = record(asJson(pod)['status'])['phase']
  if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending') return undefined
  const found = core.store.newestOf(BUDGETS, pod.metadata.namespace).filter(({ value }) => {
    const selector = specOf(value)['selector']
    return isJsonObject(selector) && matches(selector as unknown as LabelSelector, pod.metadata.labels)
  })
  if (found.length < 2) return found[0]
  const message =
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
  throw new StatusError(500, 'InternalError', message)
}

/** A pod that serves nobody may go without being counted. */
function mayGoFreely(pod: KubeObject, budget: KubeObject): boolean {
  const conditions = list(record(asJson(pod)['status'])['conditions']).map(record)
  if (conditions.some(one => one['type'] === 'Ready' && one['status'] === 'True')) return false
  const { spec, status } = asJson(budget)
  if (record(spec)['unhealthyPodEvictionPolicy'] === 'AlwaysAllow') return true
  const { currentHealthy, desiredHealthy } = record(status)
  return Number(desiredHealthy) > 0 && Number(currentHealthy) >= Number(desiredHealthy)
}

/** The budget with one disruption less, or a 429. */
function spend(core: Core, { value }: Entry, pod: string): JsonObject {
  const budget = asJson(value)
  const status = record(budget['status'])
  const { name, generation } = value.metadata
  const allowed = Number(status['disruptionsAllowed'] ?? 0)
  if (Number(status['observedGeneration'] ?? 0) < (generation ?? 0)) {
    throw refused(`The disruption budget ${name} is still being processed by the server.`, RETRY_SECONDS)
  }
  if (allowed <= 0) {
    const { desiredHealthy, currentHealthy } = status
    throw refused(
      `The disruption budget ${name} needs ${Number(desiredHealthy ?? 0)} healthy pods and has ` +
        `${Number(currentHealthy ?? 0)} currently`,
    )
  }
  const disruptedPods = { ...record(status['disruptedPods']), [pod]: printInstant(core.now()) }
  return withFields(budget, { status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods } })
}

/** Clients wait by themselves, and say nothing, when they are told for how long. */
function refused(message: string, retryAfterSeconds?: number): StatusError {
  const causes = [{ reason: 'DisruptionBudget', message }]
  const details = retryAfterSeconds === undefined ? { causes } : { causes, retryAfterSeconds }
  const said = "Cannot evict pod as it would violate the pod's disruption budget."
  return new StatusError(429, 'TooManyRequests', said, details, retryAfterSeconds)
}
