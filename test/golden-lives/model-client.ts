// The model cluster behind the Client that a user's commands talk to: promises begin here.
import { KubeError } from '../../src/kube/errors.ts'
import { resourceName } from '../../src/kube/object.ts'
import type { Kind, KubeObject } from '../../src/kube/object.ts'
import { parseSelector } from '../../src/kube/selector-text.ts'
import { meets } from '../../src/kube/selector.ts'
import type { Selection } from '../../src/kube/reconciler.ts'
import { noLines } from '../../src/runtime/network/client.ts'
import type { Client, WatchEvent } from '../../src/runtime/network/client.ts'
import type { ClusterModel } from '../../src/sim/model/cluster.ts'

export function modelClient(cluster: ClusterModel): Client {
  return {
    async get(ref) {
      const found = cluster.get(ref)
      if (found !== undefined) return found
      const details = { kind: ref.kind.plural, name: ref.name }
      const message = `${resourceName(ref.kind)} "${ref.name}" not found`
      throw new KubeError('NotFound', message, { status: 404, details })
    },
    async list(kind, selection) {
      return { items: selected(cluster, kind, selection), resourceVersion: String(cluster.version()) }
    },
    async write(write) {
      const result = cluster.write(write)
      if (result instanceof KubeError) throw result
      return result
    },
    serves: async () => true,
    lines: noLines,
    stores: async () => false,
    watch: (kind, selection, { signal }) => watch(cluster, { kind, selection, signal }),
  }
}

function selected(cluster: ClusterModel, kind: Kind, { namespace, labels = '', fields }: Selection) {
  const requirements = parseSelector(labels)
  const name =
    fields?.startsWith('metadata.name=') === true ? fields.slice('metadata.name='.length) : undefined
  return cluster
    .list(kind, namespace)
    .filter(({ metadata }) => name === undefined || metadata.name === name)
    .filter(({ metadata }) => 'problem' in requirements || meets(requirements, metadata.labels))
}

interface Watch {
  readonly kind: Kind
  readonly selection: Selection
  readonly signal: AbortSignal
}

async function* watch(cluster: ClusterModel, { kind, selection, signal }: Watch): AsyncIterable<WatchEvent> {
  let wake = () => {}
  const waiting: WatchEvent[] = selected(cluster, kind, selection).map(object => ({ type: 'ADDED', object }))
  waiting.push({ type: 'BOOKMARK', resourceVersion: String(cluster.version()), initialEventsEnd: true })
  cluster.onChange(change => {
    if (change.kind.plural !== kind.plural || change.kind.group !== kind.group) return
    const object = (change.now ?? change.before) as KubeObject
    if (selection.namespace !== undefined && object.metadata.namespace !== selection.namespace) return
    waiting.push({ type: change.now === undefined ? 'DELETED' : 'MODIFIED', object })
    wake()
  })
  signal.addEventListener('abort', () => wake(), { once: true })
  while (!signal.aborted) {
    const event = waiting.shift()
    if (event !== undefined) yield event
    else await new Promise<void>(resolve => (wake = resolve))
  }
}
