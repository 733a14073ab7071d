// Numbers that may be percentages: `maxSurge: 1` or `maxSurge: "25%"`.

export type IntOrString = number | string

/** `25` for "25%"; undefined when the text is no percentage of whole numbers. */
export function percentOf(value: IntOrString): number | undefined {
  if (typeof value !== 'string' || !/^[-+]?\d+%$/.test(value)) return undefined
  return Number(value.slice(0, -1))
}

/**
 * The number that `value` means of `total`: itself, or the percentage rounded as told. Undefined when it is
 * neither.
 */
export function scaledValue(value: IntOrString, total: number, round: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  const percent = percentOf(value)
  if (percent === undefined) return undefined
  const exact = (percent * total) / 100
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact)
}

/**
 * Like `scaledValue`, but every text is a percentage, with or without its sign.
 * Compat: Argo Rollouts reads the text "5" in maxSurge and maxUnavailable as 5 %.
 */
export function scaledValueOfPercentText(
  value: IntOrString,
  total: number,
  round: 'up' | 'down',
): number | undefined {
  if (typeof value === 'number' || value.endsWith('%')) return scaledValue(value, total, round)
  return scaledValue(`${value}%`, total, round)
}
