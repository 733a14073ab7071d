// When the active Service moves, and where to, as stories.
import { describe, expect, test } from 'vitest'
import type { RolloutSpec, RolloutStatus } from '../../api/rollout.ts'
import { POD_TEMPLATE_HASH } from '../../api/words.ts'
import { aService, aTemplate, hashOf, NOW, rest, template } from '../model.suite.ts'
import { awaited, blueGreen, reported, V0, V1, V2, whys } from './blue-green.suite.ts'

const pod = { spec: { containers: [{ name: 'check', image: 'check' }] } }
const CHECK = aTemplate('check', {
  metrics: [{ name: 'check', provider: { job: { spec: { template: pod } } } }],
})
const manual = { autoPromotionEnabled: false }
const pausedAt = (startTime: string): RolloutStatus => ({
  controllerPause: true,
  pauseConditions: [{ reason: 'BlueGreenPause', startTime }],
})

describe('the switch', () => {
  test('does not come in a pass that shrinks the new revision to its preview', () => {
    const model = blueGreen({
      stable: { replicas: 3 },
      preview: { replicas: 3 },
      strategy: { previewReplicaCount: 1 },
    })
    expect(whys(model)).toEqual(['scale ReplicaSet demo-v2 from 3 to 1'])
  })

  test('waits for a person, and says so', () => {
    const status = pausedAt('2026-08-01T11:59:00Z')
    const model = blueGreen({ stable: { replicas: 3 }, preview: { replicas: 3 }, strategy: manual, status })
    expect(whys(model)).toEqual([])
    expect(model.decide().waits).toContainEqual({
      for: 'somebody to promote',
      since: NOW - 60_000,
      cure: 'Promote, or abort.',
    })
  })

  test('comes by itself to the second', () => {
    const status = pausedAt('2026-08-01T11:59:00Z')
    const strategy = { autoPromotionSeconds: 61 }
    const model = blueGreen({ stable: { replicas: 3 }, preview: { replicas: 3 }, strategy, status })
    model.now += 999
    expect(whys(model)).toEqual([])
    model.now += 1
    expect(whys(model)).toEqual(['switch service active to v2'])
  })

  test('comes by itself for a smaller preview, too: its time is waited for beside the pods', () => {
    const strategy = { autoPromotionSeconds: 61, previewReplicaCount: 1 }
    const status = pausedAt('2026-08-01T11:59:00Z')
    const model = blueGreen({ stable: { replicas: 3 }, preview: { replicas: 1 }, strategy, status })
    expect(model.decide().waits).toContainEqual({
      for: 'automatic promotion',
      since: NOW - 60_000,
      until: NOW + 1000,
      cure: 'Promote, or abort.',
    })
    model.now += 1000
    rest(model)
    expect(model.rollout().status).toMatchObject({ phase: 'Healthy', stableRS: hashOf(V2) })
  })

  test('does not come for a revision that was just aborted, however many of its pods there are', () => {
    const preview = { replicas: 3, deadline: NOW + 20_000 }
    const abortedAt = '2026-08-01T11:59:50Z'
    const model = blueGreen({ stable: { replicas: 3 }, preview, strategy: manual, status: { abortedAt } })
    expect(whys(model)).not.toContain('switch service active to v2')
  })
})

describe('the pause for a person', () => {
  test('begins when the preview is there', () => {
    const of = { stable: { replicas: 3 }, strategy: manual }
    const early = blueGreen({ ...of, preview: { replicas: 3, available: 2 } })
    expect(reported(early).pauseConditions).toBeUndefined()
    const due = blueGreen({ ...of, preview: { replicas: 3 } })
    expect(reported(due).pauseConditions).toMatchObject([{ reason: 'BlueGreenPause' }])
  })

  test('is over for a preview of its own size only when that is there', () => {
    const of = { stable: { replicas: 3 }, strategy: { previewReplicaCount: 1 } }
    const early = blueGreen({ ...of, preview: { replicas: 1, available: 0 } })
    expect(reported(early).blueGreen?.scaleUpPreviewCheckPoint).toBeUndefined()
    const due = blueGreen({ ...of, preview: { replicas: 1 } })
    expect(reported(due).blueGreen?.scaleUpPreviewCheckPoint).toBe(true)
  })

  test('is skipped by a full promotion, which asks for all pods', () => {
    const strategy = { ...manual, previewReplicaCount: 1 }
    const status = { promoteFull: true }
    const model = blueGreen({ stable: { replicas: 3 }, preview: { replicas: 1 }, strategy, status })
    expect(whys(model)).toEqual(['scale ReplicaSet demo-v2 from 1 to 3'])
  })
})

