// NGINX's annotations on the paths of an Ingress: `use-regex` and `rewrite-target` make case-insensitive patterns of
// all paths of a host, whoever names them. And those annotations that are not played, though they would change what
// comes.
import type { Ingress } from '../../../kube/networking.ts'
import { placesOf } from './place.ts'
import type { Place } from './place.ts'
import type { ReadAnnotation } from './annotations.ts'
import type { Filters } from '../route.ts'

/** Hosts whose paths are patterns. */
export function patternHosts(ingresses: readonly Ingress[], read: ReadAnnotation): ReadonlySet<string> {
  return new Set(
    ingresses.flatMap(ingress => {
      const hasPatterns = read(ingress, 'use-regex') === 'true'
      const target = read(ingress, 'rewrite-target') ?? ''
      return placesOf(ingress)
        .filter(({ path, isFallback }) => !isFallback && (hasPatterns || isRewritten(target, path.value)))
        .map(({ host }) => host)
    }),
  )
}

function isRewritten(target: string, path: string): boolean {
  return target !== '' && target !== path
}

export function patternPlace(place: Place, hosts: ReadonlySet<string>): Place {
  if (place.isFallback || !hosts.has(place.host)) return place
  return { ...place, path: { how: 'regex-prefix', value: place.path.value } }
}

const LONGEST = 1000

/** What `rewrite-target` makes of a path: the whole of it, with what the groups of the pattern have found. */
export function rewriteFilters(target: string, path: string): Filters | undefined {
  if (!isRewritten(target, path)) return undefined
  const refusal = targetProblem(target)
  return refusal === undefined ? { rewrite: { how: 'pattern', to: target } } : { refusal }
}

function targetProblem(target: string): string | undefined {
  if (target.length > LONGEST) return `rewrite-target is longer than ${LONGEST} characters`
  if (/^https?:\/\//i.test(target)) return 'rewrite-target to another address is not played'
  if (/\$[^1-9]/.test(`${target} `)) return 'rewrite-target with variables of NGINX is not played'
  return /^[\x21\x22\x24-\x7e]+$/.test(target) ? undefined : 'rewrite-target is no path'
}

const PREFIX = 'nginx.ingress.kubernetes.io/'
/** What would lead elsewhere, let others in, or answer in another way. */
const UNPLAYED = new RegExp(
  [
    'app-root|.*-redirect|permanent-redirect-code|temporal-redirect-code|auth-.*|satisfy|.*-snippet',
    '(white|allow|deny)list-source-range|limit-.*|mirror-.*|server-alias|upstream-vhost|backend-protocol',
    'enable-cors|cors-.*|default-backend|custom-http-errors|x-forwarded-prefix|custom-headers|ssl-passthrough',
    'enable-modsecurity|modsecurity-.*|upstream-hash-by|http2-.*|stream-snippet',
  ].join('|'),
)

/** By name, without their prefix; `false` says that nothing is asked for. */
export function unplayedAnnotations({ metadata }: Ingress): readonly string[] {
  return Object.entries(metadata.annotations ?? {})
    .filter(([name, value]) => name.startsWith(PREFIX) && value !== 'false' && value !== '')
    .map(([name]) => name.slice(PREFIX.length))
    .filter(name => UNPLAYED.exec(name)?.[0] === name)
    .toSorted()
}
