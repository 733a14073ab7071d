// How much memory a process has for itself.
import { readFileSync } from 'node:fs'

/** Resident, as the kernel counts it, without pages of files, which it takes back; 0 where it does not say. */
export function residentMb(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
