// The page: signs in with the key of its link, then shows the list or one rollout, live.
import { signal } from '@preact/signals'
import { render } from 'preact'
import { ListPage } from './list.tsx'
import { AT, connection, startLive } from './live/live.ts'
import { place, startPlaces } from './place.ts'
import { RolloutPage } from './rollout.tsx'
import { startClock } from './ticking.ts'
import { documentLanguage, word } from './words/words.ts'

const isKeyUsed = signal(false)

/** The key stands in the fragment, which browsers send to nobody; it is exchanged once, and leaves the address. */
async function signIn(): Promise<void> {
  const key = location.hash.slice(1)
  if (key === '') return
  history.replaceState(null, '', location.pathname + location.search)
  const answer = await fetch(`${AT}session`, { method: 'POST', body: key })
  isKeyUsed.value = !answer.ok
}

function App() {
  const at = place.value
  return (
    <>
      <Notice />
      {at.view === 'list' ? (
        <ListPage query={at.query} />
      ) : (
        <RolloutPage key={`${at.namespace}/${at.name}`} namespace={at.namespace} name={at.name} />
      )}
    </>
  )
}

function Notice() {
  if (connection.value === 'signed-out')
    return (
      <div class="notice" role="alert">
        <strong>{isKeyUsed.value ? word('keyUsed') : word('signedOut')}</strong> {word('signedOutCure')}{' '}
        <code>crossfade dashboard --url</code>
      </div>
    )
  return connection.value === 'again' ? (
    <div class="notice" role="status">
      {word('again')}
    </div>
  ) : null
}

async function start(): Promise<void> {
  document.documentElement.lang = documentLanguage()
  startPlaces()
  startClock()
  await signIn()
  const root = document.getElementById('app')
  if (root !== null) render(<App />, root)
  await startLive()
}

void start()
