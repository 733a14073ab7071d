// The local copy: what it keeps, and that its indices always agree with it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONFIG_MAP, POD } from '../../kube/kinds.ts'
import { fromJson } from '../../kube/object.ts'
import type { Pod } from '../../kube/core.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Json } from '../../std/json.ts'
import { createStore } from './store.ts'

const aMap = (name: string, version: number, labels: Record<string, string> = {}): KubeObject =>
  fromJson({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', labels, uid: name, resourceVersion: String(version) },
  })
const byColour = {
  'by-colour': {
    of: CONFIG_MAP,
    values: (object: KubeObject) => Object.values(object.metadata.labels ?? {}),
  },
}

describe('the store', () => {
  test('keeps objects frozen, without their managers, and never an older one', () => {
    const store = createStore()
    const managed = fromJson({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'default', resourceVersion: '10', managedFields: [{ manager: 'x' }] },
    })
    store.put(CONFIG_MAP, managed)
    const kept = store.get({ kind: CONFIG_MAP, name: 'a', namespace: 'default' }) as KubeObject
    expect(Object.isFrozen(kept.metadata)).toBe(true)
    expect(kept.metadata).not.toHaveProperty('managedFields')
    expect(store.put(CONFIG_MAP, aMap('a', 9))).toBeUndefined()
    expect(store.remove(CONFIG_MAP, aMap('a', 9))).toBeUndefined()
    expect(store.get({ kind: CONFIG_MAP, name: 'a', namespace: 'default' })).toBe(kept)
  })

  test('a part that a change leaves as it was is the very same part, so that what is known of it stays', () => {
    const aPod = (version: number, phase: string) => {
      const text = JSON.stringify({
        ...(aMap('p', version, { app: 'x' }) as object),
        kind: 'Pod',
        spec: { containers: [{ name: 'app', image: 'demo:v1' }] },
        status: { phase, conditions: [{ type: 'Ready' }] },
      })
      return fromJson(JSON.parse(text) as Json) as Pod
    }
    const store = createStore()
    const before = store.put(POD, aPod(1, 'Pending'))?.now as Pod
    const now = store.put(POD, aPod(2, 'Running'))?.now as Pod
    expect(now).toEqual(aPod(2, 'Running'))
    expect(before).toEqual(aPod(1, 'Pending'))
    expect(now.spec).toBe(before.spec)
    expect(now.metadata.labels).toBe(before.metadata.labels)
    expect(now.status?.conditions).toBe(before.status?.conditions)
    expect([now, now.metadata, now.status].every(one => Object.isFrozen(one))).toBe(true)
  })

  test('keeps of each kind what its trim leaves', () => {
    const trim = ({ apiVersion, kind, metadata }: KubeObject) => ({ apiVersion, kind, metadata })
    const store = createStore({ trims: [{ of: POD, trim }] })
    store.put(POD, fromJson({ ...(aMap('p', 1) as object), kind: 'Pod', spec: { containers: [] } }))
    expect(store.list(POD)[0]).not.toHaveProperty('spec')
  })

  test('what a list does not name has gone', () => {
    const store = createStore()
    store.put(CONFIG_MAP, aMap('a', 1))
    store.put(CONFIG_MAP, aMap('b', 2))
    expect(store.has(CONFIG_MAP)).toBe(false)
    store.beginList(CONFIG_MAP)
    store.put(CONFIG_MAP, aMap('b', 2))
    const gone = store.endList(CONFIG_MAP, '5')
    expect(gone.map(change => change.before?.metadata.name)).toEqual(['a'])
    expect([store.has(CONFIG_MAP), store.versionOf(CONFIG_MAP)]).toEqual([true, '5'])
  })

  test('a list that goes back in time is believed: the server was restored', () => {
    const store = createStore()
    store.put(CONFIG_MAP, aMap('a', 900))
    store.beginList(CONFIG_MAP)
    expect(store.put(CONFIG_MAP, aMap('a', 7))?.now?.metadata.resourceVersion).toBe('7')
    store.endList(CONFIG_MAP, '8')
    expect(store.put(CONFIG_MAP, aMap('a', 9))).toBeDefined()
  })

  test('an index that nobody declared is a defect, not an empty answer', () => {
    expect(() => createStore().by(CONFIG_MAP, 'by-colour', 'red')).toThrow('by-colour')
  })

  test('indices agree with the objects after any history', () => {
    const colour = fc.constantFrom('red', 'green', 'blue')
    const command = fc.record({
      do: fc.constantFrom('put', 'remove', 'list', 'forget'),
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      version: fc.integer({ min: 1, max: 60 }),
      colours: fc.dictionary(fc.constantFrom('x', 'y'), colour),
    })
    fc.assert(
      fc.property(fc.array(command, { maxLength: 80 }), commands => {
        const store = createStore({ indices: [byColour] })
        for (const one of commands) {
          const object = aMap(one.name, one.version, one.colours)
          if (one.do === 'put') store.put(CONFIG_MAP, object)
          else if (one.do === 'remove') store.remove(CONFIG_MAP, object)
          else if (one.do === 'forget') store.forget(CONFIG_MAP)
          else {
            store.beginList(CONFIG_MAP)
            store.put(CONFIG_MAP, object)
            store.endList(CONFIG_MAP, String(one.version))
          }
          for (const value of ['red', 'green', 'blue']) {
            const wanted = store
              .list(CONFIG_MAP)
              .filter(o => Object.values(o.metadata.labels ?? {}).includes(value))
            expect(new Set(store.by(CONFIG_MAP, 'by-colour', value))).toEqual(new Set(wanted))
          }
          expect(store.list(CONFIG_MAP, 'default')).toHaveLength(store.size)
        }
      }),
    )
  })
})
