// The list of rollouts: filter, counts by phase, and only as many lines as fit on the screen.
import { useRef, useState, useEffect } from 'preact/hooks'
import type { Row } from '../wire.ts'
import { filterIn, phaseCounts, queryOf, shownRows } from './filter.ts'
import type { Filter } from './filter.ts'
import { connection, useTopic } from './live/live.ts'
import { go, listPath, rolloutPath } from './place.ts'
import { PhaseMark, WeightBar } from './marks.tsx'
import { word } from './words/words.ts'

type Rows = Readonly<Record<string, Row>>

export function ListPage({ query }: { readonly query: URLSearchParams }) {
  const rows = useTopic<Rows>('list:')
  const filter = filterIn(query)
  const all = Object.values(rows ?? {})
  const shown = shownRows(all, filter)
  useEffect(() => {
    document.title = `${word('title')} · Crossfade`
  }, [])
  return (
    <main>
      <header class="top">
        <h1>{word('title')}</h1>
        <ConnectionMark />
      </header>
      <Filters rows={all} filter={filter} />
      <p class="quiet" role="status">
        {rows === undefined ? word('connecting') : word('shown', { count: shown.length, all: all.length })}
      </p>
      {rows === undefined ? null : <Lines rows={shown} isFiltered={all.length > 0} />}
    </main>
  )
}

export function ConnectionMark() {
  const is = connection.value
  const text = { connecting: 'connecting', live: 'live', again: 'again', 'signed-out': 'signedOut' } as const
  return <span class={`connection ${is}`}>{word(text[is])}</span>
}

function Filters({ rows, filter }: { readonly rows: readonly Row[]; readonly filter: Filter }) {
  const set = (change: Partial<Filter>) => go(listPath(queryOf({ ...filter, ...change })), 'replace')
  const namespaces = [...new Set(rows.map(row => row.namespace))].toSorted()
  const counts = phaseCounts(rows, filter)
  const sum = [...counts.values()].reduce((total, count) => total + count, 0)
  return (
    <div class="filters">
      <div class="phases" role="group" aria-label={word('state')}>
        {[['', sum] as const, ...counts].map(([phase, count]) => (
          <button
            key={phase}
            type="button"
            class="chip"
            aria-pressed={filter.phase === phase}
            onClick={() => set({ phase })}
          >
            {phase === '' ? word('allPhases') : phase} <b>{count}</b>
          </button>
        ))}
      </div>
      <input
        type="search"
        value={filter.text}
        placeholder={word('filterHint')}
        aria-label={word('filterLabel')}
        onInput={event => set({ text: event.currentTarget.value })}
      />
      <select
        aria-label={word('namespace')}
        value={filter.namespace}
        onChange={event => set({ namespace: event.currentTarget.value })}
      >
        <option value="">{word('allNamespaces')}</option>
        {namespaces.map(one => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      <select
        aria-label={word('strategy')}
        value={filter.strategy}
        onChange={event => set({ strategy: event.currentTarget.value })}
      >
        <option value="">{word('allStrategies')}</option>
        <option value="Canary">{word('canary')}</option>
        <option value="BlueGreen">{word('blueGreen')}</option>
      </select>
    </div>
  )
}

/** Of one line; the stylesheet says the same. */
const LINE_PX = 64
const BEYOND = 8

function Lines({ rows, isFiltered }: { readonly rows: readonly Row[]; readonly isFiltered: boolean }) {
  const list = useRef<HTMLUListElement>(null)
  const [view, setView] = useState({ first: 0, last: 40 })
  useEffect(() => {
    const look = () => {
      const top = list.current?.getBoundingClientRect().top ?? 0
      const first = Math.max(0, Math.floor(-top / LINE_PX) - BEYOND)
      const last = first + Math.ceil(innerHeight / LINE_PX) + 2 * BEYOND
      setView(before => (before.first === first && before.last === last ? before : { first, last }))
    }
    look()
    addEventListener('scroll', look, { passive: true })
    addEventListener('resize', look)
    return () => {
      removeEventListener('scroll', look)
      removeEventListener('resize', look)
    }
  }, [])
  if (rows.length === 0)
    return (
      <p class="empty">
        {isFiltered ? word('noneMatch') : word('noRollouts')}{' '}
        {isFiltered ? <a href={listPath()}>{word('clearFilter')}</a> : null}
      </p>
    )
  const shown = rows.slice(view.first, view.last)
  const below = rows.length - view.first - shown.length
  return (
    <ul class="lines" ref={list}>
      <li class="room" aria-hidden="true" style={{ height: `${view.first * LINE_PX}px` }} />
      {shown.map(row => (
        <Line key={`${row.namespace}/${row.name}`} row={row} />
      ))}
      <li class="room" aria-hidden="true" style={{ height: `${below * LINE_PX}px` }} />
    </ul>
  )
}

function Line({ row }: { readonly row: Row }) {
  const { namespace, name, phase, message, attention, step, steps, setWeight, actualWeight } = row
  const needsPerson = attention === 'broken' || attention === 'person'
  return (
    <li class="line">
      <PhaseMark phase={phase} />
      <div class="who">
        <a href={rolloutPath(namespace, name)}>{name}</a>
        <small>{namespace}</small>
      </div>
      <div class="what">
        <span>
          {phase}
          {needsPerson ? <em class="needs"> {word('needsYou')}</em> : null}
        </span>
        <small title={message}>{message}</small>
      </div>
      <div class="how">
        {setWeight === undefined || phase === 'Healthy' ? null : (
          <WeightBar
            weight={actualWeight ?? 0}
            label={word('weightSeen', { set: setWeight, actual: actualWeight ?? 0 })}
          />
        )}
        <small>
          {step === undefined || steps === undefined || phase === 'Healthy'
            ? ''
            : word('stepOf', { step: Math.min(step + 1, steps), steps })}
        </small>
      </div>
      <div class="pods">
        <span>{word('podsReady', { ready: row.ready, desired: row.desired })}</span>
        <small>{versionsOf(row)}</small>
      </div>
    </li>
  )
}

function versionsOf({ revisions }: Row): string {
  return revisions
    .slice(0, 2)
    .map(({ images, tags }) =>
      [shortImage(images[0] ?? ''), tags.join(', ')].filter(part => part !== '').join(' '),
    )
    .join(' · ')
}

function shortImage(image: string): string {
  return image.split('/').at(-1) ?? image
}
