// The shop of examples/analysis/quick.yaml in a namespace of its own: as its user changes it, and what becomes of it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import { apply, collectionOf } from './api.ts'
import type { Api, Loose } from './api.ts'
import { startLoad } from './load.ts'
import type { Answered } from './load.ts'
import { typed, until } from './program.ts'
import type { Program } from './program.ts'

const IMAGE = 'argoproj/rollouts-demo'
const ARGO = 'argoproj.io/v1alpha1'

/** What an AnalysisRun of a revision says. */
export interface Judged {
  readonly name: string
  readonly phase: string
  readonly message: string
  readonly values: readonly string[]
}

export interface Shop {
  readonly host: string
  /** Sets the image as typed by a user. */
  setImage(tag: string): Promise<void>
  /** Sets tag and share of errors in one edit. */
  setVersion(tag: string, errorRate?: number): Promise<void>
  promote(): Promise<void>
  /** Until phase and message match. */
  becomes(wanted: RegExp, seconds?: number): Promise<void>
  /** The run of a revision. */
  judged(revision: number): Promise<Judged>
}

export interface ShopOptions {
  readonly program: Program
  readonly api: Api
  readonly namespace: string
  /** Changes an object of the example before it is applied. */
  readonly edit?: (object: Loose) => void
}

/** Applies the example, and waits until its first version answers every request. */
export async function openShop({ program, api, namespace, edit = () => {} }: ShopOptions): Promise<Shop> {
  const host = `shop.${namespace}.localhost`
  const rollout = `${collectionOf({ apiVersion: ARGO, kind: 'Rollout' }, namespace)}/shop`
  const objects = loadAll(readFileSync('examples/analysis/quick.yaml', 'utf8')) as Loose[]
  for (const object of objects) {
    if (object.kind === 'Ingress') object.spec.rules[0].host = host
    edit(object)
  }
  await apply(api, objects, namespace)
  const type = async (line: string, said: string) => {
    const { exit, stdout, stderr } = await typed(program, `kubectl-argo-rollouts ${line} -n ${namespace}`)
    assert.deepEqual([exit, stdout, stderr], [0, said, ''], line)
  }
  const shop: Shop = {
    host,
    setImage: tag => type(`set image shop shop=${IMAGE}:${tag}`, 'rollout "shop" image updated\n'),
    async setVersion(tag, errorRate) {
      const env = errorRate === undefined ? [] : [{ name: 'ERROR_RATE', value: String(errorRate) }]
      const ports = [{ name: 'http', containerPort: 8080 }]
      const containers = [{ name: 'shop', image: `${IMAGE}:${tag}`, ports, env }]
      const { status } = await api('PATCH', rollout, { spec: { template: { spec: { containers } } } })
      assert.equal(status, 200)
    },
    promote: () => type('promote shop', "rollout 'shop' promoted\n"),
    async becomes(wanted, seconds = 240) {
      const told = async () => {
        const { metadata, status } = (await api('GET', rollout)).body
        const isSeen = String(metadata.generation) === status?.observedGeneration
        return isSeen ? `${status?.phase}: ${status?.message ?? ''}` : 'not seen yet'
      }
      await until(`${namespace}: the rollout is ${wanted}`, told, text => wanted.test(text), seconds)
    },
    judged: revision => judgedBy(api, namespace, revision),
  }
  await shop.becomes(/^Healthy/)
  await answers(program, host)
  return shop
}

async function judgedBy(api: Api, namespace: string, revision: number): Promise<Judged> {
  const { body } = await api('GET', collectionOf({ apiVersion: ARGO, kind: 'AnalysisRun' }, namespace))
  const run = body.items.find(
    ({ metadata }: Loose) => metadata.annotations['rollout.argoproj.io/revision'] === String(revision),
  )
  assert.ok(run, `no run of revision ${revision}`)
  const { phase = '', message = '', metricResults = [] } = run.status ?? {}
  const measurements: Loose[] = metricResults[0]?.measurements ?? []
  return { name: run.metadata.name, phase, message, values: measurements.map(one => one.value) }
}

async function answers(program: Program, host: string): Promise<void> {
  const load = startLoad(program.gateway, host, 20)
  const isGood = (one: Answered) => one.failure === undefined
  await until(
    `${host} answers`,
    () => Promise.resolve(load.answered.slice(-5)),
    last => last.length === 5 && last.every(isGood),
  )
  await load.stop()
}
