// Where a request goes: below the root path to the API, to our own calls or to the page; else as Go's server does it.

export type Place =
  | { readonly to: 'peer'; readonly path: string }
  | { readonly to: 'own'; readonly path: string }
  | { readonly to: 'page' }
  | { readonly to: 'elsewhere'; readonly location: string; readonly status: 302 | 307 }
  | { readonly to: 'nowhere' }

/** `/rollouts`, or `''`: with one slash before each word and none at the end. */
export function rootPrefix(rootPath: string): string {
  const words = rootPath.split('/').filter(word => word !== '')
  return words.map(word => `/${word}`).join('')
}

/** `target`: of the request line. */
export function placeOf(target: string, prefix: string): Place {
  const [escaped = '', ...query] = target.split('?')
  const cleaned = cleanPath(escaped)
  if (!escaped.startsWith('/')) return { to: 'nowhere' }
  if (cleaned !== escaped) {
    const location = [cleaned, ...query].join('?')
    return { to: 'elsewhere', location, status: 307 }
  }
  if (!escaped.startsWith(prefix)) {
    return escaped === '/' ? { to: 'elsewhere', location: `${prefix}/`, status: 302 } : { to: 'nowhere' }
  }
  const path = unescaped(escaped.slice(prefix.length))
  if (path === undefined) return { to: 'nowhere' }
  if (path.startsWith('/api/')) return { to: 'peer', path: path.slice('/api'.length) }
  if (path.startsWith('/crossfade/')) return { to: 'own', path: path.slice('/crossfade'.length) }
  return path.split(/[/\\]/).includes('..') ? { to: 'nowhere' } : { to: 'page' }
}

/** Without empty words and dots; `//host` would lead a browser to that host. */
function cleanPath(path: string): string {
  const words: string[] = []
  for (const word of path.split('/')) {
    if (word === '..') words.pop()
    else if (word !== '' && word !== '.') words.push(word)
  }
  const isFolder = words.length > 0 && /\/\.{0,2}$/.test(path)
  return `/${words.join('/')}${isFolder ? '/' : ''}`
}

function unescaped(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
