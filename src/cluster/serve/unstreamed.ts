// The parts of a pod that are streams into it: exec, attach, port-forward, proxy. A simulated pod has no inside, and
// the refusal names where it can be reached instead.
import type { Pod, Service } from '../../kube/core.ts'
import { SERVICE } from '../../kube/kinds.ts'
import type { ObjectRef } from '../../kube/object.ts'
import { StatusError } from '../resources/resources.ts'
import { notImplemented } from './answers.ts'
import type { Api } from './request.ts'

const URLS_MAX = 3

export async function streamRefusal(api: Api, ref: ObjectRef, subresource: string): Promise<StatusError> {
  const what = `${ref.kind.plural}/${subresource}`
  const port = api.gatewayPort?.()
  if (port === undefined) return notImplemented(what)
  if (ref.kind.plural === 'services') {
    const name = nameIn(ref.name)
    return notImplemented(what, `this Service answers at http://${name}.${ref.namespace}.localhost:${port}/`)
  }
  if (ref.kind.plural !== 'pods') return notImplemented(what)
  const pod = podOf(api, ref)
  if (pod === undefined) return notImplemented(what)
  const namespace = pod.metadata.namespace ?? ''
  const urls = (await servicesOf(api, pod)).map(name => `http://${name}.${namespace}.localhost:${port}/`)
  if (urls.length === 0)
    return notImplemented(what, 'a pod is reached through a Service that selects it; none does')
  return notImplemented(what, `this pod answers at ${urls.slice(0, URLS_MAX).join(' and ')}`)
}

/** `https:web:8080`: the scheme and the port are the proxy's. */
function nameIn(text: string): string {
  const parts = text.split(':')
  return (parts.length === 3 ? parts[1] : parts[0]) ?? text
}

function podOf(api: Api, ref: ObjectRef): Pod | undefined {
  try {
    return api.resources.get(ref) as Pod
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return undefined
    throw error
  }
}

async function servicesOf(api: Api, pod: Pod): Promise<readonly string[]> {
  const { group, version, plural } = SERVICE
  const kind = api.resources.kind(group, version, plural)
  if (kind === undefined) return []
  const { items } = await api.resources.list(kind, { namespace: pod.metadata.namespace ?? '' })
  return (items as readonly Service[])
    .filter(({ spec: { selector = {} } }) => selects(selector, pod.metadata.labels ?? {}))
    .map(service => service.metadata.name)
}

/** A Service without a selector selects nothing. */
function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector)
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value)
}
