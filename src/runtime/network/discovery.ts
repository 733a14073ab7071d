// What the server serves, asked as seldom as possible: the list of groups, then the resources of those that
// exist. Nothing that is missing is asked for by name, so no request is refused.
import { createHash } from 'node:crypto'
import { apiVersionOf } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Clock } from '../../doors/clock.ts'
import { isWithin } from '../../std/instant.ts'
import { isJsonObject, parseJson } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { record, text } from '../../std/json-parts.ts'

export interface Discovery {
  serves(kind: Kind): Promise<boolean>
  stores(kind: Kind): Promise<boolean>
  /** The kind of an object, as the server knows it. */
  kindOf(object: KubeObject): Promise<Kind | undefined>
}

/** Long enough to answer for every kind of a start, short enough to notice a kind that has just appeared. */
const FRESH_MS = 1000

export function createDiscovery(read: (path: string) => Promise<string>, clock: Clock): Discovery {
  const cached = new Map<string, { at: number; answer: Promise<JsonObject> }>()
  const ask = (path: string): Promise<JsonObject> => {
    const known = cached.get(path)
    if (known !== undefined && isWithin(FRESH_MS, known.at, clock.now())) return known.answer
    const answer = read(path).then(objectOf)
    cached.set(path, { at: clock.now(), answer })
    answer.catch(() => cached.delete(path))
    return answer
  }
  const resources = async (apiVersion: string): Promise<readonly JsonObject[]> => {
    const isCore = !apiVersion.includes('/')
    const versions = isCore ? [apiVersion] : versionsIn(await ask('/apis'))
    if (!versions.includes(apiVersion)) return []
    return itemsIn(await ask(isCore ? `/api/${apiVersion}` : `/apis/${apiVersion}`), 'resources')
  }
  return {
    async serves(kind) {
      return (await resources(apiVersionOf(kind))).some(one => one['name'] === kind.plural)
    },
    async stores(kind) {
      const entry = (await resources(apiVersionOf(kind))).find(one => one['name'] === kind.plural)
      return entry?.['storageVersionHash'] === storageVersionHash(kind)
    },
    async kindOf({ apiVersion, kind }) {
      const all = await resources(apiVersion)
      const found = all.find(one => one['kind'] === kind && !text(one['name']).includes('/'))
      if (found === undefined) return undefined
      const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
      const plural = text(found['name'])
      return {
        group: group ?? '',
        version: version ?? '',
        kind,
        plural,
        namespaced: found['namespaced'] === true,
        statusSubresource: all.some(one => one['name'] === `${plural}/status`),
      }
    },
  }
}

const HASH_BYTES = 8

/** How discovery names the version in which objects are kept. */
export function storageVersionHash({
  group,
  version,
  kind,
}: Pick<Kind, 'group' | 'version' | 'kind'>): string {
  const digest = createHash('sha256').update(`${group}/${version}/${kind}`).digest()
  return digest.subarray(0, HASH_BYTES).toString('base64')
}

function objectOf(body: string): JsonObject {
  const parsed = parseJson(body)
  return record(parsed)
}

function itemsIn(object: JsonObject, field: string): readonly JsonObject[] {
  const items: Json = object[field] ?? []
  return Array.isArray(items) ? items.filter(isJsonObject) : []
}

function versionsIn(groups: JsonObject): readonly string[] {
  return itemsIn(groups, 'groups').flatMap(group =>
    itemsIn(group, 'versions').map(version => text(version['groupVersion'])),
  )
}
