// Time as people read it: a signal that ticks once a second while the tab is seen, and lengths of time in short.
import { signal } from '@preact/signals'

export const now = signal(Date.now())

export function startClock(): void {
  setInterval(() => {
    if (!document.hidden) now.value = Date.now()
  }, 1000)
}

/** `12s`, `3m 5s`, `2h 10m`, `4d 3h`. */
export function lengthText(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 60) return `${s}s`
  if (s < 3600) return `${Math.floor(s / 60)}m ${s % 60}s`
  if (s < 86_400) return `${Math.floor(s / 3600)}h ${Math.floor((s % 3600) / 60)}m`
  return `${Math.floor(s / 86_400)}d ${Math.floor((s % 86_400) / 3600)}h`
}

/** Since a moment as RFC 3339; empty where there is none. */
export function since(at: string): string {
  const from = Date.parse(at)
  return Number.isNaN(from) ? '' : lengthText(now.value - from)
}
