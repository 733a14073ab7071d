// GET and LIST: what is durable, now or at the revision that a query names, a page at a time.
import type { KubeObject, ObjectRef } from '../../kube/object.ts'
import { parseJson, isJsonObject } from '../../std/json.ts'
import { forbidden } from '../schema/field-errors.ts'
import type { Entry } from '../storage/store.ts'
import type { Behaviour } from './behaviour.ts'
import { keyOfRef } from './core.ts'
import type { Core } from './core.ts'
import { badRequest, invalidObject, notFound } from './refusals.ts'
import { StatusError } from './resources.ts'
import type { ListAnswer, ListQuery } from './resources.ts'
import { selectionOf } from './selection.ts'
import type { Matcher } from './selection.ts'

/** How long a read waits for a revision that is not there yet. */
const WAIT_FOR_REVISION_MS = 3_000

export function get(core: Core, behaviour: Behaviour, ref: ObjectRef): KubeObject {
  const entry = core.store.read(keyOfRef(behaviour, ref))
  if (!entry) throw notFound(behaviour.kind, ref.name)
  return behaviour.show(entry.value)
}

/** A revision as a client wrote it; 0 when it did not. */
export function revisionOf(value: string | undefined): number {
  if (value === undefined || value === '') return 0
  if (/^\d+$/.test(value)) return Number(value)
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(value)}: ` +
      `strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`,
  )
}

export function tooLarge(asked: number, current: number): StatusError {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]
  return new StatusError(504, 'Timeout', message, { causes, retryAfterSeconds: 1 }, 1)
}

export function listObjects(
  core: Core,
  behaviour: Behaviour,
  query: ListQuery,
): ListAnswer | Promise<ListAnswer> {
  checkQuery(query)
  const matches = selectionOf(behaviour, query)
  if (query.continue) return nextPage(core, behaviour, { query, matches })
  const asked = revisionOf(query.resourceVersion)
  const current = core.store.revision()
  if (asked > current) return waitFor(core, asked).then(() => listObjects(core, behaviour, query))
  const isExact =
    query.resourceVersionMatch === 'Exact' ||
    (asked > 0 && query.resourceVersionMatch === undefined && (query.limit ?? 0) > 0)
  if (isExact && asked < core.store.oldestRevision()) {
    throw new StatusError(410, 'Expired', 'The resourceVersion for the provided list is too old.')
  }
  const limit = query.resourceVersion === '0' ? undefined : query.limit
  return page(core, behaviour, {
    query: withLimit(query, limit),
    matches,
    at: isExact ? asked : current,
    after: '',
  })
}

function withLimit(query: ListQuery, limit: number | undefined): ListQuery {
  const { limit: _, ...rest } = query
  return limit === undefined ? rest : { ...rest, limit }
}

function waitFor(core: Core, revision: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = core.store.follow(() => {
      if (core.store.revision() < revision) return
      cancel()
      stop()
      resolve()
    })
    const cancel = core.at(core.now() + WAIT_FOR_REVISION_MS, () => {
      stop()
      reject(tooLarge(revision, core.store.revision()))
    })
  })
}

interface PageRequest {
  readonly query: ListQuery
  readonly matches: Matcher
  readonly at: number
  /** `namespace/name` of the last object of the page before. */
  readonly after: string
}

function page(core: Core, behaviour: Behaviour, { query, matches, at, after }: PageRequest): ListAnswer {
  const entries = core.store.list(behaviour.resource, namespaceOf(behaviour, query), at)
  const limit = query.limit !== undefined && query.limit > 0 ? query.limit : Infinity
  const items: KubeObject[] = []
  let i = after === '' ? 0 : firstAfter(entries, after)
  for (; i < entries.length && items.length < limit; i++) {
    const { value } = entries[i] as Entry
    if (matches(value)) items.push(behaviour.show(value))
  }
  const resourceVersion = String(at)
  const isSelective = Boolean(query.labelSelector) || Boolean(query.fieldSelector)
  const rest = isSelective
    ? entries.slice(i).filter(entry => matches(entry.value)).length
    : entries.length - i
  if (rest === 0) return { items, resourceVersion }
  const token = { v: 'meta.k8s.io/v1', rv: at, start: `${placeOf(entries[i - 1] as Entry)}\u0000` }
  return {
    items,
    resourceVersion,
    continue: Buffer.from(JSON.stringify(token)).toString('base64url'),
    ...(isSelective ? {} : { remainingItemCount: rest }),
  }
}

function nextPage(
  core: Core,
  behaviour: Behaviour,
  { query, matches }: { query: ListQuery; matches: Matcher },
): ListAnswer {
  if (query.resourceVersion !== undefined && query.resourceVersion !== '' && query.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  const { revision, start } = parseToken(query.continue as string)
  const after = start.endsWith('\u0000') ? start.slice(0, -1) : start
  const current = core.store.revision()
  const at = revision < 0 ? current : revision
  if (at < core.store.oldestRevision() || at > current) throw expiredToken(start)
  return page(core, behaviour, { query, matches, at, after })
}

function parseToken(token: string): { revision: number; start: string } {
  const parsed = parseJson(Buffer.from(token, 'base64url').toString())
  if (!isJsonObject(parsed))
    throw badRequest('invalid continue token: continue key is not valid: not a token')
  const { v, rv, start } = parsed
  if (v !== 'meta.k8s.io/v1')
    throw badRequest('invalid continue token: server does not recognize this encoded version')
  if (typeof rv !== 'number' || typeof start !== 'string' || start === '') {
    throw badRequest(
      'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion',
    )
  }
  return { revision: rv, start }
}

function expiredToken(start: string): StatusError {
  const token = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: -1, start })).toString('base64url')
  const message =
    'The provided continue parameter is too old to display a consistent list result. ' +
    'You can start a new list without the continue parameter, or use the continue token in this response ' +
    'to retrieve the remainder of the results. ' +
    'Continuing with the provided token results in an inconsistent list - objects that were created, ' +
    'modified, or deleted between the time the first chunk was returned and now may show up in the list.'
  return new StatusError(410, 'Expired', message, { continue: token })
}

/** The order of the store: by namespace, then by name. */
function placeOf(entry: Entry): string {
  const { namespace, name } = entry.value.metadata
  return `${namespace ?? ''}/${name}`
}

function firstAfter(entries: readonly Entry[], place: string): number {
  const slash = place.indexOf('/')
  const namespace = place.slice(0, slash)
  const name = place.slice(slash + 1)
  const index = entries.findIndex(({ value: { metadata } }) => {
    const own = metadata.namespace ?? ''
    return own > namespace || (own === namespace && metadata.name > name)
  })
  return index < 0 ? entries.length : index
}

export function namespaceOf(
  behaviour: Behaviour,
  query: { readonly namespace?: string },
): string | undefined {
  if (!behaviour.kind.namespaced) return ''
  return query.namespace
}

function checkQuery(query: ListQuery): void {
  const { resourceVersionMatch: match, resourceVersion } = query
  if (match === undefined || match === '') return
  const refuse = (detail: string) => {
    const problem = forbidden('resourceVersionMatch', detail)
    throw invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [problem])
  }
  if (query.continue) refuse('resourceVersionMatch is forbidden when continue is provided')
  if (!resourceVersion) refuse('resourceVersionMatch is forbidden unless resourceVersion is provided')
  if (match === 'Exact' && resourceVersion === '0') {
    refuse('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
}
