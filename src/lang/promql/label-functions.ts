// label_replace and label_join: series get labels that are made of others.
import { readPattern } from '../../std/regex.ts'
import type { Node } from './ast.ts'
import type { Run, Vector } from './run.ts'

export function labelReplace(
  run: Run,
  node: Node,
  given: { vector: Vector; texts: readonly string[] },
): Vector {
  const [target = '', replacement = '', source = '', expression = ''] = given.texts
  const read = readPattern(`(?s:${expression})`)
  if ('problem' in read) run.fail(`invalid regular expression in label_replace(): ${expression}`)
  if (target === '') run.fail(`invalid destination label name in label_replace(): ${target}`)
  if ('problem' in read || run.problem !== undefined) return []
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
  if (sources.includes('')) run.fail('invalid source label name in label_join(): ')
  if (target === '') run.fail('invalid destination label name in label_join(): ')
  run.spend(given.vector.length)
  return given.vector.map(sample => ({
    ...sample,
    labels: run.distinct(node, sample.labels, labels =>
      labels.with([[target, sources.map(source => labels.get(source)).join(separator)]]),
    ),
  }))
}
