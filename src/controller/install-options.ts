// What one may choose when installing, and what all installed objects have in common.
import type { AnyObject, KubeObject } from '../kube/object.ts'

export interface InstallOptions {
  readonly image: string
  readonly namespace: string
  /** Only the controller's own namespace; without ClusterRoles. */
  readonly namespaced?: boolean
  /** Where several controllers share a cluster. */
  readonly instanceId?: string
}

export const NAME = 'crossfade'

export const LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': NAME,
  'app.kubernetes.io/component': 'controller',
  'app.kubernetes.io/part-of': NAME,
}

/** Metadata with our labels. */
export function named(name: string, namespace?: string): KubeObject['metadata'] {
  return { name, ...(namespace === undefined ? {} : { namespace }), labels: LABELS }
}

export function object(apiVersion: string, kind: string, fields: object): AnyObject {
  return { apiVersion, kind, ...fields } as AnyObject
}
