// POST, PUT and PATCH: the body and the options, decoded; the call; the object as it then stands, with its
// warnings.
import { isDeeperThan, LEVELS_MAX, type Json } from '../../std/json.ts'
import { own } from '../../std/own.ts'
import type { PatchContentType, Written } from '../resources/resources.ts'
import { StatusError } from '../resources/resources.ts'
import { badRequest } from '../resources/refusals.ts'
import { type Answer, unsupportedPatch, warningHeaders } from './answers.ts'
import { bodyType, decodeBody, jsonTrouble, mediaType, readBody, TOO_DEEP, unsupportedBody } from './body.ts'
import { forbidden, required } from '../schema/field-errors.ts'
import { invalidOptions } from './option-errors.ts'
import { flag, writeOptions } from './query.ts'
import type { ObjectTarget } from './reads.ts'
import { type Form, formOf, objectAnswer } from './render.ts'
import { type Api, type ApiRequest, formRequest, type Handled } from './request.ts'
import { parseYaml, YamlError } from '../../doors/yaml.ts'

export async function createObject(
  api: Api,
  request: ApiRequest,
  { kind, namespace }: { readonly kind: ObjectTarget['kind']; readonly namespace: string | undefined },
): Promise<Handled> {
  const form = formOf(formRequest(request), false)
  const type = bodyType(request.raw.headers['content-type'])
  const options = writeOptions(request.query, 'CreateOptions', request.raw.headers['user-agent'])
  const body = decodeBody(await readBody(request.raw), type, kind.kind)
  checkObject(body.value, kind.kind)
  const written = await api.resources.create(kind, namespace, body.value, {
    ...options,
    user: request.user,
    duplicates: body.duplicates,
  })
  return writtenAnswer(api, { kind }, { status: 201, written, form })
}

/** A part that is made, not read: POST `pods/NAME/eviction`. */
export async function createPart(
  api: Api,
  request: ApiRequest,
  target: ObjectTarget & { readonly subresource: string },
): Promise<Handled> {
  const { kind, ref, subresource } = target
  const form = formOf(formRequest(request), false)
  const type = bodyType(request.raw.headers['content-type'])
  const options = writeOptions(request.query, 'CreateOptions', request.raw.headers['user-agent'])
  const body = decodeBody(await readBody(request.raw), type, (target.answerKind ?? kind).kind)
  const written = await api.resources.create(kind, ref.namespace, body.value, {
    ...options,
    subresource,
    name: ref.name,
  })
  return writtenAnswer(api, target, { status: 201, written, form })
}

export async function replaceObject(api: Api, request: ApiRequest, target: ObjectTarget): Promise<Handled> {
  const { ref, subresource } = target
  const form = formOf(formRequest(request), false)
  const type = bodyType(request.raw.headers['content-type'])
  const options = writeOptions(request.query, 'UpdateOptions', request.raw.headers['user-agent'])
  const kindName = (target.answerKind ?? target.kind).kind
  const body = decodeBody(await readBody(request.raw), type, kindName)
  checkObject(body.value, kindName)
  const written = await api.resources.update(ref, body.value, {
    ...options,
    duplicates: body.duplicates,
    ...(subresource === undefined ? {} : { subresource }),
  })
  return writtenAnswer(api, target, { status: written.created ? 201 : 200, written, form })
}

function checkObject(value: Json, kindName: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  const what = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kindName}): couldn't get version/kind; ` +
      `json parse error: cannot read ${what} as an object`,
  )
}

const PATCH_TYPES: Readonly<Record<string, PatchContentType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}
const CUSTOM_PATCHES = Object.keys(PATCH_TYPES).filter(type => PATCH_TYPES[type] !== 'strategic')
const OPERATIONS_MAX = 10_000

export async function patchObject(api: Api, request: ApiRequest, target: ObjectTarget): Promise<Handled> {
  const { ref, kind, subresource } = target
  const form = formOf(formRequest(request), false)
  const type = own(PATCH_TYPES, mediaType(request.raw.headers['content-type']))
  if (kind.custom && (type === undefined || type === 'strategic')) throw unsupportedBody(CUSTOM_PATCHES)
  if (type === undefined) return unsupportedPatch()
  const options = patchOptions(request, type)
  const body = decodePatch(await readBody(request.raw), type)
  const written = await api.resources.patch(
    ref,
    { type, body },
    { ...options, ...(subresource === undefined ? {} : { subresource }) },
  )
  return writtenAnswer(api, target, { status: written.created ? 201 : 200, written, form })
}

function patchOptions(request: ApiRequest, type: PatchContentType) {
  const { query, raw } = request
  const options = writeOptions(query, 'PatchOptions', raw.headers['user-agent'])
  if (type === 'apply' && !query.get('fieldManager')) {
    throw invalidOptions('PatchOptions', [required('fieldManager', 'is required for apply patch')])
  }
  if (type !== 'apply' && query.has('force')) {
    throw invalidOptions('PatchOptions', [forbidden('force', 'may not be specified for non-apply patch')])
  }
  return type === 'apply' ? { ...options, force: flag(query, 'force') } : options
}

function decodePatch(bytes: Buffer, type: PatchContentType): Json {
  const value = parsePatch(bytes.toString('utf8'), type)
  if (isDeeperThan(LEVELS_MAX, value)) throw badRequest(`error decoding patch: ${TOO_DEEP}`)
  const isArray = Array.isArray(value)
  if (type === 'json' && !isArray) {
    const what = value === null ? 'null' : typeof value
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${what} into Go value of type []handlers.jsonPatchOp`,
    )
  }
  if (isArray && value.length > OPERATIONS_MAX) {
    const message = `The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${value.length}`
    throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`)
  }
  if (type !== 'json' && (typeof value !== 'object' || value === null || isArray)) {
    const what = isArray ? 'array' : value === null ? 'null' : typeof value
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${what} into Go value of type map[string]interface {}`,
    )
  }
  return value
}

function parsePatch(text: string, type: PatchContentType): Json {
  try {
    return type === 'apply' ? (parseYaml(text)[0] ?? null) : (JSON.parse(text) as Json)
  } catch (error) {
    const why = error instanceof YamlError ? `yaml: ${error.message}` : jsonTrouble(error, text)
    throw badRequest(`error decoding ${type === 'apply' ? 'YAML' : 'patch'}: ${why}`)
  }
}

interface Wrote {
  readonly status: number
  readonly written: Written
  readonly form: Form
}

function writtenAnswer(
  api: Api,
  target: Pick<ObjectTarget, 'kind' | 'answerKind'>,
  { status, written, form }: Wrote,
): Answer {
  const kind = target.answerKind ?? target.kind
  const answer = objectAnswer(status, written.object, { kind, form, now: api.clock.now() })
  if (written.warnings.length === 0) return answer
  return { ...answer, headers: { ...answer.headers, ...warningHeaders(written.warnings) } }
}
