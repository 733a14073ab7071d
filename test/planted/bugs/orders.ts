// Bugs of order and of timing: each needs two things that happen at an unlucky moment. Lives by chance must find them.
import { inFile } from '../bug.ts'
import type { Bug, Change } from '../bug.ts'
import { BLUE_GREEN, CANARY, DECISION, EXPERIMENT_STEP, LOST_STATUS, RUNTIME, TRAFFIC } from '../rooms.ts'

const byLives = (file: string, changes: readonly Omit<Change, 'by'>[]): readonly Bug[] =>
  inFile(
    file,
    [],
    changes.map(change => ({ ...change, by: 'sim' })),
  )

export const ORDER_BUGS: readonly Bug[] = [
  ...byLives('src/runtime/loop/barrier.ts', [
    {
      name: 'a key is decided although the cache does not show yet what was written for it',
      find: 'return { open: !expectations.has(key), givenUp,',
      replace: 'return { open: true, givenUp,',
    },
  ]),
  ...byLives('src/runtime/loop/passes.ts', [
    {
      name: 'what a pass has written is not waited for',
      find: 'if (expectation !== undefined) controller.barrier.expect(pass.key, expectation)',
      replace: "if (expectation?.what === 'removed') controller.barrier.expect(pass.key, expectation)",
    },
    {
      name: 'a pass that failed is never tried again',
      find: 'controller.queue.add(pass.key, now + retryInMs)',
      replace: 'controller.queue.add(pass.key, now + retryInMs + 1e9)',
    },
    {
      name: 'what a decision waits for wakes nobody',
      find: 'until > now ? until : now + PAST_WAIT_MS',
      replace: 'until > now ? until + 1e9 : now + PAST_WAIT_MS',
    },
  ]),
  ...byLives('src/rollout/gather.ts', [
    {
      name: 'a Rollout whose status was lost is taken for a new one',
      find: 'const rollout = withStable(read, { owned, current, services, named })',
      replace: 'const rollout = read',
    },
  ]),
  ...byLives('src/runtime/loop/workqueue.ts', [
    {
      name: 'news of a key in flight are lost',
      find: 'if (known !== undefined && known <= at) return',
      replace: 'if (inFlight.has(key) || (known !== undefined && known <= at)) return',
    },
  ]),
  ...byLives('src/runtime/loop/pass.ts', [
    {
      name: 'a status is written over what came meanwhile',
      find: "if (write.verb !== 'patch' || write.subresource === 'scale' || pass.version === undefined) return write",
      replace:
        "if (write.verb !== 'patch' || write.subresource !== undefined || pass.version === undefined) return write",
    },
    {
      name: 'a pass forgets that it has written to its own object',
      find: 'result?.metadata.resourceVersion ?? pass.version',
      replace: 'pass.version ?? result?.metadata.resourceVersion',
    },
  ]),
  ...byLives('src/rollout/moves.ts', [
    {
      name: 'weight goes back before the stable Service selects the stable revision',
      find: 'return (drains && name === servicesOf(story.rollout).stable) || leaving.backTo.includes(name)',
      replace: "return (drains && name === '') || leaving.backTo.includes(name)",
    },
  ]),
  ...byLives('src/rollout/sizes.ts', [
    {
      name: 'old pods go before their delay has passed',
      find: 'const at = story.now + rules.delaySeconds * 1000',
      replace: 'const at = story.now + rules.delaySeconds * 500',
    },
  ]),
  ...byLives('src/rollout/blue-green/situation.ts', [
    {
      name: 'a timed promotion comes too early',
      find: 'const until = since + seconds * 1000',
      replace: 'const until = since + seconds * 500',
    },
  ]),
  ...byLives('src/runtime/loop/passes.ts', [
    {
      name: 'counts that may wait are never written',
      find: 'controller.queue.add(pass.key, status.notBefore)\n',
      replace: 'controller.queue.add(pass.key, status.notBefore + 1e9)\n',
    },
  ]),
  ...byLives('src/runtime/loop/pass.ts', [
    {
      name: 'a status goes out in the place of the first write',
      find: 'const isStatus = pass.done >= writes.length &&',
      replace: 'const isStatus = (pass.done === 0 || pass.done >= writes.length) &&',
    },
  ]),
  ...byLives('src/runtime/loop/loop.ts', [
    {
      name: 'who takes over looks at nothing until something changes',
      find: 'now })\n  addAll(controller, cache, now)\n',
      replace: 'now })\n',
    },
    {
      name: 'an answer wakes nobody',
      find: 'asked.set(input.question, input.answer)\n  controller.queue.add(input.key, now)',
      replace: 'asked.set(input.question, input.answer)',
    },
  ]),
  ...byLives('src/rollout/sizes.ts', [
    {
      name: 'the pods of an aborted revision go before their delay has passed',
      find: 'deadlines: { [name]: story.now + delaySeconds * 1000 } }',
      replace: 'deadlines: { [name]: story.now + delaySeconds * 500 } }',
    },
    {
      name: 'old pods go some seconds before their deadline',
      find: 'if (story.now >= until) return gone(name)',
      replace: 'if (story.now + 5000 >= until) return gone(name)',
    },
    {
      name: 'the pods of an aborted revision go some seconds before their deadline',
      find: 'return until !== undefined && story.now >= until\n',
      replace: 'return until !== undefined && story.now + 5000 >= until\n',
    },
  ]),
  ...byLives('src/rollout/canary/step-state.ts', [
    {
      name: 'a weight counts as reached before its pods are there',
      find: 'return facts.sizes.held ?? routedGate(story, facts)',
      replace: 'return routedGate(story, facts)',
    },
    {
      name: 'a scale counts as reached before its pods are there',
      find: "case 'setCanaryScale':\n      return facts.sizes.held",
      replace: "case 'setCanaryScale':\n      return undefined",
    },
    {
      name: 'a scale by weight counts as reached before its pods are there',
      find: "'setCanaryScale':\n      return facts.sizes.held",
      replace:
        "'setCanaryScale':\n      return stepAt(story.position)?.setCanaryScale?.weight ? undefined : facts.sizes.held",
    },
  ]),
  ...byLives('src/rollout/canary/selectors.ts', [
    {
      name: 'the stable Service of a pair that was made again is not taken back',
      find: 'swaps && stableOfPair(story.status) === undefined && !isManaged(service)',
      replace: 'swaps && !isManaged(service)',
    },
  ]),
  ...byLives('src/rollout/canary/wanted-sizes.ts', [
    {
      name: 'a canary without a router grows before old pods have made room',
      find: 'canary: Math.min(split.canary, wantedReplicas(current) + room),',
      replace: 'canary: split.canary,',
    },
  ]),
  ...byLives('src/rollout/canary/sizes.ts', [
    {
      name: 'the stable Service of a canary without a router loses its last pod',
      find: 'return clamp(room, Math.min(1, wantedReplicas(stable)), 1)',
      replace: 'return clamp(room, 0, 0)',
    },
  ]),
  ...byLives('src/rollout/canary/basic-sizes.ts', [
    {
      name: 'pods of revisions before are not counted into the surge',
      find: 'state.maxSurge - canarySpec - stableSpec - olderSpec',
      replace: 'state.maxSurge - canarySpec - stableSpec',
    },
    {
      name: 'pods that are not there yet let stable ones go',
      find: '? availableOf(canary) + (stable?.spec ?? 0)',
      replace: '? (canary?.spec ?? 0) + (stable?.spec ?? 0)',
    },
  ]),
  ...byLives('src/rollout/blue-green/situation.ts', [
    {
      name: 'a pause that was ended by a person begins again',
      find: 'const isOver = story.wasResumed || status',
      replace: 'const isOver = status',
    },
  ]),
  ...byLives('src/rollout/canary/intent.ts', [
    {
      name: 'an abort raises a route that says less than is recorded',
      find: 'currentWeight: carried.least ?? carried.read ?? 0',
      replace: 'currentWeight: carried.weight',
    },
    {
      name: 'weight that is held is rounded up to pods that are not there',
      find: 'Math.floor((max * stayingReplicas(current)) / replicas)',
      replace: 'Math.ceil((max * (stayingReplicas(current) + 1)) / replicas)',
    },
  ]),
  ...byLives('src/rollout/canary/intent.ts', [
    {
      name: 'whoever says how many canary pods there are gives them all users behind the last step',
      find: 'return sizes.held === undefined || target <= own',
      replace:
        'return sizes.held === undefined || position.steps.some(one => one.setCanaryScale) || target <= own',
    },
  ]),
  ...inFile('src/rollout/situation.ts', DECISION, [
    {
      name: 'users stay on a canary without pods while an abort can not be told',
      find: "if (verdict?.is !== 'late' ||",
      replace: "if (verdict?.why !== '' ||",
    },
    {
      name: 'what is refused of the way back hides a missed deadline',
      find: '|| isRefused ||',
      replace: '|| (isRefused && replicas < 0) ||',
    },
    {
      name: 'stable pods beside a canary that has some come before a missed deadline is told',
      find: 'return isLost || stayingReplicas(stable) === 0',
      replace: 'return isLost || stayingReplicas(stable) >= 0',
    },
    {
      name: 'where users are led before an abort is told stands in no status',
      find: 'routing: back.routing, back }',
      replace: 'back }',
    },
  ]),
  ...inFile('src/rollout/canary/wanted-sizes.ts', CANARY, [
    {
      name: 'old pods go to which a hand has led the stable subset',
      find: 'selectedHash(service)), carried.stableHash]',
      replace: 'selectedHash(service))]',
    },
    {
      name: 'pods go that a stable subset still has users for',
      find: '[stableHash(story), carried.stableHash]',
      replace: '[stableHash(story)]',
    },
  ]),
  ...inFile('src/rollout/gather/lost-status.ts', LOST_STATUS, [
    {
      name: 'what has no pods beside a whole revision is stable when a status is lost',
      find: 'return isWhole && !hasPods(one)',
      replace: 'return isWhole && hasPods(one)',
    },
    {
      name: 'what is asked for is stable when a status is lost before its pods are there',
      by: 'both',
      find: '(isLost && wantedReplicas(one) > 0)',
      replace: '(isLost && wantedReplicas(one) < 0)',
    },
  ]),
  ...inFile('src/rollout/blue-green/status.ts', BLUE_GREEN, [
    {
      name: 'who answers after a switch while a person holds the Rollout is forgotten',
      by: 'sim',
      find: '(said.awaitsRepeat || !isEnded)',
      replace: '!isEnded',
    },
    {
      name: 'a revision that the Service was moved to by hand becomes stable without its pods',
      by: 'both',
      find: 'if (stayingReplicas(story.current) < story.replicas) return undefined',
      replace: 'if (stayingReplicas(story.current) < 0) return undefined',
    },
  ]),
  ...inFile('src/rollout/blue-green/status.ts', BLUE_GREEN, [
    {
      name: 'an abort tells the active selector of before',
      find: 'activeSelector: situation.activeWanted ?? story.status',
      replace: 'activeSelector: (story.isAborted ? undefined : situation.activeWanted) ?? story.status',
    },
  ]),
  ...inFile('src/rollout/canary/status.ts', CANARY, [
    {
      name: 'an answer is forgotten while its ReplicaSet is made again',
      find: 'story.current === undefined ? told :',
      replace: 'story.current === undefined ? kept :',
    },
  ]),
  ...inFile('src/rollout/sizes.ts', BLUE_GREEN, [
    {
      name: 'stable pods that are to go begin the delay of what was given up',
      find: 'stayingReplicas(story.stable) >= story.replicas',
      replace: '(story.stable?.status?.availableReplicas ?? 0) >= story.replicas',
    },
  ]),
  ...inFile('src/rollout/experiment/state.ts', EXPERIMENT_STEP, [
    {
      name: 'an Experiment of a retry is made again and again where clocks differ',
      find: 'if (isNew && isNamedFirst(story))',
      replace: 'if (isNew && isNamedFirst(story) && story.isFirst)',
    },
  ]),
  ...inFile('src/rollout/verdict.ts', DECISION, [
    {
      name: 'who tries again is late at once',
      by: 'both',
      find: 'const counts = hasBack && !story.isRetry && ',
      replace: 'const counts = hasBack && ',
    },
    {
      name: 'no deadline gives up what nobody tries again',
      by: 'both',
      find: 'const counts = hasBack && !story.isRetry',
      replace: 'const counts = hasBack && story.isRetry',
    },
  ]),
  ...byLives('src/rollout/verdict.ts', [
    {
      name: 'an analysis beside the steps that has failed gives nothing up',
      find: '[strategy.runs.step, strategy.runs.background, strategy.experiment]',
      replace: '[strategy.runs.step, strategy.experiment]',
    },
  ]),
  ...byLives('src/analysis/assess.ts', [
    {
      name: 'one failure too many fails no analysis that may have none',
      find: 'plan.failureLimit >= 0 && failed > plan.failureLimit',
      replace: 'plan.failureLimit > 0 && failed > plan.failureLimit',
    },
  ]),
  ...byLives('src/experiment/timing.ts', [
    {
      name: 'an experiment ends when its pods are there',
      find: '? undefined : since + lengthMs',
      replace: '? undefined : since',
    },
  ]),
  ...byLives('src/rollout/restart.ts', [
    {
      name: 'a restart takes as many pods of each revision as may be missing of all',
      find: 'if (canary !== undefined && canary.trafficRouting === undefined)',
      replace: 'if (canary !== undefined && canary.trafficRouting === null)',
    },
    {
      name: 'a restart takes all pods at once',
      find: 'return all.flatMap(one => of([one], wantedReplicas(one))).slice(0, spare)',
      replace: 'return all.flatMap(one => restartable(story, one, old))',
    },
  ]),
  ...byLives('src/rollout/blue-green/wanted.ts', [
    {
      name: 'the preview Service selects what is live',
      find: '{ [preview]: story.hash }',
      replace: '{ [preview]: activeWanted ?? story.hash }',
    },
    {
      name: 'a preview that is aborted without a delay loses its pods',
      find: 'const delaySeconds = abortScaleDownDelaySeconds(story.rollout.spec)',
      replace: 'const delaySeconds = abortScaleDownDelaySeconds(story.rollout.spec) ?? 0',
    },
  ]),
  ...byLives('src/rollout/pause.ts', [
    {
      name: 'a timed pause lasts ten times as long',
      find: 'until: since + seconds * 1000',
      replace: 'until: since + seconds * 10_000',
    },
  ]),
  ...byLives('src/rollout/moves.ts', [
    {
      name: 'a revision that is gone back to is made a second time',
      find: 'if (current === undefined) return isAborted',
      replace: 'if (current === undefined || story.isReset) return isAborted',
    },
  ]),
  ...byLives('src/rollout/situation.ts', [
    {
      name: 'an abort by a verdict is not made a part of the story',
      find: '...(strategyOf(stopped) ?? found) })',
      replace: '...found })',
    },
    {
      name: 'the pass that reports an abort still makes the moves of the update',
      find: '...(strategyOf(stopped) ?? found) })',
      replace: '...(strategyOf(stopped) ?? found), strategy: found.strategy })',
    },
  ]),
  ...byLives('src/rollout/canary/sizes.ts', [
    {
      name: 'an aborted revision grows with the stable side that it waits for',
      find: 'story.isAborted ? Math.min(split.canary, wantedReplicas(story.current)) : split.canary',
      replace: 'story.isAborted ? split.canary + 0 : split.canary',
    },
  ]),
  ...byLives('src/rollout/sizes.ts', [
    {
      name: 'the delay of an old revision begins again while an update waits',
      find: 'if (until === undefined) {',
      replace: 'if (until === undefined || (story.now >= until && !story.isPromoted)) {',
    },
  ]),
  ...byLives('src/rollout/runs/run-state.ts', [
    {
      name: 'what is measured after a switch is made again and again while no status is written',
      find: 'isNew && isNamedFirst(story, asked, named.name)',
      replace: 'isNew && story.replicas < 0 && isNamedFirst(story, asked, named.name)',
    },
  ]),
  ...inFile('src/traffic/gateway-api.ts', TRAFFIC, [
    {
      name: 'a weight in an HTTPRoute takes more from the stable side than it gives',
      by: 'both',
      find: 'const stable = intent.maxWeight - weight - beside',
      replace: 'const stable = intent.maxWeight - weight - beside - Math.min(1, weight)',
    },
  ]),
  ...inFile('src/rollout/story.ts', DECISION, [
    {
      name: 'each pass gives a revision a higher number',
      by: 'both',
      find: 'return Math.max(revisionOf(current), highestRevision(others) + 1)',
      replace: 'return Math.max(revisionOf(current) + 1, highestRevision(others) + 1)',
    },
  ]),
  ...inFile('src/runtime/loop/barrier.ts', RUNTIME, [
    {
      name: 'a clock that is set forward ends the wait for what was written',
      by: 'both',
      find: 'Math.min(2 * LOOKS_AGAIN_MS, Math.max(0, now - waiting.lookedAt))',
      replace: 'Math.max(0, now - waiting.lookedAt)',
    },
  ]),
  ...inFile('src/runtime/loop/passes.ts', RUNTIME, [
    {
      name: 'a pass knows what another controller of the same loop has reported only by the watch',
      by: 'both',
      find: 'const known = world.reports.over(world.cache, now)',
      replace: 'const known = world.cache',
    },
  ]),
]
