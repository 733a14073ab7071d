// Analysis as people rely on it: which runs an update has, when they begin and end, and what a bad one does.
import { expect } from 'vitest'
import type { AnalysisPhase, AnalysisRun, RolloutAnalysis } from '../../src/api/analysis.ts'
import { INSTANCE_ID } from '../../src/api/words.ts'
import { ANALYSIS_RUN } from '../../src/kube/kinds.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { podHashOf } from '../../src/workload/replica-set.ts'
import type { Life } from './life.ts'
import type { Lives } from './lives.ts'
import { blueGreen, canary, services } from './rollouts.ts'
import { sizes } from './looks.ts'
import { INSTANCE } from './world.ts'

const CHECK: RolloutAnalysis = { templates: [{ templateName: 'check' }] }
const OTHER: RolloutAnalysis = { templates: [{ templateName: 'other' }] }

/** A metric whose Job sleeps and exits. */
function job(line: string, image = 'alpine:3') {
  const container = { name: 'check', image, command: ['sh', '-c', line] }
  return {
    job: {
      spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [container] } } },
    },
  }
}

function template(name: string, ...metrics: readonly object[]): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name },
    spec: { metrics: metrics.map((metric, i) => ({ name: `metric-${i + 1}`, ...metric })) },
  } as KubeObject
}

/** The runs that are there, in the order in which they were made. */
function runs(life: Life): readonly AnalysisRun[] {
  const names = new Set(life.history<AnalysisRun>(ANALYSIS_RUN).map(one => one.metadata.name))
  return [...names].flatMap(name => life.get<AnalysisRun>(ANALYSIS_RUN, name) ?? [])
}

const typeOf = ({ metadata }: AnalysisRun) => metadata.labels?.['rollout-type'] ?? ''
const told = (life: Life) => runs(life).map(run => `${typeOf(run)} ${run.status?.phase ?? ''}`)

const untilRuns = (life: Life, ...wanted: readonly string[]) =>
  life.until(`the runs are ${wanted.join(', ')}`, () => told(life).join() === wanted.join())

const untilSwitched = (life: Life) =>
  life.until(
    'the new revision is active',
    () => life.hasRevision(2) && life.selected('active') === podHashOf(life.revision(2)),
  )

const phaseOf = (run: AnalysisRun | undefined): AnalysisPhase | undefined => run?.status?.phase

