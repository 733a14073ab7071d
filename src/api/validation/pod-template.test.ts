// A template that passes must make pods; one that fails must say why in Kubernetes' words.
import { describe, expect, test } from 'vitest'
import type { PodTemplateSpec } from '../../kube/core.ts'
import { fieldErrorText } from '../field-error.ts'
import { podTemplateErrors } from './pod-template.ts'

const selector = { matchLabels: { app: 'demo' } }
const template = (spec: object, container: object = {}): PodTemplateSpec => ({
  metadata: { labels: { app: 'demo' } },
  spec: { containers: [{ name: 'app', image: 'demo:1', ...container }], ...spec },
})
const said = (of: PodTemplateSpec) => podTemplateErrors('t', of, selector).map(fieldErrorText)

describe('passes', () => {
  test('the smallest template', () => expect(said(template({}))).toEqual([]))
  test('one that uses much of what there is', () => {
    const container = {
      ports: [
        { name: 'http', containerPort: 80 },
        { containerPort: 81, protocol: 'UDP' },
      ],
      env: [
        { name: 'A', value: '1' },
        { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      resources: { requests: { cpu: '500m' }, limits: { cpu: 1, memory: '1Gi' } },
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
      readinessProbe: { httpGet: { port: 'http' }, successThreshold: 3 },
      livenessProbe: { tcpSocket: { port: 80 } },
      imagePullPolicy: 'Always',
    }
    const spec = {
      volumes: [{ name: 'data', emptyDir: {} }],
      initContainers: [
        { name: 'first', image: 'i:1' },
        {
          name: 'side',
          image: 's:1',
          restartPolicy: 'Always',
          startupProbe: { exec: { command: ['true'] } },
        },
      ],
      restartPolicy: 'Always',
      serviceAccountName: 'demo',
      nodeSelector: { 'kubernetes.io/os': 'linux' },
    }
    expect(said(template(spec, container))).toEqual([])
  })
})

describe('fails', () => {
  test.each([
    [
      'a repeated container name',
      { initContainers: [{ name: 'app', image: 'i' }] },
      {},
      ['t.spec.initContainers[0].name: Duplicate value: "app"'],
    ],
    [
      'a volume that is not there',
      {},
      { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      ['t.spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [
      'two mounts at one place',
      { volumes: [{ name: 'v' }] },
      {
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'v', mountPath: '/v' },
        ],
      },
      ['t.spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/v": must be unique'],
    ],
    [
      'more asked for than allowed',
      {},
      { resources: { requests: { cpu: '2' }, limits: { cpu: '1500m' } } },
      [
        't.spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1500m',
      ],
    ],
    [
      'a protocol of the future',
      {},
      { ports: [{ containerPort: 1, protocol: 'QUIC' }] },
      [
        't.spec.containers[0].ports[0].protocol: Unsupported value: "QUIC": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    [
      'two probes in one',
      {},
      { livenessProbe: { exec: {}, tcpSocket: { port: 0 }, successThreshold: 2 } },
      [
        't.spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
        't.spec.containers[0].livenessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive',
        't.spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
      ],
    ],
    [
      'a deadline, and pods that end',
      { activeDeadlineSeconds: 5, restartPolicy: 'Never' },
      {},
      [
        't.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        't.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
      ],
    ],
    [
      'a value from two sources',
      {},
      { env: [{ name: '1', valueFrom: { fieldRef: {}, secretKeyRef: {} } }] },
      [
        expect.stringContaining(
          't.spec.containers[0].env[0].name: Invalid value: "1": a valid environment variable',
        ),
        expect.stringMatching(
          /env\[0\].valueFrom: .*: may not have more than one field specified at a time$/,
        ),
      ],
    ],
  ])('%s', (_, spec, container, wanted) => expect(said(template(spec, container))).toEqual(wanted))

  test('labels that Kubernetes does not take', () => {
    const bad = {
      ...template({}),
      metadata: { labels: { app: 'demo', 'a b': '-' }, annotations: { '/': '' } },
    }
    expect(
      podTemplateErrors('t', bad, selector).map(error => `${error.path} ${JSON.stringify(error.value)}`),
    ).toEqual(['t.labels "a b"', 't.labels "-"', 't.annotations "/"'])
  })
})

test('no value of the wrong shape makes it throw, not even one that cannot become text', () => {
  const odd = { toString: 1, valueOf: [] }
  const container = {
    volumeMounts: [{ name: odd, mountPath: odd }],
    imagePullPolicy: odd,
    resources: { limits: { cpu: odd } },
  }
  const text = said(
    template({ volumes: [{ name: odd }], restartPolicy: odd, dnsPolicy: odd }, container),
  ).join('\n')
  expect(text).toContain('t.spec.volumes[0].name')
  expect(text).toContain('t.spec.containers[0].imagePullPolicy')
  expect(text).toContain('t.spec.restartPolicy')
})