describe('an active Service that a hand has moved', () => {
  const stable = { replicas: 3 }
  const back = 'switch service active to v1'

  test.each([
    ['to an old revision without pods', { active: V0, older: { replicas: 0 } }],
    [
      'to an old revision without pods, before the stable one had all of its own',
      { active: V0, older: { replicas: 0 }, status: { blueGreen: { activeSelector: hashOf(V0) } } },
    ],
    [
      'with a mistake in the spec, with which nobody goes on to a new one that is whole',
      { active: V0, older: { replicas: 0 }, preview: { replicas: 3 }, spec: { minReadySeconds: -1 } },
    ],
    ['to an old revision with some of its pods', { active: V0, older: { replicas: 1 } }],
    ['to a new one with some of its pods', { active: V2, preview: { replicas: 3, available: 2 } }],
    ['while a person holds the Rollout', { active: V0, older: { replicas: 0 }, spec: { paused: true } }],
    [
      'while a pause waits for a person',
      { active: V0, older: { replicas: 0 }, strategy: manual, status: pausedAt('2026-08-01T11:59:00Z') },
    ],
    [
      'with a mistake in the spec, with which the new one gets no pods',
      { active: V2, preview: { replicas: 1 }, spec: { minReadySeconds: -1 } },
    ],
  ])('goes back to the stable one: %s', (_, of) => {
    expect(whys(blueGreen({ stable, preview: { replicas: 3, available: 0 }, ...of }))).toContain(back)
  })

  test('of an update that was replaced before its analysis after the switch has passed goes back', () => {
    const check = { templates: [{ templateName: 'check' }] }
    const of = { active: V0, older: { replicas: 3 }, preview: { replicas: 3 }, strategy: manual }
    const status = { blueGreen: { activeSelector: hashOf(V0) } }
    const more = [CHECK]
    const measured = { ...manual, postPromotionAnalysis: check }
    expect(whys(blueGreen({ ...of, stable, status, more, strategy: measured }))).toContain(back)
    expect(whys(blueGreen({ ...of, stable, status }))).not.toContain(back)
    const broken = { ...of, older: { replicas: 3, available: 1 }, preview: { replicas: 3, available: 0 } }
    const few = { replicas: 3, available: 2 }
    expect(whys(blueGreen({ ...broken, stable: few, status, more, strategy: measured }))).toContain(back)
  })

  test.each([
    ['a hash that no revision has', { active: 'demo:gone' }],
    ['no hash any more', { active: undefined }],
    ['the hash of a new one that somebody deleted', { active: V2, preview: undefined }],
  ])('to nothing goes back at once, though a stable pod is missing: %s', (_, of) => {
    const few = { replicas: 3, available: 2 }
    const having = (available: number) =>
      whys(blueGreen({ stable: { ...few, available }, preview: few, strategy: manual, ...of })).includes(back)
    expect([0, 1, 2, 3].map(having)).toEqual([false, true, true, true])
  })

  test('goes on to a new revision that is whole, past an old one that is dead: users wait for no stable pod', () => {
    const of = { active: V0, older: { replicas: 3, available: 0 }, preview: { replicas: 3 } }
    const few = { replicas: 3, available: 2 }
    const status = { blueGreen: { activeSelector: hashOf(V0) } }
    expect(whys(blueGreen({ ...of, stable: few, status }))).toContain('switch service active to v2')
    const asked = { ...of, stable, strategy: manual, status: { ...status, promoteFull: true } }
    expect(whys(blueGreen(asked))).toContain('switch service active to v2')
  })

  test('goes back at once to a stable revision that misses a pod, when nobody serves where it was moved', () => {
    const of = { active: V2, preview: { replicas: 3, available: 0 } }
    expect(whys(blueGreen({ ...of, stable: { replicas: 3, available: 2 } }))).toContain(back)
  })

  test.each([
    ['all its pods', { active: V2, preview: { replicas: 3 } }],
    [
      'as few as the stable one',
      { active: V2, preview: { replicas: 2 }, stable: { replicas: 3, available: 2 } },
    ],
  ])('stays with a new one that has %s', (_, of) => {
    expect(whys(blueGreen({ stable, ...of }))).not.toContain(back)
  })

  test('by us stays where it is, though pods die there', () => {
    const status = { blueGreen: { activeSelector: hashOf(V2) } }
    const preview = { replicas: 3, available: 1 }
    expect(whys(blueGreen({ stable, preview, active: V2, status }))).not.toContain(back)
  })

  test('by us goes back from where all pods were taken with a mistake in the spec', () => {
    const status = { blueGreen: { activeSelector: hashOf(V2) } }
    const of = { stable, active: V2, status, spec: { minReadySeconds: -1 } }
    const model = blueGreen({ ...of, preview: { replicas: 0 } })
    expect(whys(model)).toContain(back)
    expect(reported(model).blueGreen?.activeSelector).toBe(hashOf(V1))
    expect(whys(blueGreen({ ...of, preview: { replicas: 3, available: 1 } }))).not.toContain(back)
  })
})

