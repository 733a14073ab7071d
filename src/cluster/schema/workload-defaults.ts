// The defaults of pods and of everything that makes pods. Those of a pod's spec are shared with the
// controller.
import { defaultedPodSpec } from '../../kube/pod-defaults.ts'
import { isJsonObject } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { record } from '../../std/json-parts.ts'
import { each, filled, inside } from './fill.ts'
import type { Fill } from './fill.ts'

const template: Fill = spec => inside(spec, 'template', one => inside(one, 'spec', defaultedPodSpec))

export const podDefaults: Fill = pod =>
  inside(pod, 'spec', spec => {
    const full = filled(defaultedPodSpec(spec), { enableServiceLinks: true })
    return each(each(full, 'initContainers', withRequests), 'containers', withRequests)
  })

/** What is limited and not requested is requested up to its limit. */
function withRequests(container: JsonObject): JsonObject {
  return inside(container, 'resources', resources => {
    const { limits, requests } = resources
    if (!isJsonObject(limits)) return resources
    return { ...resources, requests: { ...limits, ...record(requests) } }
  })
}

export const podTemplateDefaults: Fill = object =>
  inside(object, 'template', one => inside(one, 'spec', defaultedPodSpec))

export const deploymentDefaults: Fill = deployment =>
  inside(deployment, 'spec', spec =>
    filled(inside(template(spec), 'strategy', strategy), {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    }),
  )

function strategy(given: JsonObject): JsonObject {
  const full = filled(given, { type: 'RollingUpdate' })
  if (full['type'] !== 'RollingUpdate') return full
  const rolling = record(full['rollingUpdate'])
  return { ...full, rollingUpdate: filled(rolling, { maxUnavailable: '25%', maxSurge: '25%' }) }
}

export const replicaSetDefaults: Fill = replicaSet =>
  inside(replicaSet, 'spec', spec => filled(template(spec), { replicas: 1 }))

/** The old kind: selector and labels come from the template. */
export const replicationControllerDefaults: Fill = controller => {
  const spec = controller['spec']
  const labels = isJsonObject(spec) && isJsonObject(spec['template']) ? labelsOf(spec['template']) : undefined
  const labelled =
    labels && labelsOf(controller) === undefined
      ? inside(controller, 'metadata', metadata => ({ ...metadata, labels }))
      : controller
  return inside(labelled, 'spec', one => filled(template(one), { replicas: 1, selector: labels }))
}

export const statefulSetDefaults: Fill = statefulSet =>
  inside(statefulSet, 'spec', spec =>
    filled(
      inside(
        each(template(spec), 'volumeClaimTemplates', one =>
          claimDefaults({ kind: 'PersistentVolumeClaim', apiVersion: 'v1', ...one }),
        ),
        'updateStrategy',
        rollingUpdate,
      ),
      {
        podManagementPolicy: 'OrderedReady',
        replicas: 1,
        revisionHistoryLimit: 10,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      },
    ),
  )

function rollingUpdate(given: JsonObject): JsonObject {
  const full = filled(given, { type: 'RollingUpdate' })
  if (full['type'] !== 'RollingUpdate') return full
  const rolling = record(full['rollingUpdate'])
  return { ...full, rollingUpdate: filled(rolling, { partition: 0 }) }
}

export const daemonSetDefaults: Fill = daemonSet =>
  inside(daemonSet, 'spec', spec =>
    filled(
      inside(template(spec), 'updateStrategy', given => {
        const full = filled(given, { type: 'RollingUpdate' })
        if (full['type'] !== 'RollingUpdate') return full
        const rolling = record(full['rollingUpdate'])
        return { ...full, rollingUpdate: filled(rolling, { maxUnavailable: 1, maxSurge: 0 }) }
      }),
      { revisionHistoryLimit: 10 },
    ),
  )

export const jobDefaults: Fill = job => {
  const labels =
    isJsonObject(job['spec']) && isJsonObject(job['spec']['template'])
      ? labelsOf(job['spec']['template'])
      : undefined
  const labelled =
    labels && labelsOf(job) === undefined
      ? inside(job, 'metadata', metadata => ({ ...metadata, labels }))
      : job
  return inside(labelled, 'spec', jobSpecDefaults)
}

function jobSpecDefaults(spec: JsonObject): JsonObject {
  const isSingle = spec['completions'] === undefined && spec['parallelism'] === undefined
  return filled(template(spec), {
    completions: isSingle ? 1 : undefined,
    parallelism: 1,
    backoffLimit: spec['backoffLimitPerIndex'] === undefined ? 6 : 2_147_483_647,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
  })
}

export const cronJobDefaults: Fill = cronJob =>
  inside(cronJob, 'spec', spec => {
    const made = inside(spec, 'jobTemplate', one => inside(one, 'spec', template))
    return filled(made, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    })
  })

export function claimDefaults(claim: JsonObject): JsonObject {
  const full = inside(claim, 'spec', spec => filled(spec, { volumeMode: 'Filesystem' }))
  return inside(full, 'status', status => filled(status, { phase: 'Pending' }))
}

function labelsOf(object: JsonObject): Json | undefined {
  const metadata = object['metadata']
  if (!isJsonObject(metadata) || !isJsonObject(metadata['labels'])) return undefined
  return Object.keys(metadata['labels']).length > 0 ? metadata['labels'] : undefined
}
