// The words that kubectl shows for pods.
import { describe, expect, test } from 'vitest'
import type { ContainerStatus, Pod } from '../kube/core.ts'
import { podSummary } from './pod-status.ts'

interface Parts {
  readonly containers?: readonly Partial<ContainerStatus>[]
  readonly init?: readonly Partial<ContainerStatus>[]
  readonly sidecars?: readonly string[]
  readonly status?: Pod['status']
  readonly deleted?: boolean
}

function aPod({ containers = [], init = [], sidecars = [], status = {}, deleted = false }: Parts): Pod {
  const named = (list: readonly Partial<ContainerStatus>[], prefix: string) =>
    list.map((one, i) => ({ name: `${prefix}${i}`, ready: false, restartCount: 0, ...one }))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'demo', ...(deleted ? { deletionTimestamp: '2026-08-01T12:00:00Z' } : {}) },
    spec: {
      containers: named(containers, 'c'),
      initContainers: named(init, 'i').map(one => ({
        name: one.name,
        ...(sidecars.includes(one.name) ? { restartPolicy: 'Always' } : {}),
      })),
    },
    status: {
      phase: 'Pending',
      containerStatuses: named(containers, 'c'),
      initContainerStatuses: named(init, 'i'),
      ...status,
    },
  }
}

const running = { ready: true, state: { running: {} } }
const done = { state: { terminated: { exitCode: 0 } } }
const ready = [{ type: 'Ready', status: 'True' as const }]
const word = (parts: Parts) => podSummary(aPod(parts)).word

describe('the word of a pod', () => {
  test('is its phase, or the reason of its status', () => {
    expect(word({})).toBe('Pending')
    expect(word({ status: { phase: 'Failed', reason: 'Evicted' } })).toBe('Evicted')
    const gated = { type: 'PodScheduled', status: 'False' as const, reason: 'SchedulingGated' }
    expect(word({ status: { conditions: [gated] } })).toBe('SchedulingGated')
  })

  test('is what its containers wait for or ended with', () => {
    const status = { phase: 'Running' } as const
    expect(word({ status, containers: [{ state: { waiting: { reason: 'ContainerCreating' } } }] })).toBe(
      'ContainerCreating',
    )
    expect(word({ status, containers: [{ state: { terminated: { exitCode: 3 } } }] })).toBe('ExitCode:3')
    expect(word({ status, containers: [{ state: { terminated: { exitCode: 137, signal: 9 } } }] })).toBe(
      'Signal:9',
    )
    expect(word({ status, containers: [running] })).toBe('Running')
  })

  test('of a pod of which one container has completed says whether the pod is ready', () => {
    const completed = { state: { terminated: { exitCode: 0, reason: 'Completed' } } }
    const containers = [completed, running]
    expect(word({ status: { phase: 'Running', conditions: ready }, containers })).toBe('Running')
    expect(word({ status: { phase: 'Running' }, containers })).toBe('NotReady')
    expect(word({ status: { phase: 'Running' }, containers: [completed] })).toBe('Completed')
  })

  test('tells how far the init containers are', () => {
    expect(word({ init: [done, { state: { running: {} } }] })).toBe('Init:1/2')
    expect(word({ init: [{ state: { waiting: { reason: 'PodInitializing' } } }] })).toBe('Init:0/1')
    expect(word({ init: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] })).toBe(
      'Init:ImagePullBackOff',
    )
    expect(word({ init: [{ state: { terminated: { exitCode: 2 } } }] })).toBe('Init:ExitCode:2')
    expect(word({ init: [{ state: { terminated: { exitCode: 2, reason: 'Error' } } }] })).toBe('Init:Error')
  })

  test('is Terminating while the pod is being deleted, unless it is over', () => {
    expect(word({ deleted: true, status: { phase: 'Running' }, containers: [running] })).toBe('Terminating')
    expect(word({ deleted: true, status: { phase: 'Succeeded' } })).toBe('Succeeded')
    expect(word({ deleted: true, status: { phase: 'Running', reason: 'NodeLost' } })).toBe('Unknown')
  })
})

describe('ready containers and restarts', () => {
  test('count the containers, and those init containers that keep running', () => {
    const init = [{ ...running, started: true, restartCount: 2 }, done]
    const summary = podSummary(
      aPod({
        init,
        sidecars: ['i0'],
        containers: [{ ...running, restartCount: 3 }, {}],
        status: { phase: 'Running' },
      }),
    )
    expect(summary).toMatchObject({ ready: 2, total: 3, restarts: 5 })
  })

  test('are those of the init containers while these run', () => {
    expect(podSummary(aPod({ init: [{ restartCount: 4 }], containers: [{}] }))).toMatchObject({
      ready: 0,
      total: 1,
      restarts: 4,
    })
  })

  test('know when the last restart was', () => {
    const ended = (finishedAt: string) => ({ lastState: { terminated: { exitCode: 1, finishedAt } } })
    const summary = podSummary(
      aPod({
        containers: [ended('2026-08-01T12:00:00Z'), ended('2026-08-01T12:00:09Z')],
        status: { phase: 'Running' },
      }),
    )
    expect(summary.lastRestartAt).toBe('2026-08-01T12:00:09Z')
  })
})