describe('Services that change roles in the spec while a preview waits', () => {
  const back = 'switch service active to v1'
  const all = { replicas: 3 }
  const swapped = { active: V2, previewSelects: V1, stable: all, preview: all, strategy: manual }

  test.each([
    ['before its person', {}],
    [
      'before its analysis',
      { strategy: { prePromotionAnalysis: { templates: [{ templateName: 'check' }] } } },
    ],
    ['as another image comes', { status: { currentPodHash: 'another' } }],
  ])('bring nobody to it: %s', (_, of) => {
    const model = blueGreen({ ...swapped, more: [CHECK], ...of })
    expect(whys(model)).toContain(back)
    expect(reported(model)).toMatchObject({ stableRS: hashOf(V1), blueGreen: { activeSelector: hashOf(V1) } })
  })

  test('wait for stable pods, and the preview Service with them: until then nobody is promoted', () => {
    const few = (available: number) => blueGreen({ ...swapped, stable: { replicas: 3, available } })
    const model = few(1)
    model.pass()
    model.pass()
    expect(model.rollout().status?.stableRS).toBe(hashOf(V1))
    expect(whys(model)).toEqual([])
    expect(awaited(model).some(one => one.endsWith('1 of 3 available'))).toBe(true)
    const { status } = model.rollout()
    expect(whys(blueGreen({ ...swapped, status: status as RolloutStatus }))).toContain(back)
  })

  test('leave it there when a person promotes it', () => {
    const model = blueGreen({ ...swapped, status: { promoteFull: true } })
    expect(whys(model)).toEqual(['switch service preview to v2'])
    expect(reported(model).stableRS).toBe(hashOf(V2))
  })

  test('are not what a preview Service is that somebody has moved after the switch', () => {
    const blueGreenStatus = { activeSelector: hashOf(V2), previewSelector: hashOf(V2) }
    const model = blueGreen({ ...swapped, status: { blueGreen: blueGreenStatus } })
    expect(whys(model)).not.toContain(back)
  })
})

