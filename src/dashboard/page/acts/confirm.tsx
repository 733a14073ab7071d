// Asks back before an action, and says what the controller would do; a race that is lost says so, and nothing is done.
import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ACT_WORDS, question, send } from './acting.ts'
import type { ActAnswer, ActAsked } from '../../wire.ts'
import { commandOf } from './commands.ts'
import { Copyable } from './copyable.tsx'
import { Differences } from './differences.tsx'
import { word } from '../words/words.ts'

export const outcome = signal<{ readonly isDone: boolean; readonly text: string } | undefined>(undefined)

export function Confirm({ asked }: { readonly asked: ActAsked }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [foretold, setForetold] = useState<ActAnswer | undefined>(undefined)
  const [problem, setProblem] = useState('')
  const act = word(ACT_WORDS[asked.act])
  useEffect(() => {
    dialog.current?.showModal()
    send({ ...asked, dryRun: true }).then(
      answer => setForetold(answer),
      (error: Error) => setProblem(error.message),
    )
  }, [asked])
  const close = () => (question.value = undefined)
  const doIt = async () => {
    close()
    outcome.value = await send(asked).then(
      ({ text, will }) => ({ isDone: true, text: [text, ...will].filter(one => one !== '').join(': ') }),
      (error: Error) => ({ isDone: false, text: error.message }),
    )
  }
  return (
    <dialog ref={dialog} aria-labelledby="confirm-title" onClose={close}>
      <h2 id="confirm-title">{word('confirmTitle', { act, name: asked.name })}</h2>
      <Differences lines={foretold?.differences ?? []} isOpen />
      <div role="status">
        {problem === '' ? <Foretold will={foretold?.will} /> : <p class="outcome failed">{problem}</p>}
      </div>
      <p class="quiet">{word('sameCommand')}</p>
      <Copyable text={commandOf(asked)} />
      <div class="buttons">
        <button type="button" class={asked.act === 'abort' ? 'danger' : 'main'} onClick={() => void doIt()}>
          {act}
        </button>
        <button type="button" onClick={close}>
          {word('cancel')}
        </button>
      </div>
    </dialog>
  )
}

function Foretold({ will }: { readonly will: readonly string[] | undefined }) {
  if (will === undefined) return <p class="quiet">{word('looking')}</p>
  if (will.length === 0) return <p class="quiet">{word('nothingHappens')}</p>
  return (
    <>
      <p class="quiet">{word('willHappen')}</p>
      <ul>
        {will.slice(0, 20).map((line, i) => (
          <li key={i}>{line}</li>
        ))}
      </ul>
    </>
  )
}
