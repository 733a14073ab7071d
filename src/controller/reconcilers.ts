// The list of what the controller reconciles: which kinds are watched, what is kept of them, and which keys a
// change concerns (station c of the walk). A new kind of ours is one entry here.
import type { Reconciler, Selection } from '../kube/reconciler.ts'
import { analysisReconciler } from '../analysis/reconciler.ts'
import { INSTANCE_ID } from '../api/words.ts'
import { experimentReconciler } from '../experiment/reconciler.ts'
import { experimentsRouted } from '../rollout/gather/routed.ts'
import { rolloutReconciler } from '../rollout/reconciler.ts'
import type { IngressClasses } from '../traffic/ingress-class.ts'

export interface ReconcilerOptions {
  /** Only objects that carry this controller's label; without it, only those that carry none. */
  readonly instanceId?: string
  /** Only this namespace. */
  readonly namespace?: string
  /** The versions of routers' kinds that were asked for. */
  readonly routeVersions?: readonly string[]
  /** Which classes of Ingresses a router's load balancers serve, where it was said. */
  readonly ingressClasses?: IngressClasses
}

export function reconcilers(options: ReconcilerOptions = {}): readonly Reconciler<unknown, unknown>[] {
  const selections = { ours: oursOf(options), theirs: theirsOf(options) }
  const { routeVersions = [], ingressClasses = {} } = options
  return [
    rolloutReconciler({ ...selections, routeVersions, ingressClasses }),
    analysisReconciler(selections),
    experimentReconciler({ ...selections, routed: experimentsRouted }),
  ]
}

/** Kinds that people label for one of several controllers. */
function oursOf({ instanceId = '', ...rest }: ReconcilerOptions): Selection {
  const labels = instanceId === '' ? `!${INSTANCE_ID}` : `${INSTANCE_ID}=${instanceId}`
  return { ...theirsOf(rest), labels }
}

function theirsOf({ namespace = '' }: ReconcilerOptions): Selection {
  return namespace === '' ? {} : { namespace }
}
