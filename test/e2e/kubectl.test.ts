// Real kubectl 1.35 against the embedded API server: every verb that users type, with good input and bad.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aServer, type TestedServer } from '../../src/cluster/serve/api-server.suite.ts'
import { clientTool, run, type Ran } from '../tools/kubectl.ts'

const tool = clientTool('kubectl')
const title =
  'missing' in tool
    ? `kubectl against the embedded API server (${tool.missing})`
    : 'kubectl against the embedded API server'

let server: TestedServer

beforeAll(async () => {
  server = await aServer()
})
afterAll(() => server.close())

/** The words of a command line; quoted ones may hold spaces. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\S)+/g)].map(([word]) => word.replaceAll("'", ''))
}

function kubectl(line: string, options: { input?: string; env?: Record<string, string> } = {}): Promise<Ran> {
  if ('missing' in tool) throw new Error(tool.missing)
  const env = { KUBECONFIG: server.kubeconfig, HOME: server.folder, ...options.env }
  return run(tool.path, words(line), { ...options, env })
}

/** What a command that must succeed says. */
async function said(line: string, input?: string): Promise<string> {
  const ran = await kubectl(line, input === undefined ? {} : { input })
  if (ran.code !== 0) throw new Error(`kubectl ${line}: ${ran.err}`)
  return ran.out
}

/** What a command that must fail complains. */
async function refused(line: string, input?: string): Promise<string> {
  const ran = await kubectl(line, input === undefined ? {} : { input })
  if (ran.code === 0) throw new Error(`kubectl ${line} was not refused: ${ran.out}`)
  return ran.err.trim()
}

/** Ages differ from run to run. */
function ageless(text: string): string {
  return text.replaceAll(/\b\d+(ms|s|m)\b/g, 'AGE').replaceAll(/ +\n/g, '\n')
}

const aReplicaSet = (name: string, more = '') => `
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - {name: web, image: "web:1", ports: [{containerPort: 80}]}
${more}`

const aPod = (name: string, extra = '') => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {run: ${name}}${extra}}
spec:
  containers:
  - {name: one, image: "one:1"}
