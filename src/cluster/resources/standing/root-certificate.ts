// The ConfigMap `kube-root-ca.crt`, with which programs in a namespace trust this API server: made with each namespace
// and put right when somebody changes or deletes it. Follows the commit stream.
import type { KubeObject } from '../../../kube/object.ts'
import { record } from '../../../std/json-parts.ts'
import { asJson } from '../../../kube/object.ts'
import { CONFIG_MAP } from '../../../kube/kinds.ts'
import { equal } from '../../../std/equal.ts'
import type { Core } from '../core.ts'
import { create } from '../create.ts'
import { update } from '../update.ts'

const NAME = 'kube-root-ca.crt'
const NAMESPACES = '/namespaces'
const CONFIG_MAPS = '/configmaps'

export function followRootCertificate(core: Core, certificate: string): () => void {
  const data = { 'ca.crt': certificate }
  const ensure = (namespace: string) => {
    const home = core.store.newest(`${NAMESPACES}//${namespace}`)?.value
    if (home === undefined || home.metadata.deletionTimestamp !== undefined) return
    core.spawn(put(core, namespace, data))
  }
  for (const { value } of core.store.list(NAMESPACES)) ensure(value.metadata.name)
  return core.store.follow(changes => {
    for (const { resource, value, previous } of changes) {
      const { metadata } = (value ?? previous) as KubeObject
      if (resource === NAMESPACES && previous === undefined) ensure(metadata.name)
      if (resource === CONFIG_MAPS && metadata.name === NAME) ensure(metadata.namespace ?? '')
    }
  })
}

async function put(core: Core, namespace: string, data: Readonly<Record<string, string>>): Promise<void> {
  const behaviour = core.behaviour(CONFIG_MAP)
  const standing = core.store.newest(`${CONFIG_MAPS}/${namespace}/${NAME}`)?.value
  if (standing === undefined) {
    const annotations = {
      'kubernetes.io/description':
        'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as ' +
        'the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of ' +
        'Kubernetes clusters.',
    }
    await create(core, behaviour, {
      namespace,
      body: { metadata: { name: NAME, annotations }, data },
      options: {},
    })
    return
  }
  if (equal(record(asJson(standing)['data']), data)) return
  const ref = { kind: CONFIG_MAP, name: NAME, namespace }
  await update(core, behaviour, { ref, options: {}, body: current => ({ ...asJson(current), data }) })
}
