// A cluster with many Rollouts for bench/dashboard.ts, and what changes in it: each has two revisions with a pod, and
// the embedded controller leaves them alone, so that as much changes as is wanted and no more.
import { INSTANCE_ID, POD_TEMPLATE_HASH } from '../src/api/words.ts'
import type { Api, Loose } from '../test/acceptance/api.ts'
import { until } from '../test/acceptance/program.ts'

const PLACE = '/namespaces/default'
export const ROLLOUTS_PATH = `/apis/argoproj.io/v1alpha1${PLACE}/rollouts`
const SETS_PATH = `/apis/apps/v1${PLACE}/replicasets`
const IMAGE = 'argoproj/rollouts-demo'
const AT_ONCE = 8

export const nameOf = (i: number) => `service-${String(i).padStart(3, '0')}`

function templateOf(name: string, colour: string) {
  const labels = { app: name, [POD_TEMPLATE_HASH]: colour }
  return { metadata: { labels }, spec: { containers: [{ name: 'app', image: `${IMAGE}:${colour}` }] } }
}

function rolloutOf(name: string) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, labels: { [INSTANCE_ID]: 'bench', team: 'red' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      strategy: { canary: { steps: [20, 40, 60].flatMap(setWeight => [{ setWeight }, { pause: {} }]) } },
      template: templateOf(name, 'green'),
    },
  }
}

function replicaSetOf(name: string, owner: string, colour: string) {
  const { spec } = rolloutOf(name)
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${colour}`,
      labels: { app: name, [POD_TEMPLATE_HASH]: colour },
      annotations: { 'rollout.argoproj.io/revision': colour === 'green' ? '2' : '1' },
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name, uid: owner, controller: true },
      ],
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: { ...spec.selector.matchLabels, [POD_TEMPLATE_HASH]: colour } },
      template: templateOf(name, colour),
    },
  }
}

async function made(api: Api, path: string, object: object): Promise<Loose> {
  const { status, body } = await api('POST', path, object)
  if (status !== 201) throw new Error(`${path}: ${JSON.stringify(body)}`)
  return body
}

/** Makes them, and waits until their pods are ready. */
export async function place(api: Api, count: number): Promise<void> {
  let next = 0
  const maker = async () => {
    while (next < count) {
      const name = nameOf(next++)
      const { metadata } = await made(api, ROLLOUTS_PATH, rolloutOf(name))
      for (const colour of ['blue', 'green'])
        await made(api, SETS_PATH, replicaSetOf(name, metadata.uid, colour))
      await changed(api, name, 0)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, maker))
  const ready = async () => {
    const { body } = await api('GET', SETS_PATH)
    return body.items.filter((one: Loose) => one.status?.readyReplicas === 1).length as number
  }
  await until('every pod is ready', ready, sets => sets === 2 * count, 900)
}

/** What a pass of a controller reports. */
async function changed(api: Api, name: string, turn: number): Promise<void> {
  const at = new Date().toISOString()
  const message = `more replicas need to be updated, turn ${turn}`
  const status = {
    phase: turn % 4 === 3 ? 'Paused' : 'Progressing',
    message,
    observedGeneration: '1',
    currentPodHash: 'green',
    stableRS: 'blue',
    currentStepIndex: turn % 6,
    replicas: 2,
    updatedReplicas: 1,
    readyReplicas: 2,
    availableReplicas: 2,
    conditions: [
      {
        type: 'Progressing',
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message,
        lastUpdateTime: at,
        lastTransitionTime: at,
      },
    ],
  }
  const answer = await api('PATCH', `${ROLLOUTS_PATH}/${name}/status`, { status })
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
}

export interface Changing {
  made(): number
  /** Changes that were made, a second. */
  stop(): Promise<number>
}

/** So many changes a second, one Rollout after the other. */
export function keepChanging(api: Api, count: number, perSecond: number): Changing {
  const began = performance.now()
  let done = 0
  const stopped = new AbortController()
  const change = async () => {
    while (!stopped.signal.aborted) {
      const dueAt = began + (done * 1000) / perSecond
      const turn = done++
      await new Promise(resolve => setTimeout(resolve, dueAt - performance.now()))
      await changed(api, nameOf(turn % count), Math.floor(turn / count) + 1)
    }
  }
  const ended = Promise.all(Array.from({ length: AT_ONCE }, change))
  return {
    made: () => done,
    async stop() {
      stopped.abort()
      await ended
      return (done * 1000) / (performance.now() - began)
    },
  }
}
