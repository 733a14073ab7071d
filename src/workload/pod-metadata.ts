// Ephemeral metadata: labels and annotations that pods carry only while their ReplicaSet has a role (canary, stable,
// preview, active). They are laid over those of the pod template. What was put in, and the template's own values under
// it, stand in annotations of the ReplicaSet, so that they can come back. Labels that its selector selects by never
// change.
import type { MetadataMaps } from '../api/metadata.ts'
import { EPHEMERAL_METADATA, ORIGINAL_METADATA, POD_TEMPLATE_HASH } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { Pod, PodTemplateSpec } from '../kube/core.ts'
import { escapeHtml } from '../kube/go-print.ts'
import type { KubeObject, ObjectMeta } from '../kube/object.ts'
import { selectorKeys } from '../kube/selector.ts'
import { equal } from '../std/equal.ts'
import type { Json } from '../std/json.ts'
import { isJsonObject, parseJson } from '../std/json.ts'

type Maps = Readonly<Record<string, string>>
type Part = 'labels' | 'annotations'
type Both = Readonly<Record<Part, Maps>>

export interface Role {
  /** What the role gives to pods. */
  readonly wanted: MetadataMaps
  /** What any role may have given to them. */
  readonly known: MetadataMaps
  /** The revision's own metadata where somebody knows it; else its ReplicaSet's labels tell. */
  readonly own?: Pick<ObjectMeta, Part> | undefined
  readonly pods: readonly Pod[]
}

export interface Dressing {
  /** For new pods, with its record; undefined when all is so. */
  readonly patch: Json | undefined
  readonly pods: readonly { readonly pod: Pod; readonly patch: Json }[]
}

/** The merge patches that give a role's metadata to a ReplicaSet's new pods and to those that it has. */
export function dressing(replicaSet: ReplicaSet, role: Role): Dressing {
  if (!isDressed(replicaSet) && isNothing(role.wanted) && isNothing(role.known)) return NOTHING
  const layers = both(part => layersOf(replicaSet, part, role))
  const pods = role.pods.flatMap(pod => {
    const patch = metadataPatch(pod.metadata, layers)
    return patch === undefined ? [] : [{ pod, patch }]
  })
  // What no role of the spec knows any more is remembered until the pods are seen without it.
  const worn = (part: Part) =>
    pods.length === 0 ? {} : picked(recorded(replicaSet)[part], key => layers[part].isForgotten(key))
  const put = both(part => ({ ...worn(part), ...layers[part].put }))
  const under = both(part => picked(layers[part].own, key => Object.hasOwn(put[part], key)))
  const annotations = {
    ...recordPatch(replicaSet, EPHEMERAL_METADATA, put),
    ...recordPatch(replicaSet, ORIGINAL_METADATA, under),
  }
  const metadata = metadataPatch(replicaSet.spec.template.metadata ?? {}, layers)
  const patch: Json = {
    ...(Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } }),
    ...(metadata === undefined ? {} : { spec: { template: metadata } }),
  }
  return { patch: Object.keys(patch).length === 0 ? undefined : patch, pods }
}

const NOTHING: Dressing = { patch: undefined, pods: [] }

function isNothing({ labels, annotations }: MetadataMaps): boolean {
  return Object.keys(labels ?? {}).length === 0 && Object.keys(annotations ?? {}).length === 0
}

