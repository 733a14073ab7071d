// The served kinds by group and version, in the order in which clients prefer them: kubectl resolves
// ambiguous short names in the order of groups, so the core group, apps and the like come before custom ones.
import type { ServedKind } from '../resources/resources.ts'

export interface ServedGroup {
  readonly name: string
  /** The preferred version first. */
  readonly versions: readonly ServedVersion[]
}

export interface ServedVersion {
  readonly version: string
  readonly kinds: readonly ServedKind[]
}

const ORDER = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
]

export function groupsOf(kinds: readonly ServedKind[]): readonly ServedGroup[] {
  const names = [...new Set(kinds.map(kind => kind.group))]
  return names
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(name => ({ name, versions: versionsOf(kinds.filter(kind => kind.group === name)) }))
}

function rank(group: string): number {
  const at = ORDER.indexOf(group)
  return at === -1 ? ORDER.length : at
}

function versionsOf(kinds: readonly ServedKind[]): readonly ServedVersion[] {
  return [...new Set(kinds.map(kind => kind.version))].toSorted(byPreference).map(version => ({
    version,
    kinds: kinds.filter(kind => kind.version === version).toSorted((a, b) => (a.plural < b.plural ? -1 : 1)),
  }))
}

/**
 * Kubernetes' order: v2 before v1 before v1beta2 before v1beta1 before v1alpha1 before anything else by
 * name.
 */
function byPreference(a: string, b: string): number {
  const [left, right] = [versionRank(a), versionRank(b)]
  for (const [i, value] of left.entries()) {
    const difference = (right[i] as number) - value
    if (difference !== 0) return difference
  }
  return a < b ? -1 : a > b ? 1 : 0
}

const STAGES = ['alpha', 'beta', '']

function versionRank(version: string): readonly number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (match === null) return [-1, 0, 0]
  return [STAGES.indexOf(match[2] ?? ''), Number(match[1]), Number(match[3] ?? 0)]
}
