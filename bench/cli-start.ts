// How long `kubectl argo rollouts get rollout` takes, from key press to prompt, against `kubectl get` in the same run.
//   node src/main/bootstrap.mjs run bench/cli-start.ts [--kubeconfig FILE] [--runs N]
// Without a kubeconfig it starts the embedded cluster. `KUBECTL` names the yardstick when it is not on the PATH.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROLLOUT } from '../src/kube/kinds.ts'
import { embeddedStage, realStage } from '../test/golden-lives/real-stage.ts'
import type { Stage } from '../test/golden-lives/stage.ts'
import { readScenario } from '../test/golden-lives/recording.ts'
import { create, freshNamespace } from '../test/golden-lives/playing.ts'
import { settle } from '../test/golden-lives/settle.ts'

const NEED = 1.5
const NAMESPACE = 'bench-cli-start'

const { values } = parseArgs({
  options: { kubeconfig: { type: 'string' }, runs: { type: 'string', default: '40' } },
})
const kubectl = process.env['KUBECTL'] ?? 'kubectl'
const plugin = join(process.cwd(), 'dist', 'bin', 'kubectl-argo-rollouts')

async function main(): Promise<number> {
  if (values.kubeconfig !== undefined) {
    return measure(await realStage({ kubeconfig: values.kubeconfig, cli: [plugin] }), values.kubeconfig)
  }
  const stage = await embeddedStage([plugin])
  try {
    return await measure(stage, stage.kubeconfig)
  } finally {
    await stage.stop()
  }
}

async function measure(stage: Stage, kubeconfig: string): Promise<number> {
  const playing = { stage, namespace: NAMESPACE, others: [], main: 'rollouts/demo' }
  const { objects } = readScenario('bg-basic')
  await freshNamespace(playing)
  for (const object of objects) await create(playing, object)
  await settle(playing, { phase: 'Healthy', seconds: 1 })

  const name = ['demo', '-n', NAMESPACE]
  const ours = { program: plugin, args: ['get', 'rollout', ...name] }
  const yardstick = { program: kubectl, args: ['get', `${ROLLOUT.plural}.${ROLLOUT.group}`, ...name] }
  for (let i = 0; i < 3; i++) [ours, yardstick].forEach(one => time(one, kubeconfig))
  const [mine, theirs]: [number[], number[]] = [[], []]
  for (let i = 0; i < Number(values.runs); i++) {
    mine.push(time(ours, kubeconfig))
    theirs.push(time(yardstick, kubeconfig))
  }
  const ratio = median(mine) / median(theirs)
  const times = `get rollout ${median(mine).toFixed(0)} ms, kubectl get ${median(theirs).toFixed(0)} ms`
  process.stdout.write(`cli-start: ${times}, ratio ${ratio.toFixed(2)} (need <= ${NEED})\n`)
  return ratio <= NEED ? 0 : 1
}

interface Command {
  readonly program: string
  readonly args: readonly string[]
}

/** NODE_EXTRA_CA_CERTS makes every Node read some hundred certificates before its first line: not ours to measure. */
function time({ program, args }: Command, kubeconfig: string): number {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
  const begun = performance.now()
  const ran = spawnSync(program, args, { env: { ...env, KUBECONFIG: kubeconfig }, encoding: 'utf8' })
  const lasted = performance.now() - begun
  if (ran.error !== undefined) throw ran.error
  if (ran.status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${ran.stderr}`)
  return lasted
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

void main().then(
  status => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
