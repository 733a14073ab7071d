// Everything that a cluster needs to run the controller, as objects: definitions, roles, account, Deployment.
import { crds, OWN_KINDS } from '../api/crds.ts'
import type { KubeObject } from '../kube/object.ts'
import { NAME, named, object } from './install-options.ts'
import type { InstallOptions } from './install-options.ts'
import { deployment, metricsService } from './install-workload.ts'
import type { Permission } from './permissions.ts'
import { LEADER_PERMISSIONS, permissions, resourceOf } from './permissions.ts'

const RBAC = 'rbac.authorization.k8s.io'

/**
 * The manifests, in the order in which they are to be created. One namespace alone gets no definitions: they belong
 * to the whole cluster (`crds()`), and whoever installs into a namespace may not be allowed to create them.
 */
export function install(options: InstallOptions): readonly KubeObject[] {
  const definitions = options.namespaced === true ? [] : crds()
  return [...home(options), ...definitions, ...roles(options), ...workload(options)]
}

/** Whoever installs into one namespace alone has it already, and may not be allowed to make any. */
function home({ namespace, namespaced = false }: InstallOptions): readonly KubeObject[] {
  return namespaced ? [] : [object('v1', 'Namespace', { metadata: named(namespace) })]
}

function workload(options: InstallOptions): readonly KubeObject[] {
  const account = object('v1', 'ServiceAccount', { metadata: named(NAME, options.namespace) })
  return [account, ...bindings(options), metricsService(options), deployment(options)]
}

interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

function roles({ namespace, namespaced = false }: InstallOptions): readonly KubeObject[] {
  const needed = permissions().filter(({ kind }) => kind.namespaced || !namespaced)
  const rules = needed.map(ruleOf)
  const leader = object(`${RBAC}/v1`, 'Role', {
    metadata: named(`${NAME}-leader`, namespace),
    rules: LEADER_PERMISSIONS.map(ruleOf),
  })
  if (namespaced) {
    const role = { metadata: named(NAME, namespace), rules }
    return [object(`${RBAC}/v1`, 'Role', role), leader]
  }
  return [object(`${RBAC}/v1`, 'ClusterRole', { metadata: named(NAME), rules }), leader, ...aggregated()]
}

function ruleOf(permission: Permission): PolicyRule {
  return {
    apiGroups: [permission.kind.group],
    resources: [resourceOf(permission)],
    verbs: permission.verbs,
  }
}

/** People who may administer, edit or view a namespace may do so with our kinds. */
function aggregated(): readonly KubeObject[] {
  const read = ['get', 'list', 'watch']
  const write = ['create', 'delete', 'deletecollection', 'patch', 'update']
  const levels = [
    ['admin', [...read, ...write]],
    ['edit', [...read, ...write]],
    ['view', read],
  ] as const
  const group = OWN_KINDS[0]?.kind.group ?? ''
  const resources = OWN_KINDS.flatMap(({ kind, subresources }) => [
    kind.plural,
    ...Object.keys(subresources).map(subresource => `${kind.plural}/${subresource}`),
  ])
  return levels.map(([level, verbs]) => {
    const { labels, ...metadata } = named(`${NAME}-aggregate-to-${level}`)
    return object(`${RBAC}/v1`, 'ClusterRole', {
      metadata: { ...metadata, labels: { ...labels, [`${RBAC}/aggregate-to-${level}`]: 'true' } },
      rules: [{ apiGroups: [group], resources, verbs }],
    })
  })
}

function bindings({ namespace, namespaced = false }: InstallOptions): readonly KubeObject[] {
  const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace }]
  const binding = (kind: 'Role' | 'ClusterRole', name: string) =>
    object(`${RBAC}/v1`, `${kind}Binding`, {
      metadata: named(name, kind === 'Role' ? namespace : undefined),
      roleRef: { apiGroup: RBAC, kind, name },
      subjects,
    })
  return [binding(namespaced ? 'Role' : 'ClusterRole', NAME), binding('Role', `${NAME}-leader`)]
}
