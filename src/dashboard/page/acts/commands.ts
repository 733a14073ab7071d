// Each button as the command that does the same.
import type { ActAsked, ActName } from '../../wire.ts'

const WORDS: Readonly<Record<ActName, string>> = {
  promote: 'promote',
  'promote-full': 'promote --full',
  'skip-step': 'promote --skip-current-step',
  abort: 'abort',
  retry: 'retry rollout',
  restart: 'restart',
  undo: 'undo',
  'set-image': 'set image',
  pause: 'pause',
  resume: 'promote',
}

export function commandOf({ act, namespace, name, revision, container, image }: ActAsked): string {
  const [verb = '', ...flags] = WORDS[act].split(' --')
  const parts = [
    'kubectl argo rollouts',
    verb,
    quoted(name),
    ...flags.map(flag => `--${flag}`),
    ...(act === 'undo' && revision !== undefined ? [`--to-revision=${revision}`] : []),
    ...(act === 'set-image' ? [quoted(`${container ?? ''}=${image ?? ''}`)] : []),
    `-n ${quoted(namespace)}`,
  ]
  return parts.join(' ')
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w.:/=@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
