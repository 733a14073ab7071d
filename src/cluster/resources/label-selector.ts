// A label selector as clients write it in a query: `app=x,tier!=y,env in (a,b),!old`.
import { badRequest } from './refusals.ts'

export type LabelMatcher = (labels: Readonly<Record<string, string>>) => boolean

const TERM =
  /^\s*(?:(!)\s*([^\s=!,()]+)|([^\s=!,()]+)\s+(in|notin)\s*\(([^()]*)\)|([^\s=!,()]+)\s*(==|=|!=)\s*([^\s=!,()]*)|([^\s=!,()]+))\s*(,|$)/

export function parseLabelSelector(selector: string): LabelMatcher {
  const matchers: LabelMatcher[] = []
  let rest = selector
  while (rest.trim() !== '') {
    const match = TERM.exec(rest)
    if (!match) throw badRequest(`unable to parse requirement: found '${rest.trim()}', expected: identifier`)
    matchers.push(matcherOf(match))
    rest = rest.slice(match[0].length)
  }
  return labels => matchers.every(matches => matches(labels))
}

function matcherOf(match: RegExpExecArray): LabelMatcher {
  const [, not, absent, setKey, setOperator, set, key, operator, value, present] = match
  if (not !== undefined) return labels => labels[absent as string] === undefined
  if (setKey !== undefined) {
    const values = (set as string).split(',').map(one => one.trim())
    const isIn: LabelMatcher = labels => {
      const found = labels[setKey]
      return found !== undefined && values.includes(found)
    }
    return setOperator === 'in' ? isIn : labels => !isIn(labels)
  }
  if (key !== undefined) {
    return operator === '!=' ? labels => labels[key] !== value : labels => labels[key] === value
  }
  return labels => labels[present as string] !== undefined
}