export function analysisLives(lives: Lives): void {
  lives('a background run begins with the update, and ends well when it is promoted', async life => {
    const steps = [{ setWeight: 50 }, { pause: {} }]
    await life.make(
      template('check', { interval: '1h', provider: job('exit 0') }),
      canary({ analysis: CHECK, steps }, { replicas: 2 }),
    )
    await life.untilPhase('Healthy')
    expect(runs(life)).toEqual([])
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await untilRuns(life, 'Background Running')
    const [run] = runs(life)
    expect(run?.metadata).toMatchObject({
      labels: { [INSTANCE_ID]: INSTANCE, 'rollouts-pod-template-hash': podHashOf(life.revision(2)) },
      annotations: { 'rollout.argoproj.io/revision': '2' },
      ownerReferences: [{ kind: 'Rollout', name: 'app', controller: true }],
    })
    expect(life.rollout().status?.canary?.currentBackgroundAnalysisRunStatus).toMatchObject({
      name: run?.metadata.name,
      status: 'Running',
    })
    await life.until(
      'it has measured',
      () => (runs(life)[0]?.status?.metricResults?.[0]?.successful ?? 0) > 0,
    )
    await life.run('promote app')
    await life.untilPhase('Healthy')
    await untilRuns(life, 'Background Successful')
  })

  lives('each analysis step has a run of its own', async life => {
    const steps = [{ analysis: CHECK }, { pause: {} }, { analysis: CHECK }, { analysis: CHECK }]
    await life.make(template('check', { provider: job('exit 0') }), canary({ steps }, { replicas: 1 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await untilRuns(life, 'Step Successful')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    await untilRuns(life, ...Array<string>(3).fill('Step Successful'))
  })

  lives('promote leaves an analysis step behind, and its run ends', async life => {
    const steps = [{ setWeight: 50 }, { analysis: CHECK }, { pause: {} }]
    await life.make(template('check', { provider: job('sleep 3600') }), canary({ steps }, { replicas: 2 }))
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await untilRuns(life, 'Step Running')
    await life.run('promote app')
    await life.untilPhase('Paused', 'CanaryPauseStep')
    expect(life.rollout().status?.currentStepIndex).toBe(2)
    await life.until('its run is over', () => phaseOf(runs(life)[0]) !== 'Running')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    expect(runs(life)).toHaveLength(1)
  })

  lives('one run has the metrics of all its templates, each from its own delay on', async life => {
    const templates = [...(CHECK.templates ?? []), ...(OTHER.templates ?? [])]
    const steps = [{ setWeight: 50 }, { analysis: { templates } }]
    await life.make(
      template('check', { name: 'soon', provider: job('exit 0') }),
      template('other', { name: 'late', initialDelay: '8s', provider: job('exit 0') }),
      canary({ steps }, { replicas: 2 }),
    )
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Healthy')
    await untilRuns(life, 'Step Successful')
    const results = runs(life)[0]?.status?.metricResults ?? []
    const began = (name: string) =>
      Date.parse(results.find(one => one.name === name)?.measurements?.[0]?.startedAt ?? '')
    expect(began('late') - began('soon')).toBeGreaterThanOrEqual(8000)
  })

  lives(
    'blue/green: runs before and after the switch; the way back within the delay needs none',
    async life => {
      const strategy = {
        prePromotionAnalysis: CHECK,
        postPromotionAnalysis: CHECK,
        scaleDownDelaySeconds: 60,
      }
      await life.make(
        template('check', { provider: job('exit 0') }),
        ...services('active'),
        blueGreen(strategy, { replicas: 2 }),
      )
      await life.untilPhase('Healthy')
      await life.run('set image app web=web:2')
      await untilRuns(life, 'PrePromotion Running')
      expect(life.selected('active')).toBe(podHashOf(life.revision(1)))
      await untilRuns(life, 'PrePromotion Successful', 'PostPromotion Running')
      expect(life.selected('active')).toBe(podHashOf(life.revision(2)))
      await untilRuns(life, 'PrePromotion Successful', 'PostPromotion Successful')
      await life.untilPhase('Healthy')
      const first = podHashOf(life.revision(1))
      await life.run('set image app web=web:1')
      await life.until('everybody is back', () => life.selected('active') === first)
      await life.untilPhase('Healthy')
      expect(runs(life)).toHaveLength(2)
    },
  )

  lives('blue/green: a bad run after the switch takes it back', async life => {
    await life.make(
      template('check', { provider: job('sleep 2; exit 1') }),
      ...services('active'),
      blueGreen({ postPromotionAnalysis: CHECK }, { replicas: 2 }),
    )
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await untilSwitched(life)
    await life.untilPhase('Degraded')
    expect(life.selected('active')).toBe(podHashOf(life.revision(1)))
    expect(told(life)).toEqual(['PostPromotion Failed'])
  })

  lives('blue/green with everything: a small preview, runs, a timed pause, a delay', async life => {
    const strategy = {
      previewService: 'preview',
      previewReplicaCount: 1,
      autoPromotionSeconds: 5,
      scaleDownDelaySeconds: 5,
      prePromotionAnalysis: CHECK,
      postPromotionAnalysis: OTHER,
    }
    await life.make(
      template('check', { provider: job('exit 0') }),
      template('other', { provider: job('exit 0') }),
      ...services('active', 'preview'),
      blueGreen(strategy, { replicas: 2 }),
    )
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await untilRuns(life, 'PrePromotion Successful')
    expect(sizes(life)).toEqual([2, 1])
    await life.untilPhase('Paused', 'BlueGreenPause')
    await untilSwitched(life)
    expect(sizes(life)).toEqual([2, 2])
    await untilRuns(life, 'PrePromotion Successful', 'PostPromotion Successful')
    await life.untilPhase('Healthy')
    await life.until('the old revision has gone', () => sizes(life).join() === '0,2')
  })

  lives('promote --full skips the runs of blue/green', async life => {
    const strategy = {
      autoPromotionEnabled: false,
      prePromotionAnalysis: CHECK,
      postPromotionAnalysis: CHECK,
    }
    await life.make(
      template('check', { provider: job('sleep 3600') }),
      ...services('active'),
      blueGreen(strategy, { replicas: 1 }),
    )
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await untilRuns(life, 'PrePromotion Running')
    await life.run('promote app --full')
    await life.untilPhase('Healthy')
    expect(life.selected('active')).toBe(podHashOf(life.revision(2)))
    await life.until('its run is over', () => phaseOf(runs(life)[0]) !== 'Running')
    expect(runs(life)).toHaveLength(1)
  })

  lives('a Job that is unfinished when its run ends is Inconclusive, and goes', async life => {
    const steps = [{ setWeight: 50 }, { pause: {} }]
    await life.make(
      template('check', { provider: job('sleep 3600') }),
      canary({ analysis: CHECK, steps }, { replicas: 2 }),
    )
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'CanaryPauseStep')
    await untilRuns(life, 'Background Running')
    await life.run('promote app')
    await life.untilPhase('Healthy')
    await untilRuns(life, 'Background Inconclusive')
    const [result] = runs(life)[0]?.status?.metricResults ?? []
    expect([result?.phase, result?.measurements?.[0]?.phase]).toEqual(['Inconclusive', 'Inconclusive'])
  })

  lives(
    'a Job whose image is not there is Inconclusive: the Rollout pauses, and can be promoted',
    async life => {
      const steps = [{ setWeight: 50 }, { analysis: CHECK }]
      await life.make(
        template('check', { provider: job('exit 0', 'nonexistent-image:1') }),
        canary({ steps }, { replicas: 2 }),
      )
      await life.untilPhase('Healthy')
      await life.run('set image app web=web:2')
      await life.untilPhase('Paused', 'InconclusiveAnalysisRun')
      expect(told(life)).toEqual(['Step Inconclusive'])
      await life.run('promote app')
      await life.untilPhase('Healthy')
    },
  )

  lives('the same in the background pauses while a run of a step is under way', async life => {
    const steps = [{ setWeight: 50 }, { analysis: OTHER }]
    await life.make(
      template('check', { provider: job('exit 0', 'nonexistent-image:1') }),
      template('other', { provider: job('sleep 3600') }),
      canary({ analysis: { ...CHECK, startingStep: 1 }, steps }, { replicas: 2 }),
    )
    await life.untilPhase('Healthy')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused', 'InconclusiveAnalysisRun')
    expect(told(life).toSorted()).toEqual(['Background Inconclusive', 'Step Running'])
    await life.run('abort app')
    await life.until('no run is under way', () => runs(life).every(run => phaseOf(run) !== 'Running'))
  })

  for (const [sentence, revisions, wanted] of [
    ['a way back within the window needs no analysis', 1, 1],
    ['one beyond it has its run', 0, 2],
  ] as const) {
    lives(`rollbackWindow: ${sentence}`, async life => {
      const steps = [{ analysis: CHECK }]
      await life.make(
        template('check', { provider: job('exit 0') }),
        canary({ steps }, { replicas: 1, rollbackWindow: { revisions } }),
      )
      await life.untilPhase('Healthy')
      await life.run('set image app web=web:2')
      await life.untilPhase('Healthy')
      expect(told(life)).toEqual(['Step Successful'])
      await life.run('undo app')
      await life.until('it is back', () => life.hasRevision(3))
      await life.untilPhase('Healthy')
      expect(runs(life)).toHaveLength(wanted)
      expect(life.replicaSets(), 'the way back has the ReplicaSet that it had').toHaveLength(2)
    })
  }
}
