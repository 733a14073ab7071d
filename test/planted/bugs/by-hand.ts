// Bugs of what follows when somebody breaks things by hand: Services, weights, pods; while a person holds the Rollout,
// or the spec has a mistake.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import {
  AHEAD,
  ANALYSIS,
  BLUE_GREEN,
  CANARY,
  DECISION,
  EXPERIMENT,
  EXPERIMENT_STEP,
  LEAVING,
} from '../rooms.ts'

export const BY_HAND_BUGS: readonly Bug[] = [
  ...inFile('src/rollout/blue-green/situation.ts', BLUE_GREEN, [
    {
      name: 'an active Service that a hand has moved to a revision without its pods stays there',
      find: 'if (isMoved && !isSaturated(serving, replicas)) return true',
      replace: 'if (isMoved && replicas < 0) return true',
    },
    {
      name: 'an old revision without pods counts as one that serves',
      find: '(problem !== undefined || older.includes(serving))',
      replace: 'problem !== undefined',
    },
    {
      name: 'with a mistake in the spec users stay where all pods were taken from',
      find: '(problem !== undefined || older.includes(serving))',
      replace: 'older.includes(serving)',
    },
  ]),
  ...inFile('src/rollout/canary/wanted-sizes.ts', CANARY, [
    {
      name: 'the deadline of an older time stays while a person holds the canary',
      by: 'both',
      find: 'current !== undefined && hasDeadline(current) ? sized',
      replace: 'current !== undefined && !hasDeadline(current) ? sized',
    },
    {
      name: 'a Service keeps a pod of a Rollout that is asked for none',
      by: 'both',
      find: 'const isSelected = replicas > 0 && current',
      replace: 'const isSelected = current',
    },
    {
      name: 'an abort waits while a person holds the Rollout',
      by: 'both',
      find: 'story.isHalted && !isGoingBack(story) && !isScaled(story)',
      replace: 'story.isHalted && !isScaled(story)',
    },
    {
      name: 'pods that were taken from a canary that a person holds stay away',
      by: 'both',
      find: 'return replicaSet !== undefined && size > wantedReplicas(replicaSet) ?',
      replace: 'return replicaSet !== undefined && size < 0 ?',
    },
  ]),
  ...inFile('src/rollout/canary/sizes.ts', CANARY, [
    {
      name: 'what was given up grows when the stable ReplicaSet has gone',
      find: 'isAborted && trafficRouting !== undefined ? Math.min(',
      replace: 'isAborted && trafficRouting === null ? Math.min(',
    },
  ]),
  ...inFile('src/rollout/canary/carried.ts', CANARY, [
    {
      name: 'a Service that selects a revision which has gone leads nobody astray',
      find: 'hash !== undefined && stayingReplicas(serving) === 0',
      replace: 'serving !== undefined && stayingReplicas(serving) === 0',
    },
  ]),
  ...inFile('src/rollout/canary/selectors.ts', CANARY, [
    {
      name: 'without a router an old pod that a Service keeps takes the room of the new one',
      by: 'both',
      find: 'if (isInTheWay(story, strategy)) return story.stable',
      replace: 'if (story.isFirst) return story.stable',
    },
    {
      name: 'a stable Service waits for as many pods as the canary has',
      find: 'return isSmall ? podsFor(story, stableWeight) : story.replicas',
      replace: 'return isSmall ? stableWeight : story.replicas',
    },
    {
      name: 'a stable Service goes to a promoted revision that misses pods',
      find: 'dynamicStableScale === true && !story.isPromoted\n  return isSmall ? podsFor',
      replace: 'dynamicStableScale !== false\n  return isSmall ? podsFor',
    },
    {
      name: 'a canary Service that a hand has moved to no pod stays there while a person holds the Rollout',
      find: 'return isThere(hash) ? hash : undefined',
      replace: 'return story.replicas < 0 ? hash : undefined',
    },
  ]),
  ...inFile('src/rollout/canary/intent.ts', CANARY, [
    {
      name: 'with a mistake in the spec a weight that a hand has raised stays',
      find: 'if (problem !== undefined) return own',
      replace: 'if (problem !== undefined) return Infinity',
    },
    {
      name: 'a weight is raised while somebody holds the canary',
      find: 'if (!isHalted) return Infinity',
      replace: 'if (!isHalted || own >= 0) return Infinity',
    },
    {
      name: 'a weight that is lost while somebody holds the canary does not come back',
      find: 'canary?.podTemplateHash === hash ? canary.weight : own',
      replace: 'own',
    },
  ]),
  ...inFile('src/rollout/way-back.ts', CANARY, [
    {
      name: 'with a mistake in the spec the stable revision of a canary without a router grows above the surge',
      find: 'Math.max(now, mostOf(situation, replicaSet))',
      replace: 'Infinity',
    },
    {
      name: 'with a mistake in the spec a canary Service that leads to no pod stays there',
      find: 'return leadsToNothing(story, strategy.carried) ?',
      replace: 'return story.replicas < 0 ?',
    },
    {
      name: 'with a mistake in the spec a stable revision without a router does not get its pods back',
      find: 'return replicas - total(wantedReplicas, all) + wantedReplicas(replicaSet)',
      replace: 'return 0 * replicas',
    },
  ]),
  ...inFile('src/rollout/runs.ts', DECISION, [
    {
      name: 'what was judged while somebody holds the Rollout is asked again',
      find: 'story.wasResumed && story.rollout.spec.paused === true',
      replace: 'story.wasResumed && story.rollout.spec.paused !== true',
    },
  ]),
  ...inFile('src/rollout/runs/run-state.ts', DECISION, [
    {
      name: 'a retry takes an analysis of the time before for its proof',
      find: 'if (story.isRetry || isEnded ||',
      replace: 'if (isEnded ||',
    },
    {
      name: 'an analysis that was ended in between counts when it is asked for again',
      find: 'if (story.isRetry || isEnded ||',
      replace: 'if (story.isRetry ||',
    },
    {
      name: 'what has failed after a switch is forgotten when that is undone',
      find: "(isUndone && is !== 'failed')",
      replace: 'isUndone',
    },
  ]),
  ...inFile('src/rollout/runs/closing.ts', DECISION, [
    {
      name: 'an analysis ends while its ReplicaSet is made again',
      find: 'return !isNamed || (isPastProof(story) && !isReset)',
      replace: 'return !isNamed || !isReset',
    },
    {
      name: 'an abort ends an analysis before it is recorded',
      find: 'if (isAborted) return status.abortedAt !== undefined',
      replace: 'if (isAborted) return true',
    },
  ]),
  ...inFile('src/rollout/runs/run-state.ts', DECISION, [
    {
      name: 'what was measured in another step is an answer',
      find: 'ask?.stepIndex === undefined || metadata',
      replace: 'ask?.stepIndex !== -1 || metadata',
    },
  ]),
  ...inFile('src/rollout/runs/make.ts', DECISION, [
    {
      name: 'a retry takes the analysis that the abort has ended',
      find: 'one.metadata.name === known || (story.isRetry',
      replace: '(story.isRetry',
    },
    {
      name: 'a retry takes an analysis that began before the abort when no status names it',
      find: ' || (story.isRetry && isBeforeAbort(story, one))',
      replace: '',
    },
    {
      name: 'an analysis is made again and again when the clock was set back behind its update',
      find: 'if (now < begunAt) return',
      replace: 'if (now < begunAt && one.metadata.name === revision.toString()) return',
    },
    {
      name: 'an analysis that has failed before a status named it is made again',
      find: 'return isEnough && hasEndedNow',
      replace: 'return isEnough && isUnderWay(one) && hasEndedNow',
    },
    {
      name: 'what has passed before a status named it is made again and again',
      find: 'const isEnough = isProof || ',
      replace: 'const isEnough = ',
    },
    {
      name: 'what was inconclusive is taken for the answer when it is asked for anew',
      find: ' && !isFromBefore(story, one, known)',
      replace: '',
    },
  ]),
  ...inFile('src/rollout/status.ts', DECISION, [
    {
      name: 'an abort is forgotten when a mistake is mended',
      by: 'both',
      find: "hash === '' || !isNewAbort",
      replace: "hash !== ''",
    },
    {
      name: 'what failed gives up the image that came meanwhile with a mistake in the spec',
      by: 'both',
      find: '...(verdict === undefined ? abortedUpdate(story) : {})',
      replace: '...abortedUpdate(story)',
    },
    {
      name: 'an image that comes after an abort, with a mistake in the spec, is aborted as well',
      find: "hash === '' || !isNewAbort",
      replace: "hash === ''",
    },
  ]),
  ...inFile('src/rollout/restart.ts', DECISION, [
    {
      name: 'a restart takes all pods of a revision at once',
      find: 'Math.max(0, ready.length - isLast)',
      replace: 'ready.length + isLast',
    },
  ]),
  ...inFile('src/rollout/moves.ts', LEAVING, [
    {
      name: 'a Service is given back before another one has its role',
      find: 'if (isUnready(situation, wanted)) return []',
      replace: 'if (isUnready(situation, wanted) && story.replicas < 0) return []',
    },
    {
      name: 'a preview is given back before it has shrunk to its share',
      find: 'return story.isReset || wantedReplicas(current) > strategy.sizes.split.canary',
      replace: 'return wantedReplicas(current) < 0',
    },
  ]),
  ...inFile('src/rollout/leaving.ts', LEAVING, [
    {
      name: 'a Service that was left keeps selecting what was stable before',
      find: 'const to = (name: string) => selectors[name] ?? selects(name)',
      replace: 'const to = (name: string) => selects(name)',
    },
  ]),
  ...inFile('src/rollout/story.ts', DECISION, [
    {
      name: 'a full promotion that missed its deadline goes on',
      by: 'sim',
      find: 'isFull: false,\n    position',
      replace: 'position',
    },
    {
      name: 'an analysis that a retry has ended is the last word on a revision that has failed',
      find: 'run.spec.terminate !== true &&',
      replace: 'run !== undefined &&',
    },
  ]),
  ...inFile('src/rollout/status.ts', DECISION, [
    {
      name: 'with a mistake in the spec a full promotion outlives an abort',
      find: 'story.isNewAbort ? { promoteFull: false } : {}',
      replace: '{}',
    },
    {
      name: 'with a mistake in the spec a retry is not told, and hides the abort that comes after it',
      find: 'withCondition(status.conditions ?? [], PROGRESS.retry, now)',
      replace: 'status.conditions ?? []',
    },
  ]),
  ...inFile('src/rollout/sizes.ts', BLUE_GREEN, [
    {
      name: 'a deadline that was over before an abort counts for it',
      by: 'both',
      find: 'abortedAt === undefined || until < abortedAt',
      replace: 'abortedAt === undefined && until < 0',
    },
  ]),
  ...inFile('src/rollout/blue-green/status.ts', BLUE_GREEN, [
    {
      name: 'the pause before a promotion outlives it',
      find: "situation.pause.is === 'over' && situation.activeWanted === story.hash",
      replace: "situation.pause.is === 'none' && situation.activeWanted === story.hash",
    },
  ]),
  ...inFile('src/rollout/pause.ts', BLUE_GREEN, [
    {
      name: 'the pause of a canary outlives its strategy',
      find: ' && !change.foreign.includes(reason)',
      replace: '',
    },
  ]),
  ...inFile('src/rollout/report.ts', DECISION, [
    {
      name: 'a deadline of pods that have gone stops the clock',
      find: 'hasDeadline(one) && wantedReplicas(one) > 0',
      replace: 'hasDeadline(one) && wantedReplicas(one) >= 0',
    },
  ]),
  ...inFile('src/rollout/canary/wanted-sizes.ts', CANARY, [
    {
      name: 'a scale takes pods from users who have not gone yet',
      find: '&& given <= weightAt(story.position)',
      replace: '&& given >= 0',
    },
    {
      name: 'an undo waits for whoever holds the Rollout',
      find: 'story.isHalted && !isGoingBack(story) && !isScaled(story)',
      replace: 'story.isHalted && !story.isAborted && !isScaled(story)',
    },
  ]),
  ...inFile('src/rollout/canary/stable-gate.ts', CANARY, [
    {
      name: 'an undo waits for the last stable pod',
      find: 'return isGoingBack(story) || isReplaced',
      replace: 'return story.isAborted || isReplaced',
    },
  ]),
  ...inFile('src/rollout/runs/run-state.ts', DECISION, [
    {
      name: 'an analysis that failed after a switch, and is named nowhere, is forgotten with the switch',
      find: 'named ?? (isUndone ? analysisRuns.find',
      replace: 'named ?? (isUndone && known !== undefined ? analysisRuns.find',
    },
  ]),
  ...inFile(
    'src/rollout/runs/make.ts',
    [...DECISION, ...EXPERIMENT_STEP],
    [
      {
        name: 'an experiment that has failed is of the time by which the server made it',
        find: '(isJudged ? endedAt(one) : madeAt(one))',
        replace: 'madeAt(one)',
      },
    ],
  ),
  ...inFile('src/rollout/status/conditions.ts', DECISION, [
    {
      name: 'another ReplicaSet that can not be made is told of by the name of the first',
      find: '&& known.message === said.message',
      replace: '&& known.type === said.type',
    },
    {
      name: 'what can not be made is told after nobody wants it any more',
      find: "return progress === undefined || progress.reason === 'ReplicaSetCreateError'",
      replace: 'return progress === undefined',
    },
    {
      name: 'the time of a pause counts as time without progress',
      find: "['NewReplicaSetAvailable', 'RolloutPaused', 'RolloutAborted'].includes",
      replace: "['NewReplicaSetAvailable', 'RolloutAborted'].includes",
    },
    {
      name: 'what was paused, and undone meanwhile, is never late any more',
      find: '(is && isPromoted(facts.next))',
      replace: 'isPromoted(facts.next)',
    },
    {
      name: 'the time in which the spec had a mistake counts as time without progress',
      find: "'InvalidSpec') !== undefined || hasMoved(facts)",
      replace: "'InvalidSpec') === undefined && hasMoved(facts)",
    },
  ]),
  ...inFile('src/rollout/runs/run-state.ts', BLUE_GREEN, [
    {
      name: 'what failed under a clock that was ahead is the answer to a retry',
      find: 'isMadeSince(story, run) &&\n',
      replace: '',
    },
    {
      name: 'the answer to an analysis that somebody has deleted is one to the next pause',
      find: "(found === undefined || found.status?.phase === 'Inconclusive')",
      replace: "found?.status?.phase === 'Inconclusive'",
    },
  ]),
  ...inFile(
    'src/rollout/canary/status.ts',
    [...CANARY, ...EXPERIMENT_STEP],
    [
      {
        name: 'there is an experiment to judge that has gone',
        find: "experiment.is === 'inconclusive' ? [] :",
        replace: "experiment.is !== 'none' ? [] :",
      },
      {
        name: 'whoever holds a canary begins its pause anew',
        find: ' || (story.isHalted && isAtPause(story))',
        replace: '',
      },
      {
        name: 'an answer that nobody has asked for ends the next pause',
        find: "(story.current === undefined || (step.is !== 'none' && isAtPause(story)))",
        replace: "(story.current === undefined || step.is !== 'none')",
      },
    ],
  ),
  ...inFile('src/rollout/canary/intent.ts', CANARY, [
    {
      name: 'without a stable ReplicaSet users wait for the last pod of the canary',
      find: 'if (servesAlone(story, facts)) return',
      replace: 'if (story.now < 0 && servesAlone(story, facts)) return',
    },
    {
      name: 'a weight that a hand has raised stays while stable can not carry what is wanted',
      by: 'both',
      find: 'const isRaised = (facts.carried.read ?? 0) > last.weight',
      replace: 'const isRaised = (facts.carried.read ?? 0) < last.weight',
    },
  ]),
  ...inFile('src/rollout/route-writes.ts', AHEAD, [
    {
      name: 'with a mistake in the spec a subset stays behind the stable revision',
      by: 'both',
      find: 'const isBack = lowers || (',
      replace: 'const isBack = lowers || (snapshot.now < 0 && ',
    },
  ]),
  ...inFile('src/rollout/runs/make.ts', EXPERIMENT_STEP, [
    {
      name: 'experiments of a retry are made again and again when the clock was ahead',
      find: 'const begunAt = Math.max(madeAt(one), firstSaid(one) ?? 0)',
      replace: 'const begunAt = Math.min(madeAt(one), firstSaid(one) ?? Infinity)',
    },
    {
      name: 'experiments of a retry are made again and again when the clock was set back',
      by: 'both',
      find: '(!wasSetBack && begunAt <= abortedAt)',
      replace: 'Math.min(madeAt(one), endedAt(one)) <= abortedAt',
    },
  ]),
  ...inFile('src/rollout/runs/closing.ts', EXPERIMENT_STEP, [
    {
      name: 'an experiment loses its pods while a ReplicaSet of its revision is made again',
      find: '...over.filter(isLost),',
      replace: '...all.filter(isLost),',
    },
  ]),
  ...inFile(
    'src/rollout/status/duration.ts',
    ['src/rollout/status/duration.test.ts'],
    [
      {
        name: 'with other steps on the way to an older revision what was measured before still counts',
        find: 'isOlder && before.currentPodHash !== progress.hash',
        replace: 'isOlder',
      },
    ],
  ),
  ...inFile(
    'src/rollout/story.ts',
    [...DECISION, ...LEAVING, ...EXPERIMENT_STEP],
    [
      {
        name: 'whoever went on with a canary has judged the preview that it becomes',
        find: 'pauseConditions.length === 0 && !isOfStep',
        replace: 'pauseConditions.length === 0',
      },
      {
        name: 'what an experiment has failed is a way back',
        find: '[...analysisRuns, ...experiments].filter(',
        replace: 'analysisRuns.filter(',
      },
      {
        name: 'whatever passes outweighs what has failed',
        find: 'questionOf(one) === questionOf(bad) && isMadeBefore(bad, one)',
        replace: 'isMadeBefore(bad, one)',
      },
    ],
  ),
  ...inFile('src/rollout/canary/stable-gate.ts', CANARY, [
    {
      name: 'a canary without pods keeps its users until stable is nearly whole',
      find: '(isEmpty || (comesBack(story, users.serving)',
      replace: '((comesBack(story, users.serving)',
    },
    {
      name: 'a number of canary pods is enough for the stable side',
      find: "const isPartly = threshold?.type === 'Percent' &&",
      replace: 'const isPartly = threshold !== undefined &&',
    },
  ]),
  ...inFile('src/rollout/moves.ts', BLUE_GREEN, [
    {
      name: 'what was given up is made again',
      find: 'return isAborted ? [] : createReplicaSet(story)',
      replace: 'return createReplicaSet(story)',
    },
  ]),
  ...inFile('src/rollout/canary/sizes.ts', CANARY, [
    {
      name: 'a canary by pods that is held goes on when it is scaled',
      find: 'story.isHalted && !story.isAborted ? shareNow',
      replace: 'story.now < 0 ? shareNow',
    },
    {
      name: 'enough pods are counted of the next size on the way',
      find: 'const goal = isRouted || threshold === undefined ?',
      replace: 'const goal = isRouted || threshold !== undefined ?',
    },
  ]),
  ...inFile('src/rollout/canary/status.ts', CANARY, [
    {
      name: 'who skips a pause lends its time to the next one',
      find: "keepsPause && step.is !== 'done' ?",
      replace: 'keepsPause ?',
    },
  ]),
  ...inFile('src/rollout/canary/wanted-sizes.ts', CANARY, [
    {
      name: 'a deadline of an empty ReplicaSet is a delay of all old ones',
      find: 'older.some(one => hasDeadline(one) && wantedReplicas(one) > 0)',
      replace: 'older.some(hasDeadline)',
    },
  ]),
  ...inFile('src/rollout/canary/selectors.ts', CANARY, [
    {
      name: 'the users of the revision before go on while somebody holds the canary',
      by: 'both',
      find: 'if (isHeldElsewhere(story, carried)) return undefined',
      replace: '',
    },
    {
      name: 'a stable Service without users waits for all pods of the promoted revision',
      find: 'least: hasAll(story, carried)',
      replace: 'least: story.now < 0',
    },
  ]),
  ...inFile('src/rollout/phase.ts', CANARY, [
    {
      name: 'an undo is Healthy before its users are back',
      find: 'isPromoted && !hasUndone(status)',
      replace: 'isPromoted',
    },
  ]),
  ...inFile('src/rollout/reconciler.ts', DECISION, [
    {
      name: 'a ReplicaSet that can not be made stops the way back',
      find: '    ...back,\n',
      replace: '    writes: [],\n',
    },
  ]),
  ...inFile('src/rollout/blue-green/status.ts', BLUE_GREEN, [
    {
      name: 'who has promoted a preview has judged the analysis after it',
      find: "checkPoint || (situation.pause.is === 'over' && situation.activeWanted === story.hash)",
      replace: 'checkPoint',
    },
  ]),
  ...inFile('src/rollout/blue-green/situation.ts', BLUE_GREEN, [
    {
      name: 'an undo of blue/green waits for the last stable pod',
      find: 'story.isPromoted && active !== undefined ? back',
      replace: 'story.now < 0 ? back',
    },
  ]),
  ...inFile('src/rollout/restart.ts', DECISION, [
    {
      name: 'a restart waits for a preview that is broken',
      find: 'if (canary !== undefined && canary.trafficRouting === undefined)',
      replace: 'if (canary?.trafficRouting === undefined)',
    },
    {
      name: 'a restart that is planned for later is told as done with another image',
      find: 'restartedAt: isAhead ? restartedAt : restartAt',
      replace: 'restartedAt: restartAt',
    },
  ]),
  ...inFile('src/experiment/situation.ts', EXPERIMENT, [
    {
      name: 'an analysis that was stopped as it is proven makes an experiment unclear',
      find: 'isBad(one.phase) && !isCutShort(one, facts)',
      replace: 'isBad(one.phase)',
    },
  ]),
  ...inFile('src/analysis/providers/job.ts', ANALYSIS, [
    {
      name: 'two metrics whose names begin alike share a Job',
      find: 'safeHash(new TextEncoder().encode(metric))',
      replace: 'safeHash(new TextEncoder().encode(metric.slice(0, room)))',
    },
  ]),
  ...inFile('src/rollout/canary/status.ts', CANARY, [
    {
      name: 'the answer to what a person is to judge is one to a pause that nobody was told of',
      by: 'sim',
      find: "adds === 'InconclusiveAnalysisRun' && story.isHalted",
      replace: "adds === 'InconclusiveAnalysisRun' && story.now < 0",
    },
  ]),
]
