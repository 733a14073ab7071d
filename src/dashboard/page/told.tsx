// What the rollout and what it owns say of themselves: conditions, and Events as a time line.
import type { Detail } from '../wire.ts'
import { since } from './ticking.ts'
import { word } from './words/words.ts'

export function Conditions({ detail }: { readonly detail: Detail }) {
  if (detail.conditions.length === 0) return null
  return (
    <section>
      <h2>{word('conditions')}</h2>
      <ul class="plain">
        {detail.conditions.map(({ type, status, reason, message, at }) => (
          <li key={type}>
            <strong>{type}</strong> {status} <span class="quiet">{reason}</span> <span>{message}</span>{' '}
            <small>{since(at)}</small>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function Events({ detail }: { readonly detail: Detail }) {
  if (detail.events.length === 0) return null
  return (
    <section>
      <h2>{word('events')}</h2>
      <ol class="events">
        {detail.events.map(({ at, type, reason, message, count, on }, i) => (
          <li key={`${at} ${reason} ${i}`} class={type.toLowerCase()}>
            <time dateTime={at} title={at}>
              {since(at)}
            </time>
            <span>
              <strong>{reason}</strong> <span>{message}</span>{' '}
              {count > 1 ? <small>{word('times', { count })}</small> : null}
              <small class="quiet"> {on}</small>
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
