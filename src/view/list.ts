// `list rollouts` and `list experiments`: a row an object. Cells have least widths, so that rows that are
// printed later, while watching, stand under the same headings.
import type { Experiment } from '../api/experiment.ts'
import type { Rollout } from '../api/rollout.ts'
import { currentSetWeight, stepsOf } from '../rollout/steps.ts'
import { age } from '../std/age.ts'
import type { Instant } from '../std/instant.ts'
import { parseInstant, printInstant } from '../std/instant.ts'
import { parseDuration } from '../std/duration.ts'
import { shownPhase } from './phase.ts'
import { replicaCounts, strategyOf } from './rollout-view.ts'
import { table } from './table.ts'

export interface ListOptions {
  readonly now: Instant
  readonly allNamespaces?: boolean
  readonly timestamps?: boolean
  /** Age, images and message of rollouts as well. */
  readonly isWide?: boolean
}

interface Column {
  readonly title: string
  readonly width: number
}

const column = (title: string, width: number): Column => ({ title, width })

const TIMESTAMP = column('TIMESTAMP', 20)
const NAMESPACE = column('NAMESPACE', 9)

const ROLLOUT_COLUMNS: readonly Column[] = [
  column('NAME', 10),
  column('STRATEGY', 9),
  column('STATUS', 12),
  column('STEP', 4),
  column('SET-WEIGHT', 10),
  column('READY', 5),
  column('DESIRED', 7),
  column('UP-TO-DATE', 10),
  column('AVAILABLE', 9),
]

const WIDE_COLUMNS: readonly Column[] = [column('AGE', 3), column('IMAGES', 20), column('MESSAGE', 7)]

const EXPERIMENT_COLUMNS: readonly Column[] = [
  column('NAME', 10),
  column('STATUS', 6),
  column('DURATION', 8),
  column('REMAINING', 9),
  column('AGE', 3),
]

/** The whole list with its headings. */
export function rolloutList(rollouts: readonly Rollout[], options: ListOptions): string {
  const columns = columnsOf(options)
  return table([titles(columns), ...rollouts.map(one => padded(rolloutCells(one, options), columns))])
}

/** One row without headings, for a rollout that changed while watching. */
export function rolloutLine(rollout: Rollout, options: ListOptions): string {
  return table([padded(rolloutCells(rollout, options), columnsOf(options))])
}

function columnsOf(options: ListOptions): readonly Column[] {
  const more = options.isWide === true ? WIDE_COLUMNS : []
  return [...prefixColumns(options), ...ROLLOUT_COLUMNS, ...more]
}

export function experimentList(experiments: readonly Experiment[], options: ListOptions): string {
  const columns = [...prefixColumns(options), ...EXPERIMENT_COLUMNS]
  return table([titles(columns), ...experiments.map(one => padded(experimentCells(one, options), columns))])
}

function prefixColumns({ timestamps = false, allNamespaces = false }: ListOptions): Column[] {
  return [...(timestamps ? [TIMESTAMP] : []), ...(allNamespaces ? [NAMESPACE] : [])]
}

function prefixCells(object: Rollout | Experiment, options: ListOptions): string[] {
  const { now, timestamps = false, allNamespaces = false } = options
  return [
    ...(timestamps ? [printInstant(now)] : []),
    ...(allNamespaces ? [object.metadata.namespace ?? ''] : []),
  ]
}

function rolloutCells(rollout: Rollout, options: ListOptions): string[] {
  const { desired, current, updated, ready, available } = replicaCounts(rollout)
  const steps = stepsOf(rollout).length
  const index = rollout.status?.currentStepIndex
  const isCanary = strategyOf(rollout) === 'Canary'
  return [
    ...prefixCells(rollout, options),
    rollout.metadata.name,
    strategyOf(rollout),
    shownPhase(rollout).phase,
    isCanary && index !== undefined && steps > 0 ? `${index}/${steps}` : '-',
    isCanary ? String(currentSetWeight(rollout)) : '-',
    `${ready}/${current}`,
    String(desired),
    String(updated),
    String(available),
    ...(options.isWide === true ? wideCells(rollout, options.now) : []),
  ]
}

function wideCells({ metadata, spec, ...rollout }: Rollout, now: Instant): string[] {
  const images = (spec.template?.spec.containers ?? []).map(container => container.image ?? '')
  const { message } = shownPhase({ metadata, spec, ...rollout })
  return [ageOf(metadata.creationTimestamp, now), images.join(','), message === '' ? '-' : message]
}

function ageOf(created: string | undefined, now: Instant): string {
  const at = parseInstant(created ?? '')
  return at === undefined ? '' : age(now - at)
}

function experimentCells(experiment: Experiment, options: ListOptions): string[] {
  const { metadata, spec, status } = experiment
  const duration = parseDuration(spec.duration ?? '')
  return [
    ...prefixCells(experiment, options),
    metadata.name,
    status?.phase ?? '',
    duration === undefined ? '-' : age(duration),
    remaining(experiment, duration, options.now),
    ageOf(metadata.creationTimestamp, options.now),
  ]
}

/**
 * What is left of the duration, which counts from when all pods were available; nothing once the experiment
 * is over.
 */
function remaining({ status }: Experiment, duration: number | undefined, now: Instant): string {
  const isOver = ['Successful', 'Failed', 'Error', 'Inconclusive'].includes(status?.phase ?? '')
  const availableAt = parseInstant(status?.availableAt ?? '')
  if (duration === undefined || isOver || availableAt === undefined) return '-'
  const left = availableAt + duration - now
  return left > 0 ? age(left) : '-'
}

function titles(columns: readonly Column[]): string[] {
  return columns.map(one => one.title)
}

function padded(cells: readonly string[], columns: readonly Column[]): string[] {
  return cells.map((cell, i) => cell.padEnd(columns[i]?.width ?? 0))
}
