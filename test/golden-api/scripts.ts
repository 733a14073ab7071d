// What is asked of both servers: one list of requests for each part of the API. All objects live in
// namespaces of the script's own, so that nothing else on a server changes an answer.
import type { Step } from './player.ts'

const NS = 'golden-api'
const MAPS = `/api/v1/namespaces/${NS}/configmaps`
const INITIAL_EVENTS = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const MERGE = 'application/merge-patch+json'
const JSON_PATCH = 'application/json-patch+json'
const STRATEGIC = 'application/strategic-merge-patch+json'

let steps: Step[] = []

function step(name: string, request: string, more: Omit<Step, 'name' | 'method' | 'path'> = {}): void {
  const space = request.indexOf(' ')
  steps.push({ name, method: request.slice(0, space), path: request.slice(space + 1), ...more })
}

function script(fill: () => void): readonly Step[] {
  steps = []
  fill()
  return steps
}

const map = (name: string, data: unknown = { a: '1' }, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
  data,
})

const refusals = script(() => {
  const asked = [
    'GET /api/v1/nope',
    'GET /apis/apps/v9',
    'GET /apis/apps/v1/nope',
    'GET /nope',
    'GET /apis/nope',
    'GET /apis/nope/v1/x',
    'GET /api/v1/namespaces/default/nodes',
    'GET /api/v1/namespaces/default/pods/x',
    'GET /api/v1/namespaces/default/pods/x/nope',
    'GET /api/v1/namespaces/default/configmaps/x/status',
    'GET /api/v1/namespaces/default/pods/x/log',
    'GET /apis/apps/v1/namespaces/default/replicasets/x/scale',
    'GET /api/v1/nodes/x',
    'GET /apis/apps/v1/namespaces/default/replicasets/x',
    'POST /api/v1/namespaces/default/pods/x',
    'POST /api/v1/pods',
    'PUT /api/v1/namespaces/default/pods',
    'DELETE /api/v1/namespaces',
    'OPTIONS /api/v1/pods',
    'GET /api/v1/pods?limit=abc',
    'GET /api/v1/pods?labelSelector=a%3D%3D%3D',
    'GET /api/v1/pods?labelSelector=a%20in%20%28b',
    'GET /api/v1/pods?fieldSelector=foo%3Dbar',
    'GET /api/v1/pods?fieldSelector=foo',
    'GET /api/v1/pods?resourceVersion=abc',
    'GET /api/v1/pods?resourceVersionMatch=Exact',
    'GET /api/v1/pods?resourceVersionMatch=Foo&resourceVersion=1',
    'GET /api/v1/pods?resourceVersionMatch=Exact&resourceVersion=0',
    'GET /api/v1/pods?sendInitialEvents=true',
    'GET /api/v1/pods?watch=1&sendInitialEvents=true',
    'GET /api/v1/pods?watch=1&resourceVersionMatch=NotOlderThan&resourceVersion=1',
    'GET /api/v1/pods?watch=1&timeoutSeconds=x',
    'GET /api/v1/pods?continue=abc',
    'GET /api/v1/namespaces/default/pods/%2e%2e',
    'GET /api/v1/namespaces/default/pods/a%2fb',
  ]
  for (const request of asked) step(request, request)
  step('an unknown transformation', 'GET /api/v1/pods', { accept: 'application/json;as=Foo;v=v1;g=x' })
})

