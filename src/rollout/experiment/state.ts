// How the Experiment of the present step stands: which one it is, whether one is to be made, what follows for the
// update, and which share of the users its pods get.
import { EVENTS } from '../../api/event-words.ts'
import type { Experiment, RolloutExperiment } from '../../api/experiment.ts'
import { EXPERIMENT } from '../../kube/kinds.ts'
import { controllerOf } from '../../kube/object.ts'
import type { Write } from '../../kube/write.ts'
import { list, record } from '../../std/json-parts.ts'
import type { TrafficIntent } from '../../traffic/router.ts'
import { stayingReplicas } from '../../workload/availability.ts'
import { podHashOf } from '../../workload/replica-set.ts'
import { waitFor } from '../gates.ts'
import type { Gate } from '../gates.ts'
import type { RunMoves } from '../runs.ts'
import { closingWrites } from '../runs/closing.ts'
import { isAroundAbort } from '../runs/make.ts'
import type { RunState } from '../runs/run-state.ts'
import { stepAt } from '../steps.ts'
import { needsNoProof } from '../story.ts'
import type { Story } from '../story.ts'
import { isOfStep, isOurs, madeExperiment } from './make.ts'
import type { MadeExperiment } from './make.ts'
import { outcomeOf } from '../runs/run-state.ts'

export interface ExperimentState extends Pick<
  RunState,
  'is' | 'told' | 'abortWhy' | 'consumesResume' | 'awaitsRepeat'
> {
  /** The one that counts; it may be about to be made. */
  readonly experiment: Experiment | undefined
  readonly isNew: boolean
  /** What a status names before it is made. */
  readonly named: string | undefined
}

const NONE: ExperimentState = {
  is: 'none',
  experiment: undefined,
  isNew: false,
  named: undefined,
  told: [],
  abortWhy: undefined,
  consumesResume: false,
  awaitsRepeat: false,
}

export function experimentState(story: Story): ExperimentState {
  const step = askedBy(story)
  if (step === undefined) return NONE
  const name = story.status.canary?.currentExperiment
  const found = story.snapshot.experiments.find(
    one => one.metadata.name === name && isOurs(story.rollout, one) && isOfStep(story, one),
  )
  const isRepeated = story.wasResumed && found?.status?.phase === 'Inconclusive'
  if (found !== undefined && (story.isHalted || (!story.isRetry && !isRepeated))) return stateOf(found)
  const made = story.isHalted ? undefined : madeExperiment(story, step, name)
  if (made === undefined) return { ...NONE, awaitsRepeat: isRepeated }
  return { ...begun(story, made), consumesResume: isRepeated }
}

function begun(story: Story, { experiment, isNew }: MadeExperiment): ExperimentState {
  if (isNew && isNamedFirst(story)) return { ...NONE, named: experiment.metadata.name }
  return { ...stateOf(experiment), isNew }
}

/** As with an analysis: one that a retry has made would look as if it were of before the abort, and be made again. */
function isNamedFirst(story: Story): boolean {
  const { rollout, snapshot, isRetry } = story
  const isEarlier = (one: Experiment) =>
    isOurs(rollout, one) && isOfStep(story, one) && isAroundAbort(story, one)
  return isRetry && snapshot.experiments.some(isEarlier)
}

function askedBy(story: Story): RolloutExperiment | undefined {
  return needsNoProof(story) || story.stable === undefined ? undefined : stepAt(story.position)?.experiment
}

/** One that is invalid never begins, and would hold the step for ever: it has failed. */
function stateOf(experiment: Experiment): ExperimentState {
  const { phase = '', message, conditions = [] } = experiment.status ?? {}
  const invalid = conditions.find(one => one.type === 'InvalidSpec' && one.status === 'True')
  const is = invalid === undefined ? outcomeOf(phase) : 'failed'
  const why = invalid?.message ?? message ?? ''
  const said = why === '' ? '' : `: ${why}`
  const abortWhy = is === 'failed' ? `Experiment analysis phase is error/failed${said}` : undefined
  return { ...NONE, is, experiment, abortWhy }
}

export function experimentGate(story: Story, { is, experiment }: ExperimentState): Gate {
  if (is === 'passed') return undefined
  if (experiment === undefined)
    return waitFor(story, 'an Experiment to begin', 'See the pods of the stable revision.')
  const { name } = experiment.metadata
  if (is === 'inconclusive')
    return waitFor(story, `somebody to judge Experiment ${name}`, 'Promote, or abort.')
  return waitFor(story, `Experiment ${name}`, 'Look at it: kubectl argo rollouts get experiment.')
}

export function experimentMoves(story: Story, { experiment, isNew }: ExperimentState): RunMoves {
  const name = experiment?.metadata.name
  const counts = !needsNoProof(story) || story.isHalted
  const kept = new Set(counts ? [name] : [])
  const ours = story.snapshot.experiments.filter(one => isOurs(story.rollout, one))
  return {
    create: experiment === undefined || !isNew ? [] : [creation(experiment)],
    end: closingWrites(story, { kind: EXPERIMENT, ours, kept, reported: new Set([name]) }),
  }
}

function creation(experiment: Experiment): Write {
  const { name } = experiment.metadata
  const why = `create Experiment ${name}`
  return { verb: 'create', object: experiment, why, event: EVENTS.experimentCreated(name) }
}

type Other = TrafficIntent['others'][number]

/** What its templates get of the traffic: only while all pods are there, and no more than `rest` together. */
export function experimentWeights(
  story: Story,
  { is, experiment, isNew }: ExperimentState,
  rest: number,
): readonly Other[] {
  const asked = askedBy(story)?.templates ?? []
  if (is !== 'under way' || experiment === undefined || isNew || experiment.spec.terminate === true) return []
  if (experiment.status?.phase !== 'Running') return []
  let left = rest
  return asked.flatMap(({ name, weight = 0 }): readonly Other[] => {
    const backend = backendOf(story, experiment, name)
    if (backend === undefined) return []
    const given = Math.max(0, Math.min(weight, left))
    left -= given
    return given === 0 ? [] : [{ ...backend, weight: given }]
  })
}

/** Where the users of a template go; undefined without pods that are there. */
function backendOf(story: Story, experiment: Experiment, name: string): Omit<Other, 'weight'> | undefined {
  const found = experiment.status?.templateStatuses?.find(one => one.name === name)
  const { serviceName, podTemplateHash = '', status, availableReplicas = 0 } = found ?? {}
  const isThere = availableReplicas > 0 && hasPods(story, experiment, podTemplateHash)
  if (serviceName === undefined || status !== 'Running' || !isThere) return undefined
  const port = portOf(experiment, name)
  return { service: serviceName, podHash: podTemplateHash, ...(port === undefined ? {} : { port }) }
}

/** Its status may be older than its pods. */
function hasPods({ snapshot }: Story, { metadata: { uid } }: Experiment, hash: string): boolean {
  return snapshot.tried.some(
    one => controllerOf(one)?.uid === uid && podHashOf(one) === hash && stayingReplicas(one) > 0,
  )
}

/** The Service of a template has the ports of its containers. */
function portOf({ spec }: Experiment, name: string): number | undefined {
  const template = spec.templates.find(one => one.name === name)?.template
  const ports = list(record(template?.spec)['containers']).flatMap(one => list(record(one)['ports']))
  const port = record(ports[0])['containerPort']
  return typeof port === 'number' ? port : undefined
}
