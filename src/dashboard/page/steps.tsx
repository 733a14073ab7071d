// The steps of a canary as a picture: what each sets, and where it stands.
import type { Detail, Step } from '../wire.ts'
import { word } from './words/words.ts'

export function Steps({ detail }: { readonly detail: Detail }) {
  const { plan, step, isTimed, phase } = detail
  if (plan.length === 0)
    return (
      <section>
        <h2>{word('steps')}</h2>
        <p class="quiet">{word('noSteps')}</p>
      </section>
    )
  const at = step ?? plan.length
  return (
    <section>
      <h2>
        {word('steps')}{' '}
        <small>{word('stepOf', { step: Math.min(at + 1, plan.length), steps: plan.length })}</small>
      </h2>
      <ol class="steps">
        {plan.map((one, i) => (
          <li key={i} class={stateOf(i, at)} aria-current={i === at ? 'step' : undefined}>
            <span class="kind">{one.type}</span> <span>{detailText(one)}</span>
            <small>
              {word(({ done: 'stepDone', now: 'stepNow', next: 'stepNext' } as const)[stateOf(i, at)])}
              {i === at && phase === 'Paused' && !isTimed ? ` · ${word('untilYou')}` : ''}
            </small>
          </li>
        ))}
      </ol>
    </section>
  )
}

function detailText({ type, detail }: Step): string {
  return type === 'pause' && detail === '' ? '∞' : detail
}

function stateOf(i: number, at: number): 'done' | 'now' | 'next' {
  if (i < at) return 'done'
  return i === at ? 'now' : 'next'
}
