// Waits until an object has the phase that a scenario wants, for its present generation, and nothing about it
// but time has changed for some seconds.
import { KubeError } from '../../src/kube/errors.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { equal } from '../../src/std/equal.ts'
import type { Json, JsonObject } from '../../src/std/json.ts'
import { isJsonObject } from '../../src/std/json.ts'
import { named } from './kinds.ts'
import { pause } from './playing.ts'
import type { Playing } from './playing.ts'
import type { Settle } from './recording.ts'

const POLL_MS = 250
const DEFAULT_SECONDS = 3
const DEFAULT_TIMEOUT_SECONDS = 120

export async function settle(playing: Playing, wanted: Settle): Promise<Record<string, never>> {
  const { stage, namespace, main } = playing
  const target = named(wanted.of ?? main, namespace)
  const end = stage.clock.now() + (wanted.timeout ?? DEFAULT_TIMEOUT_SECONDS) * 1000
  const quietMs = (wanted.seconds ?? DEFAULT_SECONDS) * 1000
  let since = stage.clock.now()
  let last: Json | undefined
  let status: JsonObject = {}
  while (stage.clock.now() < end) {
    const object = await found(playing, target)
    status = statusOf(object)
    const quiet = object !== undefined && isWanted(object, wanted) ? quietPart(object) : undefined
    if (quiet === undefined || !equal(quiet, last)) since = stage.clock.now()
    last = quiet
    if (quiet !== undefined && stage.clock.now() - since >= quietMs) return {}
    await pause(stage, POLL_MS)
  }
  throw new Error(`not settled: ${JSON.stringify(wanted)}, is ${JSON.stringify(status).slice(0, 700)}`)
}

async function found({ stage }: Playing, target: ReturnType<typeof named>): Promise<KubeObject | undefined> {
  try {
    return await stage.client.get(target)
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'NotFound') return undefined
    throw error
  }
}

function statusOf(object: KubeObject | undefined): JsonObject {
  const { status } = (object ?? {}) as { status?: Json }
  return isJsonObject(status) ? status : {}
}

function isWanted(object: KubeObject, wanted: Settle): boolean {
  const status = statusOf(object)
  const { generation } = object.metadata
  const isPresent = object.kind !== 'Rollout' || String(status['observedGeneration']) === String(generation)
  const hasPhase = wanted.phase === undefined || status['phase'] === wanted.phase
  const hasMore = Object.entries(wanted.status ?? {}).every(([field, value]) => equal(status[field], value))
  return Object.keys(status).length > 0 && isPresent && hasPhase && hasMore
}

/** What must stand still. */
function quietPart(object: KubeObject): Json {
  const { generation = null, annotations = null } = object.metadata
  return [statusOf(object), generation, annotations]
}
