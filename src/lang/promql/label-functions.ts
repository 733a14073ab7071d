// label_replace and label_join: series get labels that are made of others.
import { readPattern } from '../../std/regex.ts'
import { unwrapped } from './ast.ts'
import type { Node } from './ast.ts'
import type { Run, Vector } from './run.ts'

/** What is wrong with the texts that a node makes labels of: known before any series is looked at. */
export function labelMistake(node: Node): string | undefined {
  if (node.kind === 'aggregate' && node.operator === 'count_values')
    return textOf(node.parameter) === '' ? 'invalid label name ""' : undefined
  if (node.kind !== 'call') return undefined
  const [target = '', ...others] = node.args.slice(1).map(textOf)
  const { name } = node.spec
  const expression = others[2] ?? ''
  if (name === 'label_replace' && 'problem' in readPattern(`(?s:${expression})`))
    return `invalid regular expression in label_replace(): ${expression}`
  if (name === 'label_join' && others.slice(1).includes(''))
    return 'invalid source label name in label_join(): '
  const isMade = name === 'label_replace' || name === 'label_join'
  return isMade && target === '' ? `invalid destination label name in ${name}(): ` : undefined
}

function textOf(argument: Node | undefined): string {
  const inner = argument === undefined ? undefined : unwrapped(argument)
  return inner?.kind === 'string' ? inner.value : ''
}

export function labelReplace(
  run: Run,
  node: Node,
  given: { vector: Vector; texts: readonly string[] },
): Vector {
  const [target = '', replacement = '', source = '', expression = ''] = given.texts
  const read = readPattern(`(?s:${expression})`)
  if ('problem' in read) return []
  const { pattern } = read
  run.spend(given.vector.length)
  return given.vector.map(sample => ({
    ...sample,
    labels: run.distinct(node, sample.labels, labels => {
      const value = labels.get(source)
      const groups = pattern.fits(value) ? pattern.groupsOfWhole(value) : undefined
      return groups === undefined ? labels : labels.with([[target, expanded(replacement, groups)]])
    }),
  }))
}

/** `$1`, `${1}`, `$name`, `${name}`; `$$` is a dollar; what names no group is nothing. */
function expanded(template: string, groups: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) =>
    whole === '$$' ? '$' : (groups.get(braced ?? bare ?? '') ?? ''),
  )
}

export function labelJoin(run: Run, node: Node, given: { vector: Vector; texts: readonly string[] }): Vector {
  const [target = '', separator = '', ...sources] = given.texts
  run.spend(given.vector.length)
  return given.vector.map(sample => ({
    ...sample,
    labels: run.distinct(node, sample.labels, labels =>
      labels.with([[target, sources.map(source => labels.get(source)).join(separator)]]),
    ),
  }))
}
