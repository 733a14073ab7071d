// The tree of a rollout or an experiment: everything in rows NAME KIND STATUS AGE INFO, names hung on
// branches.
import { age } from '../std/age.ts'
import type { Instant } from '../std/instant.ts'
import { parseInstant } from '../std/instant.ts'
import type { AnalysisRunView, JobView } from './analysis-run-view.ts'
import type { ExperimentView } from './experiment-view.ts'
import type { PodView, ReplicaSetView } from './replica-set-view.ts'
import type { RevisionView, RolloutView } from './rollout-view.ts'
import { joined, word } from './styled.ts'
import type { Span, Styled } from './styled.ts'
import { table } from './table.ts'
import { ICONS, MEASUREMENT_ICONS } from './words.ts'

interface Node {
  readonly name: string
  readonly kind: string
  readonly status: Styled
  readonly age: string
  readonly info: Styled
  readonly children: readonly Node[]
}

const HEAD = ['NAME', 'KIND', 'STATUS', 'AGE', 'INFO']

export interface Shown {
  readonly now: Instant
  readonly coloured: boolean
}

export function rolloutTree(view: RolloutView, { now, coloured }: Shown): string {
  const root: Node = {
    name: `${ICONS.rollout} ${view.name}`,
    kind: 'Rollout',
    status: status(view.icon, view.phase),
    age: since(view.createdAt, now),
    info: '',
    children: view.revisions.map(one => revisionNode(one, now)),
  }
  return table([HEAD, ...rows(root)], coloured)
}

export function experimentTree(view: ExperimentView, { now, coloured }: Shown): string {
  return table([HEAD, ...rows(experimentNode(view, now))], coloured)
}

function revisionNode(one: RevisionView, now: Instant): Node {
  return {
    name: `${ICONS.revision} revision:${one.revision}`,
    kind: '',
    status: ' ',
    age: '',
    info: '',
    children: [
      ...one.replicaSets.map(each => replicaSetNode(each, now)),
      ...one.experiments.map(each => experimentNode(each, now)),
      ...one.analysisRuns.map(each => analysisRunNode(each, now)),
    ],
  }
}

function experimentNode(one: ExperimentView, now: Instant): Node {
  return {
    name: `${ICONS.experiment} ${one.name}`,
    kind: 'Experiment',
    status: status(one.icon, one.status),
    age: since(one.createdAt, now),
    info: '',
    children: [
      ...one.replicaSets.map(each => replicaSetNode(each, now)),
      ...one.analysisRuns.map(each => analysisRunNode(each, now)),
    ],
  }
}

function replicaSetNode(one: ReplicaSetView, now: Instant): Node {
  const delay = delayText(one, now)
  return {
    name: `${ICONS.replicaSet} ${one.name}`,
    kind: 'ReplicaSet',
    status: status(one.icon, one.status),
    age: since(one.createdAt, now),
    info: joined([...one.tags.map(word), ...(delay === undefined ? [] : [delay])], ','),
    children: one.pods.map(pod => podNode(pod, now)),
  }
}

/** How long the pods of a ReplicaSet have left. */
function delayText(one: ReplicaSetView, now: Instant): string | undefined {
  const at = parseInstant(one.scaleDownAt ?? '')
  if (at === undefined) return undefined
  return `delay:${at < now ? 'passed' : age(at - now)}`
}

function podNode(one: PodView, now: Instant): Node {
  const restarts = one.restarts > 0 ? `,restarts:${one.restarts}` : ''
  return {
    name: `${ICONS.pod} ${one.name}`,
    kind: 'Pod',
    status: status(one.icon, one.status),
    age: since(one.createdAt, now),
    info: `ready:${one.ready}/${one.total}${restarts}`,
    children: [],
  }
}

function analysisRunNode(one: AnalysisRunView, now: Instant): Node {
  return {
    name: `${ICONS.analysisRun} ${one.name}`,
    kind: 'AnalysisRun',
    status: status(one.icon, one.status),
    age: since(one.createdAt, now),
    info: measurements(one),
    children: one.jobs.map(job => jobNode(job, now)),
  }
}

function measurements(one: AnalysisRunView): Styled {
  const counts = (['successful', 'failed', 'inconclusive', 'error'] as const).filter(what => one[what] > 0)
  return counts.flatMap((what, i): (string | Span)[] => [
    ...(i === 0 ? [] : [',']),
    word(MEASUREMENT_ICONS[what]),
    ` ${one[what]}`,
  ])
}

function jobNode(one: JobView, now: Instant): Node {
  return {
    name: `${ICONS.job} ${one.name}`,
    kind: 'Job',
    status: status(one.icon, one.status),
    age: since(one.startedAt, now),
    info: '',
    children: [],
  }
}

function status(icon: string, text: string): Styled {
  return [word(icon), ` ${text}`]
}

function since(createdAt: string, now: Instant): string {
  const at = parseInstant(createdAt)
  return at === undefined ? '' : age(now - at)
}

function rows(root: Node): Styled[][] {
  return [row(root, ''), ...below(root, '')]
}

function below(node: Node, indent: string): Styled[][] {
  return node.children.flatMap((child, i) => {
    const isLast = i === node.children.length - 1
    return [
      row(child, `${indent}${isLast ? '└──' : '├──'}`),
      ...below(child, `${indent}${isLast ? '   ' : '│  '}`),
    ]
  })
}

function row(node: Node, branch: string): Styled[] {
  return [`${branch}${node.name}`, node.kind, node.status, node.age, node.info]
}
