// What is told of a simulated pod's life, in the words of Kubernetes' scheduler and kubelet.
import type { Container, Pod } from '../../kube/core.ts'
import type { EventNote } from '../../kube/write.ts'

const SCHEDULER = 'default-scheduler'

export function scheduledEvent(pod: Pod): EventNote {
  const { namespace = '', name } = pod.metadata
  const message = `Successfully assigned ${namespace}/${name} to ${pod.spec.nodeName ?? ''}`
  return { type: 'Normal', reason: 'Scheduled', message, source: SCHEDULER }
}

/** Every container, those that initialise first: its image, itself, its start. */
export function startEvents(pod: Pod): readonly EventNote[] {
  return containersOf(pod).flatMap(([container, part]) => [
    ...imageEvents(container, part),
    normal('Created', `Created container: ${container.name}`, part),
    normal('Started', `Started container ${container.name}`, part),
  ])
}

function imageEvents({ image = '', imagePullPolicy }: Container, part: string): readonly EventNote[] {
  if (imagePullPolicy !== 'Always')
    return [normal('Pulled', `Container image "${image}" already present on machine`, part)]
  const pulled = `Successfully pulled image "${image}" in 0s (0s including waiting). Image size: 0 bytes.`
  return [pullingEvent(image, part), normal('Pulled', pulled, part)]
}

export function killingEvents(pod: Pod): readonly EventNote[] {
  const running = (pod.status?.containerStatuses ?? []).filter(one => one.state?.running !== undefined)
  return running.map(({ name }) => normal('Killing', `Stopping container ${name}`, partOf(name)))
}

/** The first try to have an image, or a later one. */
export function pullFailedEvents(
  pod: Pod,
  {
    image,
    message,
    isFirst,
  }: { readonly image: string; readonly message: string; readonly isFirst: boolean },
): readonly EventNote[] {
  const part = containersOf(pod).find(([container]) => container.image === image)?.[1]
  const warned = (reason: string) => warning('Failed', `Error: ${reason}`, part)
  if (!isFirst)
    return [normal('BackOff', `Back-off pulling image "${image}"`, part), warned('ImagePullBackOff')]
  const failed = warning('Failed', `Failed to pull image "${image}": ${message}`, part)
  return [pullingEvent(image, part), failed, warned('ErrImagePull')]
}

export function crashEvents(pod: Pod): readonly EventNote[] {
  const { namespace = '', name, uid = '' } = pod.metadata
  const [container] = pod.spec.containers
  const about = `${container?.name ?? ''} in pod ${name}_${namespace}(${uid})`
  return [warning('BackOff', `Back-off restarting failed container ${about}`, partOf(container?.name ?? ''))]
}

export function configErrorEvents(pod: Pod, message: string): readonly EventNote[] {
  const [container] = pod.spec.containers
  if (container === undefined) return []
  const part = partOf(container.name)
  return [...imageEvents(container, part), warning('Failed', `Error: ${message}`, part)]
}

export function mountFailedEvent(volume: string, message: string): EventNote {
  const told = `MountVolume.SetUp failed for volume "${volume}" : ${message}`
  return warning('FailedMount', told, undefined)
}

/** Undefined: nothing has kept it from being bound. */
export function unscheduledEvent(pod: Pod): EventNote | undefined {
  const told = pod.status?.conditions?.find(
    one => one.type === 'PodScheduled' && one.reason === 'Unschedulable',
  )
  if (told === undefined) return undefined
  return { ...warning('FailedScheduling', told.message ?? '', undefined), source: SCHEDULER }
}

export function unhealthyEvent(pod: Pod, why: string): EventNote {
  return warning('Unhealthy', `Readiness probe failed: ${why}`, partOf(pod.spec.containers[0]?.name ?? ''))
}

function pullingEvent(image: string, part: string | undefined): EventNote {
  return normal('Pulling', `Pulling image "${image}"`, part)
}

function containersOf({ spec }: Pod): readonly (readonly [container: Container, part: string])[] {
  return [
    ...(spec.initContainers ?? []).map(one => [one, `spec.initContainers{${one.name}}`] as const),
    ...spec.containers.map(one => [one, partOf(one.name)] as const),
  ]
}

function partOf(name: string): string {
  return `spec.containers{${name}}`
}

function normal(reason: string, message: string, part: string | undefined): EventNote {
  return { type: 'Normal', reason, message, ...(part !== undefined && { part }) }
}

function warning(reason: string, message: string, part: string | undefined): EventNote {
  return { type: 'Warning', reason, message, ...(part !== undefined && { part }) }
}
