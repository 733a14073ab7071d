// The Services of a rollout: whom they select, and the way to them.
import type { Detail } from '../wire.ts'
import { Copyable } from './acts/copyable.tsx'
import { useWays } from './ways.ts'
import type { Way } from './ways.ts'
import { word } from './words/words.ts'

export function Services({ detail }: { readonly detail: Detail }) {
  const wayTo = useWays(detail)
  if (detail.services.length === 0) return null
  return (
    <section>
      <h2>{word('services')}</h2>
      <ul class="plain">
        {detail.services.map(service => (
          <li key={service.role}>
            <span class={`tag ${service.role}`}>{service.role}</span> <strong>{service.name}</strong>{' '}
            {service.hash === undefined ? null : (
              <span class="quiet">{word('selects', { revision: revisionWith(detail, service.hash) })}</span>
            )}{' '}
            <WayTo way={wayTo(service)} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function WayTo({ way }: { readonly way: Way | undefined }) {
  if (way === undefined) return null
  if ('command' in way) return <Copyable text={way.command} />
  return (
    <a href={way.url} target="_blank" rel="noreferrer">
      {word('open')} ↗
    </a>
  )
}

function revisionWith({ revisions }: Detail, hash: string): string {
  return String(Object.values(revisions).find(one => one.hash === hash)?.revision ?? '?')
}
