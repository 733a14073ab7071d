// Where the page is: the list with its filter, or one rollout. The browser's address says it, so that a link and the
// back button work.
import { computed, signal } from '@preact/signals'
import { AT } from './live/live.ts'

/** `/rollouts/`, of the page itself. */
const BASE = new URL('..', AT).pathname

export type Place =
  | { readonly view: 'list'; readonly query: URLSearchParams }
  | { readonly view: 'rollout'; readonly namespace: string; readonly name: string }

const address = signal(here())

export const place = computed((): Place => placeIn(address.value, BASE))

function here(): string {
  return location.pathname + location.search
}

function placeIn(text: string, base: string): Place {
  const [path = '', query = ''] = text.split('?')
  const [kind, namespace, name] = path.slice(base.length).split('/')
  if (kind === 'rollout' && namespace !== undefined && name !== undefined && name !== '')
    return { view: 'rollout', namespace: decodeURIComponent(namespace), name: decodeURIComponent(name) }
  return { view: 'list', query: new URLSearchParams(query) }
}

export function rolloutPath(namespace: string, name: string): string {
  return `${BASE}rollout/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`
}

export function listPath(query: URLSearchParams = new URLSearchParams()): string {
  const text = query.toString()
  return text === '' ? BASE : `${BASE}?${text}`
}

export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', path)
  else history.replaceState(null, '', path)
  address.value = here()
  if (how === 'push') scrollTo(0, 0)
}

/** Links of the page itself do not load it anew. */
export function startPlaces(): void {
  addEventListener('popstate', () => (address.value = here()))
  document.addEventListener('click', event => {
    const link = (event.target as Element).closest('a')
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (link === null || link.target !== '' || link.origin !== location.origin || !isPlain) return
    if (!link.pathname.startsWith(BASE)) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}