`

describe.skipIf('missing' in tool)(title, () => {
  describe('finds its way', () => {
    test('version, api-versions and api-resources', async () => {
      expect(await said('version')).toMatch(/Server Version: v1\.34\.\d/)
      expect((await said('api-versions')).split('\n')).toEqual(expect.arrayContaining(['apps/v1', 'v1']))
      expect(await said('api-resources')).toMatch(/configmaps +cm +v1 +true +ConfigMap/)
      expect(await said('api-resources --api-group=apps -o name')).toContain('replicasets.apps')
    })
    test('the same where only the old form of discovery is asked for', async () => {
      expect(JSON.parse(await said('get --raw /apis/apps/v1'))).toMatchObject({ kind: 'APIResourceList' })
      expect(JSON.parse(await said('get --raw /api'))).toMatchObject({ versions: ['v1'] })
      expect(JSON.parse(await said('get --raw /apis'))).toMatchObject({ kind: 'APIGroupList' })
    })
    test('health and cluster-info', async () => {
      expect(await said('get --raw /healthz')).toBe('ok')
      expect(await said('get --raw /readyz?verbose')).toContain('[+]ping ok')
      expect(await said('cluster-info')).toContain('127.0.0.1')
    })
    test('explain, by kind and by field', async () => {
      expect(await said('explain pod.spec.containers.ports')).toContain('containerPort\t<integer> -required-')
      expect(await said('explain rs --recursive')).toContain('terminationGracePeriodSeconds')
      expect(await refused('explain pod.spec.nope')).toContain('field "nope" does not exist')
      expect(await refused('explain nope')).toContain('the server doesn\'t have a resource type "nope"')
    })
  })

  describe('makes objects', () => {
    test('create -f: from YAML and JSON, and says what stands already', async () => {
      expect(await said('create -f -', aReplicaSet('made'))).toBe('replicaset.apps/made created\n')
      expect(await refused('create -f -', aReplicaSet('made'))).toContain(
        'replicasets.apps "made" already exists',
      )
      const map = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"gen-"},"data":{"a":"1"}}'
      expect(await said('create -f -', map)).toMatch(
        /^configmap\/gen-[bcdfghjklmnpqrstvwxz2456789]{5} created/,
      )
    })
    test('the generators, which send protobuf', async () => {
      expect(await said('create configmap cm1 --from-literal=a=b --from-literal=c=d')).toBe(
        'configmap/cm1 created\n',
      )
      expect(await said('get cm cm1 -o jsonpath={.data}')).toBe('{"a":"b","c":"d"}')
      expect(await said('create secret generic s1 --from-literal=p=q')).toBe('secret/s1 created\n')
      expect(await said('get secret s1 -o jsonpath={.data.p}')).toBe('cQ==')
      expect(await said('create serviceaccount sa1')).toBe('serviceaccount/sa1 created\n')
      expect(await said('create service clusterip svc1 --tcp=80:8080')).toBe('service/svc1 created\n')
      expect(await said('create namespace made-here')).toBe('namespace/made-here created\n')
      expect(await refused('create configmap cm1')).toContain('configmaps "cm1" already exists')
    })
    test('run and expose', async () => {
      expect(await said('run runner --image=web:1 --port=80')).toBe('pod/runner created\n')
      expect(await said('expose pod runner --port=8080 --target-port=80')).toBe('service/runner exposed\n')
      expect(ageless(await said('get service runner -o wide'))).toMatch(
        /runner +ClusterIP +10\.96\.\d+\.\d+ +<none> +8080\/TCP +AGE +run=runner/,
      )
    })
    test('dry runs leave nothing behind', async () => {
      expect(await said('create configmap dry --dry-run=server')).toBe(
        'configmap/dry created (server dry run)\n',
      )
      expect(await said('create configmap dry --dry-run=client -o name')).toBe('configmap/dry\n')
      expect(await refused('get configmap dry')).toBe(
        'Error from server (NotFound): configmaps "dry" not found',
      )
    })
    test('what does not fit is refused with the field and the reason', async () => {
      expect(await refused('create -f -', aReplicaSet('Bad_Name'))).toContain(
        'metadata.name: Invalid value: "Bad_Name"',
      )
      const wrongType = aReplicaSet('wrong').replace('replicas: 2', 'replicas: many')
      expect(await refused('create -f -', wrongType)).toContain(
        'cannot unmarshal string into Go struct field',
      )
      const typo = aReplicaSet('typo').replace('replicas: 2', 'replica: 2')
      expect(await refused('create -f -', typo)).toContain('unknown field "spec.replica"')
      expect(await said('create --validate=ignore -f -', typo)).toBe('replicaset.apps/typo created\n')
      expect(await refused('create -n nowhere configmap x')).toContain('namespaces "nowhere" not found')
      expect(await refused('create -f -', 'a: [1')).toContain('error parsing STDIN')
      expect(await refused('create -f -', '{"apiVersion":"v1"')).toContain('error')
      expect(await refused('create -f -', 'apiVersion: nope/v1\nkind: Nope\nmetadata: {name: a}')).toContain(
        'no matches for kind "Nope" in version "nope/v1"',
      )
    })
  })

  describe('reads objects', () => {
    beforeAll(async () => {
      await said('create namespace reading')
      for (const name of ['alpha', 'beta']) await said('create -n reading -f -', aReplicaSet(name))
    })
    test('get: as a table, wide, and without headers', async () => {
      expect(ageless(await said('get rs -n reading'))).toBe(
        [
          'NAME    DESIRED   CURRENT   READY   AGE',
          'alpha   2         0         0       AGE',
          'beta    2         0         0       AGE\n',
        ].join('\n'),
      )
      expect(await said('get rs alpha -n reading -o wide --no-headers')).toMatch(
        /^alpha +2 +0 +0 +\S+ +web +web:1 +app=alpha\n$/,
      )
      expect(await said('get rs -n reading --show-labels')).toContain('app=beta')
      expect(await said('get rs -A')).toMatch(/^NAMESPACE +NAME/)
      expect(await said('get rs -n reading -L app')).toMatch(/APP\n/)
      expect(await said('get rs -n reading --sort-by=.metadata.name')).toMatch(/alpha[\s\S]*beta/)
    })
    test('get: yaml, json, name, jsonpath, custom columns, go-template', async () => {
      expect(await said('get rs alpha -n reading -o yaml')).toContain('kind: ReplicaSet\n')
      expect(JSON.parse(await said('get rs -n reading -o json'))).toMatchObject({
        kind: 'List',
        items: [{ metadata: { name: 'alpha' } }, { metadata: { name: 'beta' } }],
      })
      expect(await said('get rs -n reading -o name')).toBe('replicaset.apps/alpha\nreplicaset.apps/beta\n')
      expect(await said("get rs -n reading -o jsonpath='{.items[*].spec.replicas}'")).toBe('2 2')
      expect(
        await said(
          'get rs -n reading -o custom-columns=N:.metadata.name,I:.spec.template.spec.containers[0].image',
        ),
      ).toBe('N       I\nalpha   web:1\nbeta    web:1\n')
      expect(await said("get rs alpha -n reading -o 'go-template={{.spec.replicas}}'")).toBe('2')
    })
    test('get: by labels and by fields, good and bad', async () => {
      expect(await said("get rs -n reading -l 'app in (alpha)' -o name")).toBe('replicaset.apps/alpha\n')
      expect(await said('get rs -n reading -l app!=alpha -o name')).toBe('replicaset.apps/beta\n')
      expect(await said('get rs -n reading -l !app -o name')).toBe('')
      expect(await said('get rs -n reading --field-selector metadata.name=beta -o name')).toBe(
        'replicaset.apps/beta\n',
      )
      expect(await refused('get pods --field-selector spec.nope=1')).toContain(
        'field label not supported: spec.nope',
      )
      expect(await refused("get pods -l 'a in (b'")).toMatch(/unable to parse|couldn't parse/)
    })
    test('get: several kinds, pages, what is not there', async () => {
      const both = await said('get rs,cm -n reading -o name')
      expect(both).toContain('replicaset.apps/alpha')
      expect(await said('get rs -n reading --chunk-size=1 -o name')).toBe(
        'replicaset.apps/alpha\nreplicaset.apps/beta\n',
      )
      expect(await refused('get pod nope')).toBe('Error from server (NotFound): pods "nope" not found')
      expect(await said('get pod nope --ignore-not-found')).toBe('')
      expect(await refused('get nope')).toContain('the server doesn\'t have a resource type "nope"')
      expect((await kubectl('get pods -n reading')).err).toBe('No resources found in reading namespace.\n')
    })
    test('get: built-in kinds have their own columns', async () => {
      expect(await said('get namespaces')).toMatch(/^NAME +STATUS +AGE\n/)
      expect(await said('get nodes')).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION\ncrossfade +Ready/)
      expect(await said('get secrets,cm,sa,svc,ep,events -A')).not.toContain('error')
    })
    test('describe shows an object and what belongs to it', async () => {
      const shown = await said('describe rs alpha -n reading')
      expect(shown).toMatch(/^Name: +alpha\nNamespace: +reading\nSelector: +app=alpha/)
      expect(shown).toMatch(/Replicas: +0 current \/ 2 desired/)
      expect(await said('describe namespace reading')).toMatch(/Status: +Active/)
      expect(await said('describe node crossfade')).toMatch(/Name: +crossfade/)
      expect(await refused('describe pod nope')).toContain('pods "nope" not found')
    })
    test('get -w tells each change as a row', async () => {
      const watching = kubectl('get cm watched -n reading -w --request-timeout=4s --no-headers')
      const list = kubectl('get cm -n reading -w --request-timeout=4s -o name')
      await new Promise(resolve => setTimeout(resolve, 1_000))
      await said('create cm watched -n reading --from-literal=a=1')
      await said('delete cm watched -n reading')
      expect((await watching).err).toContain('configmaps "watched" not found')
      expect((await list).out).toContain('configmap/watched\nconfigmap/watched\n')
    })
  })

  describe('changes objects', () => {
    beforeAll(async () => {
      await said('create namespace changing')
      await said('create -n changing -f -', aReplicaSet('web'))
    })
    const replicas = () => said('get rs web -n changing -o jsonpath={.spec.replicas}')
    test('patch: merge, JSON and strategic', async () => {
      expect(await said('patch rs web -n changing --type=merge -p {"spec":{"replicas":3}}')).toBe(
        'replicaset.apps/web patched\n',
      )
      await said(
        'patch rs web -n changing --type=json -p [{"op":"replace","path":"/spec/replicas","value":4}]',
      )
      expect(await replicas()).toBe('4')
      const env =
        '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"1"}]}]}}}}'
      await said(`patch rs web -n changing -p ${env}`)
      expect(await said('get rs web -n changing -o jsonpath={.spec.template.spec.containers[*].image}')).toBe(
        'web:1',
      )
      expect(await said('patch rs web -n changing --type=merge -p {"spec":{"replicas":4}}')).toContain(
        'no change',
      )
    })
    test('patch: bad input is refused', async () => {
      expect(await refused('patch rs web -n changing -p {"spec":{"replicas":"x"}}')).toMatch(
        /cannot unmarshal|unable to convert|Invalid value/,
      )
      expect(
        await refused('patch rs web -n changing --type=json -p [{"op":"remove","path":"/nope"}]'),
      ).toContain('the server rejected our request due to an error in our request')
      expect(await refused('patch rs nope -n changing -p {}')).toContain('replicasets.apps "nope" not found')
      expect(
        await refused(
          'patch rs web -n changing --type=merge -p {"spec":{"selector":{"matchLabels":{"b":"c"}}}}',
        ),
      ).toMatch(/selector/)
    })
    test('label and annotate', async () => {
      expect(await said('label rs web -n changing tier=front')).toBe('replicaset.apps/web labeled\n')
      expect(await refused('label rs web -n changing tier=back')).toContain('already has a value (front)')
      expect(await said('label rs web -n changing tier=back --overwrite')).toBe(
        'replicaset.apps/web labeled\n',
      )
      expect(await said('label rs web -n changing tier-')).toBe('replicaset.apps/web unlabeled\n')
      expect(await said('annotate rs web -n changing note=x')).toBe('replicaset.apps/web annotated\n')
      expect(await refused('label rs web -n changing bad=va/lue')).toMatch(/invalid label value/)
    })
    test('scale', async () => {
      expect(await said('scale rs web -n changing --replicas=6')).toBe('replicaset.apps/web scaled\n')
      expect(await replicas()).toBe('6')
      expect(await said('scale rs web -n changing --current-replicas=6 --replicas=5')).toBe(
        'replicaset.apps/web scaled\n',
      )
      expect(await refused('scale rs web -n changing --current-replicas=9 --replicas=1')).toContain(
        'Expected replicas to be 9, was 5',
      )
      expect(await refused('scale rs nope -n changing --replicas=1')).toContain('not found')
    })
    test('apply: makes, changes, keeps what others set, and removes what it no longer names', async () => {
      const file = join(server.folder, 'applied.yaml')
      writeFileSync(file, aReplicaSet('applied'))
      expect(await said(`apply -n changing -f ${file}`)).toBe('replicaset.apps/applied created\n')
      expect(await said(`apply -n changing -f ${file}`)).toBe('replicaset.apps/applied unchanged\n')
      await said('annotate rs applied -n changing kept=yes')
      writeFileSync(file, aReplicaSet('applied').replace('web:1', 'web:2').replace('  replicas: 2\n', ''))
      expect(await said(`apply -n changing -f ${file}`)).toBe('replicaset.apps/applied configured\n')
      expect(
        await said(
          "get rs applied -n changing -o jsonpath='{.spec.replicas} {.metadata.annotations.kept} " +
            "{.spec.template.spec.containers[0].image}'",
        ),
      ).toBe('1 yes web:2')
      expect(
        await refused(
          'apply -n changing -f -',
          aReplicaSet('applied').replace('replicas: 2', 'replicas: many'),
        ),
      ).toMatch(/cannot unmarshal|Invalid/)
    })
    test('diff shows what apply would do, and does nothing', async () => {
      const before = await said('get rs web -n changing -o yaml')
      const ran = await kubectl('diff -n changing -f -', {
        input: aReplicaSet('web').replace('web:1', 'web:9'),
      })
      expect(ran).toMatchObject({ code: 1 })
      expect(ran.out).toMatch(/\n\+ .*image: web:9\n/)
      expect(await said('get rs web -n changing -o yaml')).toBe(before)
    })
    test('edit', async () => {
      const editor = 'sed -i s/replicas:.5/replicas:\\ 7/'
      const ran = await kubectl('edit rs web -n changing', { env: { EDITOR: editor } })
      expect(ran).toMatchObject({ code: 0, out: 'replicaset.apps/web edited\n' })
      expect(await replicas()).toBe('7')
      const nothing = await kubectl('edit rs web -n changing', { env: { EDITOR: 'true' } })
      expect(nothing.out + nothing.err).toContain('Edit cancelled, no changes made.')
    })
    test('replace, and its conflicts', async () => {
      const file = join(server.folder, 'replaced.json')
      writeFileSync(file, await said('get rs web -n changing -o json'))
      expect(await said(`replace -f ${file}`)).toBe('replicaset.apps/web replaced\n')
      await said('label rs web -n changing moved=on')
      expect(await refused(`replace -f ${file}`)).toContain(
        'the object has been modified; please apply your changes to the latest version and try again',
      )
      expect(await refused('replace -n changing -f -', aReplicaSet('nope'))).toContain('"nope" not found')
    })
    test('status and scale as subresources', async () => {
      await said(
        'patch rs web -n changing --subresource=status --type=merge -p ' +
          '{"status":{"replicas":3,"readyReplicas":2}}',
      )
      expect(await said('get rs web -n changing --no-headers')).toMatch(/^web +\d+ +3 +2 /)
      expect(
        await said('get rs web -n changing --subresource=scale -o jsonpath={.kind}/{.status.selector}'),
      ).toBe('Scale/app=web')
    })
  })

  describe('deletes objects and waits', () => {
    beforeAll(async () => {
      await said('create namespace deleting')
      mkdirSync(join(server.folder, 'many'), { recursive: true })
    })
    test('delete by name, by selector, by file, all', async () => {
      for (const name of ['a', 'b', 'c', 'd']) {
        await said(`create cm ${name} -n deleting`)
        await said(`label cm ${name} -n deleting letter=${name}`)
      }
      expect(await said('delete cm a -n deleting')).toBe('configmap "a" deleted from deleting namespace\n')
      expect(await said('delete cm -n deleting -l letter=b')).toBe(
        'configmap "b" deleted from deleting namespace\n',
      )
      expect(
        await said(
          'delete -f -',
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: deleting}',
        ),
      ).toBe('configmap "c" deleted from deleting namespace\n')
      expect(await said('delete cm -n deleting --all')).toContain('configmap "d" deleted')
      expect(await refused('delete cm a -n deleting')).toContain('configmaps "a" not found')
      expect(await said('delete cm a -n deleting --ignore-not-found')).toBe('')
    })
    test('a pod goes gracefully, or at once', async () => {
      await said('create -n deleting -f -', aPod('slow'))
      expect(await said('delete pod slow -n deleting --wait=false')).toContain('pod "slow" deleted')
      expect(await said('get pod slow -n deleting --no-headers')).toMatch(/^slow +0\/1 +Terminating/)
      expect(await said('get pod slow -n deleting -o jsonpath={.metadata.deletionGracePeriodSeconds}')).toBe(
        '30',
      )
      expect(await said('delete pod slow -n deleting --force --grace-period=0')).toContain('force deleted')
      expect(await refused('get pod slow -n deleting')).toContain('not found')
    })
    test('finalizers hold an object until they are gone', async () => {
      await said('create cm held -n deleting')
      await said('patch cm held -n deleting --type=merge -p {"metadata":{"finalizers":["example.com/hold"]}}')
      await said('delete cm held -n deleting --wait=false')
      expect(await said('get cm held -n deleting -o jsonpath={.metadata.deletionTimestamp}')).toMatch(
        /^\d{4}-/,
      )
      const waiting = kubectl('wait --for=delete cm/held -n deleting --timeout=10s')
      await said('patch cm held -n deleting --type=merge -p {"metadata":{"finalizers":null}}')
      expect(await waiting).toMatchObject({ code: 0 })
    })
    test('wait for a field, a condition, and in vain', async () => {
      await said('create -n deleting -f -', aReplicaSet('waited'))
      const field = kubectl('wait --for=jsonpath={.spec.replicas}=5 rs/waited -n deleting --timeout=10s')
      await said('scale rs waited -n deleting --replicas=5')
      expect(await field).toMatchObject({ code: 0, out: 'replicaset.apps/waited condition met\n' })
      await said('create -n deleting -f -', aPod('ready'))
      const condition = kubectl('wait --for=condition=Ready pod/ready -n deleting --timeout=10s')
      await said(
        'patch pod ready -n deleting --subresource=status --type=merge -p ' +
          '{"status":{"conditions":[{"type":"Ready","status":"True"}]}}',
      )
      expect(await condition).toMatchObject({ code: 0, out: 'pod/ready condition met\n' })
      expect(await refused('wait --for=condition=Nope pod/ready -n deleting --timeout=1s')).toContain(
        'timed out',
      )
    })
  })

  describe('looks into pods', () => {
    beforeAll(async () => {
      await said('create namespace looking')
      await said('create -n looking -f -', aPod('single'))
      await said('create -n looking -f -', `${aPod('double')}  - {name: two, image: "two:1"}\n`)
    })
    test('logs of the only container, of a chosen one, the last line, with times', async () => {
      expect(await said('logs single -n looking')).toBe('single/one starts\nsingle/one listens\n')
      expect(await said('logs double -c two -n looking --tail=1')).toBe('double/two listens\n')
      expect(await said('logs double --all-containers -n looking')).toContain('double/two starts')
      expect(await said('logs single -n looking --timestamps')).toMatch(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z single\/one starts\n/,
      )
      expect(await said('logs -f single -n looking')).toContain('listens')
      expect(await said('logs single -n looking --limit-bytes=6')).toBe('single')
      expect(await said('logs -l run=single -n looking')).toContain('single/one starts')
    })
    test('logs: what does not exist', async () => {
      expect(await refused('logs nope -n looking')).toContain('pods "nope" not found')
      expect(await refused('logs double -c three -n looking')).toContain(
        'container three is not valid for pod double',
      )
      expect(await refused('logs single -n looking --previous')).toContain(
        'previous terminated container "one" in pod "single" not found',
      )
    })
    test('what this server does not do, it says', async () => {
      expect(await refused('exec single -n looking -- ls')).toMatch(/not implemented/i)
      expect(await refused('top pod -n looking')).toContain('Metrics API not available')
    })
    test('events of an object', async () => {
      const event = `
