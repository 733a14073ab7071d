// Bugs of blue/green.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { BLUE_GREEN } from '../rooms.ts'

export const BLUE_GREEN_BUGS: readonly Bug[] = [
  ...inFile('src/rollout/blue-green/situation.ts', BLUE_GREEN, [
    {
      name: 'a revision goes live while its preview is still being sized',
      find: 'return isReady && isPreviewReady ? undefined',
      replace: 'return isReady ? undefined',
    },
    {
      name: 'the pause for a person begins before the preview is there',
      by: 'both',
      find: "isPreviewReady ? 'begin' : 'none'",
      replace: "isPreviewReady ? 'begin' : 'begin'",
    },
    {
      name: 'an active Service that lost its hash counts as one that never had any',
      find: "active === undefined && (status.blueGreen?.activeSelector ?? '') === ''",
      replace: "active === undefined && (status.blueGreen?.activeSelector ?? '') !== '-'",
    },
    {
      name: 'an active Service that never had a hash counts as one that lost it',
      find: 'if (!neverHad(story, active)) return',
      replace: 'if (!neverHad(story, active) || !isFirst) return',
    },
    {
      name: 'an active Service that leads to nobody waits for the last stable pod',
      find: 'return { hash, held: wayBack(story, active) }',
      replace:
        'return { hash, held: isSaturated(stable, replicas) ? undefined : podsGate(story, stable, replicas) }',
    },
    {
      name: 'users stay on what was replaced unproven until the last stable pod is there',
      find: 'isMeasured && isOlder && wayBack(story, active) === undefined',
      replace: 'isMeasured && isOlder && isSaturated(story.stable, story.replicas)',
    },
    {
      name: 'an active Service that never had a hash waits for a person',
      find: '(neverHad(story, active) && stayingReplicas(story.stable) === 0)',
      replace: '(neverHad(story, active) && story.replicas < 0)',
    },
    {
      name: 'an active Service that has no hash yet makes the stable revision nobody',
      find: '(neverHad(story, active) && stayingReplicas(story.stable) === 0)',
      replace: 'neverHad(story, active)',
    },
    {
      name: 'a revision that is whole waits for a person though nobody else has pods',
      by: 'both',
      find: 'isFirst || isStableLost ||',
      replace: 'isFirst ||',
    },
    {
      name: 'users stay on an update that was replaced before it was proven',
      find: 'isHeld && (isMisled(story, active) || isLeft(story, active))',
      replace: 'isHeld && isMisled(story, active)',
    },
    {
      name: 'Services that change roles in the spec promote what waits',
      find: 'isNobodys || (active === hash && !isRenamed)',
      replace: 'isNobodys || active === hash',
    },
    {
      name: 'a preview Service that a tool has moved takes the switch back',
      find: 'if (activeSelector === active && previewSelector !== home) return false',
      replace: 'if (previewSelector === home) return false',
    },
    {
      name: 'a hash that no revision has counts as a revision',
      find: 'return active === undefined || !all.some(one => podHashOf(one) === active)',
      replace: 'return active === undefined && all.length > 0',
    },
    {
      name: 'after an abort the Service goes to stable pods that are not there',
      find: 'return isAble ? undefined',
      replace: 'return isAble || able === 0 ? undefined',
    },
    {
      name: 'after an abort the way back waits for the last stable pod',
      find: '(able > 0 && able >= stayingReplicas(serving))',
      replace: '(able > 0 && able > replicas)',
    },
    {
      name: 'a timed promotion waits for a person',
      find: "return now >= until ? { is: 'over' }",
      replace: "return now > until + 600_000 ? { is: 'over' }",
    },
    {
      name: 'what holds the switch back is not told',
      find: 'held: target.hash === active ? undefined : target.held',
      replace: 'held: target.hash === active ? target.held : undefined',
    },
    {
      name: 'the preview count holds for a promotion in one go',
      find: 'const isFast = story.isFull || story.isFirst',
      replace: 'const isFast = story.isFirst',
    },
    {
      name: 'an analysis before the switch that has not ended counts as passed',
      by: 'both',
      find: "facts.runs.pre.is !== 'passed'",
      replace: "facts.runs.pre.is === 'none'",
    },
  ]),
  ...inFile('src/rollout/blue-green/wanted.ts', BLUE_GREEN, [
    {
      name: 'a timed promotion sleeps behind the pods that it waits for',
      by: 'both',
      find: 'open([held, openPause(pause), verification(story, situation)])',
      replace: 'open([held, verification(story, situation)])',
    },
    {
      name: 'old pods go while the active Service still selects them',
      find: 'isReached: hash => isSelected(story, situation, hash) ||',
      replace: "isReached: hash => isSelected(story, situation, hash + 'x') ||",
    },
    {
      name: 'an aborted revision without a delay grows',
      by: 'both',
      find: 'story.isAborted ? Math.min(situation.size, wantedReplicas(replicaSet)) : situation.size',
      replace: 'situation.size',
    },
    {
      name: 'a Rollout that a person holds switches its preview',
      by: 'both',
      find: 'preview === undefined || previewStays(story, situation) ? {}',
      replace: 'preview === undefined ? {}',
    },
    {
      name: 'an update that begins scales before its revision is known',
      find: 'story.isReset ? NOTHING : sizesOf(story, situation)',
      replace: 'story.isReset && story.isFirst ? NOTHING : sizesOf(story, situation)',
    },
  ]),
  ...inFile('src/rollout/blue-green/status.ts', BLUE_GREEN, [
    {
      name: 'a Service that lost its hash is reported as one that never had any',
      find: "situation.activeWanted ?? story.status.blueGreen?.activeSelector ?? ''",
      replace: "situation.activeWanted ?? ''",
    },
    {
      name: 'a revision is promoted before its analysis after the switch has passed',
      by: 'both',
      find: "strategy.postPromotionAnalysis === undefined || runs.post.is === 'passed'",
      replace: "strategy.postPromotionAnalysis === undefined || runs.post.is !== 'failed'",
    },
    {
      name: 'a revision is promoted before the active Service selects it',
      by: 'both',
      find: 'if (activeWanted !== story.hash || held !== undefined || story.isAborted) return undefined',
      replace: 'if (story.isAborted) return undefined',
    },
    {
      name: 'the checkpoint is passed before the preview is there',
      by: 'both',
      find: 'situation.isPreviewReady &&\n',
      replace: '',
    },
  ]),
]
