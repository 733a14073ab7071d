// Plays recorded requests of a real API server against the pipeline: paths as the wire has them, calls as we
// have them.
import { duplicateFields } from '../schema/duplicate-fields.ts'
import { isJsonObject, parseJson } from '../../std/json.ts'
import type { Json, JsonObject } from '../../std/json.ts'
import { StatusError } from './resources.ts'
import type { DeleteOptions, PatchContentType, Resources, ServedKind, WriteOptions } from './resources.ts'

export interface RecordedRequest {
  readonly method: string
  readonly path: string
  /** JSON, or the text that was sent. */
  readonly body?: Json
  readonly type?: string
  readonly status: number
  readonly answer: Json
  readonly warnings?: readonly string[]
}

export interface PlayedAnswer {
  readonly status: number
  readonly answer: Json
  readonly warnings: readonly string[]
}

interface Target {
  readonly kind: ServedKind
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
  readonly query: URLSearchParams
}

const PATCH_TYPES: Readonly<Record<string, PatchContentType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

export async function play(resources: Resources, request: RecordedRequest): Promise<PlayedAnswer> {
  try {
    return await perform(resources, request)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return { status: error.code, answer: statusOf(error), warnings: error.warnings }
  }
}

function statusOf(error: StatusError): Json {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}),
    code: error.code,
  }
}

async function perform(resources: Resources, request: RecordedRequest): Promise<PlayedAnswer> {
  const target = targetOf(resources, request.path)
  const text = typeof request.body === 'string' ? request.body : JSON.stringify(request.body ?? null)
  const body = parseJson(text) ?? null
  const options = optionsOf(target, text)
  const { kind, namespace, name } = target
  const ref = { kind, name: name ?? '', ...(namespace === undefined ? {} : { namespace }) }
  switch (request.method) {
    case 'GET': {
      if (name !== undefined) {
        const { subresource } = target
        return answer(200, resources.get(ref, subresource === undefined ? {} : { subresource }))
      }
      const { items, resourceVersion } = await resources.list(kind, {
        ...(namespace === undefined ? {} : { namespace }),
        ...queryOf(target.query, [
          'labelSelector',
          'fieldSelector',
          'resourceVersion',
          'resourceVersionMatch',
          'continue',
        ]),
        ...(target.query.has('limit') ? { limit: Number(target.query.get('limit')) } : {}),
      })
      return answer(200, { items, metadata: { resourceVersion } })
    }
    case 'POST': {
      const made = await resources.create(kind, namespace, body, {
        ...options,
        ...(name === undefined ? {} : { name }),
      })
      return answer(201, made.object, made.warnings)
    }
    case 'PUT': {
      const written = await resources.update(ref, body, options)
      return answer(written.created ? 201 : 200, written.object, written.warnings)
    }
    case 'PATCH': {
      const type = PATCH_TYPES[request.type ?? '']
      if (!type) throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type')
      const written = await resources.patch(ref, { type, body }, options)
      return answer(200, written.object, written.warnings)
    }
    default: {
      const { object, gone } = await resources.delete(ref, (body ?? {}) as DeleteOptions)
      return answer(200, { object, gone })
    }
  }
}

function answer(status: number, value: unknown, warnings: readonly string[] = []): PlayedAnswer {
  return { status, answer: value as Json, warnings }
}

function queryOf(query: URLSearchParams, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.filter(name => query.has(name)).map(name => [name, query.get(name) as string]),
  )
}

function optionsOf({ query, subresource }: Target, text: string): WriteOptions {
  const validation = query.get('fieldValidation') as WriteOptions['fieldValidation'] | null
  return {
    fieldManager: query.get('fieldManager') ?? 'tester',
    duplicates: duplicateFields(text),
    ...(query.get('dryRun') === 'All' ? { dryRun: true } : {}),
    ...(validation ? { fieldValidation: validation } : {}),
    ...(subresource === undefined ? {} : { subresource }),
    ...(query.get('force') === 'true' ? { force: true } : {}),
  }
}

function targetOf(resources: Resources, path: string): Target {
  const url = new URL(path, 'http://server')
  const parts = url.pathname.split('/').slice(1)
  const [group, version] = parts[0] === 'api' ? ['', parts[1]] : [parts[1], parts[2]]
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3)
  const isInNamespace =
    rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] as string)
  const namespace = isInNamespace ? rest[1] : undefined
  const [plural, name, subresource] = isInNamespace ? rest.slice(2) : rest
  const kind = resources.kind(group as string, version as string, plural as string)
  if (!kind) throw new StatusError(404, 'NotFound', 'the server could not find the requested resource')
  return { kind, namespace, name, subresource, query: url.searchParams }
}

const UNSTABLE = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'selfLink'])

/** An answer without what no two servers can have alike. Causes are compared as a set. */
export function comparable(value: Json): Json {
  if (!isJsonObject(value)) return value
  const { metadata, details, message, ...rest } = value as JsonObject
  const causes = isJsonObject(details) && Array.isArray(details['causes']) ? details['causes'] : undefined
  return {
    ...rest,
    ...(isJsonObject(metadata)
      ? { metadata: Object.fromEntries(Object.entries(metadata).filter(([field]) => !UNSTABLE.has(field))) }
      : {}),
    ...(causes
      ? {
          details: {
            ...(details as JsonObject),
            causes: [...new Set(causes.map(one => JSON.stringify(sortedFields(one))))].toSorted(),
          },
        }
      : {
          ...(isJsonObject(details) && Object.keys(details).length > 0 ? { details } : {}),
          ...(message === undefined ? {} : { message }),
        }),
  }
}

function sortedFields(value: Json): Json {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map(key => [key, value[key] as Json]),
  )
}
