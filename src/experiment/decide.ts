// The decision about an Experiment: situation (templates, analyses, the whole) → moves → status. Pure.
import type { ExperimentStatus } from '../api/experiment.ts'
import type { Decision, Wait } from '../kube/reconciler.ts'
import { problemOf } from './invalid.ts'
import { movesOf } from './moves.ts'
import { situationOf } from './situation.ts'
import type { Situation } from './situation.ts'
import type { ExperimentSnapshot } from './snapshot.ts'
import { eventsOf, invalidStatus, statusOf } from './status.ts'
import { endOf, isEnding, isOver, progressDeadline } from './timing.ts'

export function decide(snapshot: ExperimentSnapshot): Decision<ExperimentStatus> {
  const problem = problemOf(snapshot)
  // What is to end, ends, whatever stands in its spec: its pods must not stay for ever.
  if (problem !== undefined && !isEnding(snapshot.experiment))
    return { writes: [], status: invalidStatus(snapshot, problem), waits: endWaits(snapshot) }
  const situation = situationOf(snapshot)
  const { writes, trims, waits } = movesOf(situation)
  const status = statusOf(situation, trims.length > 0)
  const events = eventsOf(situation)
  return { writes, status, trims, events, waits: [...waits, ...timeWaits(situation, status)] }
}

function timeWaits({ snapshot, templates, phase }: Situation, status: ExperimentStatus): readonly Wait[] {
  if (isOver(phase)) return []
  const { experiment, now } = snapshot
  const late = templates
    .filter(one => one.word === 'Progressing')
    .map(({ template, since }) => ({
      for: `pods of template ${template.name}`,
      since,
      until: progressDeadline(experiment, since),
      cure: 'See why they do not start: kubectl argo rollouts get experiment.',
    }))
  return [...late, ...endWaits({ now, experiment: { ...experiment, status } })]
}

function endWaits({ experiment, now }: Pick<ExperimentSnapshot, 'experiment' | 'now'>): readonly Wait[] {
  const end = endOf(experiment)
  if (end === undefined || end <= now) return []
  return [{ for: 'the end of the experiment', since: now, until: end }]
}
