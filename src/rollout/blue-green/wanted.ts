// Blue/green: what should be, from where we are (third step of a decision). Total: every Service and every ReplicaSet
// has its answer.
import {
  abortScaleDownDelaySeconds,
  scaleDownDelayRevisionLimit,
  scaleDownDelaySeconds,
} from '../../api/defaults.ts'
import type { ReplicaSet } from '../../kube/apps.ts'
import { wantedReplicas } from '../../workload/availability.ts'
import { hasDeadline } from '../../workload/deadlines.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import { open, runGate } from '../gates.ts'
import type { Gate } from '../gates.ts'
import { isHeldService, isKeptByLeft, keptByLeft } from '../leaving.ts'
import { experimentMoves, experimentState } from '../experiment/state.ts'
import { runMoves } from '../runs.ts'
import type { RunMoves } from '../runs.ts'
import { selectedHash, servicesOf } from '../services.ts'
import { join, keptUntilDeadline, NOTHING, retire, retireAborted, sized } from '../sizes.ts'
import type { Sizes } from '../sizes.ts'
import type { Story } from '../story.ts'
import type { Wanted } from '../wanted.ts'
import type { BlueGreenSituation } from './situation.ts'
import { openPause, previewStays } from './situation.ts'

export function blueGreenWanted(story: Story, situation: BlueGreenSituation): Wanted {
  const { activeWanted, runs, held, pause } = situation
  const { active, preview } = servicesOf(story.rollout)
  const sizes = story.isReset ? NOTHING : sizesOf(story, situation)
  return {
    ...sizes,
    outdated: story.all.filter(one => hasDeadline(one) && hasUsers(story, situation, one)),
    selectors: {
      ...(preview === undefined || previewStays(story, situation) ? {} : { [preview]: story.hash }),
      ...(active === undefined || activeWanted === undefined ? {} : { [active]: activeWanted }),
    },
    drains: false,
    runs: closing(story, runMoves(story, [runs.pre, runs.post])),
    waits: [...sizes.waits, ...open([held, openPause(pause), verification(story, situation)])],
  }
}

/** Experiments of a canary that it was before are ended, too. */
function closing(story: Story, { create, end }: RunMoves): RunMoves {
  return { create, end: [...end, ...experimentMoves(story, experimentState(story)).end] }
}

/** What the new revision, which has its users, must still pass. */
function verification(story: Story, { active, strategy, runs }: BlueGreenSituation): Gate {
  const isAsked = strategy.postPromotionAnalysis !== undefined && active === story.hash
  return isAsked && !story.isPromoted && !story.isAborted ? runGate(story, runs.post) : undefined
}

function sizesOf(story: Story, situation: BlueGreenSituation): Sizes {
  const { current, stable, rollout } = story
  const old = retire(story, {
    delaySeconds: scaleDownDelaySeconds(rollout.spec),
    limit: scaleDownDelayRevisionLimit(rollout.spec),
    isReached: hash => isSelected(story, situation, hash) || isKeptByLeft(story, situation.leaving, hash),
    kept: () => story.replicas,
  })
  const whole = stable === undefined ? old : join(old, sized(stable, story.replicas))
  return current === undefined || story.isPromoted
    ? whole
    : join(whole, currentSize(story, situation, current))
}

function currentSize(story: Story, situation: BlueGreenSituation, replicaSet: ReplicaSet): Sizes {
  const kept = keptByLeft(story, situation.leaving, replicaSet)
  // What was given up never grows.
  const most = story.isAborted ? Math.min(situation.size, wantedReplicas(replicaSet)) : situation.size
  const size = Math.max(most, kept)
  const delaySeconds = abortScaleDownDelaySeconds(story.rollout.spec)
  if (story.isAborted && delaySeconds !== undefined) {
    const isReached = hasUsers(story, situation, replicaSet)
    return retireAborted(story, { replicaSet, delaySeconds, isReached })
  }
  // The deadline of a revision that we go back to is what makes the way short: it stays until the switch.
  return story.rollback === 'delay' ? keptUntilDeadline(story, replicaSet, size) : sized(replicaSet, size)
}

/** The preview Service tells nothing: its deadline is what makes the way back to a revision short. */
function hasUsers(story: Story, { active, leaving }: BlueGreenSituation, replicaSet: ReplicaSet): boolean {
  const hash = podHashOf(replicaSet)
  return active === hash || isKeptByLeft(story, leaving, hash)
}

/** A preview that stays where it was, since what was given up is not made, keeps nobody there. */
function isSelected(story: Story, { leaving }: BlueGreenSituation, hash: string): boolean {
  const { snapshot, rollout, isAborted, current } = story
  const { preview } = servicesOf(rollout)
  const idle = isAborted && current === undefined && !isHeldService(leaving, preview) ? preview : undefined
  const services = Object.entries(snapshot.services).filter(([name]) => name !== idle)
  return services.some(([, service]) => selectedHash(service) === hash)
}
