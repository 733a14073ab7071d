// The revisions of a rollout: which it is to users, its pods by state, and what changed against the one before.
import type { Detail, PodState, RevisionDetail } from '../wire.ts'
import { askUndo } from './acts/acting.ts'
import { Differences } from './acts/differences.tsx'
import { RevisionMark } from './marks.tsx'
import { lengthText, now, since } from './ticking.ts'
import { word } from './words/words.ts'

export function Revisions({ detail }: { readonly detail: Detail }) {
  const all = Object.values(detail.revisions).toSorted(
    (a, b) => b.revision - a.revision || (a.name < b.name ? -1 : 1),
  )
  const shown = all.filter((one, i) => i < 3 || one.replicas > 0 || one.tags.length > 0)
  const older = all.filter(one => !shown.includes(one))
  return (
    <section>
      <h2>{word('revisions')}</h2>
      <ul class="revisions">
        {shown.map(one => (
          <Revision key={one.name} one={one} detail={detail} />
        ))}
      </ul>
      {older.length === 0 ? null : (
        <details>
          <summary>{word('morePods', { count: older.length })}</summary>
          <ul class="revisions">
            {older.map(one => (
              <Revision key={one.name} one={one} detail={detail} />
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function Revision({ one, detail }: { readonly one: RevisionDetail; readonly detail: Detail }) {
  const { revision, tags, images, available, replicas, scaleDownAt, template, hash } = one
  const isUndo = template === undefined && hash !== detail.currentHash
  return (
    <li>
      <div class="head">
        <RevisionMark revision={revision} />
        <strong>{word('revisionNumber', { revision })}</strong>
        {[...tags, ...(template === undefined ? [] : [template])].map(tag => (
          <span key={tag} class={`tag ${tag}`}>
            {tag}
          </span>
        ))}
        <span class="quiet">
          {word('podsReady', { ready: available, desired: replicas })} · {since(one.createdAt)}
        </span>
        {scaleDownAt === undefined || replicas === 0 ? null : (
          <span class="quiet">
            {word('scaleDownIn', { length: lengthText(Date.parse(scaleDownAt) - now.value) })}
          </span>
        )}
        {isUndo ? (
          <button type="button" class="small" onClick={() => askUndo(detail, one)}>
            {word('undoTo')}
          </button>
        ) : null}
      </div>
      <div class="images">
        {images.map(image => (
          <code key={image}>{image}</code>
        ))}
      </div>
      <Pods name={one.name} pods={one.pods} />
      <Differences lines={one.differences} />
    </li>
  )
}

const PODS_SHOWN = 400

/** Hundreds fit: a square a pod, and counts by state in words. */
function Pods({ name, pods }: { readonly name: string; readonly pods: readonly PodState[] }) {
  if (pods.length === 0) return null
  const states = new Map<string, number>()
  for (const { status } of pods) states.set(status, (states.get(status) ?? 0) + 1)
  const summary = [...states].map(([status, count]) => `${count} ${status}`).join(', ')
  return (
    <div class="pods">
      <ul class="squares" aria-label={`${word('podsOf', { name })}: ${summary}`}>
        {pods.slice(0, PODS_SHOWN).map(pod => (
          <li key={pod.name} class={podState(pod)} title={podText(pod)} />
        ))}
      </ul>
      <small>
        {summary}
        {pods.length > PODS_SHOWN ? `, ${word('morePods', { count: pods.length - PODS_SHOWN })}` : ''}
      </small>
    </div>
  )
}

function podState({ status, ready, total }: PodState): string {
  if (status === 'Running') return ready === total ? 'ready' : 'starting'
  return /Back|Err|Fail|Crash|Invalid/.test(status) ? 'bad' : 'starting'
}

function podText({ name, status, ready, total, restarts }: PodState): string {
  return `${name}: ${status}, ${ready}/${total}${restarts > 0 ? `, ↻${restarts}` : ''}`
}
