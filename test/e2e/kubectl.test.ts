// Real kubectl 1.35 against the embedded API server: making, reading and changing objects, with good input and
// bad.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { ageless, aReplicaSet, missing, session, titled } from './kubectl-session.ts'

const { kubectl, said, refused, server } = session()

describe.skipIf(missing !== undefined)(titled('kubectl makes, reads and changes objects'), () => {
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
      expect(await refused('get cm watched -n reading -w')).toContain('configmaps "watched" not found')
      await said('create cm first -n reading --from-literal=a=1')
      const enough = new AbortController()
      let seen = ''
      const watching = kubectl('get cm -n reading -w -o name', {
        signal: enough.signal,
        onOut: text => (seen = text),
      })
      // What it lists first is there; it watches from then on.
      await vi.waitUntil(() => seen.includes('configmap/first\n'), { timeout: 20_000 })
      await said('create cm watched -n reading --from-literal=a=1')
      await said('delete cm watched -n reading')
      await vi.waitUntil(() => seen.includes('configmap/watched\nconfigmap/watched\n'), { timeout: 20_000 })
      enough.abort()
      await watching
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
      const file = join(server().folder, 'applied.yaml')
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
      const file = join(server().folder, 'replaced.json')
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
})
