// One rollout: how it stands and why, what can be done, live traffic, steps, revisions, analyses, and its history.
import { useEffect } from 'preact/hooks'
import type { Detail } from '../wire.ts'
import { Actions } from './acts/actions.tsx'
import { ConnectionMark } from './list.tsx'
import { useTopic } from './live/live.ts'
import { PhaseMark } from './marks.tsx'
import { listPath } from './place.ts'
import { Revisions } from './revisions.tsx'
import { Runs } from './runs.tsx'
import { Services } from './services.tsx'
import { Steps } from './steps.tsx'
import { since, lengthText, now } from './ticking.ts'
import { Conditions, Events } from './told.tsx'
import { TrafficView } from './traffic/view.tsx'
import { word } from './words/words.ts'

export function RolloutPage({ namespace, name }: { readonly namespace: string; readonly name: string }) {
  const detail = useTopic<Detail | null>(`rollout:${namespace}/${name}`)
  useEffect(() => {
    document.title = `${name} · Crossfade`
  }, [name])
  return (
    <main>
      <header class="top">
        <div>
          <nav>
            <a href={listPath()}>← {word('toList')}</a>
          </nav>
          <h1>
            {detail ? <PhaseMark phase={detail.phase} /> : null} <span>{name}</span>{' '}
            <small>{namespace}</small>
          </h1>
        </div>
        <ConnectionMark />
      </header>
      {detail === undefined ? <p role="status">{word('connecting')}</p> : null}
      {detail === null ? <p role="status">{word('notFound', { name, namespace })}</p> : null}
      {detail ? <Parts detail={detail} /> : null}
    </main>
  )
}

function Parts({ detail }: { readonly detail: Detail }) {
  return (
    <>
      <Standing detail={detail} />
      <Actions detail={detail} />
      <TrafficView detail={detail} />
      {detail.strategy === 'Canary' ? <Steps detail={detail} /> : null}
      <Revisions detail={detail} />
      <Runs detail={detail} />
      <Services detail={detail} />
      <Conditions detail={detail} />
      <Events detail={detail} />
    </>
  )
}

function Standing({ detail }: { readonly detail: Detail }) {
  const { phase, message, waits, ready, desired, strategy } = detail
  return (
    <section class="standing" aria-label={word('state')}>
      <p role="status">
        <strong>{phase}</strong> <span>{message}</span>
      </p>
      <p class="quiet">
        {strategy === 'Canary' ? word('canary') : word('blueGreen')} · {word('podsReady', { ready, desired })}
      </p>
      {waits.length === 0 ? null : (
        <div class="waits">
          <h2>{word('why')}</h2>
          <ul>
            {waits.map(wait => (
              <li key={wait.for}>
                <strong>{wait.for}</strong>{' '}
                <small>
                  {word('waitsSince', { length: since(wait.since) })}
                  {wait.until === undefined
                    ? ''
                    : ` · ${word('timeLeft', { length: lengthText(Date.parse(wait.until) - now.value) })}`}
                </small>
                {wait.cure === undefined ? null : <div class="cure">{wait.cure}</div>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}
