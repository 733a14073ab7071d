// Bugs of what is reported: conditions, durations, Events, what may be late.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { DURATION, LEAVING, STATUS } from '../rooms.ts'

export const STATUS_BUGS: readonly Bug[] = [
  ...inFile('src/rollout/status.ts', STATUS, [
    {
      name: 'an abort by a verdict is told after the writes that it causes',
      find: 'if (verdict !== undefined || story.isPastPause) {',
      replace: 'if (story.isPastPause) {',
    },
    {
      name: 'nothing wakes an update that makes no progress',
      find: 'return until === undefined || until < facts.now\n',
      replace: 'return until === undefined || until > facts.now\n',
    },
  ]),
  ...inFile('src/rollout/status.ts', LEAVING, [
    {
      name: 'the weights of a router that was left are told while a mistake stands',
      by: 'both',
      find: 'weights === undefined || strategy.leaving.rest.length > 0',
      replace: 'weights === undefined || strategy.leaving.rest.length >= 0',
    },
  ]),
  ...inFile('src/rollout/status/conditions.ts', STATUS, [
    {
      name: 'a retry long after an abort tells that its deadline is over',
      find: "['NewReplicaSetAvailable', 'RolloutPaused', 'RolloutAborted']",
      replace: "['NewReplicaSetAvailable', 'RolloutPaused']",
    },
    {
      name: 'a refusal is told although nothing is refused any longer',
      find: "withoutCondition(withoutCondition(stored, 'InvalidSpec'), 'WriteRefused')",
      replace: "withoutCondition(stored, 'InvalidSpec')",
    },
    {
      name: 'the same refusal is told twice',
      find: 'return isSame ? conditions : renewed',
      replace: 'return renewed',
    },
    {
      name: 'a pass that itself makes progress is late',
      find: 'isHealthyStatus(facts) || hasProgressed(facts)) return false',
      replace: 'isHealthyStatus(facts)) return false',
    },
    {
      name: 'the deadline does not begin anew with progress',
      find: 'facts.isReset || hasProgressed(facts)) {',
      replace: 'facts.isReset) {',
    },
    {
      name: 'time counts as without progress while an old revision has its delay',
      find: 'facts.deadlineCounts && !isPaused(facts)',
      replace: '!isPaused(facts)',
    },
    {
      name: 'a Rollout is healthy while a Service does not select its revision',
      find: 'return activeSelector === next.currentPodHash && isShown',
      replace: "return activeSelector !== '' && isShown",
    },
  ]),
  ...inFile('src/rollout/status/duration.ts', DURATION, [
    {
      name: 'a wait of no second is not told',
      find: 'totalManualPauseDurationSeconds: before + Math.max(0, seconds) }',
      replace: '...(seconds > 0 ? { totalManualPauseDurationSeconds: before + seconds } : {}) }',
    },
    {
      name: 'a timed pause counts as waiting for a person',
      find: 'step?.pause === undefined || pauseSeconds(step.pause) === undefined',
      replace: 'step?.pause === undefined || pauseSeconds(step.pause) !== 0',
    },
    {
      name: 'an update that was rolled back is promoted',
      find: "duration.completionStatus ?? (progress.isFull ? 'FastPromoted' : 'Promoted')",
      replace: "progress.isFull ? 'FastPromoted' : 'Promoted'",
    },
  ]),
  ...inFile('src/rollout/status/late-counts.ts', STATUS, [
    {
      name: 'news are late with the counts',
      find: 'isNoNews(before, next) ?',
      replace: 'isNoNews(before, before) ?',
    },
  ]),
  ...inFile('src/rollout/status/events.ts', STATUS, [
    {
      name: 'an abort is told with each status',
      find: "is?.reason !== 'RolloutAborted' || was?.reason === 'RolloutAborted'",
      replace: "is?.reason !== 'RolloutAborted'",
    },
    {
      name: 'an abort tells that the update is resumed',
      find: 'is === undefined && next.abort !== true ?',
      replace: 'is === undefined ?',
    },
  ]),
]
