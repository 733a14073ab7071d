// Bugs of the decision as a whole: story, verdict, situation, gates, way back, moves, routes, runs, restart.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { BLUE_GREEN, CANARY, DECISION, LEAVING, UNREAD } from '../rooms.ts'

export const DECISION_BUGS: readonly Bug[] = [
  ...inFile('src/rollout/situation.ts', DECISION, [
    {
      name: 'with a problem a lowered route is raised to what is recorded',
      find: 'strategy.carried.read ?? strategy.carried.weight',
      replace: 'strategy.carried.weight',
    },
    {
      name: 'a pass that reports an abort still moves forward',
      by: 'both',
      find: '{ verdict, restart, ...(strategyOf(stopped) ?? found) }',
      replace: '{ verdict, restart, ...found }',
    },
    {
      name: 'both strategies at once: the one that was played last does not go back',
      find: 'if (canary !== undefined && !wasBlueGreen) {',
      replace: 'if (canary !== undefined) {',
    },
  ]),
  ...inFile('src/rollout/verdict.ts', DECISION, [
    {
      name: 'a failed analysis after the switch gives nothing up',
      by: 'both',
      find: ': [strategy.runs.pre, strategy.runs.post]',
      replace: ': [strategy.runs.pre]',
    },
    {
      name: 'a promoted revision is given up because its pods are late',
      find: '!story.isFirst && !story.isPromoted && !story.isStableLost',
      replace: '!story.isFirst && !story.isStableLost',
    },
    {
      name: 'the first revision is given up because its pods are late',
      by: 'both',
      find: '!story.isFirst && !story.isPromoted && !story.isStableLost',
      replace: '!story.isPromoted && !story.isStableLost',
    },
    {
      name: 'an update is given up for want of progress when there is nothing to go back to',
      find: '!story.isFirst && !story.isPromoted && !story.isStableLost',
      replace: '!story.isFirst && !story.isPromoted',
    },
  ]),
  ...inFile('src/rollout/story.ts', DECISION, [
    {
      name: 'identity decides: a copy of the template is no template',
      find: "return template === undefined ? '' : podHash(",
      replace: "return template === undefined || template !== rollout.spec.template ? '' : podHash(",
    },
    {
      name: 'a full promotion does not win over an abort',
      by: 'both',
      find: '!isFirst && !isFull && status.abort === true',
      replace: '!isFirst && status.abort === true',
    },
    {
      name: 'with a wrong selector no ReplicaSet is ours any more',
      find: 'isSound ? snapshot.revisions : [...snapshot.revisions, ...lost]',
      replace: 'snapshot.revisions.concat(isSound ? lost : [])',
    },
    {
      name: 'with negative replicas stable is sized to 0',
      find: '(desiredReplicas(stable) ?? wantedReplicas(stable))',
      replace: '0',
    },
  ]),
  ...inFile('src/rollout/story.ts', CANARY, [
    {
      name: 'an inconclusive analysis holds nothing',
      find: "spec.paused === true || (!isLost && hasPause(status, 'InconclusiveAnalysisRun'))",
      replace: 'spec.paused === true',
    },
    {
      name: 'an inconclusive analysis holds what nobody else can serve',
      find: '(!isLost && hasPause(',
      replace: '(hasPause(',
    },
  ]),
  ...inFile('src/rollout/story.ts', BLUE_GREEN, [
    {
      name: 'a revision that was given up is a way back while it has its delay',
      by: 'both',
      find: 'isDelayed && !isMadeBefore(revisions.stable, current)',
      replace: 'isDelayed',
    },
    {
      name: 'a revision that was just aborted goes live at once when it is tried again',
      find: '> now && abort !== true && abortedAt === undefined',
      replace: '> now',
    },
    {
      name: 'a revision that has failed is a way back',
      by: 'both',
      find: 'hasFailedLast(snapshot, current, wantedRevision(revisions)) ? undefined : way',
      replace: 'way',
    },
    {
      name: 'an analysis that has just begun makes the rest of a way back short',
      find: '(hasFailed(run) || (!isUnderWay(run) && revisionOf(run) !== revision)),',
      replace: 'run !== undefined,',
    },
    {
      name: 'a full promotion that was asked for before an abort wins over it',
      by: 'both',
      find: 'status.promoteFull === true && !isNewAbort',
      replace: 'status.promoteFull === true',
    },
  ]),
  ...inFile('src/rollout/story.ts', DECISION, [
    {
      name: 'an undo to the stable revision is no way back',
      find: '(isAborted || isPromoted) && !isFirst',
      replace: '(isAborted || (isPromoted && isFirst)) && !isFirst',
    },
  ]),
  ...inFile('src/rollout/way-back.ts', DECISION, [
    {
      name: 'with a problem the new revision grows',
      by: 'both',
      find: ': now\n}',
      replace: ': Math.max(now, asked)\n}',
    },
    {
      name: 'with a problem others shrink although nobody goes back',
      by: 'both',
      find: ': now\n}',
      replace: ': Math.min(now, asked)\n}',
    },
    {
      name: 'with a problem the Services go to the new revision',
      by: 'both',
      find: '([, hash]) => hash === stableHash',
      replace: "([, hash]) => hash !== '' || hash === stableHash",
    },
    {
      name: 'with a problem stable does not get its pods',
      find: 'return Math.min(stableSize(situation, replicaSet, asked), Math.max(now, mostOf(situation, replicaSet)))',
      replace: 'return now',
    },
    {
      name: 'with a problem an analysis begins',
      by: 'both',
      find: 'create: [],',
      replace: 'create: wanted.runs.create,',
    },
    {
      name: 'with a problem nobody is told what is waited for',
      find: 'waits: [wait, ...wanted.waits]',
      replace: 'waits: [wait, ...wanted.waits].slice(1)',
    },
  ]),
  ...inFile('src/rollout/moves.ts', DECISION, [
    {
      name: 'with a problem a ReplicaSet is made',
      by: 'both',
      find: '...sound(makeRevision),',
      replace: '...makeRevision(story),',
    },
    {
      name: 'pods go before the routes are filled',
      find: '...moves.fill,',
      replace: '...moves.trim, ...moves.fill,',
    },
    {
      name: 'the canary Service moves before its weight is gone',
      find: '...moves.drain,\n    ...moves.switch,',
      replace: '...moves.switch,\n    ...moves.drain,',
    },
    {
      name: 'a ReplicaSet is deleted although it is another one of that name',
      by: 'both',
      find: '...(one.metadata.uid === undefined ? {} : { ifUid: one.metadata.uid }),',
      replace: '',
    },
    {
      name: 'an update begins by forgetting old revisions',
      find: 'if (story.isReset) return []\n  return beyondHistory',
      replace: 'return beyondHistory',
    },
  ]),
  ...inFile('src/rollout/route-writes.ts', DECISION, [
    {
      name: 'a router is asked twice a pass',
      find: 'const problem = routed.map(problemIn)',
      replace:
        'const problem = routers.map(one => problemIn(one.route(intent ?? atRest(rollout), snapshot.named)))',
    },
    {
      name: 'with a problem a weight is not lowered',
      by: 'both',
      find: '(!isSound && !isBack)',
      replace: '(!isSound || isBack)',
    },
    {
      name: 'a router whose object is broken keeps its weight',
      find: 'router === undefined || canary.weight > 0)',
      replace: 'router === undefined || canary.weight >= 0)',
    },
    {
      name: 'a route is written over what somebody else has just written',
      find: 'resourceVersion === undefined ? {} : { ifVersion: resourceVersion }',
      replace: '{}',
    },
  ]),
  ...inFile('src/rollout/gates.ts', DECISION, [
    {
      name: 'a Rollout that a person holds does not say so',
      find: 'if (!story.isHalted) return undefined',
      replace: 'if (!story.isHalted || story.rollout.spec.paused === true) return undefined',
    },
    {
      name: 'an analysis that has not ended holds nothing back',
      by: 'both',
      find: "if (is === 'passed') return undefined",
      replace: "if (is === 'passed' || is === 'under way') return undefined",
    },
  ]),
  ...inFile('src/rollout/runs/closing.ts', DECISION, [
    {
      name: 'an analysis that is no longer needed goes on',
      find: 'one.spec.terminate !== true && !kept.has(one.metadata.name)',
      replace: 'one.spec.terminate !== true && story.isReset && !kept.has(one.metadata.name)',
    },
  ]),
  ...inFile('src/rollout/runs.ts', DECISION, [
    {
      name: 'a pass that only records the end of a pause names an analysis that it does not make',
      find: 'mayBegin: !story.isOnlyRecorded',
      replace: 'mayBegin: story.now > 0',
    },
    {
      name: 'a background analysis begins before its step',
      find: '(position.index ?? 0) >= (analysis?.startingStep ?? 0)',
      replace: '(position.index ?? 0) >= 0',
    },
  ]),
  ...inFile('src/rollout/runs.ts', BLUE_GREEN, []),
  ...inFile('src/rollout/runs/run-state.ts', DECISION, [
    {
      name: 'an analysis begins before the preview is there',
      find: '(story.isHalted || !mayBegin)',
      replace: 'story.isHalted',
    },
    {
      name: 'a retry waits for its preview with what had failed before',
      find: 'reported: story.isRetry ? undefined : known',
      replace: 'reported: known',
    },
    {
      name: 'an analysis that no status names is ended while the preview misses pods',
      find: '(made.isNew && (story.isHalted || !mayBegin))',
      replace: '!mayBegin',
    },
  ]),
  ...inFile('src/rollout/problem.ts', DECISION, [
    {
      name: 'while going back a problem is said anew in each pass',
      find: 'return others === next ? [...next, known] : next',
      replace: 'return others === next ? withCondition(others, said, now) : next',
    },
  ]),
  ...inFile('src/rollout/restart.ts', DECISION, [
    {
      name: 'a restart takes more pods than may be missing',
      find: 'sets) - (whole - spare))',
      replace: 'sets) - (whole - spare - 1))',
    },
    {
      name: 'a restart counts pods that it has just evicted',
      find: 'Math.min(stayingReplicas(replicaSet), pods.filter(isReady).length)',
      replace: 'Math.max(stayingReplicas(replicaSet), pods.filter(isReady).length)',
    },
    {
      name: 'a pod that is going is evicted again',
      find: 'deletionTimestamp === undefined && (parseInstant(creationTimestamp)',
      replace: '(deletionTimestamp ?? creationTimestamp) !== undefined && (parseInstant(creationTimestamp)',
    },
    {
      name: 'a restart does not wait for its time',
      find: 'if (isAhead) return { evictions',
      replace: 'if (isAhead && now < 0) return { evictions',
    },
  ]),
  ...inFile('src/rollout/moves.ts', BLUE_GREEN, [
    {
      name: 'a deadline of an earlier time goes after the users do',
      find: "deadline === 'none' ? 'drain' : 'trim'",
      replace: "deadline === 'none' ? 'dress' : 'trim'",
    },
  ]),
  ...inFile('src/rollout/sizes.ts', BLUE_GREEN, [
    {
      name: 'pods of what was given up wait without a word',
      find: 'return isWhole || size === 0 ? kept',
      replace: 'return isWhole || size > 0 ? kept',
    },
    {
      name: 'an old revision goes although a Service still names it',
      find: 'alive.filter(one => !isNamed(one))',
      replace: 'alive',
    },
    {
      name: 'more old revisions keep their pods than the limit says',
      find: 'i < rules.limit',
      replace: 'i <= rules.limit',
    },
    {
      name: 'fewer old revisions keep their pods than the limit says',
      find: 'i < rules.limit',
      replace: 'i + 1 < rules.limit',
    },
    {
      name: 'an aborted revision that users still come to loses its pods',
      find: 'if (isReached) return',
      replace: 'if (isReached && delaySeconds < 0) return',
    },
    {
      name: 'the delay of an aborted revision begins before stable is whole',
      find: 'if (isWhole && story.status.abortedAt',
      replace: 'if (story.status.abortedAt',
    },
    {
      name: 'pods get the delay of an abort that the status does not tell of',
      find: 'if (isWhole && story.status.abortedAt !== undefined)\n',
      replace: 'if (isWhole)\n',
    },
    {
      name: 'a revision that is in use again keeps its scale-down deadline',
      by: 'both',
      find: "hasDeadline(replicaSet) ? { [name]: 'none' } : {}",
      replace: "hasDeadline(replicaSet) && replicas === 0 ? { [name]: 'none' } : {}",
    },
  ]),
  ...inFile('src/rollout/services.ts', DECISION, [
    {
      name: 'a Service that is given back still selects the hash',
      find: 'spec: { selector: { [POD_TEMPLATE_HASH]: null } },',
      replace: 'spec: { selector: {} },',
    },
    {
      name: 'a Service that was switched does not say whose it is',
      find: 'metadata: { annotations: { [MANAGED_BY_ROLLOUTS]: rollout.metadata.name } },',
      replace: 'metadata: { annotations: { [`${MANAGED_BY_ROLLOUTS}-by`]: rollout.metadata.name } },',
    },
  ]),
  ...inFile('src/rollout/situation.ts', DECISION, [
    {
      name: 'an update goes on in the pass that finds its analysis unclear',
      find: ': isUnclear(story, found)\n',
      replace: ': isUnclear(story, found) && story.isFirst\n',
    },
    {
      name: 'an update that is late goes back before a status tells so',
      by: 'both',
      find: "isOnlyRecorded: verdict.is === 'late'",
      replace: 'isOnlyRecorded: false',
    },
  ]),
  ...inFile('src/rollout/leaving.ts', UNREAD, [
    {
      name: 'a router that was left is done where it may not be read',
      find: 'unread.includes(one) || placed.length',
      replace: 'placed.length',
    },
    {
      name: 'pods go to which a route may lead that may not be read',
      find: 'unread.length > 0 ? story.all.map(podHashOf) : named',
      replace: 'named',
    },
  ]),
  ...inFile('src/rollout/canary/intent.ts', UNREAD, [
    {
      name: 'a weight counts as taken away where the route may not be read',
      find: 'if (unread !== undefined) return {',
      replace: 'if (unread !== undefined && story.isFirst) return {',
    },
  ]),
  ...inFile('src/rollout/canary/carried.ts', UNREAD, [
    {
      name: 'pods go of a subset that may not be read',
      find: 'if (unreadGate(story, story.routers) !== undefined)',
      replace: 'if (unreadGate(story, story.routers) !== undefined && story.isFirst)',
    },
  ]),
  ...inFile('src/rollout/canary/wanted-sizes.ts', LEAVING, [
    {
      name: 'pods of an older revision go to which a router that was exchanged leads',
      find: 'isGivenUsers(story, carried, hash) || isKeptByLeft(story, leaving, hash)',
      replace: 'isGivenUsers(story, carried, hash)',
    },
    {
      name: 'stable pods go to which a router that was exchanged leads',
      find: 'kept(story.stable), keptByLeft(story, situation.leaving, story.stable)',
      replace: 'kept(story.stable)',
    },
  ]),
  ...inFile('src/rollout/blue-green/wanted.ts', LEAVING, [
    {
      name: 'pods of an older revision go to which a router leads that was left for blue/green',
      find: '|| isKeptByLeft(story, situation.leaving, hash)',
      replace: '',
    },
  ]),
  ...inFile('src/rollout/leaving.ts', LEAVING, [
    {
      name: 'the weight of a router that was left goes to stable pods that are not there',
      find: 'if (gate !== undefined)',
      replace: 'if (gate !== undefined && users.length === 0)',
    },
    {
      name: 'pods go before the weight of a router that was left',
      find: 'users.length > 0 ? { drain: writes } : { trim: writes }',
      replace: 'users.length < 0 ? { drain: writes } : { trim: writes }',
    },
    {
      name: 'pods go before the subset that leads to them lets go',
      find: 'followed.includes(hash) ? 1 :',
      replace: 'followed.includes(hash) ? 0 :',
    },
    {
      name: 'a subset that is let go counts as users that a router shares out',
      find: '[...undone.flatMap(one => usersOf(after, one)), ...unseen]',
      replace:
        '[...undone.flatMap(one => usersOf(after, one)), ...followed.map(stable => ({ share: 0, ' +
        "services: { stable: '', canary: '' }, selected: { stable, canary: undefined } }))]",
    },
    {
      name: 'a router that was left is forgotten before it is done',
      find: '|| placed.length + waits.length > 0',
      replace: '|| placed.length + waits.length > 1',
    },
    {
      name: 'pods go that users of a router that was left come to',
      find: '(selected.canary === hash ? share : 0)',
      replace: '(selected.canary === hash ? 0 * share : 0)',
    },
    {
      name: 'a Service moves that users of a router that was left come to',
      find: 'return held.some(one => one.services.canary === name)',
      replace: 'return held.some(one => one.services.stable === name)',
    },
    {
      name: 'a Service is given back while a router that was left shares it out',
      find: 'services.canary === name || services.stable === name',
      replace: 'services.canary === name && services.stable === name',
    },
  ]),
  ...inFile('src/rollout/moves/pod-template.ts', DECISION, [
    {
      name: 'the rule against stable pods outlives its place in the spec',
      find: 'if (wanted === found) return undefined',
      replace: 'if (wanted === found || ruleOf(story) === undefined) return undefined',
    },
  ]),
]
