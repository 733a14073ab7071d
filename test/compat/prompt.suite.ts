// What is so prompt that scripts rely on it: an answer to `promote`, a phase that stands with its condition, Events
// that are complete when their status is seen. How long an answer takes, prompt.test.ts says in virtual time.
import { expect } from 'vitest'
import type { Rollout } from '../../src/api/rollout.ts'
import { ROLLOUT } from '../../src/kube/kinds.ts'
import type { Lives } from './lives.ts'
import { condition, toldEvents } from './looks.ts'
import { blueGreen, canary, services } from './rollouts.ts'

export function promptLives(lives: Lives): void {
  lives('promote is acted upon by the next write', async life => {
    const strategy = { autoPromotionEnabled: false, scaleDownDelaySeconds: 1 }
    await life.make(...services('active'), blueGreen(strategy, { replicas: 1 }))
    await life.untilPhase('Healthy')
    for (const revision of [2, 3, 4, 5]) {
      await life.run(`set image app web=web:${revision}`)
      await life.untilPhase('Paused', 'BlueGreenPause')
      const from = life.now()
      await life.run('promote app')
      await life.until('the pause is over', () => life.rollout().status?.controllerPause !== true)
      const isPaused = life.history<Rollout>(ROLLOUT, from).map(one => one.status?.controllerPause === true)
      expect(isPaused.slice(0, 2)).toEqual([true, false])
      await life.untilPhase('Healthy')
    }
  })

  lives('a wait for Paused=False meets a Rollout that is Healthy', async life => {
    await life.make(canary({ steps: [{ setWeight: 10 }, { pause: {} }] }, { replicas: 1 }))
    await life.untilPhase('Healthy')
    expect(condition(life, 'Paused')).toBe('absent')
    await life.run('set image app web=web:2')
    await life.until('Paused=True', () => condition(life, 'Paused') === 'True RolloutPaused')
    await life.run('promote app')
    await life.until('Paused=False', () => condition(life, 'Paused') === 'False RolloutPaused')
    await life.until('Healthy', () => life.rollout().status?.phase === 'Healthy', 300)
  })

  lives('whoever sees Healthy, Paused or Degraded finds its Events complete', async life => {
    const seen = async (...reasons: readonly string[]) =>
      expect((await toldEvents(life)).slice(-reasons.length)).toEqual(reasons)
    await life.make(canary({ steps: [{ setWeight: 50 }, { pause: {} }] }, { replicas: 1 }))
    await life.untilPhase('Healthy')
    await seen('ScalingReplicaSet', 'RolloutCompleted')
    await life.run('set image app web=web:2')
    await life.untilPhase('Paused')
    await seen('RolloutStepCompleted', 'RolloutPaused')
    await life.run('abort app')
    await life.untilPhase('Degraded')
    await seen('RolloutAborted')
    await life.run('promote app --full')
    await life.untilPhase('Healthy')
    await seen('ScalingReplicaSet', 'ScalingReplicaSet', 'RolloutCompleted')
  })
}
