// What the views make of recorded objects is what the recorded commands printed, byte for byte, at some
// second between the moments that a command began and ended.
import { describe, expect, test } from 'vitest'
import type { AnalysisRun } from '../../src/api/analysis.ts'
import type { Experiment } from '../../src/api/experiment.ts'
import type { Rollout } from '../../src/api/rollout.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import type { Pod } from '../../src/kube/core.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { experimentView } from '../../src/view/experiment-view.ts'
import { experimentText, rolloutText } from '../../src/view/header.ts'
import { experimentList, rolloutList } from '../../src/view/list.ts'
import { rolloutView } from '../../src/view/rollout-view.ts'
import type { RolloutParts } from '../../src/view/rollout-view.ts'
import { rolloutStatus } from '../../src/view/status.ts'
import { isSnapshot, readRecording, recordedNames } from './recording.ts'
import type { CommandRun } from './recording.ts'

interface Printed {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

function print(command: string, objects: readonly KubeObject[], now: number): Printed {
  const [verb, what, name] = command.split(' ') as [string, string, string]
  const of = <T extends KubeObject>(kind: string) => objects.filter(one => one.kind === kind) as T[]
  const named = <T extends KubeObject>(kind: string, wanted: string) =>
    of<T>(kind).find(one => one.metadata.name === wanted) as T
  const parts: RolloutParts = {
    replicaSets: of<ReplicaSet>('ReplicaSet'),
    pods: of<Pod>('Pod'),
    experiments: of<Experiment>('Experiment'),
    analysisRuns: of<AnalysisRun>('AnalysisRun'),
  }
  const shown = { now, coloured: false }
  switch (`${verb} ${verb === 'status' ? '' : what}`) {
    case 'get rollout':
      return printed(rolloutText(rolloutView(named<Rollout>('Rollout', name), parts), shown))
    case 'get experiment':
      return printed(experimentText(experimentView(named<Experiment>('Experiment', name), parts), shown))
    case 'list rollouts': {
      const rollouts = of<Rollout>('Rollout')
      // What is said of an empty list is the command's, not the view's.
      if (rollouts.length === 0) return { stdout: '', stderr: 'No resources found.\n', exit: 0 }
      return printed(rolloutList(rollouts, { now }))
    }
    case 'list experiments':
      return printed(experimentList(of<Experiment>('Experiment'), { now }))
    default: {
      const { text, error } = rolloutStatus(named<Rollout>('Rollout', what))
      return {
        stdout: `${text}\n`,
        stderr: error === undefined ? '' : `Error: ${error}\n`,
        exit: error ? 1 : 0,
      }
    }
  }
}

function printed(stdout: string): Printed {
  return { stdout, stderr: '', exit: 0 }
}

/** The start, the end, and the beginning of each second between them. */
function moments({ from, until }: CommandRun): number[] {
  const [first, last] = [Date.parse(from), Date.parse(until)]
  const seconds = Array.from(
    { length: Math.floor(last / 1000) - Math.floor(first / 1000) },
    (_, i) => (Math.floor(first / 1000) + i + 1) * 1000,
  )
  return [first, ...seconds, last]
}

describe('views print what was recorded', () => {
  let compared = 0

  test.each(recordedNames())('%s', name => {
    for (const entry of readRecording(name).log.filter(isSnapshot)) {
      for (const run of entry.cli ?? []) {
        const wanted = { stdout: run.stdout, stderr: run.stderr, exit: run.exit }
        const tried = moments(run).map(now => print(run.command, entry.objects ?? [], now))
        const hit = tried.find(one => one.stdout === wanted.stdout)
        expect(hit ?? tried[0], `${entry.step.snapshot}: ${run.command}`).toEqual(wanted)
        compared++
      }
    }
  })

  test('and that was more than seven hundred texts', () => expect(compared).toBeGreaterThan(700))
})
