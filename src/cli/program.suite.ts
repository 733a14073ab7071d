// A command line run against a model cluster, for the tests of this folder: what it prints, where, and its exit status.
import type { Rollout } from '../api/rollout.ts'
import type { Clock } from '../doors/clock.ts'
import { ANALYSIS_RUN, DEPLOYMENT, EXPERIMENT, POD, REPLICA_SET, ROLLOUT } from '../kube/kinds.ts'
import { modelCluster } from '../runtime/network/model-cluster.suite.ts'
import type { ModelCluster } from '../runtime/network/model-cluster.suite.ts'
import { systemClock } from '../runtime/system.ts'
import type { CliWorld, FlagValues } from './command.ts'
import { runRollouts } from './program.ts'

const NOW = Date.parse('2026-08-01T12:10:00Z')
const stoppedClock: Clock = { now: () => NOW, sleepUntil: systemClock.sleepUntil }

export function aRollout(name: string, phase: 'Healthy' | 'Paused' | 'Degraded' = 'Healthy'): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: 'shop', creationTimestamp: '2026-08-01T12:00:00Z' },
    spec: {
      replicas: 1,
      strategy: { blueGreen: { activeService: 'active' } },
      template: { spec: { containers: [{ name: 'web', image: 'web:v1' }] } },
    },
    status: { phase, ...(phase === 'Healthy' ? {} : { message: 'because' }) },
  }
}

export function aCluster(...rollouts: Rollout[]): ModelCluster {
  const cluster = modelCluster([ROLLOUT, REPLICA_SET, POD, EXPERIMENT, ANALYSIS_RUN, DEPLOYMENT])
  for (const rollout of rollouts) cluster.put(ROLLOUT, rollout)
  return cluster
}

export interface Ran {
  readonly out: string
  readonly err: string
  readonly exit: number
  readonly flags: FlagValues | undefined
}

export interface Setting {
  readonly clock?: Clock
  readonly terminal?: boolean
  readonly env?: Record<string, string>
  readonly world?: Partial<CliWorld>
  /** In the place of the line: words may be empty. */
  readonly words?: readonly string[]
  readonly onWrite?: (all: string, interrupt: () => void, piece: string) => void
}

export async function run(cluster: ModelCluster, line: string, setting: Setting = {}): Promise<Ran> {
  let [out, err] = ['', '']
  let given: FlagValues | undefined
  const stop = new AbortController()
  const isTerminal = setting.terminal ?? false
  const world: CliWorld = {
    program: 'kubectl argo rollouts',
    stdout: {
      write(text) {
        out += text
        setting.onWrite?.(out, () => stop.abort(), text)
      },
      isTerminal,
      size: { columns: 60, rows: 30 },
    },
    stderr: { write: text => void (err += text), isTerminal },
    env: setting.env ?? {},
    clock: setting.clock ?? stoppedClock,
    interrupted: stop.signal,
    version: () => ({ version: '1.2.3', node: 'v20.20.0', platform: 'linux/x64' }),
    async connect(flags) {
      given = flags
      return { client: cluster.client, namespace: 'shop' }
    },
    read: async () => '',
    dashboard: async ({ what, port, rootPath }, told) => told(`${what} ${port} ${rootPath}`),
    ...setting.world,
  }
  const exit = await runRollouts(setting.words ?? line.split(' ').filter(Boolean), world)
  return { out, err, exit, flags: given }
}
