// Real kubectl 1.35 against the embedded API server: deleting and waiting, looking into pods, custom kinds, and who
// may come in.
import { beforeAll, describe, expect, test } from 'vitest'
import { ageless, aPod, aReplicaSet, missing, session, titled } from './kubectl-session.ts'

const { kubectl, said, refused, server } = session()

describe.skipIf(missing !== undefined)(titled('kubectl deletes, waits, looks and extends'), () => {
  describe('deletes objects and waits', () => {
    beforeAll(async () => {
      await said('create namespace deleting')
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
        const who = `apiVersion: v1, kind: ConfigMap, name: owner-${cascade}, uid: ${uid}`
        const owner = `[{${who}, blockOwnerDeletion: true}]`
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
      const anonymous = await kubectl(`get pods --server=${server().url} --insecure-skip-tls-verify`, {
        env: { KUBECONFIG: '/dev/null' },
      })
      expect(anonymous.code).not.toBe(0)
    })
    test('by a certificate that it does not trust', async () => {
      const ran = await kubectl(`version --server=${server().url} --token=${server().token}`, {
        env: { KUBECONFIG: '/dev/null' },
      })
      expect(ran.err).toContain('certificate signed by unknown authority')
    })
  })
})
