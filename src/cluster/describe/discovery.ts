// What a client can ask this server for: the lists of groups, versions and resources, one by one (the legacy
// form) and all at once (the aggregated form, v2 and v2beta1). Pure functions of the served kinds.
import type { Json, JsonObject } from '../../std/json.ts'
import { storageVersionHash } from '../../runtime/network/discovery.ts'
import type { ServedKind } from '../resources/resources.ts'
import { groupsOf, type ServedGroup, type ServedVersion } from './groups.ts'

/** `/api` */
export function apiVersions(serverAddress: string): Json {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  }
}

/** `/apis` */
export function apiGroupList(kinds: readonly ServedKind[]): Json {
  const groups = groupsOf(kinds).filter(group => group.name !== '')
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupEntry) }
}

/** `/apis/GROUP`; undefined when no kind of the group is served. */
export function apiGroup(kinds: readonly ServedKind[], name: string): Json | undefined {
  const group = groupsOf(kinds).find(one => one.name === name)
  return group === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) }
}

function groupEntry(group: ServedGroup): JsonObject {
  const versions = group.versions.map(({ version }) => ({
    groupVersion: `${group.name}/${version}`,
    version,
  }))
  return { name: group.name, versions, preferredVersion: versions[0] as JsonObject }
}

/** `/api/v1` and `/apis/GROUP/VERSION`; undefined when it is not served. */
export function apiResourceList(
  kinds: readonly ServedKind[],
  group: string,
  version: string,
): Json | undefined {
  const served = groupsOf(kinds)
    .find(one => one.name === group)
    ?.versions.find(one => one.version === version)
  if (served === undefined) return undefined
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: served.kinds.flatMap(resourceEntries),
  }
}

function resourceEntries(kind: ServedKind): readonly Json[] {
  const main = {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(kind.storedIn === undefined
      ? {}
      : { storageVersionHash: storageVersionHash({ ...kind, version: kind.storedIn }) }),
  }
  const subresources = kind.subresources.map(({ name, responseKind, verbs }) => ({
    name: `${kind.plural}/${name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(isElsewhere(kind, responseKind) ? { group: responseKind.group, version: responseKind.version } : {}),
    kind: responseKind.kind,
    verbs,
  }))
  return [main, ...subresources]
}

type ResponseKind = ServedKind['subresources'][number]['responseKind']

function isElsewhere(kind: ServedKind, response: ResponseKind): boolean {
  return response.group !== '' && (response.group !== kind.group || response.version !== kind.version)
}

/** The core group alone for `/api`, all others for `/apis`; `version` is that of the discovery API itself. */
export function aggregatedDiscovery(
  kinds: readonly ServedKind[],
  which: 'core' | 'others',
  version: 'v2' | 'v2beta1',
): Json {
  const groups = groupsOf(kinds).filter(group => (group.name === '') === (which === 'core'))
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(group => ({
      metadata: group.name === '' ? {} : { name: group.name },
      versions: group.versions.map(one => aggregatedVersion(one)),
    })),
  }
}

function aggregatedVersion(served: ServedVersion): Json {
  return {
    version: served.version,
    resources: served.kinds.map(kind => ({
      resource: kind.plural,
      responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: kind.singular,
      verbs: kind.verbs,
      ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
      ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
      ...(kind.subresources.length === 0 ? {} : { subresources: kind.subresources.map(aggregatedPart) }),
    })),
    freshness: 'Current',
  }
}

function aggregatedPart({ name, responseKind, verbs }: ServedKind['subresources'][number]): Json {
  return { subresource: name, responseKind: { ...responseKind }, verbs }
}
