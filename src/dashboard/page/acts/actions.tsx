// What can be done to a rollout, as buttons; each asks back first.
import { useState } from 'preact/hooks'
import type { Detail } from '../../wire.ts'
import { ACT_WORDS, askedOf, possibleActs, question } from './acting.ts'
import { commandOf } from './commands.ts'
import { Confirm, outcome } from './confirm.tsx'
import { useWays } from '../ways.ts'
import { word } from '../words/words.ts'

export function Actions({ detail }: { readonly detail: Detail }) {
  return (
    <section class="actions" aria-label={word('actions')}>
      <div class="buttons">
        {possibleActs(detail).map(act => (
          <button
            key={act}
            type="button"
            class={act === 'promote' ? 'main' : act === 'abort' ? 'danger' : ''}
            title={commandOf(askedOf(detail, act))}
            onClick={() => (question.value = askedOf(detail, act))}
          >
            {word(ACT_WORDS[act])}
          </button>
        ))}
        <Preview detail={detail} />
      </div>
      <SetImage detail={detail} />
      {outcome.value === undefined ? null : (
        <p class={outcome.value.isDone ? 'outcome' : 'outcome failed'} role="status">
          <strong>{word(outcome.value.isDone ? 'done' : 'failed')}</strong> {outcome.value.text}
        </p>
      )}
      {question.value === undefined ? null : <Confirm asked={question.value} />}
    </section>
  )
}

/** What is promoted can be looked at first. */
function Preview({ detail }: { readonly detail: Detail }) {
  const wayTo = useWays(detail)
  const service = detail.services.find(({ role }) => ['preview', 'canary', 'next'].includes(role))
  const way = service === undefined ? undefined : wayTo(service)
  return way === undefined || !('url' in way) ? null : (
    <a class="button" href={way.url} target="_blank" rel="noreferrer">
      {word('openPreview')} ↗
    </a>
  )
}

function SetImage({ detail }: { readonly detail: Detail }) {
  const [container, setContainer] = useState('')
  const [image, setImage] = useState('')
  const chosen = container === '' ? (detail.containers[0]?.name ?? '') : container
  const present = detail.containers.find(one => one.name === chosen)?.image ?? ''
  const ask = (event: Event) => {
    event.preventDefault()
    const asked = askedOf(detail, 'set-image', { container: chosen, image })
    if (image !== '') question.value = asked
  }
  if (detail.containers.length === 0) return null
  return (
    <form class="image" onSubmit={ask}>
      <select
        aria-label={word('container')}
        value={chosen}
        onChange={event => setContainer(event.currentTarget.value)}
      >
        {detail.containers.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <input
        aria-label={word('image')}
        placeholder={present}
        value={image}
        onInput={event => setImage(event.currentTarget.value)}
      />
      <button type="submit" disabled={image === ''}>
        {word('setImage')}
      </button>
    </form>
  )
}
