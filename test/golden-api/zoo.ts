// One of each: objects whose rows in a table differ in some way, and statuses as a kubelet would write them.
// No pod is scheduled, so that nobody else changes them.

export const ZOO_NAMESPACE = 'golden-zoo'

const template = (containers: readonly string[] = ['web', 'side'], more: object = {}) => ({
  metadata: { labels: { app: 'a' } },
  spec: {
    containers: containers.map(name => ({ name, image: `${name}:1` })),
    schedulerName: 'nobody',
    ...more,
  },
})
const selector = {
  matchLabels: { app: 'a' },
  matchExpressions: [
    { key: 'b', operator: 'In', values: ['2', '1'] },
    { key: 'c', operator: 'DoesNotExist' },
  ],
}
const selected = { ...template(), metadata: { labels: { app: 'a', b: '1' } } }

type Zoo = Readonly<Record<string, readonly { readonly name: string; readonly [field: string]: unknown }[]>>

export const ZOO: Zoo = {
  configmaps: [{ name: 'some', data: { a: '1', b: '2' }, binaryData: { c: 'AA==' } }, { name: 'none' }],
  'controllerrevisions.apps': [{ name: 'first', revision: 3, data: {} }],
  'cronjobs.batch': [
    {
      name: 'nightly',
      spec: {
        schedule: '0 3 * * *',
        suspend: true,
        timeZone: 'Europe/Berlin',
        jobTemplate: { spec: { template: template(['web'], { restartPolicy: 'Never' }) } },
      },
    },
  ],
  'daemonsets.apps': [
    {
      name: 'daemon',
      spec: {
        selector: { matchLabels: { app: 'a' } },
        template: template(['web'], { nodeSelector: { none: 'here' } }),
      },
    },
  ],
  'deployments.apps': [{ name: 'web', spec: { replicas: 0, paused: true, selector, template: selected } }],
  endpoints: [
    { name: 'empty' },
    {
      name: 'many',
      subsets: [
        {
          addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(ip => ({ ip })),
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 443 },
          ],
        },
      ],
    },
    { name: 'portless', subsets: [{ addresses: [{ ip: '10.0.0.9' }] }] },
    { name: 'v6', subsets: [{ addresses: [{ ip: 'fd00::1' }], ports: [{ port: 80 }] }] },
  ],
  'endpointslices.discovery.k8s.io': [
    {
      name: 'slice',
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 80 }],
      endpoints: [
        { addresses: ['10.0.0.1'] },
        { addresses: ['10.0.0.2'] },
        { addresses: ['10.0.0.3'] },
        { addresses: ['10.0.0.4'] },
      ],
    },
    { name: 'empty-slice', addressType: 'IPv4', endpoints: [] },
  ],
  events: [
    {
      name: 'counted',
      involvedObject: { kind: 'Pod', name: 'p', namespace: ZOO_NAMESPACE, fieldPath: 'spec.containers{web}' },
      type: 'Warning',
      reason: 'BackOff',
      message: ' waits \n',
      count: 7,
      source: { component: 'kubelet', host: 'node-1' },
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-02T00:00:00Z',
    },
    {
      name: 'nameless',
      involvedObject: { kind: 'Pod', namespace: ZOO_NAMESPACE },
      type: 'Normal',
      reason: 'Seen',
      message: 'm',
      reportingComponent: 'scheduler',
      reportingInstance: 'scheduler-1',
      eventTime: '2026-01-01T00:00:00.000000Z',
      action: 'Binding',
    },
  ],
  'ingressclasses.networking.k8s.io': [
    { name: 'zoo-plain', spec: { controller: 'example.com/c' } },
    {
      name: 'zoo-parameters',
      spec: {
        controller: 'example.com/c',
        parameters: { apiGroup: 'x.example.com', kind: 'Params', name: 'p' },
      },
    },
  ],
  'ingresses.networking.k8s.io': [
    { name: 'any', spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } },
    {
      name: 'hosts',
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['a.b'] }],
        rules: ['a.b', 'c.d', 'e.f', 'g.h'].map(host => ({ host })),
      },
    },
  ],
  'jobs.batch': [
    { name: 'once', spec: { suspend: true, template: template(['web'], { restartPolicy: 'Never' }) } },
    {
      name: 'many',
      spec: { suspend: true, parallelism: 3, template: template(['web'], { restartPolicy: 'Never' }) },
    },
    {
      name: 'counted',
      spec: { suspend: true, completions: 5, template: template(['web'], { restartPolicy: 'Never' }) },
    },
  ],
  'leases.coordination.k8s.io': [
    { name: 'held', spec: { holderIdentity: 'me' } },
    { name: 'free', spec: {} },
  ],
  limitranges: [
    { name: 'limits', spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '10Gi' } }] } },
  ],
  'networkpolicies.networking.k8s.io': [
    { name: 'all', spec: { podSelector: {} } },
    { name: 'some', spec: { podSelector: selector } },
  ],
  persistentvolumeclaims: [
    {
      name: 'claim',
      spec: {
        accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
        storageClassName: 'none',
        resources: { requests: { storage: '1Gi' } },
      },
    },
  ],
  'poddisruptionbudgets.policy': [
    { name: 'percent', spec: { minAvailable: '50%', selector: { matchLabels: { x: 'y' } } } },
    { name: 'number', spec: { maxUnavailable: 0, selector: { matchLabels: { x: 'y' } } } },
  ],
  pods: [
    { name: 'pending', spec: template().spec },
    {
      name: 'sidecar',
      spec: template(['web'], {
        initContainers: [
          { name: 'init', image: 'i' },
          { name: 'proxy', image: 'p', restartPolicy: 'Always' },
        ],
      }).spec,
    },
    { name: 'gated', spec: template(['web'], { schedulingGates: [{ name: 'example.com/wait' }] }).spec },
    {
      name: 'ready-gates',
      spec: template(['web'], {
        readinessGates: [{ conditionType: 'example.com/a' }, { conditionType: 'example.com/b' }],
      }).spec,
    },
    ...[
      'running',
      'crashing',
      'completed',
      'erring',
      'killed',
      'not-ready',
      'pulling',
      'failed',
      'init-waits',
      'init-fails',
      'evicted',
      'held',
    ].map(name => ({
      name,
      spec: template(
        ['web', 'side'],
        name.startsWith('init')
          ? {
              initContainers: [
                { name: 'init', image: 'i' },
                { name: 'two', image: 'i' },
              ],
            }
          : {},
      ).spec,
    })),
  ],
  podtemplates: [{ name: 'template', template: template() }],
  'priorityclasses.scheduling.k8s.io': [{ name: 'zoo-high', value: 1000, preemptionPolicy: 'Never' }],
  'replicasets.apps': [{ name: 'rs', spec: { replicas: 0, selector, template: selected } }],
  replicationcontrollers: [
    { name: 'rc', spec: { replicas: 0, selector: { app: 'a' }, template: template() } },
  ],
  'rolebindings.rbac.authorization.k8s.io': [
    {
      name: 'binding',
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'role' },
      subjects: [
        { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
        { kind: 'Group', name: 'g', apiGroup: 'rbac.authorization.k8s.io' },
        { kind: 'ServiceAccount', name: 'sa', namespace: ZOO_NAMESPACE },
        { kind: 'User', name: 'v', apiGroup: 'rbac.authorization.k8s.io' },
      ],
    },
  ],
  'roles.rbac.authorization.k8s.io': [
    { name: 'role', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  ],
  secrets: [{ name: 'opaque', data: { a: 'AA==' } }],
  serviceaccounts: [{ name: 'account', secrets: [{ name: 'x' }] }],
  services: [
    { name: 'plain', spec: { selector: { app: 'a', b: 'c' }, ports: [{ port: 80 }] } },
    {
      name: 'headless',
      spec: {
        clusterIP: 'None',
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 53, protocol: 'UDP' },
        ],
      },
    },
    { name: 'node-port', spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30_399 }] } },
    {
      name: 'balanced',
      spec: { type: 'LoadBalancer', externalIPs: ['1.2.3.4'], ports: [{ port: 80, nodePort: 30_398 }] },
    },
    { name: 'pending-balancer', spec: { type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30_397 }] } },
    { name: 'external', spec: { type: 'ExternalName', externalName: 'example.com' } },
    { name: 'external-ips', spec: { externalIPs: ['1.2.3.4', '5.6.7.8'], ports: [{ port: 80 }] } },
  ],
  'statefulsets.apps': [
    {
      name: 'set',
      spec: { replicas: 0, serviceName: 's', selector: { matchLabels: { app: 'a' } }, template: template() },
    },
  ],
}

