// What the kubelet decides for a simulated pod, and what it asks of the real world first.
import { describe, expect, test } from 'vitest'
import type { Pod } from '../../kube/core.ts'
import type { Answer, Decision } from '../../kube/reconciler.ts'
import { deepFreeze } from '../../std/deep-freeze.suite.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'
import { podAddresses } from './addresses.ts'
import { simulatedImages } from './images.ts'
import type { PodStatus } from './pod-status.ts'
import { simulatedPods } from './simulated-pods.ts'

const CREATED = parseInstant('2026-08-01T12:00:00Z') as number
const around = { images: simulatedImages(['acme/*']), nodeAddress: '127.0.0.1' }
const reconciler = simulatedPods(around)

function aPod(more: { status?: Pod['status']; metadata?: object } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-1',
      namespace: 'shop',
      uid: 'u1',
      creationTimestamp: printInstant(CREATED),
      ...more.metadata,
    },
    spec: {
      nodeName: 'node-1',
      containers: [
        { name: 'web', image: 'acme/web:1', env: [{ name: 'LATENCY', value: '5' }, { name: 'REF' }] },
      ],
    },
    status: more.status ?? { phase: 'Pending', podIP: '10.88.0.2' },
  }
}

const admitted = { phase: 'Pending', podIP: '10.88.0.2', startTime: printInstant(CREATED) } as const
const running = {
  ...admitted,
  phase: 'Running',
  conditions: [
    { type: 'ContainersReady', status: 'True' },
    { type: 'Ready', status: 'True' },
  ],
} as const

function decide(pod: Pod | undefined, atSeconds: number, answers: Record<string, Answer> = {}) {
  return reconciler.decide(deepFreeze({ ...around, pod, now: CREATED + atSeconds * 1000, answers }))
}

const asked = (decision: Decision<PodStatus>) => (decision.questions ?? []).map(question => question.id)
const phase = (decision: Decision<PodStatus>) => decision.status?.phase
const port: Answer = { at: CREATED, value: 40_000 }

describe('a simulated pod', () => {
  test('has its port asked for while it starts, with what its server must know', () => {
    const decision = decide(aPod({ status: admitted }), 1)
    expect(decision.questions).toEqual([
      {
        id: 'serve/u1',
        about: {
          what: 'serve',
          pod: {
            uid: 'u1',
            namespace: 'shop',
            name: 'web-1',
            ip: '10.88.0.2',
            image: 'acme/web:1',
            container: 'web',
            env: { LATENCY: '5' },
          },
        },
      },
    ])
    expect(decision.waits?.[0]?.until).toBe(CREATED + 3000)
  })

  test('is not Running before its port really listens', () => {
    expect(phase(decide(aPod({ status: admitted }), 5))).toBeUndefined()
    expect(phase(decide(aPod({ status: admitted }), 5, { 'serve/u1': port }))).toBe('Running')
  })

  test('says why when no port can be had, and asks again later', () => {
    const refused: Answer = { at: CREATED + 4000, error: 'no free port' }
    const told = decide(aPod({ status: admitted }), 5, { 'serve/u1': refused })
    expect(told.announced?.map(event => event.message)).toEqual(['no free port'])
    expect(asked(told)).toEqual(['serve/u1'])
    const dropped = decide(aPod({ status: admitted }), 10, { 'serve/u1': refused })
    expect(asked(dropped)).toEqual([])
    expect(dropped.waits).toHaveLength(1)
  })

  test('that runs already has its port opened again after a restart', () => {
    expect(asked(decide(aPod({ status: running }), 500))).toEqual(['serve/u1'])
  })

  test('without a pullable image is asked nothing', () => {
    const unknown = aPod({ status: admitted })
    const pod = { ...unknown, spec: { ...unknown.spec, containers: [{ name: 'web', image: 'other/web' }] } }
    expect(asked(decide(pod, 9))).toEqual([])
  })

  test('that is deleted serves until its time, then ends its requests, then goes', () => {
    const leaving = aPod({
      status: running,
      metadata: { deletionTimestamp: printInstant(CREATED + 40_000), deletionGracePeriodSeconds: 30 },
    })
    expect(asked(decide(leaving, 10.5, { 'serve/u1': port }))).toEqual(['serve/u1'])
    const ending = decide(leaving, 11, { 'serve/u1': port })
    expect([asked(ending), ending.writes]).toEqual([['end/u1'], []])
    const gone = decide(leaving, 11.3, { 'end/u1': { at: CREATED, value: null } })
    expect(gone.writes).toMatchObject([{ verb: 'delete', ifUid: 'u1', gracePeriodSeconds: 0 }])
  })

  test('that has gone leaves no question, so that its port is closed', () => {
    expect(decide(undefined, 12)).toEqual({ writes: [] })
  })
})

describe('the addresses of pods', () => {
  test('are theirs alone: what runs elsewhere is where it says', () => {
    const { resolve } = podAddresses()
    expect(resolve('10.88.0.2', 80)).toBeUndefined()
    expect(resolve('192.168.1.7', 3000)).toEqual({ host: '192.168.1.7', port: 3000 })
  })

  test('a late end does not take the address away from who has it now', () => {
    const addresses = podAddresses()
    let changes = 0
    addresses.onChange(() => changes++)
    addresses.set('old', '10.88.0.2', 4001)
    addresses.set('new', '10.88.0.2', 4002)
    addresses.remove('old')
    expect(addresses.resolve('10.88.0.2', 8080)).toEqual({ host: '127.0.0.1', port: 4002 })
    addresses.remove('new')
    expect(addresses.resolve('10.88.0.2', 8080)).toBeUndefined()
    expect(changes).toBe(3)
  })
})