const bodies = script(() => {
  step('namespace', 'POST /api/v1/namespaces', { body: { metadata: { name: NS } } })
  step('broken JSON', `POST ${MAPS}`, { body: '{' })
  step('another kind', `POST ${MAPS}`, { body: { kind: 'Pod', apiVersion: 'v1' } })
  step('no name', `POST ${MAPS}`, { body: {} })
  step('a bad name', `POST ${MAPS}`, { body: map('Bad_Name') })
  step('a number for a text', `POST ${MAPS}`, { body: map('x', { a: 1 }) })
  step('a wrong namespace', `POST ${MAPS}`, {
    body: { ...map('x'), metadata: { name: 'x', namespace: 'y' } },
  })
  step('bad labels', `POST ${MAPS}`, { body: map('x', {}, { 'a b': 'c d' }) })
  step('a version on create', `POST ${MAPS}`, {
    body: { ...map('x'), metadata: { name: 'x', resourceVersion: '1' } },
  })
  step('a namespace that is not there', 'POST /api/v1/namespaces/nope/configmaps', { body: map('x') })
  step('another media type', `POST ${MAPS}`, { body: '{}', contentType: 'text/plain' })
  step('an unknown field, strictly', `POST ${MAPS}?fieldValidation=Strict`, { body: { ...map('x'), foo: 1 } })
  step('an unknown field, warned', `POST ${MAPS}?fieldValidation=Warn`, {
    body: { ...map('warned'), foo: 1 },
  })
  step('an unknown field, ignored', `POST ${MAPS}?fieldValidation=Ignore`, {
    body: { ...map('ignored'), foo: 1 },
  })
  step('a field named twice, strictly', `POST ${MAPS}?fieldValidation=Strict`, {
    body: '{"metadata":{"name":"x"},"data":{"a":"1"},"data":{"b":"2"}}',
  })
  step('bad options', `POST ${MAPS}?fieldValidation=Foo&dryRun=x`, { body: map('x') })
  step('dry run', `POST ${MAPS}?dryRun=All`, { body: map('dry') })
  step('nothing is left of the dry run', `GET ${MAPS}/dry`)
  step('a generated name', `POST ${MAPS}`, { body: { metadata: { generateName: 'gen-' } } })
})

