// Lengths of time as kubectl prints them in its AGE columns: two units at most, coarser the longer it lasts.

const DAY_HOURS = 24
const YEAR_HOURS = 365 * DAY_HOURS

/**
 * `-1.5 s` and less is `<invalid>`; then `0s` … `119s`, `2m`, `3m5s`, `10m`, `3h`, `3h7m`, `47h`, `2d1h`,
 * `8d`, `2y`, `2y30d`.
 */
export function age(lengthMs: number): string {
  const seconds = Math.trunc(lengthMs / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / DAY_HOURS)
  if (hours < 8 * DAY_HOURS) return pair(days, 'd', hours % DAY_HOURS, 'h')
  if (hours < 2 * YEAR_HOURS) return `${days}d`
  const years = Math.trunc(hours / YEAR_HOURS)
  if (hours < 8 * YEAR_HOURS) return pair(years, 'y', days % 365, 'd')
  return `${years}y`
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`
}
