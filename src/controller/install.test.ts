// What `install` gives a cluster: all that the controller needs, and no right that it does not use.
import { loadAll } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { install } from './install.ts'
import { manifestYaml } from './manifest-yaml.ts'
import { permissions, resourceOf } from './permissions.ts'
import { reconcilers } from './reconcilers.ts'

const where = { image: 'example.com/crossfade:1', namespace: 'tools' }

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}
const rulesIn = (objects: readonly object[]) =>
  objects.flatMap(object => (object as { readonly rules?: readonly Rule[] }).rules ?? [])
const kinds = (objects: readonly { readonly kind: string }[]) => objects.map(object => object.kind)

describe('rights', () => {
  test('whatever a reconciler watches may be listed and watched', () => {
    const may = new Map(permissions().map(one => [`${one.kind.group}/${resourceOf(one)}`, one.verbs]))
    for (const { kind } of reconcilers().flatMap(one => one.watches)) {
      expect(may.get(`${kind.group}/${kind.plural}`)).toEqual(expect.arrayContaining(['list', 'watch']))
    }
  })
  test('none is a wildcard, and a Secret is only read, by its name', () => {
    const rules = rulesIn(install(where))
    expect(rules.flatMap(rule => [...rule.apiGroups, ...rule.resources, ...rule.verbs])).not.toContain('*')
    const ofSecrets = rules.filter(rule => rule.resources.includes('secrets'))
    expect(ofSecrets.flatMap(rule => rule.verbs)).toEqual(['get'])
  })
  test('people who may edit a namespace may edit our kinds in it; viewers only look', () => {
    const view = install(where).find(
      one => one.metadata.labels?.['rbac.authorization.k8s.io/aggregate-to-view'],
    )
    expect(rulesIn(view === undefined ? [] : [view])[0]?.verbs).toEqual(['get', 'list', 'watch'])
  })
})

describe('the workload', () => {
  const objects = install(where)
  interface Pod {
    readonly containers: readonly {
      readonly resources: { readonly limits: { readonly memory: string } }
      readonly readinessProbe: object
      readonly livenessProbe: object
    }[]
  }
  const pod = (objects.at(-1) as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec
  test('brings its namespace along, before what stands in it', () => {
    expect(objects[0]).toMatchObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tools' } })
    expect(kinds(objects).filter(kind => kind === 'Namespace')).toHaveLength(1)
  })
  test('is ready when its copy of the cluster is complete, and alive before', () => {
    expect(pod.containers[0]).toMatchObject({
      readinessProbe: { httpGet: { path: '/readyz', port: 'healthz' } },
      livenessProbe: { httpGet: { path: '/healthz', port: 'healthz' } },
    })
  })
  test('may not take all the memory of its node', () => {
    expect(pod.containers[0]?.resources.limits.memory).toMatch(/^\d+[MG]i$/)
  })
})

describe('in one namespace', () => {
  const objects = install({ ...where, namespaced: true, instanceId: 'blue' })
  test('nothing is for the whole cluster', () => {
    expect(objects.every(object => object.metadata.namespace === 'tools')).toBe(true)
    expect(kinds(objects)).toEqual([
      'Role',
      'Role',
      'ServiceAccount',
      'RoleBinding',
      'RoleBinding',
      'Service',
      'Deployment',
    ])
  })
  test('the program is told so, and which controller it is', () => {
    const spec = (objects.at(-1) as { spec?: { template: { spec: { containers: { args: string[] }[] } } } })
      .spec
    expect(spec?.template.spec.containers[0]?.args).toEqual([
      'controller',
      '--namespaced',
      '--instance-id=blue',
    ])
  })
})

test('the YAML reads back as the objects', () => {
  const objects = install(where)
  expect(loadAll(manifestYaml(objects))).toEqual(JSON.parse(JSON.stringify(objects)))
})
