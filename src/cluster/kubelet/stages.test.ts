// Lives of simulated pods, played from stage to stage.
import { describe, expect, test } from 'vitest'
import type { Container, Pod } from '../../kube/core.ts'
import { deepFreeze } from '../../std/deep-freeze.suite.ts'
import { parseInstant, printInstant } from '../../std/instant.ts'
import { simulatedImages } from './images.ts'
import { nextStage } from './stages.ts'

const CREATED = parseInstant('2026-08-01T12:00:00Z') as number
const AROUND = {
  images: simulatedImages(['docker.io/acme/web:*', 'argoproj/rollouts-demo:*']),
  nodeAddress: '127.0.0.1',
}

function aPod(container: Partial<Container> = {}, more: { spec?: object; metadata?: object } = {}): Pod {
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
      containers: [{ name: 'web', image: 'acme/web:1', ...container }],
      ...more.spec,
    },
    status: { phase: 'Pending', podIP: '10.88.0.2' },
  }
}

const ofJob = {
  ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'j1', controller: true }],
}

/** Every stage until nothing more happens: when, name, phase, readiness. */
function life(pod: Pod): string[] {
  const lines: string[] = []
  let now = CREATED
  for (let i = 0; i < 20; i++) {
    const stage = nextStage(deepFreeze(pod), AROUND)
    if (stage === undefined) break
    now = Math.max(now, stage.at)
    const status = stage.status?.(now)
    if (status === undefined) return [...lines, `${(now - CREATED) / 1000} s ${stage.name}`]
    pod = { ...pod, status }
    const ready = status.conditions?.find(one => one.type === 'Ready')?.status
    const reason = status.containerStatuses?.[0]?.state?.waiting?.reason
    lines.push(
      `${(now - CREATED) / 1000} s ${stage.name}: ${status.phase} ready=${ready} ${reason ?? ''}`.trim(),
    )
  }
  return lines
}

function end(pod: Pod): Pod {
  for (let stage = nextStage(pod, AROUND); stage?.status; stage = nextStage(pod, AROUND))
    pod = { ...pod, status: stage.status(stage.at) }
  return pod
}

