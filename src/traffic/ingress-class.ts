// Which load balancer serves an Ingress: its class, beside the classes that the controller was told of. One of another
// class gets its weights all the same, as Argo Rollouts gives them, and its user is told that nobody may follow them.
import { INGRESS } from '../kube/kinds.ts'
import type { KubeObject, ObjectRef } from '../kube/object.ts'
import { refKey, specOf } from '../kube/object.ts'
import { text } from '../std/json-parts.ts'
import type { Found } from './router.ts'

/** By the router's field of `trafficRouting`; of a router that is not here any class will do. */
export type IngressClasses = Readonly<Record<string, readonly string[]>>

export const INGRESS_CLASS = 'kubernetes.io/ingress.class'

/** The annotation goes before the field. */
function classOf(ingress: KubeObject): string {
  return ingress.metadata.annotations?.[INGRESS_CLASS] || text(specOf(ingress)['ingressClassName'])
}

interface Asking {
  readonly field: string
  readonly refs: readonly ObjectRef[]
}

/** What is told of the first Ingress of a class that its router was not told of. */
export function unlistedClass(
  routers: readonly Asking[],
  found: Found,
  classes: IngressClasses,
): string | undefined {
  for (const { field, refs } of routers) {
    const listed = classes[field]
    if (listed === undefined) continue
    for (const ref of refs) {
      const ingress = ref.kind === INGRESS ? found[refKey(ref)] : undefined
      if (ingress === undefined || listed.includes(classOf(ingress))) continue
      return messageOf(ref.name, classOf(ingress), `--${field}-ingress-classes names ${listed.join(', ')}`)
    }
  }
  return undefined
}

function messageOf(name: string, own: string, told: string): string {
  const which = own === '' ? 'no class' : `the class "${own}"`
  return (
    `Ingress "${name}" has ${which}, and ${told}: its weights are written, and nobody may follow them. ` +
    'Name its class there, or give it one of these.'
  )
}
