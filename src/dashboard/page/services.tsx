// The Services of a rollout: whom they select, and the way to them.
import type { Detail } from '../wire.ts'
import { Copyable } from './acts/copyable.tsx'
import { word } from './words/words.ts'

export function Services({ detail }: { readonly detail: Detail }) {
  if (detail.services.length === 0) return null
  return (
    <section>
      <h2>{word('services')}</h2>
      <ul class="plain">
        {detail.services.map(({ role, name, url, command, hash }) => (
          <li key={role}>
            <span class={`tag ${role}`}>{role}</span> <strong>{name}</strong>{' '}
            {hash === undefined ? null : (
              <span class="quiet">{word('selects', { revision: revisionWith(detail, hash) })}</span>
            )}{' '}
            {url === undefined ? null : (
              <a href={url} target="_blank" rel="noreferrer">
                {word('open')} ↗
              </a>
            )}
            {command === undefined ? null : <Copyable text={command} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

function revisionWith({ revisions }: Detail, hash: string): string {
  return String(Object.values(revisions).find(one => one.hash === hash)?.revision ?? '?')
}
