// Bugs of the loop: passes, refusals, the barrier, backoff, the queue.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { ANALYSIS, EXPERIMENT, RUNTIME } from '../rooms.ts'

export const RUNTIME_BUGS: readonly Bug[] = [
  ...inFile('src/runtime/loop/passes.ts', RUNTIME, [
    {
      name: 'what was told of an object that has gone is not told of the next one',
      find: 'notes.length > 0 && isStanding(world, pass)',
      replace: 'notes.length > 0',
    },
    {
      name: 'a lost race is decided anew before the cache shows who won',
      find: "what: 'lost', since: now } as const",
      replace: "what: 'removed', since: now } as const",
    },
    {
      name: 'what somebody else has deleted is a refusal',
      find: "if (write.verb !== 'delete' && write.verb !== 'evict') return answer",
      replace: "if (write.verb !== 'evict') return answer",
    },
    {
      name: 'a delete at a path that the server does not know is taken for done',
      find: 'return isAbsent(answer, write.target) ? undefined : answer',
      replace: "return (answer as KubeError)?.reason === 'NotFound' ? undefined : answer",
    },
    {
      name: 'a trim that is refused holds up what is due',
      find: 'if (pass.refusedTrim !== undefined) goOn',
      replace: 'if (pass.refusedTrim?.step.status === true) goOn',
    },
    {
      name: 'a trim that is refused keeps all others from being made',
      find: 'if (isFinal(error)) return advance',
      replace: 'if (isFinal(error) && pass.recovering) return advance',
    },
    {
      name: 'while a trim is refused nothing is told twice',
      find: 'filter(text => !over.has(text))',
      replace: "filter(text => !over.has('') || text === '')",
    },
    {
      name: 'a patch at a path that the server does not know is taken for a lost race',
      find: "error.reason === 'Conflict' || isAbsent(error, write.target)",
      replace: "error.reason === 'Conflict' || error.reason === 'NotFound'",
    },
    {
      name: 'what was told of an object that has gone is not told of the next one',
      find: 'if (pass === undefined) {\n    controller.told.delete(key)',
      replace: 'if (pass === undefined) {',
    },
    {
      name: 'a wait that is past wakes its key in a hot loop',
      find: 'until > now ? until : now + PAST_WAIT_MS',
      replace: 'until > now ? until : now + 1',
    },
    {
      name: 'a server that names a time is not obeyed',
      find: 'const retryInMs = Math.max(delay, asked)',
      replace: 'const retryInMs = Math.max(delay, Math.min(0, asked))',
    },
    {
      name: 'who was faster is heard later, as what one has done oneself',
      find: 'isBeaten ? controller',
      replace: 'isBeaten && asked > 0 ? controller',
    },
    {
      name: 'what a key waits for is told with each pod that comes',
      find: ".replaceAll(/\\d+/g, '#')",
      replace: ".replaceAll(/#+/g, '#')",
    },
    {
      name: 'what a status tells is told again when its write is tried again',
      find: 'filter(note => !before.has(textOf(note)))',
      replace: "filter(note => !before.has('') || textOf(note) === '')",
    },
    {
      name: 'a status is written before its Events',
      find: 'if (world.events.isBusy(pass.ref)) {',
      replace: 'if (world.events.isBusy(pass.ref) && pass.recovering) {',
    },
    {
      name: 'a refusal that has no place in a status is told to nobody',
      find: 'if (next.statusWrite === undefined)\n',
      replace: 'if (next.statusWrite === undefined && pass.recovering)\n',
    },
  ]),
  ...inFile('src/runtime/loop/backoff.ts', RUNTIME, [
    {
      name: 'a key that goes on failing hears its own news without end',
      find: 'times <= FEW || beaten.has(key)',
      replace: 'times <= FEW || beaten.size >= 0',
    },
  ]),
  ...inFile('src/runtime/loop/loop.ts', RUNTIME, [
    {
      name: 'what goes while nobody leads is forgotten',
      find: 'else if (before !== undefined) rememberGone(controller, before, at)',
      replace: '',
    },
    {
      name: 'who leads next undoes what is no longer of a Rollout that went long before',
      find: 'if (isWithin(GONE_ASIDE_MS, at, now)) controller.queue.add(key, now)',
      replace: 'if (isWithin(GONE_ASIDE_MS, at, at)) controller.queue.add(key, now)',
    },
  ]),
  ...inFile('src/runtime/loop/late-status.ts', RUNTIME, [
    {
      name: 'counts are written at once after news',
      find: 'return stillWaiting(noted.reportedAt.get(key), LAZY_STATUS_MS, now)',
      replace: 'return stillWaiting(noted.reportedAt.get(key), 0, now)',
    },
    {
      name: 'a status waits for ever for what goes on being written',
      find: 'mayWait(noted, pass, now)) noted.effectsSince.set(key, noted.effectsSince.get(key) ?? now)',
      replace: 'mayWait(noted, pass, now)) noted.effectsSince.set(key, now)',
    },
    {
      name: 'a clock that was set back holds a status up',
      find: 'since !== undefined && isWithin(forMs, since, now)',
      replace: 'since !== undefined && now < since + forMs',
    },
    {
      name: 'news are late with counts that have waited already',
      find: 'return now >= (noted.reportedAt.get(key) ?? -Infinity) + LAZY_STATUS_MS',
      replace: 'return now >= (noted.reportedAt.get(key) ?? -Infinity)',
    },
  ]),
  ...inFile('src/runtime/loop/pass.ts', RUNTIME, [
    {
      name: 'what a person has just written into the object is overwritten',
      by: 'both',
      find: 'refKey(write.target) === refKey(pass.ref) ? { ...write, ifVersion: pass.version } : write',
      replace: 'refKey(write.target) !== refKey(pass.ref) ? { ...write, ifVersion: pass.version } : write',
    },
    {
      name: 'what only tidies up stands before the status',
      find: 'const isStatus = pass.done >= writes.length &&',
      replace: 'const isStatus = pass.done >= writes.length + trims.length &&',
    },
  ]),
  ...inFile('src/runtime/loop/refusals.ts', RUNTIME, [
    {
      name: 'a refusal in other words is told each time',
      find: 'return isTold(before?.telling, now) ? undefined : refusal',
      replace: 'return isTold(before?.telling, now + 1e9) ? undefined : refusal',
    },
    {
      name: 'a failure that may pass is told at once',
      find: 'if (!isFinal(error) && times < SAME_TIMES) return undefined',
      replace: 'if (!isFinal(error) && times < 1) return undefined',
    },
    {
      name: 'failures of different writes are counted as the same',
      find: 'hashOf(identityOf(write), refusal.reason, refusal.message)',
      replace: 'hashOf(identityOf(write).slice(0, 0), refusal.reason, refusal.message.slice(0, 0))',
    },
  ]),
  ...inFile(
    'src/kube/refusal.ts',
    [...EXPERIMENT, ...ANALYSIS],
    [
      {
        name: 'a create that was done, and whose answer was lost, is final while nobody can read it',
        find: 'return found !== undefined && controllerOf',
        replace: 'return found === undefined || controllerOf',
      },
    ],
  ),
  ...inFile(
    'src/kube/object.ts',
    ['src/controller/reconcilers.test.ts'],
    [
      {
        name: 'who loses an object to somebody does not hear of it',
        find: '...controllerKeys(now, kind), ...controllerKeys(before, kind)',
        replace: '...controllerKeys(now ?? before, kind)',
      },
    ],
  ),
  ...inFile(
    'src/analysis/reconciler.ts',
    ['src/controller/reconcilers.test.ts'],
    [
      {
        name: 'what was asked for an AnalysisRun that is gone keeps its place',
        find: 'keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)],',
        replace: 'keysFor: now => (now === undefined ? [] : [keyOf(now)]),',
      },
    ],
  ),
  ...inFile('src/runtime/loop/barrier.ts', RUNTIME, [
    {
      name: 'a key is decided before the cache shows what was written for it',
      by: 'both',
      find: 'return reaches(object.metadata.resourceVersion, version)\n',
      replace: 'return reaches(version, object.metadata.resourceVersion)\n',
    },
    {
      name: 'what is going counts as still there',
      find: "if (what === 'removed' && object.metadata.deletionTimestamp !== undefined) return true",
      replace: "if (what === 'removed' && object.metadata.deletionTimestamp === '') return true",
    },
    {
      name: 'a kind whose write never shows is not listed anew',
      find: 'givenUp.push(expectation.ref.kind)',
      replace: 'givenUp.slice(0, 0).push(expectation.ref.kind)',
    },
  ]),
  ...inFile('src/runtime/loop/backoff.ts', RUNTIME, [
    {
      name: 'a key that succeeded backs off as before',
      find: 'counts.delete(key)',
      replace: 'counts.has(key)',
    },
    {
      name: 'a failing key waits ever longer, without a limit',
      find: 'Math.min(limits.maxMs, limits.baseMs *',
      replace: 'Math.min(limits.maxMs * 1000, limits.baseMs *',
    },
  ]),
  ...inFile('src/runtime/loop/workqueue.ts', RUNTIME, [
    {
      name: 'the later of two times wins',
      find: 'if (known !== undefined && known <= at) return',
      replace: 'if (known !== undefined && known >= at) return',
    },
    {
      name: 'what came while a key was in flight is forgotten',
      by: 'both',
      find: 'if (at !== undefined) schedule({ key, at })',
      replace: 'if (at !== undefined) pending.delete(key)',
    },
  ]),
  ...inFile('src/runtime/loop/loop.ts', RUNTIME, [
    {
      name: 'Events that nobody waits for crowd out everything else',
      find: 'createEventLanes(recorder, 1)',
      replace: 'createEventLanes(recorder, 100)',
    },
    {
      name: 'what was due sleeps as long as the clock was set back',
      find: 'if (now < world.latest) hasten(world, now)',
      replace: 'if (now < world.latest - 1e9) hasten(world, now)',
    },
  ]),
  ...inFile(
    'src/runtime/loop/driver.ts',
    ['src/runtime/loop/play.test.ts'],
    [
      {
        name: 'news wait for an alarm that sleeps through a clock that was set forward',
        find: 'setAt !== undefined && setAt <= now && !isDue',
        replace: 'setAt !== undefined && setAt <= now - 1e9 && !isDue',
      },
    ],
  ),
]