describe('after an abort the active Service', () => {
  const abort = { abort: true, abortedAt: '2026-08-01T11:59:59Z' }

  test('stays while no stable pod is there', () => {
    const stable = { replicas: 3, available: 0 }
    const model = blueGreen({ stable, preview: { replicas: 3, available: 0 }, active: V2, status: abort })
    expect(whys(model)).not.toContain('switch service active to v1')
    expect(awaited(model).some(one => one.endsWith('0 of 3 available'))).toBe(true)
  })

  test('goes back although a stable pod is missing, when that makes nothing worse', () => {
    const stable = { replicas: 3, available: 2 }
    const preview = { replicas: 3, available: 2 }
    const model = blueGreen({ stable, preview, active: V2, status: abort })
    expect(whys(model)).toContain('switch service active to v1')
  })

  test('keeps the pods of the revision that it still selects', () => {
    const stable = { replicas: 3, available: 1 }
    const preview = { replicas: 3, deadline: NOW - 1000 }
    const model = blueGreen({ stable, preview, active: V2, status: abort })
    expect(whys(model)).toEqual(['take the scale-down deadline off ReplicaSet demo-v2'])
  })

  test('counts their delay anew when their deadline was over before the abort', () => {
    const preview = { replicas: 3, deadline: NOW - 1000 }
    const model = blueGreen({ stable: { replicas: 3 }, preview, status: { abort: true } })
    model.pass()
    expect(model.replicaSet(V2)?.spec.replicas).toBe(3)
    expect(whys(model)).toEqual(['set the scale-down deadline of ReplicaSet demo-v2 to 2026-08-01T12:00:30Z'])
  })

  test('counts their delay from the switch, not from an earlier time that they were left', () => {
    const preview = { replicas: 3, deadline: NOW + 5000 }
    const model = blueGreen({ stable: { replicas: 3 }, preview, active: V2, status: abort })
    model.pass()
    expect(model.service('active')?.spec.selector?.[POD_TEMPLATE_HASH]).toBe(hashOf(V1))
    expect(whys(model)).toEqual(['set the scale-down deadline of ReplicaSet demo-v2 to 2026-08-01T12:00:30Z'])
  })

  test('takes a deadline off before its users go: a pass may end between the two', () => {
    const preview = { replicas: 3, deadline: NOW + 5000 }
    const model = blueGreen({ stable: { replicas: 3 }, preview, active: V2, status: abort })
    expect(whys(model)).toEqual([
      'take the scale-down deadline off ReplicaSet demo-v2',
      'switch service active to v1',
    ])
  })

  test.each([
    [0, 3],
    [2, 3],
    [3, 2],
  ])('without a delay leaves its %i pods: they never grow, though %i are asked for', (pods, replicas) => {
    const stable = { replicas }
    const strategy = { abortScaleDownDelaySeconds: 0 }
    const of = { stable, preview: { replicas: pods }, replicas, strategy }
    const scaled = (model: ReturnType<typeof blueGreen>) =>
      whys(model).filter(why => why.startsWith('scale ReplicaSet demo-v2'))
    expect(scaled(blueGreen({ ...of, status: abort }))).toEqual(
      pods < replicas ? [] : [`scale ReplicaSet demo-v2 from ${pods} to ${replicas}`],
    )
    expect(scaled(blueGreen(of))).toEqual([`scale ReplicaSet demo-v2 from ${pods} to ${replicas}`])
  })

  test('leaves pods that get their delay when stable is whole', () => {
    const of = { preview: { replicas: 3 }, status: abort }
    const early = blueGreen({ ...of, stable: { replicas: 3, available: 2 } })
    expect(whys(early)).toEqual([])
    expect(awaited(early)).toEqual([`pods of ReplicaSet demo-${hashOf(V1)}: 2 of 3 available`])
    expect(whys(blueGreen({ ...of, stable: { replicas: 3 } }))).toEqual([
      'set the scale-down deadline of ReplicaSet demo-v2 to 2026-08-01T12:00:30Z',
    ])
  })

  test('leaves pods without a delay until the status tells of it: who knows of none could go back to them', () => {
    const of = { stable: { replicas: 3 }, preview: { replicas: 3 } }
    const model = blueGreen({ ...of, status: { abort: true } })
    expect(whys(model)).toEqual([])
    model.pass()
    expect(model.rollout().status?.abortedAt).toBeDefined()
    expect(whys(model)).toEqual(['set the scale-down deadline of ReplicaSet demo-v2 to 2026-08-01T12:00:30Z'])
  })
})

describe('pods that still have their delay', () => {
  test.each([
    ['older ones', '11:00:00', true],
    ['newer ones, which were given up', '11:30:00', false],
  ])('go live at once when they are older than the stable revision: %s', (_, at, isBack) => {
    const preview = { replicas: 3, deadline: NOW + 5000 }
    const model = blueGreen({ stable: { replicas: 3 }, preview, strategy: manual })
    for (const [image, time] of [
      [V1, '11:15:00'],
      [V2, at],
    ] as const) {
      const set = model.replicaSet(image)
      model.put({
        ...set,
        metadata: { ...set?.metadata, creationTimestamp: `2026-08-01T${time}Z` },
      } as never)
    }
    expect(whys(model).includes('switch service active to v2')).toBe(isBack)
  })
})

test('a strategy that names another active Service makes the stable revision nobody: a person promotes', () => {
  const status = { blueGreen: {} }
  const of = { stable: { replicas: 3, available: 2 }, preview: { replicas: 3 }, strategy: manual, status }
  const model = blueGreen({ ...of, active: 'none' })
  model.put(aService('active'))
  expect(whys(model)).not.toContain('switch service active to v2')
})

