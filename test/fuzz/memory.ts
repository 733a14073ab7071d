// How much memory a process has.
import { readFileSync } from 'node:fs'

/** Resident, as the kernel counts it; 0 where it does not say. */
export function residentMb(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
