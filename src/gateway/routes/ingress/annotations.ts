// Annotations of an Ingress that a controller of it reads, by their whole name: those of others with the same ending
// mean nothing. A Rollout may say another prefix for the Ingresses that it routes by.
import { controllerOf, specOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { Ingress } from '../../../kube/networking.ts'
import { ROLLOUT } from '../../../kube/kinds.ts'
import { list, record } from '../../../std/json-parts.ts'

/** The value of an annotation, named without its prefix. */
export type ReadAnnotation = (ingress: Ingress, name: string) => string | undefined

interface Reader {
  /** Its settings in `trafficRouting`. */
  readonly router: string
  readonly prefix: string
  /** Of the settings, those that name one Ingress or a list of them. */
  readonly ingresses: readonly [one: string, all: string]
}

export const NGINX: Reader = {
  router: 'nginx',
  prefix: 'nginx.ingress.kubernetes.io',
  ingresses: ['stableIngress', 'stableIngresses'],
}

export const ALB: Reader = {
  router: 'alb',
  prefix: 'alb.ingress.kubernetes.io',
  ingresses: ['ingress', 'ingresses'],
}

export function annotationsBy(rollouts: readonly KubeObject[], reader: Reader): ReadAnnotation {
  const ofStable = new Map<string, string>()
  const ofRollout = new Map<string, string>()
  for (const rollout of rollouts) {
    const { prefix, stable } = settingsOf(rollout, reader)
    if (prefix === '') continue
    ofRollout.set(keyIn(rollout, rollout.metadata.name), prefix)
    for (const name of stable) ofStable.set(keyIn(rollout, name), prefix)
  }
  const prefixOf = (ingress: Ingress): string | undefined => {
    const owner = controllerOf(ingress)
    const ofOwner = owner?.kind === ROLLOUT.kind ? ofRollout.get(keyIn(ingress, owner.name)) : undefined
    return ofOwner ?? ofStable.get(keyIn(ingress, ingress.metadata.name))
  }
  return (ingress, name) => {
    const { annotations = {} } = ingress.metadata
    const prefix = prefixOf(ingress)
    return (prefix && annotations[`${prefix}/${name}`]) ?? annotations[`${reader.prefix}/${name}`]
  }
}

function settingsOf(
  rollout: KubeObject,
  { router, ingresses: [one, all] }: Reader,
): { readonly prefix: string; readonly stable: readonly string[] } {
  const spec = specOf(rollout)
  const routing = record(record(record(spec['strategy'])['canary'])['trafficRouting'])
  const settings = record(routing[router])
  const { annotationPrefix } = settings
  const names = [settings[one], ...list(settings[all])]
  return {
    prefix: typeof annotationPrefix === 'string' ? annotationPrefix : '',
    stable: names.filter(name => typeof name === 'string'),
  }
}

function keyIn({ metadata }: KubeObject, name: string): string {
  return `${metadata.namespace ?? ''}/${name}`
}