test('the pause before the promotion ends with the switch, the pause of a canary with the strategy', () => {
  const paused = (reason: string, startTime: string) => ({
    controllerPause: true,
    pauseConditions: [{ reason, startTime }],
  })
  const check = { templates: [{ templateName: 'check' }] }
  const strategy = { ...manual, autoPromotionEnabled: true, autoPromotionSeconds: 20 }
  const of = {
    stable: { replicas: 3 },
    preview: { replicas: 3 },
    more: [CHECK],
  }
  const status = paused('BlueGreenPause', '2026-08-01T11:59:00Z') as RolloutStatus
  const model = blueGreen({ ...of, strategy: { ...strategy, postPromotionAnalysis: check }, status })
  expect(reported(model)).toMatchObject({ blueGreen: { activeSelector: hashOf(V2) }, stableRS: hashOf(V1) })
  expect(model.rollout().status?.pauseConditions).toBeUndefined()
  const few = { ...of, preview: { replicas: 3, available: 1 }, strategy: manual }
  const foreign = paused('CanaryPauseStep', '2026-08-01T11:59:00Z') as RolloutStatus
  expect(reported(blueGreen({ ...few, status: foreign })).pauseConditions).toBeUndefined()
})

test('when the stable ReplicaSet has gone users get the new revision with its first pod; it is stable with all', () => {
  const status = { controllerPause: true, pauseConditions: [{ reason: 'BlueGreenPause', startTime: '' }] }
  const of = { strategy: manual, status } as const
  const having = (available: number) => {
    const model = blueGreen({ ...of, preview: { replicas: 3, available } } as never)
    return [whys(model).includes('switch service active to v2'), reported(model).stableRS]
  }
  expect([0, 1, 2, 3].map(having)).toEqual([
    [false, hashOf(V1)],
    [true, hashOf(V1)],
    [true, hashOf(V1)],
    [true, hashOf(V2)],
  ])
})

describe('old pods', () => {
  const strategy = { ...manual, scaleDownDelaySeconds: 0 }

  test('stay while the active Service selects them', () => {
    const of = { older: { replicas: 3 }, stable: { replicas: 3, available: 1 }, preview: { replicas: 3 } }
    const scaled = (model: ReturnType<typeof blueGreen>) =>
      whys(model).filter(why => why.startsWith('scale ReplicaSet demo-v0'))
    expect(scaled(blueGreen({ ...of, strategy, active: V0 }))).toEqual([])
    expect(scaled(blueGreen({ ...of, strategy, active: V1 }))).toEqual([
      'scale ReplicaSet demo-v0 from 3 to 0',
    ])
  })

  test('that users come to again have no deadline of an earlier time', () => {
    const older = { replicas: 3, deadline: NOW + 5000 }
    const of = { older, stable: { replicas: 3, available: 1 }, preview: { replicas: 3 }, strategy: manual }
    expect(whys(blueGreen({ ...of, active: V0 }))).toContain(
      'take the scale-down deadline off ReplicaSet demo-v0',
    )
    expect(whys(blueGreen({ ...of, active: V1 }))).toEqual([])
  })

  test('keep their deadline when an undo with a mistake in the spec has left them to the status alone', () => {
    const preview = { replicas: 3, deadline: NOW + 5000 }
    const spec = { template: template(V1), minReadySeconds: -1 } as Partial<RolloutSpec>
    const of = { stable: { replicas: 3 }, preview, spec, previewSelects: V1 }
    expect(whys(blueGreen(of))).toEqual([])
  })

  test('are kept for their delay only as far as the limit says, the newest first', () => {
    const of = { older: { replicas: 3 }, stable: { replicas: 3 }, preview: { replicas: 3 } }
    const none = blueGreen({ ...of, strategy: { ...manual, scaleDownDelayRevisionLimit: 0 } })
    expect(whys(none)).toEqual(['scale ReplicaSet demo-v0 from 3 to 0'])
    const one = blueGreen({ ...of, strategy: { ...manual, scaleDownDelayRevisionLimit: 1 } })
    expect(whys(one)).toEqual(['set the scale-down deadline of ReplicaSet demo-v0 to 2026-08-01T12:00:30Z'])
  })
})

test('a Rollout that a person holds leaves its preview where it is', () => {
  const of = { stable: { replicas: 3 }, preview: { replicas: 3 }, previewSelects: V1 }
  expect(whys(blueGreen({ ...of, spec: { paused: true } }))).toEqual([])
  expect(whys(blueGreen(of))).toContain('switch service preview to v2')
})

