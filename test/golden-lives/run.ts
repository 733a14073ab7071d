// `npm run golden -- NAME…`: plays lives in real time, several at once in namespaces of their own, and says
// where they differ from their recordings.   (nothing else)     on the embedded cluster, started for the
// purpose, with our own command line   --kubeconfig FILE  on that cluster, under the controller that runs
// there   --cli COMMAND      with that command line, such as `kubectl-argo-rollouts`   --record FOLDER
// write down what happened there; --jobs N at once; --all lives; --verbose: all differences
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { AGREED } from './agreed.ts'
import { compareLives, verdict } from './compare.ts'
import type { Difference } from './difference.ts'
import { unwanted } from './on-purpose.ts'
import { play } from './play.ts'
import { embeddedStage, realStage } from './real-stage.ts'
import { instanceOf, readRacy, readRecording, readScenario, recordedNames } from './recording.ts'
import type { Recording, Scenario } from './recording.ts'
import type { Stage } from './stage.ts'
import { writeRecording } from './write-recording.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kubeconfig: { type: 'string' },
    cli: { type: 'string' },
    record: { type: 'string' },
    namespace: { type: 'string', default: 'golden' },
    jobs: { type: 'string', default: '6' },
    all: { type: 'boolean', default: false },
    verbose: { type: 'boolean', short: 'v', default: false },
  },
})

const OWN_CLI = join(process.cwd(), 'dist', 'bin', 'kubectl-argo-rollouts')

async function main(): Promise<number> {
  const names = values.all ? recordedNames() : positionals.length > 0 ? positionals : AGREED
  const unknown = names.filter(name => !recordedNames().includes(name))
  if (unknown.length > 0) {
    process.stderr.write(`no life is called ${unknown.join(', ')}; see test/golden/scenarios\n`)
    return 1
  }
  const cli = values.cli?.split(' ') ?? [OWN_CLI]
  if (values.kubeconfig !== undefined) {
    return judge(names, await realStage({ kubeconfig: values.kubeconfig, cli }))
  }
  const stage = await embeddedStage(cli)
  try {
    return await judge(names, stage)
  } finally {
    await stage.stop()
  }
}

/** As many at once as `--jobs` says; gives the exit status. */
async function judge(names: readonly string[], stage: Stage): Promise<number> {
  const waiting = [...names]
  let equal = 0
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      if (await agrees(name, stage)) equal++
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs) || 1) }, work))
  process.stdout.write(`EQUAL ${equal} of ${names.length}\n`)
  return equal === names.length ? 0 : 1
}

const racy = readRacy()

/** Real time has its accidents: only a place that differs in both of two lives counts. */
async function agrees(name: string, stage: Stage): Promise<boolean> {
  const first = await differencesOf(name, stage)
  if (first.length === 0) return tell(name, [])
  process.stdout.write(`${name} is played again: ${first.map(({ path }) => path).join(', ')}\n`)
  const places = new Set(first.map(({ path }) => path))
  return tell(
    name,
    (await differencesOf(name, stage)).filter(({ path }) => places.has(path)),
  )
}

async function differencesOf(name: string, stage: Stage): Promise<readonly Difference[]> {
  const got = await playControlled(readScenario(name), stage)
  if (values.record !== undefined) writeRecording(values.record, got)
  return unwanted(name, compareLives(readRecording(name), got, racy[`${name}.json`]))
}

/** A life with flags has a controller of its own. */
async function playControlled(scenario: Scenario, stage: Stage): Promise<Recording> {
  const { flags = [] } = scenario
  const instance = instanceOf(scenario)
  const stop =
    instance === undefined ? undefined : await stage.controlledBy?.([...flags, '--instance-id', instance])
  try {
    return await play(scenario, stage, values.namespace)
  } finally {
    await stop?.()
  }
}

function tell(name: string, found: readonly Difference[]): boolean {
  process.stdout.write(`${verdict(name, found, values.verbose ? 200 : 4).join('\n')}\n`)
  return found.length === 0
}

void main().then(
  status => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(1)
  },
)
