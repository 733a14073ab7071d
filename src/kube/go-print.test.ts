// Stories and the proof that templates print as Go prints them: 300 recorded from the real programs.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { PodTemplateSpec } from './core.ts'
import { goPrint, goTypeOf, goValue, POD_TEMPLATE_SPEC } from './go-print.ts'
import { defaultedPodTemplate } from './pod-defaults.ts'

interface Recorded {
  readonly template: PodTemplateSpec
  readonly defaulted: PodTemplateSpec
  readonly canonical: string
}

const recorded = JSON.parse(
  readFileSync(new URL('../../test/golden/pod-templates.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

const container = (fields: object) => ({ spec: { containers: [{ name: 'a', ...fields }] } })
const printed = (fields: object) => goPrint('api.core.v1.Container', { name: 'a', ...fields })

describe('300 pod templates', () => {
  test('print as Go prints them', () => {
    expect(recorded).toHaveLength(300)
    expect(recorded.map(one => goPrint(POD_TEMPLATE_SPEC, one.template))).toEqual(
      recorded.map(one => one.canonical),
    )
  })
  test('are filled in as a real API server fills them in', () => {
    expect(recorded.map(one => defaultedPodTemplate(one.template))).toEqual(
      recorded.map(one => one.defaulted),
    )
  })
  test('stay the same when they are filled in again', () => {
    expect(recorded.map(one => defaultedPodTemplate(one.defaulted))).toEqual(
      recorded.map(one => one.defaulted),
    )
  })
})

describe('Go printing', () => {
  test('keeps the order of the struct, leaves out what is empty, drops what is unknown', () => {
    expect(printed({ image: 'x', args: [], env: null, surprise: 1, tty: false })).toBe(
      '{"name":"a","image":"x","resources":{}}',
    )
  })
  test('prints an empty struct where the field is no pointer, and nothing where it is', () => {
    expect(goPrint(POD_TEMPLATE_SPEC, {})).toBe('{"metadata":{},"spec":{"containers":null}}')
    expect(printed({ securityContext: null })).not.toContain('securityContext')
    expect(printed({ securityContext: {} })).toContain('"securityContext":{}')
  })
  test('tells a pointer to zero from nothing', () => {
    expect(goPrint('api.core.v1.PodSpec', { containers: [], terminationGracePeriodSeconds: 0 })).toBe(
      '{"containers":[],"terminationGracePeriodSeconds":0}',
    )
  })
  test('merges inline structs into their parent, in their place', () => {
    expect(goPrint('api.core.v1.Probe', { periodSeconds: 3, exec: { command: ['x'] } })).toBe(
      '{"exec":{"command":["x"]},"periodSeconds":3}',
    )
  })
  test('prints quantities canonically, from numbers too', () => {
    const resources = { limits: { memory: '1024Mi', cpu: 1.5 } }
    expect(printed({ resources })).toContain('"limits":{"cpu":"1500m","memory":"1Gi"}')
  })
  test('escapes what HTML and JavaScript would stumble over, every time', () => {
    for (const again of [1, 2]) {
      expect(printed({ workingDir: '<a>&\u2028' }), `time ${again}`).toContain(
        '"\\u003ca\\u003e\\u0026\\u2028"',
      )
    }
  })
  test('takes a value of a wrong type for nothing', () => {
    expect(printed({ image: 7, stdin: 'yes', securityContext: 'x', command: 'x' })).toBe(
      '{"name":"a","resources":{}}',
    )
  })
  test('prints times in whole seconds of UTC and leaves out absent ones', () => {
    const meta = { name: 'x', creationTimestamp: '2026-01-02T05:04:05.678+02:00' }
    expect(goPrint('apimachinery.pkg.apis.meta.v1.ObjectMeta', meta)).toBe(
      '{"name":"x","creationTimestamp":"2026-01-02T03:04:05Z"}',
    )
    expect(goValue('apimachinery.pkg.apis.meta.v1.ObjectMeta', { creationTimestamp: null })).toEqual({})
  })
  test('knows the Go type of a built-in kind, and that ours have none', () => {
    expect(goTypeOf('apps/v1', 'ReplicaSet')).toBe('api.apps.v1.ReplicaSet')
    expect(goTypeOf('argoproj.io/v1alpha1', 'Rollout')).toBeUndefined()
  })
})

describe('pod defaults', () => {
  const imagePolicy = (image: string) =>
    defaultedPodTemplate(container({ image })).spec.containers[0]?.['imagePullPolicy']
  test('pull an image always when it may mean something else tomorrow', () => {
    expect(imagePolicy('demo')).toBe('Always')
    expect(imagePolicy('host:5000/demo')).toBe('Always')
    expect(imagePolicy('demo:latest')).toBe('Always')
    expect(imagePolicy('demo:v1')).toBe('IfNotPresent')
    expect(imagePolicy(`demo@sha256:${'a'.repeat(64)}`)).toBe('IfNotPresent')
  })
})
