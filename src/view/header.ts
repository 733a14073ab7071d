// The lines above the tree of `get rollout` and `get experiment`, and the whole texts.
import type { ExperimentView } from './experiment-view.ts'
import type { ImageView } from './images.ts'
import type { RolloutView } from './rollout-view.ts'
import { joined, paint, word } from './styled.ts'
import type { Styled } from './styled.ts'
import { experimentTree, rolloutTree } from './tree.ts'
import type { Shown } from './tree.ts'

const LABEL_WIDTH = 17

type Field = readonly [label: string, value: Styled]

export function rolloutText(view: RolloutView, shown: Shown): string {
  return `${fields(rolloutFields(view), shown.coloured)}\n${rolloutTree(view, shown)}`
}

export function experimentText(view: ExperimentView, shown: Shown): string {
  return `${fields(experimentFields(view), shown.coloured)}\n${experimentTree(view, shown)}`
}

function rolloutFields(view: RolloutView): Field[] {
  const { canary, replicas } = view
  const step = canary?.step === undefined ? '' : `${canary.step}/${canary.steps}`
  const weights: Field[] =
    canary === undefined
      ? []
      : [
          ['  Step:', step],
          ['  SetWeight:', String(canary.setWeight)],
          ['  ActualWeight:', String(canary.actualWeight)],
        ]
  return [
    ...stateFields(view, view.phase),
    ['Strategy:', view.strategy],
    ...weights,
    ...imageFields(view.images),
    ['Replicas:', ''],
    ['  Desired:', String(replicas.desired)],
    ['  Current:', String(replicas.current)],
    ['  Updated:', String(replicas.updated)],
    ['  Ready:', String(replicas.ready)],
    ['  Available:', String(replicas.available)],
  ]
}

function experimentFields(view: ExperimentView): Field[] {
  return [...stateFields(view, view.status), ...imageFields(view.images)]
}

type Stated = Pick<RolloutView, 'name' | 'namespace' | 'icon' | 'message'>

function stateFields({ name, namespace, icon, message }: Stated, status: string): Field[] {
  return [
    ['Name:', name],
    ['Namespace:', namespace],
    ['Status:', [word(icon), ` ${status}`]],
    ...(message === '' ? [] : ([['Message:', message]] as const)),
  ]
}

function imageFields(images: readonly ImageView[]): Field[] {
  return images.map(({ image, tags }, i) => {
    const notes = tags.length === 0 ? [] : [' (', ...joined(tags.map(word), ', '), ')']
    return [i === 0 ? 'Images:' : '', [image, ...notes]]
  })
}

function fields(all: readonly Field[], coloured: boolean): string {
  return all.map(([label, value]) => line(label, paint(value, coloured))).join('')
}

/** A heading alone (`Replicas:`) is not padded. Further lines of a value stand under its first: none is a field. */
function line(label: string, value: string): string {
  const below = `\n${' '.repeat(LABEL_WIDTH)}`
  return label === 'Replicas:'
    ? `${label}\n`
    : `${label.padEnd(LABEL_WIDTH)}${value.replaceAll('\n', below)}\n`
}
