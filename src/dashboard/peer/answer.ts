// The API of Argo Rollouts' own dashboard, so that its page and people's scripts go on working: calls under
// `/ROOT/api/v1`, errors as there (Not found is a 500 with code 2).
import type { Rollout } from '../../api/rollout.ts'
import { readParts } from '../../cli/get/parts.ts'
import type { Clock } from '../../doors/clock.ts'
import type { Deployment } from '../../kube/apps.ts'
import { KubeError } from '../../kube/errors.ts'
import { DEPLOYMENT, ROLLOUT } from '../../kube/kinds.ts'
import { asJson } from '../../kube/object.ts'
import type { Client } from '../../runtime/network/client.ts'
import { compareText } from '../../std/compare.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import type { RolloutParts } from '../../view/rollout-view.ts'
import { json } from '../answer.ts'
import type { Answer, Streamed } from '../answer.ts'
import { ownParts } from '../own-parts.ts'
import { shownOf } from '../showable.ts'
import { actOn } from './acting.ts'
import { readBody } from './body.ts'
import { peerCall } from './calls.ts'
import type { PeerAct, PeerCall } from './calls.ts'
import { onlyFields } from './fields.ts'
import { rolloutInfo, rolloutSummary } from './info.ts'

export interface PeerWorld {
  readonly client: Client
  readonly clock: Clock
  /** Of `--namespace`, else of the kubeconfig. */
  readonly namespace: string
  readonly version: string
  watch(asked: PeerWatch): Promise<Answer | Streamed>
}

export interface PeerWatch {
  readonly namespace: string
  /** Undefined: all of the namespace. */
  readonly name: string | undefined
  readonly asEvents: boolean
  readonly fields: string | null
}

export interface PeerRequest {
  readonly method: string
  /** Unescaped, below `/ROOT/api/v1`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly accept: string | undefined
  readonly body: string
}

export async function peerAnswer(world: PeerWorld, request: PeerRequest): Promise<Answer | Streamed> {
  const call = peerCall(request.method, request.path)
  if (call === undefined) return json(501, { code: 12, message: 'Not Implemented' })
  try {
    return await answerTo(world, request, call)
  } catch (error) {
    if (!(error instanceof KubeError)) throw error
    return unknown(error.message)
  }
}

function answerTo(
  world: PeerWorld,
  request: PeerRequest,
  call: PeerCall,
): Promise<Answer | Streamed> | Answer {
  switch (call.call) {
    case 'version':
      return data(request, { rolloutsVersion: world.version })
    case 'namespace':
      return namespaces(world, request)
    case 'list':
    case 'info':
      if (call.watch) return watched(world, request, call)
      return call.call === 'list' ? list(world, request, call.namespace) : info(world, request, call)
    default:
      return acted(world, request, call)
  }
}

function watched(
  { watch }: PeerWorld,
  { accept, query }: PeerRequest,
  call: PeerCall & { readonly call: 'list' | 'info' },
): Promise<Answer | Streamed> {
  const name = call.call === 'info' ? call.name : undefined
  const asEvents = accept === 'text/event-stream'
  return watch({ namespace: call.namespace, name, asEvents, fields: query.get('fields') })
}

async function namespaces({ client, namespace }: PeerWorld, request: PeerRequest): Promise<Answer> {
  const { items } = await client.list(ROLLOUT, {})
  const found = [...new Set(items.map(one => one.metadata.namespace ?? ''))].toSorted(compareText)
  return data(request, { namespace, ...(found.length === 0 ? {} : { availableNamespaces: found }) })
}

async function list({ client }: PeerWorld, request: PeerRequest, namespace: string): Promise<Answer> {
  const [rollouts, parts] = await Promise.all([
    client.list(ROLLOUT, { namespace }),
    readParts({ client, namespace }),
  ])
  const own = ownParts(parts)
  const all = (rollouts.items as readonly Rollout[]).map(one => shownOf(listed, one, own(one)))
  return data(request, all.length === 0 ? {} : { rollouts: all })
}

const NOTHING: RolloutParts = { replicaSets: [], pods: [], experiments: [], analysisRuns: [] }

/** Compat: a plain list counts the weight without ReplicaSets; its watch and a single rollout count with them. */
function listed(rollout: Rollout, parts: RolloutParts): JsonObject {
  const { actualWeight } = rolloutSummary(rollout, NOTHING)
  return { ...rolloutSummary(rollout, parts), ...(actualWeight === undefined ? {} : { actualWeight }) }
}

interface Named {
  readonly namespace: string
  readonly name: string
}

async function info({ client }: PeerWorld, request: PeerRequest, of: Named): Promise<Answer> {
  const { namespace, name } = of
  const [rollout, parts] = await Promise.all([rolloutOf(client, of), readParts({ client, namespace })])
  if (rollout === undefined) return unknown(noRollout(name))
  const { workloadRef } = rollout.spec ?? {}
  if (workloadRef?.kind !== DEPLOYMENT.kind) return data(request, shownOf(rolloutInfo, rollout, parts))
  const workload = await client.get({ kind: DEPLOYMENT, namespace, name: workloadRef.name ?? '' })
  return data(request, rolloutInfo(rollout, parts, (workload as Deployment).spec.template.spec))
}

async function acted(world: PeerWorld, request: PeerRequest, act: PeerAct): Promise<Answer> {
  const body = readBody(act.call, request.body)
  const problem = 'problem' in body ? body.problem : problemOf(act)
  if (problem !== undefined || 'problem' in body) return json(400, { code: 3, message: problem ?? '' })
  const done = await actOn(world.client, { act, full: body.full, now: world.clock.now() })
  return 'refused' in done ? unknown(done.refused as string) : data(request, asJson(done) as Json)
}

const GO_INT64 = 2n ** 63n

function problemOf(act: PeerAct): string | undefined {
  if (act.call === 'set image' && act.image === '') {
    return `an image and its tag are wanted, set/${act.container}/IMAGE/TAG: ${JSON.stringify(act.tag)} is one word`
  }
  if (act.call !== 'undo') return undefined
  const { revision } = act
  const isNumber = /^[+-]?\d{1,100}$/.test(revision)
  const fits =
    isNumber && BigInt(revision.replace('+', '')) < GO_INT64 && BigInt(revision.replace('+', '')) >= -GO_INT64
  if (fits) return undefined
  const why = isNumber ? 'value out of range' : 'invalid syntax'
  return `type mismatch, parameter: revision, error: strconv.ParseInt: parsing ${JSON.stringify(revision)}: ${why}`
}

async function rolloutOf(client: Client, { namespace, name }: Named): Promise<Rollout | undefined> {
  try {
    return (await client.get({ kind: ROLLOUT, namespace, name })) as Rollout
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'NotFound') return undefined
    throw error
  }
}

/** One rollout there, where the API server says `rollouts`. */
export function noRollout(name: string): string {
  return `rollout.argoproj.io ${JSON.stringify(name)} not found`
}

function unknown(message: string): Answer {
  return json(500, { code: 2, message })
}

function data({ query }: PeerRequest, body: Json): Answer {
  return json(200, onlyFields(body, query.get('fields')))
}