const lifecycle = script(() => {
  step('create', `POST ${MAPS}`, { body: map('life') })
  step('create again', `POST ${MAPS}`, { body: map('life') })
  step('get', `GET ${MAPS}/life`)
  step('get as a table', `GET ${MAPS}/life`, { accept: TABLE })
  step('get metadata', `GET ${MAPS}/life`, {
    accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  })
  step('a write that changes nothing', `PUT ${MAPS}/life`, { body: map('life') })
  step('a change', `PUT ${MAPS}/life`, { body: map('life', { a: '2' }) })
  step('a stale version', `PUT ${MAPS}/life`, {
    body: { ...map('life'), metadata: { name: 'life', resourceVersion: '$RV(create)' } },
  })
  step('another uid', `PUT ${MAPS}/life`, { body: { ...map('life'), metadata: { name: 'life', uid: 'x' } } })
  step('another name', `PUT ${MAPS}/life`, { body: map('other') })
  step('put what is not there', `PUT ${MAPS}/nobody`, { body: map('nobody') })
  step('merge patch', `PATCH ${MAPS}/life`, { contentType: MERGE, body: { data: { b: 'x', a: null } } })
  step('a patch that changes nothing', `PATCH ${MAPS}/life`, {
    contentType: MERGE,
    body: { data: { b: 'x' } },
  })
  step('a patch with a stale version', `PATCH ${MAPS}/life`, {
    contentType: MERGE,
    body: { metadata: { resourceVersion: '$RV(create)' }, data: { c: '1' } },
  })
  step('a patch of the name', `PATCH ${MAPS}/life`, { contentType: MERGE, body: { metadata: { name: 'x' } } })
  step('a patch to a wrong type', `PATCH ${MAPS}/life`, { contentType: MERGE, body: { data: { b: 1 } } })
  step('JSON patch', `PATCH ${MAPS}/life`, {
    contentType: JSON_PATCH,
    body: [
      { op: 'test', path: '/data/b', value: 'x' },
      { op: 'add', path: '/data/d', value: 'y' },
    ],
  })
  step('JSON patch whose test fails', `PATCH ${MAPS}/life`, {
    contentType: JSON_PATCH,
    body: [{ op: 'test', path: '/data/b', value: 'nope' }],
  })
  step('JSON patch without a target', `PATCH ${MAPS}/life`, {
    contentType: JSON_PATCH,
    body: [{ op: 'remove', path: '/nope' }],
  })
  step('JSON patch that is none', `PATCH ${MAPS}/life`, { contentType: JSON_PATCH, body: {} })
  step('broken patch', `PATCH ${MAPS}/life`, { contentType: MERGE, body: '{' })
  step('unknown patch type', `PATCH ${MAPS}/life`, { body: {} })
  step('strategic patch', `PATCH ${MAPS}/life`, {
    contentType: STRATEGIC,
    body: { metadata: { labels: { l: '1' }, finalizers: ['example.com/a'] } },
  })
  step('strategic patch that adds to a list', `PATCH ${MAPS}/life`, {
    contentType: STRATEGIC,
    body: { metadata: { finalizers: ['example.com/b'] } },
  })
  step('strategic patch that deletes from a list', `PATCH ${MAPS}/life`, {
    contentType: STRATEGIC,
    body: { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/b'] } },
  })
  step('force without apply', `PATCH ${MAPS}/life?force=true`, { contentType: MERGE, body: {} })
  step('apply without a manager', `PATCH ${MAPS}/life`, {
    contentType: 'application/apply-patch+yaml',
    body: {},
  })
  step('dry patch', `PATCH ${MAPS}/life?dryRun=All`, { contentType: MERGE, body: { data: { dry: 'y' } } })
  step('delete with another uid', `DELETE ${MAPS}/life`, { body: { preconditions: { uid: 'x' } } })
  step('delete with another version', `DELETE ${MAPS}/life`, {
    body: { preconditions: { resourceVersion: '1' } },
  })
  step('delete, dry', `DELETE ${MAPS}/life?dryRun=All`)
  step('delete with a finalizer', `DELETE ${MAPS}/life`)
  step('a new finalizer when it is too late', `PATCH ${MAPS}/life`, {
    contentType: MERGE,
    body: { metadata: { finalizers: ['example.com/a', 'example.com/c'] } },
  })
  step('delete again', `DELETE ${MAPS}/life`)
  step('create while it goes', `POST ${MAPS}`, { body: map('life') })
  step('the last finalizer goes', `PATCH ${MAPS}/life`, {
    contentType: MERGE,
    body: { metadata: { finalizers: null } },
  })
  step('it is gone', `GET ${MAPS}/life`)
  step('delete what is gone', `DELETE ${MAPS}/life`)
  step('create anew', `POST ${MAPS}`, { body: map('life') })
  step('delete', `DELETE ${MAPS}/life`, {
    body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
  })
  step('delete with a policy nobody knows', `DELETE ${MAPS}/x`, { body: { propagationPolicy: 'Foo' } })
  step('delete with two policies', `DELETE ${MAPS}/x`, {
    body: { propagationPolicy: 'Orphan', orphanDependents: true },
  })
})

const lists = script(() => {
  for (const name of ['a', 'b', 'c', 'd']) {
    step(`create ${name}`, `POST ${MAPS}`, {
      body: map(`list-${name}`, { n: name }, { list: 'yes', n: name }),
    })
  }
  const listed = `${MAPS}?labelSelector=list%3Dyes`
  step('all', `GET ${listed}`)
  step('two', `GET ${listed}&limit=2`)
  step('the other two', `GET ${listed}&limit=2&continue=$CONTINUE(two)`)
  step('a version with continue', `GET ${listed}&limit=2&resourceVersion=$RV(two)&continue=$CONTINUE(two)`)
  step('some labels', `GET ${MAPS}?labelSelector=n%20in%20(a,b),list`)
  step('not those labels', `GET ${MAPS}?labelSelector=list,n%20notin%20(a,b)`)
  step('without a label', `GET ${MAPS}?labelSelector=list,!n`)
  step('by name', `GET ${MAPS}?fieldSelector=metadata.name%3Dlist-c`)
  step('by another name', `GET ${listed}&fieldSelector=metadata.name!%3Dlist-c`)
  step('as a table', `GET ${listed}`, { accept: TABLE })
  step('as a table without objects', `GET ${listed}&includeObject=None`, { accept: TABLE })
  step('as a table with whole objects', `GET ${listed}&includeObject=Object`, { accept: TABLE })
  step('as a table with what nobody knows', `GET ${listed}&includeObject=Foo`, { accept: TABLE })
  step('metadata', `GET ${listed}`, {
    accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  })
  step('an old version, exactly', `GET ${listed}&resourceVersion=$RV(create b)&resourceVersionMatch=Exact`)
  step('not older', `GET ${listed}&resourceVersion=$RV(create b)&resourceVersionMatch=NotOlderThan`)
  step('the future', `GET ${listed}&resourceVersion=999999999999&timeoutSeconds=1`)
  step('delete them', `DELETE ${listed}`)
  step('none', `GET ${listed}`)
})

const watches = script(() => {
  const watched = `${MAPS}?watch=1&timeoutSeconds=1&labelSelector=watch%3Dyes`
  step('first', `POST ${MAPS}`, { body: map('watch-a', { a: '1' }, { watch: 'yes' }) })
  step('change', `PATCH ${MAPS}/watch-a`, { contentType: MERGE, body: { data: { a: '2' } } })
  step('out of the selection', `PATCH ${MAPS}/watch-a`, {
    contentType: MERGE,
    body: { metadata: { labels: { watch: 'no' } } },
  })
  step('and in again', `PATCH ${MAPS}/watch-a`, {
    contentType: MERGE,
    body: { metadata: { labels: { watch: 'yes' } } },
  })
  step('second', `POST ${MAPS}`, { body: map('watch-b', { a: '1' }, { watch: 'yes' }) })
  step('second goes', `DELETE ${MAPS}/watch-b`)
  step('from the first on', `GET ${watched}&resourceVersion=$RV(first)`)
  step('from nowhere', `GET ${watched}`)
  step('with initial events', `GET ${watched}&${INITIAL_EVENTS}&resourceVersion=$RV(first)`)
  step('as a table', `GET ${watched}&resourceVersion=$RV(first)`, { accept: TABLE })
  step('metadata', `GET ${watched}&resourceVersion=$RV(first)`, {
    accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  })
  step('one object', `GET ${MAPS}/watch-a?watch=1&timeoutSeconds=1&resourceVersion=$RV(first)`)
  step(
    'by field',
    `GET ${MAPS}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dwatch-b&resourceVersion=$RV(first)`,
  )
  step('clean up', `DELETE ${MAPS}/watch-a`)
})

const services = script(() => {
  const base = `/api/v1/namespaces/${NS}/services`
  const service = (name: string, spec: unknown) => ({ metadata: { name }, spec })
  step('service', `POST ${base}`, { body: service('svc', { selector: { a: 'b' }, ports: [{ port: 80 }] }) })
  step('headless', `POST ${base}`, {
    body: service('headless', { clusterIP: 'None', ports: [{ port: 80 }] }),
  })
  step('no ports', `POST ${base}`, { body: service('portless', { selector: { a: 'b' } }) })
  step('two ports without names', `POST ${base}`, {
    body: service('two', { ports: [{ port: 80 }, { port: 81 }] }),
  })
  step('a bad port', `POST ${base}`, { body: service('bad', { ports: [{ port: 0 }] }) })
  step('external name', `POST ${base}`, {
    body: service('ext', { type: 'ExternalName', externalName: 'a.b' }),
  })
  step('another cluster IP', `PATCH ${base}/svc`, {
    contentType: MERGE,
    body: { spec: { clusterIP: '10.96.0.99' } },
  })
  step('another selector', `PATCH ${base}/svc`, {
    contentType: MERGE,
    body: { spec: { selector: { a: 'c' } } },
  })
  step('one more port by a strategic patch', `PATCH ${base}/svc`, {
    contentType: STRATEGIC,
    body: { spec: { ports: [{ name: 'x', port: 81 }] } },
  })
  const secrets = `/api/v1/namespaces/${NS}/secrets`
  step('secret', `POST ${secrets}`, { body: { metadata: { name: 's' }, stringData: { a: 'b' } } })
  step('secret of another type', `PATCH ${secrets}/s`, { contentType: MERGE, body: { type: 'x' } })
  step('secret that is no base64', `POST ${secrets}`, { body: { metadata: { name: 't' }, data: { a: '!' } } })
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${NS}/leases`
  const lease = (holder: string) => ({
    metadata: { name: 'l' },
    spec: { holderIdentity: holder, leaseDurationSeconds: 15 },
  })
  step('lease', `POST ${leases}`, { body: lease('me') })
  step('lease without its version', `PUT ${leases}/l`, { body: lease('you') })
  step('lease that is not there is made', `PUT ${leases}/l2`, {
    body: { metadata: { name: 'l2' }, spec: {} },
  })
  step('delete a service', `DELETE ${base}/svc`)
})

const replicaSets = script(() => {
  const base = `/apis/apps/v1/namespaces/${NS}/replicasets`
  const replicaSet = (name: string, spec: Record<string, unknown> = {}) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { rs: name } },
      template: { metadata: { labels: { rs: name } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      ...spec,
    },
  })
  const settled = { waitMs: 1_500 }
  step('replica set', `POST ${base}?dryRun=All`, { body: replicaSet('a') })
  step('without a selector', `POST ${base}`, { body: replicaSet('b', { selector: null }) })
  step('a selector that does not match', `POST ${base}`, {
    body: replicaSet('b', { selector: { matchLabels: { x: 'y' } } }),
  })
  step('a negative count', `POST ${base}`, { body: replicaSet('b', { replicas: -1 }) })
  step('a count that is a text', `POST ${base}`, { body: replicaSet('b', { replicas: 'x' }) })
  step('an unknown field deep inside', `POST ${base}?fieldValidation=Strict`, {
    body: replicaSet('b', {
      template: {
        metadata: { labels: { rs: 'b' } },
        spec: { containers: [{ name: 'c', image: 'i', imag: 'x' }] },
      },
    }),
  })
  step('no containers', `POST ${base}`, {
    body: replicaSet('b', { template: { metadata: { labels: { rs: 'b' } }, spec: { containers: [] } } }),
  })
  step('made', `POST ${base}`, { body: replicaSet('scaled') })
  step('scale', `GET ${base}/scaled/scale`, settled)
  step('scale by a patch', `PATCH ${base}/scaled/scale`, {
    contentType: MERGE,
    body: { spec: { replicas: 0 } },
  })
  step('scale to a text', `PATCH ${base}/scaled/scale`, {
    contentType: MERGE,
    body: { spec: { replicas: 'x' } },
  })
  step('scale below nothing', `PATCH ${base}/scaled/scale`, {
    contentType: MERGE,
    body: { spec: { replicas: -1 } },
  })
  step('scale what is not there', `PATCH ${base}/nope/scale`, {
    contentType: MERGE,
    body: { spec: { replicas: 1 } },
  })
  step('another selector', `PATCH ${base}/scaled`, {
    contentType: MERGE,
    body: { spec: { selector: { matchLabels: { x: 'y' } } } },
  })
  step('containers by name', `PATCH ${base}/scaled?dryRun=All`, {
    contentType: STRATEGIC,
    body: {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'd', image: 'j' },
              { name: 'c', env: [{ name: 'E', value: '1' }] },
            ],
          },
        },
      },
    },
  })
  step('a container deleted', `PATCH ${base}/scaled?dryRun=All`, {
    contentType: STRATEGIC,
    body: {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'd', image: 'j' },
              { name: 'c', $patch: 'delete' },
            ],
          },
        },
      },
    },
  })
})

export const SCRIPTS: Readonly<Record<string, readonly Step[]>> = {
  refusals,
  bodies,
  lifecycle,
  lists,
  watches,
  services,
  'replica-sets': replicaSets,
}

/** Makes and removes what the scripts stand on; `bodies` makes the namespace for those after it. */
export const CLEAN_UP: readonly Step[] = [
  { name: 'namespace goes', method: 'DELETE', path: `/api/v1/namespaces/${NS}` },
]