/** A ReplicaSet's template as its revision has it: without what a role put in, with what lay under it. */
export function ownTemplate(replicaSet: ReplicaSet): PodTemplateSpec {
  const { template } = replicaSet.spec
  if (!isDressed(replicaSet)) return template
  const layers = both(part => layersOf(replicaSet, part, { wanted: {}, known: {} }))
  const { labels: _labels, annotations: _annotations, ...metadata } = template.metadata ?? {}
  const { labels, annotations } = laidOver(template.metadata ?? {}, layers)
  return {
    ...template,
    metadata: {
      ...metadata,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
  }
}

/** Whether a role's metadata is, or may be, in the ReplicaSet's template or on its pods. */
export function isDressed({ metadata: { annotations = {} } }: ReplicaSet): boolean {
  return annotations[EPHEMERAL_METADATA] !== undefined || annotations[ORIGINAL_METADATA] !== undefined
}

/** The keys under which a role has a say in one map of a template, and what stands there without and with it. */
interface Layers {
  readonly keys: ReadonlySet<string>
  readonly own: Maps
  readonly put: Maps
  isForgotten(key: string): boolean
}

function layersOf(replicaSet: ReplicaSet, part: Part, role: Omit<Role, 'pods'>): Layers {
  const { labels = {} } = replicaSet.metadata
  const given = recorded(replicaSet)[part]
  const under = readRecord(replicaSet, ORIGINAL_METADATA)[part]
  const found = replicaSet.spec.template.metadata?.[part] ?? {}
  const known = { ...role.known[part], ...role.wanted[part] }
  const fixed = part === 'labels' ? fixedLabels(replicaSet) : new Set<string>()
  const keys = new Set(Object.keys({ ...given, ...under, ...known }).filter(key => !fixed.has(key)))
  // Nobody else notes what lies under a role, but labels stand on the ReplicaSet, too, as they were at first.
  const source = (role.own ?? { labels })[part] ?? {}
  const own = picked({ ...source, ...picked(found, key => !Object.hasOwn(given, key)), ...under }, key =>
    keys.has(key),
  )
  const put = picked(role.wanted[part] ?? {}, (key, value) => keys.has(key) && value !== valueAt(own, key))
  return { keys, own, put, isForgotten: key => keys.has(key) && !Object.hasOwn(known, key) }
}

function fixedLabels({ spec }: ReplicaSet): ReadonlySet<string> {
  return new Set([...selectorKeys(spec.selector), POD_TEMPLATE_HASH])
}

function laidOver(metadata: Partial<ObjectMeta>, layers: Readonly<Record<Part, Layers>>): Both {
  return both(part => {
    const { keys, own, put } = layers[part]
    return { ...picked(metadata[part] ?? {}, key => !keys.has(key)), ...own, ...put }
  })
}

function metadataPatch(
  before: Partial<ObjectMeta>,
  layers: Readonly<Record<Part, Layers>>,
): Json | undefined {
  const after = laidOver(before, layers)
  const labels = mapPatch(before.labels ?? {}, after.labels)
  const annotations = mapPatch(before.annotations ?? {}, after.annotations)
  if (labels === undefined && annotations === undefined) return undefined
  return {
    metadata: {
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  }
}

function mapPatch(before: Maps, after: Maps): Readonly<Record<string, string | null>> | undefined {
  const gone = Object.keys(before).filter(key => !Object.hasOwn(after, key))
  const changed = Object.entries(after).filter(([key, value]) => valueAt(before, key) !== value)
  if (gone.length + changed.length === 0) return undefined
  return { ...Object.fromEntries(gone.map(key => [key, null])), ...Object.fromEntries(changed) }
}

/** What was recorded as put into the pods of a ReplicaSet. */
function recorded(replicaSet: ReplicaSet): Both {
  return readRecord(replicaSet, EPHEMERAL_METADATA)
}

/** A broken record counts as nothing. */
function readRecord(object: KubeObject, annotation: string): Both {
  const text = object.metadata.annotations?.[annotation]
  const record = text === undefined ? undefined : parseJson(text)
  return both(part => (isJsonObject(record) ? textsOf(record[part]) : {}))
}

function recordPatch(object: KubeObject, annotation: string, wanted: Both): Readonly<Record<string, Json>> {
  return equal(readRecord(object, annotation), wanted) ? {} : { [annotation]: recordText(wanted) ?? null }
}

/** Compat: printed as Argo Rollouts prints it. */
function recordText(wanted: Both): string | undefined {
  const parts = (['labels', 'annotations'] as const).filter(part => Object.keys(wanted[part]).length > 0)
  if (parts.length === 0) return undefined
  return escapeHtml(JSON.stringify(Object.fromEntries(parts.map(part => [part, sorted(wanted[part])]))))
}

function both<T>(of: (part: Part) => T): Readonly<Record<Part, T>> {
  return { labels: of('labels'), annotations: of('annotations') }
}

function picked(maps: Maps, isWanted: (key: string, value: string) => boolean): Maps {
  return Object.fromEntries(Object.entries(maps).filter(([key, value]) => isWanted(key, value)))
}

function valueAt(maps: Maps, key: string): string | undefined {
  return Object.hasOwn(maps, key) ? maps[key] : undefined
}

function textsOf(value: unknown): Maps {
  if (!isJsonObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function sorted(maps: Maps): Maps {
  return Object.fromEntries(Object.entries(maps).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
