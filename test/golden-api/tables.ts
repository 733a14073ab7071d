// Objects of every kind that has columns of its own, made on a real server without its controllers minding
// them, and the rows that it prints: the recording is the object and its cells, so that comparing needs no
// server.
import { play, type Server, type Step } from './player.ts'
import { POD_STATUSES, ZOO, ZOO_NAMESPACE as NS } from './zoo.ts'

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'
const LABELS = { zoo: 'yes' }

/** Where a kind's objects are, and whether they live in the namespace. */
const PLACES: Readonly<Record<string, readonly [group: string, isNamespaced: boolean]>> = {
  configmaps: ['', true],
  'controllerrevisions.apps': ['apps/v1', true],
  'cronjobs.batch': ['batch/v1', true],
  'daemonsets.apps': ['apps/v1', true],
  'deployments.apps': ['apps/v1', true],
  endpoints: ['', true],
  'endpointslices.discovery.k8s.io': ['discovery.k8s.io/v1', true],
  events: ['', true],
  'ingressclasses.networking.k8s.io': ['networking.k8s.io/v1', false],
  'ingresses.networking.k8s.io': ['networking.k8s.io/v1', true],
  'jobs.batch': ['batch/v1', true],
  'leases.coordination.k8s.io': ['coordination.k8s.io/v1', true],
  limitranges: ['', true],
  'networkpolicies.networking.k8s.io': ['networking.k8s.io/v1', true],
  persistentvolumeclaims: ['', true],
  'poddisruptionbudgets.policy': ['policy/v1', true],
  pods: ['', true],
  podtemplates: ['', true],
  'priorityclasses.scheduling.k8s.io': ['scheduling.k8s.io/v1', false],
  'replicasets.apps': ['apps/v1', true],
  replicationcontrollers: ['', true],
  'rolebindings.rbac.authorization.k8s.io': ['rbac.authorization.k8s.io/v1', true],
  'roles.rbac.authorization.k8s.io': ['rbac.authorization.k8s.io/v1', true],
  secrets: ['', true],
  serviceaccounts: ['', true],
  services: ['', true],
  'statefulsets.apps': ['apps/v1', true],
}

function base(kind: string): string {
  const [group, isNamespaced] = PLACES[kind] as readonly [string, boolean]
  const root = group === '' ? '/api/v1' : `/apis/${group}`
  const plural = kind.split('.')[0] as string
  return isNamespaced ? `${root}/namespaces/${NS}/${plural}` : `${root}/${plural}`
}

function creations(): readonly Step[] {
  const made = Object.entries(ZOO).flatMap(([kind, objects]) =>
    objects.map(({ name, ...rest }) => {
      const holds = kind === 'pods' && name === 'held' ? { finalizers: ['example.com/hold'] } : {}
      return {
        name: `${kind}/${name}`,
        method: 'POST',
        path: base(kind),
        body: { metadata: { name, labels: LABELS, ...holds }, ...rest },
      }
    }),
  )
  const statuses = Object.entries(POD_STATUSES).map(([name, one]) => ({
    name: `status of ${name}`,
    method: 'PATCH',
    path: `${base('pods')}/${name}/status`,
    contentType: 'application/strategic-merge-patch+json',
    body: { status: one },
  }))
  const balancer = {
    name: 'status of balanced',
    method: 'PATCH',
    path: `${base('services')}/balanced/status`,
    contentType: 'application/merge-patch+json',
    body: { status: { loadBalancer: { ingress: [{ ip: '9.9.9.9' }, { hostname: 'lb.example.com' }] } } },
  }
  const deletions = ['held', 'crashing'].map(name => ({
    name: `delete ${name}`,
    method: 'DELETE',
    path: `${base('pods')}/${name}`,
    body: { gracePeriodSeconds: 300 },
  }))
  return [
    { name: 'namespace', method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: NS } } },
    ...made,
    ...statuses,
    balancer,
    ...deletions,
  ]
}

interface RecordedRow {
  readonly object: unknown
  readonly cells: readonly unknown[]
}

export interface RecordedTable {
  readonly columns: readonly unknown[]
  readonly rows: readonly RecordedRow[]
}

/**
 * The objects as the server prints them, and the time at which it did. Nothing of an earlier recording may
 * be left.
 */
export async function recordTables(
  server: Server,
): Promise<{ at: string; tables: Record<string, RecordedTable> }> {
  for (const { step, status: code, text } of await play(server, creations())) {
    if (code >= 300) throw new Error(`${step.name}: ${code} ${text}`)
  }
  const clusterWide = ['namespaces', 'nodes']
  const asked = [
    ...Object.keys(PLACES).map(kind => ({
      kind,
      path: `${base(kind)}?labelSelector=zoo&includeObject=Object`,
    })),
    ...clusterWide.map(kind => ({ kind, path: `/api/v1/${kind}?limit=3&includeObject=Object` })),
  ]
  await new Promise(resolve => setTimeout(resolve, 3_000))
  const answers = await play(
    server,
    asked.map(({ kind, path }) => ({ name: kind, method: 'GET', path, accept: TABLE })),
  )
  const at = new Date().toISOString()
  const tables = Object.fromEntries(answers.map(answer => [answer.step.name, tableIn(answer.text)]))
  return { at, tables }
}

function tableIn(text: string): RecordedTable {
  const table = JSON.parse(text) as {
    columnDefinitions: { name: string; type: string; format: string; priority: number }[]
    rows: { cells: unknown[]; object: { metadata: { managedFields?: unknown } } }[]
  }
  return {
    columns: table.columnDefinitions.map(({ name, type, format, priority }) => ({
      name,
      type,
      format,
      priority,
    })),
    rows: table.rows.map(({ cells, object }) => {
      delete object.metadata.managedFields
      return { cells, object }
    }),
  }
}

export function zooRemovals(): readonly Step[] {
  const finalizers = {
    name: 'let go',
    method: 'PATCH',
    path: `${base('pods')}/held`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { finalizers: null } },
  }
  const outside = Object.entries(PLACES)
    .filter(([, [, isNamespaced]]) => !isNamespaced)
    .map(([kind]) => ({ name: `remove ${kind}`, method: 'DELETE', path: `${base(kind)}?labelSelector=zoo` }))
  return [finalizers, ...outside, { name: 'remove', method: 'DELETE', path: `/api/v1/namespaces/${NS}` }]
}