describe('a simulated pod', () => {
  test('is admitted at once and ready after three seconds', () => {
    expect(life(aPod())).toEqual([
      '0 s admit: Pending ready=False ContainerCreating',
      '3 s run: Running ready=True',
    ])
  })

  test('is ready later by its readiness probe and by its postStart sleep', () => {
    const lifecycle = { postStart: { exec: { command: ['sleep', '4'] } } }
    expect(life(aPod({ readinessProbe: { initialDelaySeconds: 10 }, lifecycle }))[1]).toMatch(/^17 s run/)
  })

  test('stays without an unknown image, and the message says both cures', () => {
    const pod = aPod({ image: 'acme/wbe:1' })
    expect(life(pod)).toEqual([
      '0 s admit: Pending ready=False ContainerCreating',
      '2 s ErrImagePull: Pending ready=False ErrImagePull',
      '8 s ImagePullBackOff: Pending ready=False ImagePullBackOff',
    ])
    const waiting = end(pod).status?.containerStatuses?.[0]?.state?.waiting
    expect(waiting?.message).toContain('start with "--simulate acme/wbe:1"')
    expect(waiting?.message).toContain('--simulate acme/wbe:1')
    expect(waiting?.message).toContain('crossfade.dev/simulate: "true"')
  })

  test('has a bad image by name even where a pattern would take it', () => {
    expect(life(aPod({ image: 'argoproj/rollouts-demo:does-not-exist' })).at(-1)).toContain(
      'ImagePullBackOff',
    )
    expect(life(aPod({ image: 'argoproj/rollouts-demo:blue' })).at(-1)).toContain('Running')
  })

  test('is simulated by annotation, whatever its image', () => {
    const annotated = { metadata: { annotations: { 'crossfade.dev/simulate': 'true' } } }
    expect(life(aPod({ image: 'any/thing' }, annotated)).at(-1)).toBe('3 s run: Running ready=True')
  })

  test('crash-loops when its command cannot be executed', () => {
    const pod = aPod({ command: ['/bad-command'] })
    expect(life(pod).at(-1)).toBe('3 s crash-loop: Running ready=False CrashLoopBackOff')
    expect(end(pod).status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 128, reason: 'StartError' } },
    })
  })

  test('waits for its readiness gates, keeps conditions that others wrote, and loses readiness with them', () => {
    const running = end(aPod({}, { spec: { readinessGates: [{ conditionType: 'lb' }] } }))
    expect(running.status?.conditions?.find(one => one.type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
    })
    const gate = (status: 'True' | 'False', pod: Pod): Pod => ({
      ...pod,
      status: {
        ...pod.status,
        conditions: [
          ...(pod.status?.conditions ?? []).filter(one => one.type !== 'lb'),
          { type: 'lb', status },
        ],
      },
    })
    const ready = end(gate('True', running))
    expect(ready.status?.conditions?.map(one => `${one.type}=${one.status}`).toSorted()).toEqual([
      'ContainersReady=True',
      'Initialized=True',
      'PodScheduled=True',
      'Ready=True',
      'lb=True',
    ])
    expect(nextStage(gate('False', ready), AROUND)?.name).toBe('readiness-lost')
  })

  test('loses and regains readiness by annotation', () => {
    const ready = end(aPod())
    const annotated = {
      ...ready,
      metadata: { ...ready.metadata, annotations: { 'crossfade.dev/ready': 'false' } },
    }
    expect(nextStage(annotated, AROUND)?.name).toBe('readiness-lost')
    expect(nextStage({ ...end(annotated), metadata: ready.metadata }, AROUND)?.name).toBe('gates-closed')
  })

  test('of a Job ends as its command says', () => {
    const job = (line: string) => life(aPod({ command: ['sh', '-c', line] }, { metadata: ofJob })).slice(1)
    expect(job('echo hi')).toEqual(['2 s run: Running ready=True', '3 s job-succeed: Succeeded ready=False'])
    expect(job('sleep 2m; exit 0').at(-1)).toBe('123 s job-succeed: Succeeded ready=False')
    expect(job('sleep 1; exit 3').at(-1)).toBe('4 s job-fail: Failed ready=False')
    const failed = life(aPod({ command: ['exit', '1'] }, { metadata: ofJob }))
    expect(failed.at(-1)).toBe('2 s job-start-error: Failed ready=False')
  })

  test('is deleted a second and its preStop sleep after the wish, not past its grace', () => {
    const deleted = (grace: number, seconds: string) =>
      life(
        aPod(
          { lifecycle: { preStop: { exec: { command: ['sleep', seconds] } } } },
          {
            metadata: {
              deletionTimestamp: printInstant(CREATED + (20 + grace) * 1000),
              deletionGracePeriodSeconds: grace,
            },
          },
        ),
      )
    expect(deleted(30, '0')).toEqual(['21 s delete'])
    expect(deleted(30, '5')).toEqual(['26 s delete'])
    expect(deleted(3, '5')).toEqual(['23 s delete'])
    expect(deleted(0, '5')).toEqual(['20 s delete'])
  })

  test('that no node has is nobody’s', () => {
    expect(life(aPod({}, { spec: { nodeName: '' } }))).toEqual([])
  })
})

describe('patterns of simulated images', () => {
  test.each([
    ['docker.io/acme/web:*', 'acme/web:v1', true],
    ['acme/web:*', 'docker.io/acme/web:v1', true],
    ['nginx', 'docker.io/library/nginx', true],
    ['acme/*', 'acme/deep/web:1', true],
    ['acme/web:1', 'acme/web:12', false],
    ['acme/w.b:1', 'acme/web:1', false],
  ])('%s and %s: %s', (pattern, image, isSimulated) => {
    expect(simulatedImages([pattern]).isSimulated(aPod({ image }))).toBe(isSimulated)
  })
})
