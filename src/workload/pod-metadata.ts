// Ephemeral metadata: labels and annotations that pods carry only while their ReplicaSet has a role (canary,
// stable, preview, active). What was put in is recorded in an annotation of the ReplicaSet, so that it can be
// taken out again.
import type { MetadataMaps } from '../api/metadata.ts'
import { EPHEMERAL_METADATA } from '../api/words.ts'
import type { ReplicaSet } from '../kube/apps.ts'
import type { PodTemplateSpec } from '../kube/core.ts'
import { escapeHtml } from '../kube/go-print.ts'
import type { KubeObject, ObjectMeta } from '../kube/object.ts'
import { equal } from '../std/equal.ts'
import { isJsonObject, parseJson } from '../std/json.ts'

type Maps = Readonly<Record<string, string>>

/** What was recorded as put into the pods of a ReplicaSet; a broken record counts as nothing. */
export function recordedMetadata(replicaSet: KubeObject): MetadataMaps {
  const text = replicaSet.metadata.annotations?.[EPHEMERAL_METADATA]
  if (text === undefined) return {}
  const record = parseJson(text)
  if (!isJsonObject(record)) return {}
  return cleaned({ labels: textsOf(record['labels']), annotations: textsOf(record['annotations']) })
}

/** Whether the ReplicaSet's pods are recorded to carry exactly this. */
export function hasMetadata(replicaSet: KubeObject, wanted: MetadataMaps): boolean {
  return equal(recordedMetadata(replicaSet), cleaned(wanted))
}

/** The record as it is written; undefined when there is nothing to record. */
export function metadataRecord(wanted: MetadataMaps): string | undefined {
  const { labels, annotations } = cleaned(wanted)
  if (labels === undefined && annotations === undefined) return undefined
  return escapeHtml(JSON.stringify({ labels: sorted(labels), annotations: sorted(annotations) }))
}

/**
 * Metadata of a template or a pod as it should be: without what was recorded and is no longer wanted, with
 * what is wanted. Undefined when nothing changes.
 */
export function dressed(
  metadata: Partial<ObjectMeta>,
  recorded: MetadataMaps,
  wanted: MetadataMaps,
): Pick<ObjectMeta, 'labels' | 'annotations'> | undefined {
  const labels = exchanged(metadata.labels, recorded.labels, wanted.labels)
  const annotations = exchanged(metadata.annotations, recorded.annotations, wanted.annotations)
  if (equal(labels, metadata.labels ?? {}) && equal(annotations, metadata.annotations ?? {})) return undefined
  return { labels, annotations }
}

/** A template with the wanted metadata in place of the recorded. */
export function dressedTemplate(
  template: PodTemplateSpec,
  recorded: MetadataMaps,
  wanted: MetadataMaps,
): PodTemplateSpec {
  const metadata = dressed(template.metadata ?? {}, recorded, wanted)
  if (metadata === undefined) return template
  return { ...template, metadata: { ...template.metadata, ...metadata } }
}

/**
 * The patch that gives a ReplicaSet's new pods the wanted metadata and records it; undefined when all is so.
 */
export function dressingPatch(replicaSet: ReplicaSet, wanted: MetadataMaps): DressingPatch | undefined {
  if (hasMetadata(replicaSet, wanted)) return undefined
  const template = replicaSet.spec.template.metadata ?? {}
  const after = dressed(template, recordedMetadata(replicaSet), wanted)
  return {
    metadata: { annotations: { [EPHEMERAL_METADATA]: metadataRecord(wanted) ?? null } },
    ...(after === undefined ? {} : { spec: { template: { metadata: metadataPatch(template, after) } } }),
  }
}

export interface MetadataPatch {
  readonly [map: string]: Readonly<Record<string, string | null>>
}

export interface DressingPatch {
  readonly [part: string]: {
    readonly [field: string]: { readonly [name: string]: string | null | MetadataPatch }
  }
}

/** The merge patch of `metadata` that turns a pod's labels and annotations into the wanted ones. */
export function metadataPatch(
  before: Partial<ObjectMeta>,
  after: Pick<ObjectMeta, 'labels' | 'annotations'>,
): MetadataPatch {
  const labels = mapPatch(before.labels ?? {}, after.labels ?? {})
  const annotations = mapPatch(before.annotations ?? {}, after.annotations ?? {})
  return {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  }
}

function mapPatch(before: Maps, after: Maps): Readonly<Record<string, string | null>> | undefined {
  const gone = Object.keys(before).filter(key => !Object.hasOwn(after, key))
  const changed = Object.entries(after).filter(([key, value]) => before[key] !== value)
  if (gone.length + changed.length === 0) return undefined
  return { ...Object.fromEntries(gone.map(key => [key, null])), ...Object.fromEntries(changed) }
}

function exchanged(found: Maps | undefined, recorded: Maps | undefined, wanted: Maps | undefined): Maps {
  const kept = Object.entries(found ?? {}).filter(([key]) => !Object.hasOwn(recorded ?? {}, key))
  return { ...Object.fromEntries(kept), ...wanted }
}

function cleaned(maps: {
  readonly labels?: Maps | undefined
  readonly annotations?: Maps | undefined
}): MetadataMaps {
  const { labels = {}, annotations = {} } = maps
  return {
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }
}

function textsOf(value: unknown): Maps {
  if (!isJsonObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function sorted(maps: Maps | undefined): Maps | undefined {
  return maps && Object.fromEntries(Object.entries(maps).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
