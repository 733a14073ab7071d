// A person who types whatever comes to mind, by a seed: whatever the order, the Services that users see always have
// pods behind them, and once the person is quiet the last image is there alone, Healthy.
import { expect } from 'vitest'
import { REPLICA_SET, ROLLOUT, SERVICE } from '../../src/kube/kinds.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import type { Service } from '../../src/kube/core.ts'
import { seededRandom } from '../../src/doors/random.ts'
import { podHashOf, revisionOf } from '../../src/workload/replica-set.ts'
import type { Life } from './life.ts'
import type { Lives } from './lives.ts'
import { blueGreen, canary, ingress, services } from './rollouts.ts'

const ACTS = 24
const LONGEST_PAUSE_MS = 500
const LAST = 'web:last'
/** The last one is nowhere: its pods never start. */
const IMAGES = ['web:1', 'web:2', 'web:3', 'nonexistent-image:1']

export function restlessLives(lives: Lives, seeds: readonly number[]): void {
  for (const seed of seeds) {
    lives(`blue/green under seed ${seed}: the active Service never falls`, async life => {
      const strategy = { previewService: 'preview', autoPromotionEnabled: false, scaleDownDelaySeconds: 1 }
      await life.make(
        ...services('active', 'preview'),
        blueGreen({ ...strategy, abortScaleDownDelaySeconds: 1 }, SPEC),
      )
      await play(life, seed, 'active')
    })

    lives(`canary by route under seed ${seed}: the stable Service never falls`, async life => {
      const steps = [{ setWeight: 50 }, { pause: {} }, { setWeight: 100 }, { pause: { duration: 1 } }]
      const strategy = {
        stableService: 'stable',
        canaryService: 'canary',
        trafficRouting: { nginx: { stableIngress: 'app' } },
        scaleDownDelaySeconds: 1,
        abortScaleDownDelaySeconds: 1,
        steps,
      }
      await life.make(...services('stable', 'canary'), ingress('app', 'stable'), canary(strategy, SPEC))
      await play(life, seed, 'stable')
    })

    lives(`canary by pods under seed ${seed}: maxUnavailable 0 holds`, async life => {
      const steps = [{ setWeight: 50 }, { pause: {} }]
      await life.make(canary({ steps, maxSurge: 1, maxUnavailable: 0 }, SPEC))
      await play(life, seed, undefined)
    })
  }
}

const SPEC = { replicas: 2 }

/** `service`: the one that must always have both pods behind it; without one, both must be somewhere. */
async function play(life: Life, seed: number, service: string | undefined): Promise<void> {
  await life.untilPhase('Healthy')
  const from = life.now()
  const random = seededRandom(seed)
  const done: string[] = []
  for (let act = 0; act < ACTS; act++) {
    done.push(await actOnce(life, random.next()))
    await life.whileTrue('a moment passes', () => true, Math.round(random.next() * LONGEST_PAUSE_MS))
  }
  await life.patch(ROLLOUT, 'app', { spec: { paused: false } })
  await life.run(`set image app web=${LAST}`)
  await life.until(
    'the last image is wanted',
    () => imageOfHash(life, life.rollout().status?.currentPodHash) === LAST,
  )
  await life.run('promote app --full')
  const acts = done.join('; ')
  try {
    await life.until(`quiet after ${acts}`, () => isQuiet(life))
    expect(Math.min(...served(life, service, from))).toBe(SPEC.replicas)
    expect(new Set(life.replicaSets().map(revisionOf)).size).toBe(life.replicaSets().length)
  } catch (error) {
    throw new Error(`after ${acts}`, { cause: error })
  }
}

const COMMANDS: readonly string[] = [
  'promote app',
  'promote app',
  'promote app --full',
  'abort app',
  'retry rollout app',
  'undo app',
  'pause app',
]

async function actOnce(life: Life, chance: number): Promise<string> {
  const which = Math.floor(chance * (COMMANDS.length + 6))
  const image = IMAGES[Math.floor(chance * 1000) % IMAGES.length]
  const line = COMMANDS[which] ?? `set image app web=${image}`
  await life.ran(line)
  if (line === 'pause app') await life.patch(ROLLOUT, 'app', { spec: { paused: chance > 0.45 } })
  return line
}

function isQuiet(life: Life): boolean {
  const { status = {} } = life.rollout()
  const alone = life.replicaSets().filter(one => (one.spec.replicas ?? 0) > 0)
  const isLast = alone.length === 1 && imageOfHash(life, podHashOf(alone[0] as ReplicaSet)) === LAST
  return status.phase === 'Healthy' && isLast && imageOfHash(life, status.stableRS) === LAST
}

function imageOfHash(life: Life, hash: string | undefined): string | undefined {
  const found = life.replicaSets().find(one => podHashOf(one) === hash)
  return found?.spec.template.spec?.containers[0]?.image
}

/** Available pods behind the Service (or of all revisions) at each change since then. */
function served(life: Life, service: string | undefined, since: number): readonly number[] {
  const known = new Map<string, ReplicaSet>()
  let hash = ''
  return life.changes().flatMap(({ kind, now, before }, i) => {
    if (kind === REPLICA_SET && now !== undefined) known.set(podHashOf(now), now as ReplicaSet)
    if (kind === REPLICA_SET && now === undefined) known.delete(podHashOf(before as ReplicaSet))
    if (now?.kind === SERVICE.kind && now.metadata.name === service) {
      hash = (now as Service).spec.selector?.['rollouts-pod-template-hash'] ?? ''
    }
    if (i < since) return []
    const all = [...known.values()].filter(one => service === undefined || podHashOf(one) === hash)
    return [all.reduce((sum, one) => sum + (one.status?.availableReplicas ?? 0), 0)]
  })
}
