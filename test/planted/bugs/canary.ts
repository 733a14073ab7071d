// Bugs of the canary: what is carried, weights, sizes, selectors, steps.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { CANARY } from '../rooms.ts'

export const CANARY_BUGS: readonly Bug[] = [
  ...inFile('src/rollout/canary/carried.ts', CANARY, [
    {
      name: 'recorded weights are read in another unit',
      find: 'Math.min(stable.weight, all)',
      replace: 'stable.weight',
    },
    {
      name: 'what the routes say protects nobody',
      find: 'weight: Math.max(read ?? 0, canaryWeight, least),',
      replace: 'weight: Math.max(canaryWeight, least),',
    },
    {
      name: 'users of a header are nobody',
      find: 'byHeader ? BY_HEADER : 0',
      replace: 'byHeader ? 0 * BY_HEADER : 0',
    },
    {
      name: 'what is recorded protects nobody',
      find: 'weight: Math.max(read ?? 0, canaryWeight, least),',
      replace: 'weight: Math.max(read ?? canaryWeight, least),',
    },
    {
      name: 'a weight above the recorded one is held',
      find: 'least: Math.min(canaryWeight, read ?? canaryWeight),',
      replace: 'least: Math.max(canaryWeight, read ?? canaryWeight),',
    },
    {
      name: 'a weight above the one that is read is held',
      find: 'least: Math.min(canaryWeight, read ?? canaryWeight),',
      replace: 'least: canaryWeight,',
    },
    {
      name: 'pods for a weight are rounded down',
      find: 'return Math.ceil((Math.min(weight',
      replace: 'return Math.floor((Math.min(weight',
    },
  ]),
  ...inFile('src/rollout/canary/intent.ts', CANARY, [
    {
      name: 'an abort with dynamicStableScale gives all weight back at once',
      find: 'dynamicStableScale === true ? goingBack(story, facts) : 0',
      replace: 'dynamicStableScale === true ? Math.min(0, goingBack(story, facts)) : 0',
    },
    {
      name: 'an undo with dynamicStableScale takes what is enough of a canary for enough of the stable side',
      find: 'threshold: takesAll ? undefined : strategy',
      replace: 'threshold: takesAll ? strategy.replicaProgressThreshold : strategy',
    },
    {
      name: 'weight goes to a canary Service that still selects another revision',
      find: 'if (!isReachable(story, facts)) return held\n',
      replace: 'if (!isReachable(story, facts) && held.weight < 0) return held\n',
    },
    {
      name: 'weight is raised before the canary pods are there',
      by: 'both',
      find: 'sizes.held === undefined || target <= own ?',
      replace: 'sizes.held === undefined || target <= own || target > own ?',
    },
    {
      name: 'a lower weight waits until the pods are there',
      find: 'sizes.held === undefined || target <= own ?',
      replace: 'sizes.held === undefined ?',
    },
    {
      name: 'a canary without any pod keeps its weight',
      find: 'if (stayingReplicas(current) === 0 || wantsNoCanary',
      replace: 'if (wantsNoCanary',
    },
    {
      name: 'a canary that is sized to nothing keeps its weight',
      find: 'if (stayingReplicas(current) === 0 || wantsNoCanary(story, facts.strategy)) return',
      replace: 'if (stayingReplicas(current) === 0) return',
    },
    {
      name: 'a full promotion with dynamicStableScale gives all weight at once',
      by: 'both',
      find: 'strategy.dynamicStableScale === true ? fullWeight(story) : own',
      replace: 'strategy.dynamicStableScale === true ? story.position.maxWeight : own',
    },
  ]),
  ...inFile('src/rollout/canary/stable-gate.ts', CANARY, [
    {
      name: 'a weight is given although stable can not carry the rest',
      by: 'both',
      find: 'return isEnough(story, stable, { ...facts, needed }) ? undefined',
      replace: 'return needed > 0 ? undefined',
    },
    {
      name: 'nobody goes back while a single stable pod is missing',
      find: 'return able >= enoughBack(story) || (others > 0',
      replace: 'return able >= story.replicas || (others > 0',
    },
    {
      name: 'a stable pod that is missing is missed only after an abort',
      find: '(isEmpty || (comesBack(story, users.serving) && carriesBack(story, users)))',
      replace: '(isEmpty || carriesBack(story, users))',
    },
    {
      name: 'users stay with few broken pods while the stable side misses several',
      find: '(others > 0 && able * given >= others)',
      replace: '(others < 0 && able * given >= others)',
    },
    {
      name: 'users of a canary that was replaced wait for the last stable pod',
      find: 'return isGoingBack(story) || isReplaced',
      replace: 'return isGoingBack(story) || (isReplaced && story.now < 0)',
    },
    {
      name: 'weight goes to a stable Service that selects another revision',
      find: 'if (!isReachable && weight < maxWeight)',
      replace: 'if (!isReachable && weight > maxWeight)',
    },
  ]),
  ...inFile('src/rollout/pause.ts', CANARY, [
    {
      name: 'a timed pause ends too early',
      by: 'both',
      find: 'until: since + seconds * 1000',
      replace: 'until: since + seconds * 100',
    },
  ]),
  ...inFile('src/rollout/canary/routed-sizes.ts', CANARY, [
    {
      name: 'a scale keeps the stable side small after an abort',
      find: 'const rest = dynamic.isAborted ? maxWeight : maxWeight -',
      replace: 'const rest = maxWeight -',
    },
    {
      name: 'a scale keeps the stable side too small for the weight that a step gives back',
      find: 'Math.min(weight, dynamic.stepWeight)',
      replace: 'Math.max(weight, Math.min(weight, dynamic.stepWeight))',
    },
  ]),
  ...inFile('src/rollout/canary/sizes.ts', CANARY, [
    {
      name: 'aborted pods that never came stay in the way of stable ones',
      find: 'story.isAborted && olderSpec > 0',
      replace: 'story.isFirst && olderSpec > 0',
    },
    {
      name: 'pods that are to end count as there',
      find: 'return total(stayingReplicas, all) - (replicas',
      replace: 'return total(availableReplicas, all) - (replicas',
    },
    {
      name: 'a canary that is sized to nothing loses its pods before its weight',
      find: "const isExplicit = 'replicas' in scale && !isNone(scale) && !story.isAborted",
      replace: "const isExplicit = 'replicas' in scale && !story.isAborted",
    },
    {
      name: 'canary pods go before their weight does',
      find: 'Math.max(canary, isExplicit ? 0 : carriedPods(story, carried, story.current))',
      replace: 'isExplicit ? canary : canary',
    },
    {
      name: 'a step is reached before the stable side has its pods',
      by: 'both',
      find: 'dynamicStableScale === true) && !isStableThere)',
      replace: 'dynamicStableScale === true) && !isStableThere && isAlone(story))',
    },
    {
      name: 'a step is reached while old pods still get traffic',
      find: 'if (isRouted || total(availableReplicas, older) + total(wantedReplicas, older) === 0) return undefined',
      replace: 'if (isRouted || total(availableReplicas, older) >= 0) return undefined',
    },
    {
      name: 'a step that wants no pod of the canary is left while one stands',
      find: 'return isNoneAsked && wantedReplicas(story.current) > 0',
      replace: 'return isNoneAsked && wantedReplicas(story.current) < 0',
    },
  ]),
  ...inFile('src/rollout/moves.ts', CANARY, [
    {
      name: 'a deadline of an earlier time stays while the sizes do',
      find: "wanted.outdated.includes(replicaSet) ? 'none' : wanted.deadlines[name]",
      replace: 'wanted.deadlines[name]',
    },
  ]),
  ...inFile('src/rollout/route-writes.ts', CANARY, [
    {
      name: 'with a mistake in the spec the route of a header stays after an abort',
      find: 'if (found.byHeader && routes.headerRoutes.length === 0) return true',
      replace: '',
    },
    {
      name: 'with a mistake in the spec the route of copies stays after an abort',
      by: 'both',
      find: 'if (found.isCopied && routes.mirrorRoutes.length === 0) return true',
      replace: '',
    },
  ]),
  ...inFile('src/rollout/canary/wanted-sizes.ts', CANARY, [
    {
      name: 'a scale takes pods from users whom the stable Service still leads there',
      by: 'sim',
      find: '!story.isAborted && !isBeside',
      replace: '!story.isAborted',
    },
    {
      name: 'stable grows beside the surge',
      find: 'stable: Math.min(split.stable, wantedReplicas(stable) + room),',
      replace: 'stable: split.stable,',
    },
    {
      name: 'the canary moves before stable has its size',
      find: 'if (isBeside && wantedReplicas(stable) !== split.stable) return stableSize',
      replace: 'if (isBeside && wantedReplicas(stable) < 0) return stableSize',
    },
    {
      name: 'pods that the status alone names lose their deadline',
      find: 'return leadingTo(story, carried).includes(hash)',
      replace: 'return [...leadingTo(story, carried), story.status.currentPodHash].includes(hash)',
    },
    {
      name: 'pods that a route still names go',
      find: 'return recorded.includes(hash) || leadingTo(story, carried).includes(hash)',
      replace: 'return leadingTo(story, carried).includes(hash)',
    },
    {
      name: 'pods that carry what users get when the pass has ended go',
      by: 'both',
      find: 'stable: Math.max(split.stable, kept(story.stable), ',
      replace: 'stable: Math.max(split.stable, ',
    },
    {
      name: 'a canary that a person holds is scaled on',
      find: 'return story.isHalted && !isGoingBack(story) && !isScaled(story)',
      replace: 'return story.isHalted && !isGoingBack(story) && isScaled(story)',
    },
    {
      name: 'old pods go although too few others are available',
      find: 'if (budget <= 0) return withoutBudget(story, {',
      replace: 'if (budget < -story.replicas) return withoutBudget(story, {',
    },
    {
      name: 'that old pods wait for others is not told',
      find: 'return { ...NOTHING, replicas, waits: [wait] }',
      replace: 'return { ...NOTHING, replicas, waits: [wait].slice(1) }',
    },
    {
      name: 'broken pods of a canary that was replaced wait for others',
      find: 'return { ...NOTHING, replicas, waits: [wait] }',
      replace: 'return { ...NOTHING, waits: [wait] }',
    },
  ]),
  ...inFile('src/rollout/situation.ts', CANARY, [
    {
      name: 'an unclear analysis behind a pause that is over holds the canary for ever',
      by: 'both',
      find: 'halted(story, isUnclearNext(found))',
      replace: 'halted(story, isUnclearNext(found) && story.isFirst)',
    },
  ]),
  ...inFile('src/rollout/canary/selectors.ts', CANARY, [
    {
      name: 'the users of an aborted canary stay where somebody has deleted the stable revision',
      by: 'both',
      find: 'isGoingBack(story) && !story.isStableLost',
      replace: 'isGoingBack(story)',
    },
    {
      name: 'a canary Service that leads to no pod goes to a revision that has none yet',
      by: 'sim',
      find: '(able > 0 && leadsToNothing(story, carried))',
      replace: 'leadsToNothing(story, carried)',
    },
    {
      name: 'a canary Service stays on no pod while its weight can not be taken away',
      find: ' || (able > 0 && leadsToNothing(story, carried))',
      replace: '',
    },
    {
      name: 'a Service is first taken over before all pods are there',
      find: 'isManaged(service) ? least : Math.min(adopts, wantedReplicas(target))',
      replace: 'isManaged(service) ? least : 1',
    },
    {
      name: 'a stable Service that was made again waits for its last pod',
      find: 'isMadeAgain(story, carried) ? enoughBack(story) : Infinity',
      replace: 'Infinity',
    },
    {
      name: 'after an abort with dynamicStableScale the canary Service leaves the pods that carry its weight',
      find: 'if (story.isAborted) return isCarried ? undefined : story.stable',
      replace: 'if (story.isAborted) return isCarried ? story.stable : story.stable',
    },
    {
      name: 'the canary Service moves to pods that can not carry its weight',
      find: 'carried.weight === 0 || able >= needed',
      replace: 'carried.weight === 0 || able >= 0',
    },
    {
      name: 'a canary Service without a share waits for as many pods as all users need',
      by: 'both',
      find: 'carried.weight === 0 || able >= needed',
      replace: 'able >= needed',
    },
    {
      name: 'a Service that was moved by hand goes back to a stable revision that serves fewer',
      find: 'return Math.min(replicas, stayingReplicas(serving))',
      replace: 'return Math.min(1, replicas, stayingReplicas(serving))',
    },
    {
      name: 'why a Service does not move is not told',
      find: 'waits: open([stable.held, canary.held])',
      replace: 'waits: open([stable.held])',
    },
  ]),
  ...inFile('src/rollout/canary/wanted.ts', CANARY, [
    {
      name: 'a canary Service moves before its weight is lowered',
      find: 'stayingReplicas(isStable ? story.stable : story.current) < needed',
      replace: 'stayingReplicas(isStable ? story.stable : story.current) < needed - story.replicas',
    },
    {
      name: 'what a step waits for is not told',
      find: '...selectors.waits, ...step.waits, ...',
      replace: '...selectors.waits, ...step.waits.slice(1), ...',
    },
  ]),
  ...inFile('src/rollout/canary/step-state.ts', CANARY, [
    {
      name: 'a pause whose weight stands waits for the last stable pod',
      find: 'stands(story, facts) ? undefined : facts.heldWeight',
      replace: 'facts.heldWeight',
    },
    {
      name: 'a step that holds several actions is done with the first',
      find: 'return open(actions.map(action => gateOf(story, facts, action)))[0]',
      replace: 'return gateOf(story, facts, actions[0] as StepAction)',
    },
    {
      name: 'a pause begins while another weight stands',
      find: "heldWeight === undefined ? { ...NONE, is: 'pausing' }",
      replace: "heldWeight !== null ? { ...NONE, is: 'pausing' }",
    },
    {
      name: 'a step is done before the routers have its weight',
      find: 'return facts.intent !== undefined && facts.intent.canary.weight === wanted',
      replace: 'return facts.intent === undefined || facts.intent.canary.weight === wanted',
    },
    {
      name: 'a weight that a canary without pods cannot have is waited for',
      find: 'const wanted = wantsNoCanary(story, facts.strategy) ? 0 : weightAt(story.position)',
      replace: 'const wanted = wantsNoCanary(story, facts.strategy) ? 100 : weightAt(story.position)',
    },
    {
      name: 'steps go on although a person holds the Rollout',
      find: 'if (story.isHalted) return underWay(haltGate(story))',
      replace: 'if (story.isHalted && story.isFirst) return underWay(haltGate(story))',
    },
  ]),
  ...inFile('src/rollout/story.ts', CANARY, [
    {
      name: 'a pause that is over hides that a write was refused',
      find: "conditionOf(status.conditions, 'WriteRefused') !== undefined",
      replace: "conditionOf(status.conditions, 'WriteRefused') === null",
    },
    {
      name: 'users who have no pods wait until the end of a pause is recorded',
      find: "'WriteRefused') !== undefined && !isLost",
      replace: "'WriteRefused') !== undefined && !asksAgain",
    },
    {
      name: 'a pass beyond a pause waits for another pass before it acts',
      find: 'const position = isPastPause ? positionAt(',
      replace: 'const position = isPastPause && isAborted ? positionAt(',
    },
  ]),
  ...inFile('src/rollout/decide.ts', CANARY, [
    {
      name: 'a status that is refused at the end of a pause moves users back',
      find: 'const writes = story.isOnlyRecorded',
      replace: 'const writes = story.isOnlyRecorded && story.isFirst',
    },
  ]),
  ...inFile('src/rollout/canary/weights.ts', CANARY, [
    {
      name: 'the status does not say what is read',
      find: 'const weight = carried.read ?? canary.weight',
      replace: 'const weight = canary.weight ?? carried.read',
    },
    {
      name: 'the status says a weight that was not given',
      find: 'const after = given === undefined ? standing(story, carried)',
      replace: 'const after = given === undefined ? undefined',
    },
  ]),
  ...inFile('src/rollout/canary/status.ts', CANARY, [
    {
      name: 'a revision is promoted although a person holds the Rollout',
      find: 'if (story.isAborted || story.isHalted || !isThere(story, strategy)) return undefined',
      replace: 'if (story.isAborted || !isThere(story, strategy)) return undefined',
    },
    {
      name: 'a revision is promoted whose pods are not there',
      by: 'both',
      find: 'if (story.isAborted || story.isHalted || !isThere(story, strategy)) return undefined',
      replace: 'if (story.isAborted || story.isHalted) return undefined',
    },
    {
      name: 'a revision is promoted by pods that are to go',
      find: 'if (stayingReplicas(current) >= replicas) return true',
      replace: 'if (availableReplicas(current) >= replicas) return true',
    },
    {
      name: 'a revision is promoted whose analysis beside the steps could not tell',
      by: 'both',
      find: '&& isCarried && isProven',
      replace: '&& isCarried',
    },
    {
      name: 'a revision is promoted before all weight is on it',
      find: 'steps.length === 0 || isRouted(story, { strategy, intent })',
      replace: 'steps.length >= 0 || isRouted(story, { strategy, intent })',
    },
  ]),
  ...inFile('src/rollout/remembered.ts', CANARY, [
    {
      name: 'a route stays whose name is no longer managed',
      find: 'return routersOf(rollout, unmanaged(rollout, beside))',
      replace: 'return beside.length === 0 ? [] : asked',
    },
  ]),
  ...inFile('src/rollout/moves/rollout-writes.ts', CANARY, [
    {
      name: 'names of routes are forgotten before these have gone',
      find: 'leaving.rest.includes(one.routing) || isSought(one)',
      replace: 'leaving.rest.includes(one.routing)',
    },
  ]),
]
