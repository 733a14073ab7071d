// Content negotiation: which of the forms that an endpoint can give does the client's Accept header like
// best? A clause that asks for a transformation the endpoint can't do is skipped, and the next one is tried.
import { remembered } from '../../std/remembered.ts'

interface Clause {
  readonly media: string
  readonly parameters: Readonly<Record<string, string>>
  readonly quality: number
}

export interface Transform {
  readonly kind: string
  readonly group: string
  readonly version: string
}

interface Chosen {
  readonly media: 'application/json' | 'application/yaml'
  /** Undefined: the object as it is. */
  readonly transform: Transform | undefined
  readonly isPretty: boolean
}

const CLAUSES_MAX = 50
const MEDIA = ['application/json', 'application/yaml'] as const

/** The header's clauses, best first; clients send few different ones. */
const clausesOf = remembered(200, header =>
  header.split(',', CLAUSES_MAX).map(parseClause).toSorted(byPreference),
)

function parseClause(text: string): Clause {
  const [media, ...rest] = text.split(';').map(part => part.trim())
  const parameters = Object.fromEntries(
    rest.flatMap(part => {
      const at = part.indexOf('=')
      return at === -1 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()]]
    }),
  ) as Record<string, string>
  const { q, ...others } = parameters
  const quality = q === undefined ? 1 : Number(q)
  return {
    media: (media ?? '').toLowerCase(),
    parameters: others,
    quality: Number.isNaN(quality) ? 1 : quality,
  }
}

/** Among equals the more specific one first; otherwise their order stands. */
function byPreference(a: Clause, b: Clause): number {
  return b.quality - a.quality || stars(a.media) - stars(b.media)
}

function stars(media: string): number {
  return media === '*/*' ? 2 : media.endsWith('/*') ? 1 : 0
}

function matching(clause: Clause): Chosen['media'] | undefined {
  if (clause.media === '*/*' || clause.media === 'application/*') return MEDIA[0]
  return MEDIA.find(media => media === clause.media)
}

/** Whether one of the clauses names exactly this media type. */
export function accepts(accept: string | undefined, media: string): boolean {
  return accept !== undefined && clausesOf(accept).some(clause => clause.media === media)
}

export type Refusal = 'no such media type' | 'no such transformation'

/** What to answer with. `canTransform` says which transformations the endpoint knows. */
export function negotiate(
  accept: string | undefined,
  canTransform: (transform: Transform) => boolean,
): Chosen | Refusal {
  if (accept === undefined || accept === '') {
    return { media: MEDIA[0], transform: undefined, isPretty: false }
  }
  const clauses = clausesOf(accept)
  for (const clause of clauses) {
    const media = matching(clause)
    if (media === undefined) continue
    const { as, g, v, stream, pretty } = clause.parameters
    if (stream !== undefined && stream !== '' && stream !== 'watch') continue
    const isPretty = pretty === '1'
    if (as === undefined && g === undefined && v === undefined)
      return { media, transform: undefined, isPretty }
    const transform = { kind: as ?? '', group: g ?? '', version: v ?? '' }
    if (canTransform(transform)) return { media, transform, isPretty }
  }
  return clauses.some(clause => matching(clause) !== undefined)
    ? 'no such transformation'
    : 'no such media type'
}

/** `Table` and the like, in the two versions in which they are spoken. */
export function isMetaTransform(transform: Transform, ...kinds: readonly string[]): boolean {
  return (
    transform.group === 'meta.k8s.io' &&
    (transform.version === 'v1' || transform.version === 'v1beta1') &&
    kinds.includes(transform.kind)
  )
}
