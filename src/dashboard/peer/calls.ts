// The calls of the API of Argo Rollouts' own dashboard: method and path → what is asked. Paths are read as there: the
// whole is unescaped first, so that an escaped slash divides as well.
export type PeerCall =
  | { readonly call: 'version' }
  | { readonly call: 'namespace' }
  | { readonly call: 'list'; readonly namespace: string; readonly watch: boolean }
  | { readonly call: 'info'; readonly namespace: string; readonly name: string; readonly watch: boolean }
  | PeerAct

export type PeerAct = { readonly namespace: string; readonly name: string } & (
  | { readonly call: 'restart' | 'promote' | 'abort' | 'retry' }
  | { readonly call: 'undo'; readonly revision: string }
  | { readonly call: 'set image'; readonly container: string; readonly image: string; readonly tag: string }
)

/** `path`: unescaped, below the root path and `/api/v1`. Undefined: there is no such call. */
export function peerCall(method: string, path: string): PeerCall | undefined {
  const [first, ...rest] = path.split('/').slice(1)
  if (first !== 'rollouts') return method === 'GET' && rest.length === 0 ? plainCall(first) : undefined
  if (rest.some(segment => segment === '')) return undefined
  if (method === 'GET') return readingCall(rest)
  return method === 'PUT' ? actingCall(rest) : undefined
}

function plainCall(word: string | undefined): PeerCall | undefined {
  return word === 'version' || word === 'namespace' ? { call: word } : undefined
}

function readingCall(segments: readonly string[]): PeerCall | undefined {
  const watch = segments.length > 2 && segments.at(-1) === 'watch'
  const [namespace = '', name = '', ...rest] = watch ? segments.slice(0, -1) : segments
  if (name === 'info' && rest.length === 0) return { call: 'list', namespace, watch }
  return rest.length === 1 && rest[0] === 'info' ? { call: 'info', namespace, name, watch } : undefined
}

function actingCall([namespace = '', name = '', word, ...rest]: readonly string[]): PeerCall | undefined {
  const of = { namespace, name }
  switch (word) {
    case 'restart':
    case 'promote':
    case 'abort':
    case 'retry':
      return rest.length === 0 ? { ...of, call: word } : undefined
    case 'undo':
      return rest.length === 1 ? { ...of, call: 'undo', revision: rest[0] ?? '' } : undefined
    case 'set': {
      const [container = '', ...image] = rest
      if (image.length === 0) return undefined
      return {
        ...of,
        call: 'set image',
        container,
        image: image.slice(0, -1).join('/'),
        tag: image.at(-1) ?? '',
      }
    }
    default:
      return undefined
  }
}