test('with a problem the preview does not go to a revision that is gone, and nothing says so', () => {
  const spec = { template: template(V1), minReadySeconds: -1 } as Partial<RolloutSpec>
  const model = blueGreen({ preview: { replicas: 3 }, spec, active: V2 })
  expect(whys(model)).toEqual([])
  expect(reported(model).blueGreen?.previewSelector).toBe(hashOf(V2))
})

test('a pass that begins an update scales nothing yet', () => {
  const of = { stable: { replicas: 3 }, preview: { replicas: 0 }, strategy: manual }
  expect(whys(blueGreen({ ...of, status: { currentPodHash: 'another' } }))).toEqual([])
  expect(whys(blueGreen(of))).toEqual(['scale ReplicaSet demo-v2 from 0 to 3'])
})

test('a revision that is in use has no scale-down deadline', () => {
  const stable = { replicas: 3, deadline: NOW + 5000 }
  const model = blueGreen({ stable, preview: { replicas: 3 }, strategy: manual })
  expect(whys(model)).toEqual(['take the scale-down deadline off ReplicaSet demo-v1'])
})

test('an analysis before the switch begins when the preview is there', () => {
  const job = { spec: { template: { spec: { containers: [{ name: 'check', image: 'check' }] } } } }
  const more = [aTemplate('check', { metrics: [{ name: 'check', provider: { job } }] })]
  const strategy = { prePromotionAnalysis: { templates: [{ templateName: 'check' }] } }
  const of = { stable: { replicas: 3 }, strategy, more }
  const begun = (model: ReturnType<typeof blueGreen>) =>
    whys(model).filter(why => why.startsWith('create AnalysisRun'))
  expect(begun(blueGreen({ ...of, preview: { replicas: 3, available: 2 } }))).toEqual([])
  expect(begun(blueGreen({ ...of, preview: { replicas: 3 } }))).toHaveLength(1)
})

test.each([
  [
    'undo',
    {
      spec: { template: template(V1) },
      status: { currentPodHash: hashOf(V1), blueGreen: { activeSelector: hashOf(V2) } },
    },
  ],
  ['abort', { status: { abort: true } }],
])(
  'an %s leaves a broken revision for stable as soon as that serves more, though a pod is missing',
  (_, way) => {
    const of = { replicas: 4, active: V2, preview: { replicas: 4, available: 1 }, ...way }
    const back = 'switch service active to v1'
    expect(whys(blueGreen({ ...of, stable: { replicas: 4, available: 3 } } as never))).toContain(back)
    expect(whys(blueGreen({ ...of, stable: { replicas: 4, available: 0 } } as never))).not.toContain(back)
  },
)

test('an aborted revision whose ReplicaSet has gone is not made again, and its preview keeps no pods', () => {
  const model = blueGreen({ stable: { replicas: 3 }, previewSelects: V1, status: { abort: true } })
  expect(whys(model)).toEqual([])
  const of = { older: { replicas: 3 }, stable: { replicas: 3 }, previewSelects: V0, status: { abort: true } }
  expect(whys(blueGreen(of))).toEqual([
    'set the scale-down deadline of ReplicaSet demo-v0 to 2026-08-01T12:00:30Z',
  ])
})

test('an update that is late after its switch is told as it stands, and goes back in the next pass', () => {
  const HOUR_AGO = '2026-08-01T11:00:00Z'
  const progress = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: '' } as const
  const model = blueGreen({
    stable: { replicas: 3 },
    preview: { replicas: 3, available: 2 },
    active: V2,
    spec: { progressDeadlineAbort: true },
    status: {
      blueGreen: { activeSelector: hashOf(V2), previewSelector: hashOf(V2) },
      replicas: 6,
      updatedReplicas: 3,
      readyReplicas: 2,
      availableReplicas: 2,
      HPAReplicas: 2,
      conditions: [{ ...progress, lastUpdateTime: HOUR_AGO, lastTransitionTime: HOUR_AGO }],
    },
  })
  expect(whys(model)).toEqual([])
  expect(reported(model)).toMatchObject({ abort: true, blueGreen: { activeSelector: hashOf(V2) } })
  expect(whys(model)).toContain('switch service active to v1')
})

test('the delay of an aborted preview does not begin while the stable pods that there are have all to go', () => {
  const model = blueGreen({
    stable: { replicas: 0, available: 3 },
    preview: { replicas: 3 },
    status: { abort: true, abortedAt: '2026-08-01T11:59:59Z' },
  })
  expect(whys(model)).toEqual(['scale ReplicaSet demo-v1 from 0 to 3'])
})
