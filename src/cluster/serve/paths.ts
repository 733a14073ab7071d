// The grammar of the API server's paths: what a URL is about, before anybody knows whether such a kind is
// served.

export interface ResourcePath {
  readonly type: 'resource'
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  /** The old form `/api/v1/watch/…`. */
  readonly isWatch: boolean
}

export type ApiPath =
  | ResourcePath
  | { readonly type: 'versions' }
  | { readonly type: 'groups' }
  | { readonly type: 'group'; readonly group: string }
  | { readonly type: 'group-version'; readonly group: string; readonly version: string }
  | { readonly type: 'nothing' }
  | { readonly type: 'other'; readonly path: string }

/** Undefined when a segment is not properly encoded. */
export function parsePath(pathname: string): ApiPath | undefined {
  if (!pathname.startsWith('/api') || pathname.startsWith('//')) return { type: 'other', path: pathname }
  const segments = decoded(pathname.replace(/\/$/, '').slice(1).split('/'))
  if (segments === undefined) return undefined
  const [root, ...rest] = segments
  if (root === 'api') return corePath(rest)
  if (root === 'apis') return groupPath(rest)
  return { type: 'other', path: pathname }
}

function decoded(segments: readonly string[]): readonly string[] | undefined {
  try {
    return segments.map(decodeURIComponent)
  } catch {
    return undefined
  }
}

function corePath(segments: readonly string[]): ApiPath {
  const [version, ...rest] = segments
  if (version === undefined) return { type: 'versions' }
  if (rest.length === 0) return { type: 'group-version', group: '', version }
  return resourcePath({ group: '', version }, rest)
}

function groupPath(segments: readonly string[]): ApiPath {
  const [group, version, ...rest] = segments
  if (group === undefined) return { type: 'groups' }
  if (version === undefined) return { type: 'group', group }
  if (rest.length === 0) return { type: 'group-version', group, version }
  return resourcePath({ group, version }, rest)
}

const NAMESPACE_PARTS = ['status', 'finalize']

function resourcePath(where: { group: string; version: string }, segments: readonly string[]): ApiPath {
  if (segments.some(segment => segment === '' || segment.includes('/'))) return { type: 'nothing' }
  const isWatch = segments[0] === 'watch'
  const parts = isWatch ? segments.slice(1) : segments
  const [first, second, third] = parts
  if (first === undefined) return { type: 'nothing' }
  const isScope =
    first === 'namespaces' && second !== undefined && third !== undefined && !NAMESPACE_PARTS.includes(third)
  const [plural, name, subresource, ...more] = isScope ? parts.slice(2) : parts
  // What is behind a proxy has paths of its own.
  if (plural === undefined || (more.length > 0 && subresource !== 'proxy')) return { type: 'nothing' }
  return {
    type: 'resource',
    ...where,
    plural,
    isWatch,
    ...(isScope ? { namespace: second } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  }
}