const status = (name: string, state: object, more: object = {}) => ({
  name,
  image: 'i',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
  ...more,
})
const up = (name: string, more: object = {}) =>
  status(name, { running: { startedAt: '2026-01-01T00:00:00Z' } }, { ready: true, started: true, ...more })
const ended = (exitCode: number, more: object = {}) => ({
  terminated: { exitCode, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:10Z', ...more },
})
const init = (first: object, second: object = { waiting: { reason: 'PodInitializing' } }) => ({
  initContainerStatuses: [status('init', first), status('two', second)],
  containerStatuses: [
    status('web', { waiting: { reason: 'PodInitializing' } }),
    status('side', { waiting: { reason: 'PodInitializing' } }),
  ],
})

/** Statuses as a kubelet would write them. */
export const POD_STATUSES: Readonly<Record<string, object>> = {
  running: {
    phase: 'Running',
    podIPs: [{ ip: '10.1.2.3' }],
    podIP: '10.1.2.3',
    containerStatuses: [up('web'), up('side', { restartCount: 2, lastState: ended(1) })],
  },
  crashing: {
    phase: 'Running',
    containerStatuses: [
      status('web', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 5, lastState: ended(1) }),
      up('side'),
    ],
  },
  completed: {
    phase: 'Succeeded',
    containerStatuses: [
      status('web', ended(0, { reason: 'Completed' })),
      status('side', ended(0, { reason: 'Completed' })),
    ],
  },
  erring: {
    phase: 'Failed',
    containerStatuses: [status('web', ended(3)), status('side', ended(0, { reason: 'Completed' }))],
  },
  killed: {
    phase: 'Failed',
    containerStatuses: [
      status('web', ended(0, { signal: 9 })),
      status('side', ended(137, { reason: 'OOMKilled' })),
    ],
  },
  'not-ready': {
    phase: 'Running',
    containerStatuses: [up('web', { ready: false }), status('side', ended(0, { reason: 'Completed' }))],
  },
  pulling: {
    phase: 'Pending',
    containerStatuses: [
      status('web', { waiting: { reason: 'ImagePullBackOff' } }),
      status('side', { waiting: { reason: 'ContainerCreating' } }),
    ],
  },
  failed: { phase: 'Failed', reason: 'DeadlineExceeded' },
  'init-waits': { phase: 'Pending', ...init({ running: { startedAt: '2026-01-01T00:00:00Z' } }) },
  'init-fails': {
    phase: 'Pending',
    ...init(ended(0, { reason: 'Completed' }), ended(2, { reason: 'Error' })),
  },
  evicted: { phase: 'Failed', reason: 'Evicted', message: 'no room' },
  held: { phase: 'Running', containerStatuses: [up('web'), up('side')] },
  sidecar: {
    phase: 'Running',
    conditions: [{ type: 'Initialized', status: 'True' }],
    initContainerStatuses: [
      status('init', ended(0, { reason: 'Completed' })),
      up('proxy', { restartCount: 1, lastState: ended(1) }),
    ],
    containerStatuses: [up('web')],
  },
  'ready-gates': {
    phase: 'Running',
    conditions: [{ type: 'example.com/a', status: 'True' }],
    containerStatuses: [up('web')],
  },
}
