// How long an answer to `promote` takes, in virtual time: there only what waits on purpose takes any.
import { expect, test } from 'vitest'
import type { Rollout } from '../../src/api/rollout.ts'
import { promote } from '../../src/cli/act/promote.ts'
import { reconcilers } from '../../src/controller/reconcilers.ts'
import { ROLLOUT } from '../../src/kube/kinds.ts'
import { createWorld } from '../../src/sim/world.ts'
import { shownPhase } from '../../src/view/phase.ts'
import { blueGreen, services } from './rollouts.ts'
import { INSTANCE } from './world.ts'

const namespace = 'default'
const target = { kind: ROLLOUT, name: 'app', namespace }

test('promote is acted upon within 310 ms', async () => {
  const world = await createWorld({ reconcilers: reconcilers({ instanceId: INSTANCE }) })
  const rollout = async () => (await world.client.get(target)) as Rollout
  const untilPhase = async (phase: string) =>
    expect(await world.advanceUntil(async () => shownPhase(await rollout()).phase === phase, 60_000)).toBe(
      true,
    )
  const app = blueGreen({ autoPromotionEnabled: false, scaleDownDelaySeconds: 1 }, { replicas: 1 })
  for (const object of [...services('active'), app]) {
    const placed = { ...object, metadata: { ...object.metadata, namespace } }
    await world.client.write({ verb: 'create', why: 'the user wants it', object: placed })
  }
  await untilPhase('Healthy')
  for (const version of ['2', '3', '4', '5']) {
    const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: `web:${version}` }]
    await world.client.write({ verb: 'patch', why: 'the user wants it', target, patch, type: 'json' })
    await untilPhase('Paused')
    // Nothing else is under way that would wake the key.
    await world.advance(5000)
    const planned = promote(await rollout(), {})
    if ('refused' in planned) throw new Error(planned.refused)
    const from = world.clock.now()
    for (const write of planned.writes) await world.client.write(write)
    const isActedUpon = async () => (await rollout()).status?.controllerPause !== true
    expect(await world.advanceUntil(isActedUpon, 60_000)).toBe(true)
    expect(world.clock.now() - from).toBeLessThan(310)
    await untilPhase('Healthy')
  }
  await world.stop()
})