apiVersion: v1
kind: Event
metadata: {name: single.1, namespace: looking}
involvedObject: {apiVersion: v1, kind: Pod, name: single, namespace: looking}
reason: Started
message: Started container one
type: Normal
count: 3
source: {component: kubelet, host: crossfade}
firstTimestamp: "2026-01-01T00:00:00Z"
lastTimestamp: "2026-01-01T00:00:00Z"
`
      await said('create -f -', event)
      expect(await said('get events -n looking --no-headers')).toMatch(
        /^\S+ +Normal +Started +pod\/single +Started container one\n$/,
      )
      expect(await said('get events -n looking -o wide --no-headers')).toMatch(/kubelet, crossfade/)
      expect(await said('events -n looking --for pod/single')).toContain('Started container one')
    })
  })

  describe('knows custom kinds', () => {
    const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}
    additionalPrinterColumns:
    - {name: Size, type: integer, jsonPath: .spec.size}
    - {name: Colour, type: string, jsonPath: .spec.colour, priority: 1}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer, minimum: 1, description: How large it is.}
              colour: {type: string, default: red}
          status:
            type: object
            properties:
              size: {type: integer}
`
    const widget = (name: string, spec: string) =>
      `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: ${name}}\nspec: ${spec}\n`
    beforeAll(async () => {
      await said('create namespace custom')
      expect(await said('create -f -', definition)).toContain('widgets.example.com created')
      await said('wait --for=condition=established crd/widgets.example.com --timeout=10s')
    })
    test('in discovery, explain and tables', async () => {
      expect(await said('api-resources --api-group=example.com')).toMatch(
        /widgets +wd +example.com\/v1 +true +Widget/,
      )
      expect(await said('explain widget.spec.size')).toContain('How large it is.')
      await said('apply -n custom -f -', widget('one', '{size: 3}'))
      expect(ageless(await said('get wd -n custom'))).toBe('NAME   SIZE\none    3\n')
      expect(ageless(await said('get wd -n custom -o wide'))).toBe(
        'NAME   SIZE   COLOUR\none    3      red\n',
      )
      expect(await said('get all -n custom -o name')).toBe('widget.example.com/one\n')
    })
    test('applied, patched, scaled', async () => {
      expect(await said('apply -n custom -f -', widget('one', '{size: 4, colour: blue}'))).toContain(
        'configured',
      )
      expect(await said('patch wd one -n custom --type=merge -p {"spec":{"size":5}}')).toContain('patched')
      expect(await said('scale wd one -n custom --replicas=6')).toContain('scaled')
      expect(await said("get wd one -n custom -o jsonpath='{.spec.size} {.spec.colour}'")).toBe('6 blue')
      expect(await refused('patch wd one -n custom -p {"spec":{"size":5}}')).toContain(
        'application/strategic-merge-patch+json is not supported',
      )
    })
    test('refused by their schema', async () => {
      expect(await refused('create -n custom -f -', widget('two', '{size: 0}'))).toContain(
        'spec.size in body should be greater than or equal to 1',
      )
      expect(await refused('create -n custom -f -', widget('two', '{}'))).toContain(
        'spec.size: Required value',
      )
      expect(await refused('create -n custom -f -', widget('two', '{size: 1, sise: 2}'))).toContain(
        'unknown field "spec.sise"',
      )
    })
    test('gone with their definition', async () => {
      expect(await said('delete crd widgets.example.com')).toContain('deleted')
      // kubectl may still have the kind in its cache.
      expect(await refused('get widgets -n custom')).toMatch(
        /could not find the requested resource|doesn't have a resource type/,
      )
      expect(await said('api-resources --api-group=example.com -o name')).toBe('')
    })
  })

  describe('cleans up', () => {
    test('what a namespace holds goes with it', async () => {
      await said('create namespace leaving')
      await said('create cm inside -n leaving')
      expect(await said('delete namespace leaving --timeout=15s')).toContain('namespace "leaving" deleted')
      expect(await refused('get namespace leaving')).toContain('not found')
      expect(await said('get cm -n leaving -o name')).toBe('')
    })
    test('what an owner owns goes after it, before it, or stays, as it is asked', async () => {
      await said('create namespace owners')
      for (const cascade of ['background', 'foreground', 'orphan']) {
        await said(`create cm owner-${cascade} -n owners`)
        const uid = await said(`get cm owner-${cascade} -n owners -o jsonpath={.metadata.uid}`)
        const owner = `[{apiVersion: v1, kind: ConfigMap, name: owner-${cascade}, uid: ${uid}, blockOwnerDeletion: true}]`
        await said(
          'create -n owners -f -',
          `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: owned-${cascade}, ownerReferences: ${owner}}`,
        )
        await said(`delete cm owner-${cascade} -n owners --cascade=${cascade} --timeout=10s`)
      }
      await said('wait --for=delete cm/owned-background -n owners --timeout=10s')
      expect(await said('get cm -n owners -o name')).toBe('configmap/owned-orphan\n')
      expect(await said('get cm owned-orphan -n owners -o jsonpath={.metadata.ownerReferences}')).toBe('')
    })
  })

  describe('is kept out', () => {
    test('with a wrong token, and without one', async () => {
      expect(await refused('get pods --token=wrong')).toContain('You must be logged in to the server')
      const anonymous = await kubectl(`get pods --server=${server.url} --insecure-skip-tls-verify`, {
        env: { KUBECONFIG: '/dev/null' },
      })
      expect(anonymous.code).not.toBe(0)
    })
    test('by a certificate that it does not trust', async () => {
      const ran = await kubectl(`version --server=${server.url} --token=${server.token}`, {
        env: { KUBECONFIG: '/dev/null' },
      })
      expect(ran.err).toContain('certificate signed by unknown authority')
    })
  })
})
