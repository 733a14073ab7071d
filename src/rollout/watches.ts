// What a Rollout's reconciler watches, and which Rollouts a change concerns (station c of the walk).
import type { Rollout } from '../api/rollout.ts'
import { MANAGED_BY_ROLLOUTS, POD_TEMPLATE_HASH } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import { withNamesOfManagers } from '../kube/managers.ts'
import type { Cache } from '../kube/cache.ts'
import type { Pod } from '../kube/core.ts'
import {
  ANALYSIS_RUN,
  ANALYSIS_TEMPLATE,
  CLUSTER_ANALYSIS_TEMPLATE,
  EXPERIMENT,
  INGRESS,
  POD,
  REPLICA_SET,
  ROLLOUT,
  SERVICE,
} from '../kube/kinds.ts'
import type { Key, Kind, KubeObject } from '../kube/object.ts'
import {
  apiVersionOf,
  controllerKeys,
  controllerOf,
  keyOf,
  refKey,
  refOf,
  sameResource,
} from '../kube/object.ts'
import type { Selection, WatchDeclaration } from '../kube/reconciler.ts'
import { needsPods } from './gather.ts'
import { LINKED_KINDS, ROUTE_MARKS, routerKinds } from '../traffic/registry.ts'
import { CLUSTER_INCLUDED_BY, INCLUDED_BY, inclusion, NAMED_BY } from './gather/indices.ts'

export interface WatchOptions {
  /** Which Rollouts are this controller's. */
  readonly ours: Selection
  /** Where all other kinds are looked for. */
  readonly theirs: Selection
  /** The versions of routers' kinds that were asked for: `split.smi-spec.io/v1alpha2`. */
  readonly routeVersions?: readonly string[]
}

export function watchesOf({ ours, theirs, routeVersions = [] }: WatchOptions): readonly WatchDeclaration[] {
  const revisions = { ...theirs, labels: POD_TEMPLATE_HASH }
  const isClusterWide = (theirs.namespace ?? '') === ''
  const templates = [ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE].filter(
    kind => kind.namespaced || isClusterWide,
  )
  const isChosen = (kind: Kind) => routeVersions.includes(apiVersionOf(kind))
  const others = [INGRESS, ...routerKinds(routeVersions)]
    .filter((kind, i, all) => all.indexOf(kind) === i && (kind.namespaced || isClusterWide))
    .toSorted((a, b) => Number(isChosen(b)) - Number(isChosen(a)))
  return [
    { kind: ROLLOUT, selection: ours, keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)] },
    { kind: REPLICA_SET, selection: revisions, keysFor: each(ofReplicaSet) },
    { kind: POD, selection: revisions, trim: trimPod, keysFor: each(ofPod) },
    { kind: SERVICE, selection: theirs, keysFor: each(ofService) },
    ...[ANALYSIS_RUN, EXPERIMENT].map(kind => ({
      kind,
      selection: ours,
      optional: true,
      keysFor: each(object => controllerKeys(object, ROLLOUT)),
    })),
    ...templates.map(kind => ({ kind, selection: theirs, optional: true, keysFor: each(whoUses(kind)) })),
    ...others.map(kind => ({
      kind,
      isChosen: isChosen(kind),
      selection: theirs,
      optional: true,
      trim: withNamesOfManagers,
      keysFor: each(whoNames(kind)),
    })),
  ]
}

type KeysOf = (object: KubeObject, cache: Cache) => readonly Key[]

/** The keys of the object as it is and as it was. */
function each(keysOf: KeysOf): WatchDeclaration['keysFor'] {
  return (now, before, cache) => [
    ...new Set([now, before].flatMap(object => (object === undefined ? [] : keysOf(object, cache)))),
  ]
}

function ofReplicaSet(object: KubeObject, cache: Cache): readonly Key[] {
  if (controllerOf(object) !== undefined) return controllerKeys(object, ROLLOUT)
  return cache.list(ROLLOUT, object.metadata.namespace ?? '').map(keyOf)
}

/** Pods wake a Rollout only while it looks at them; else their ReplicaSet's status tells enough. */
function ofPod(object: KubeObject, cache: Cache): readonly Key[] {
  const { namespace = '' } = object.metadata
  const replicaSet = controllerOf(object)
  if (replicaSet?.kind !== REPLICA_SET.kind) return []
  const owner = cache.get<ReplicaSet>({ kind: REPLICA_SET, namespace, name: replicaSet.name })
  const name = owner === undefined ? undefined : controllerOf(owner)?.name
  if (owner === undefined || name === undefined) return []
  const rollout = cache.get<Rollout>({ kind: ROLLOUT, namespace, name })
  return rollout !== undefined && needsPods(rollout, owner) ? [keyOf(rollout)] : []
}

function ofService(object: KubeObject, cache: Cache): readonly Key[] {
  const { namespace = '', annotations } = object.metadata
  const named = whoNames(SERVICE)(object, cache)
  const manager = annotations?.[MANAGED_BY_ROLLOUTS]
  return manager === undefined ? named : [...named, `${namespace}/${manager}`]
}

function whoNames(kind: Kind): KeysOf {
  return (object, cache) => {
    const owners = ROUTE_MARKS.filter(one => one.kind === kind).flatMap(one => one.ownersIn(object))
    const named = [
      ...cache.by(ROLLOUT, NAMED_BY, refKey(refOf(kind, object))).map(keyOf),
      ...owners.map(name => `${object.metadata.namespace ?? ''}/${name}`),
    ]
    return LINKED_KINDS.some(one => sameResource(one, kind)) ? [...named, ...whoLinks(object, cache)] : named
  }
}

/** Other objects name it: any Rollout of the namespace may be concerned that has such a router. */
function whoLinks({ metadata }: KubeObject, cache: Cache): readonly Key[] {
  const rollouts = cache.list<Rollout>(ROLLOUT, metadata.namespace ?? '')
  return rollouts.filter(one => one.spec.strategy?.canary?.trafficRouting?.appMesh !== undefined).map(keyOf)
}

/** Who names the template, or one that includes it. */
function whoUses(kind: Kind): KeysOf {
  return (object, cache) => {
    const seen = new Map([[refKey(refOf(kind, object)), { kind, object }]])
    for (const one of seen.values()) {
      const value = inclusion(!one.kind.namespaced, one.object.metadata.name)
      const parents = [
        ...cache.by(ANALYSIS_TEMPLATE, INCLUDED_BY, value).map(found => [ANALYSIS_TEMPLATE, found] as const),
        ...cache
          .by(CLUSTER_ANALYSIS_TEMPLATE, CLUSTER_INCLUDED_BY, value)
          .map(found => [CLUSTER_ANALYSIS_TEMPLATE, found] as const),
      ]
      for (const [of, found] of parents) {
        const id = refKey(refOf(of, found))
        if (!seen.has(id)) seen.set(id, { kind: of, object: found })
      }
    }
    return [...seen.values()].flatMap(one => whoNames(one.kind)(one.object, cache))
  }
}

/** Metadata, phase and conditions: a pod is large, and there are many. */
function trimPod(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, status } = object as Pod
  const { managedFields: _large, ...kept } = metadata as Pod['metadata'] & { managedFields?: unknown }
  const { phase, conditions } = status ?? {}
  const small = {
    ...(phase === undefined ? {} : { phase }),
    ...(conditions === undefined ? {} : { conditions }),
  }
  return { apiVersion, kind, metadata: kept, status: small } as KubeObject
}
