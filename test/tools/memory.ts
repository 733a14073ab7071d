// How much memory a process has, as the kernel counts it.
import { readFileSync } from 'node:fs'

/** `VmRSS`: all that is resident; `VmHWM`: the most that was; `RssAnon`: without pages of files. */
type Field = 'VmRSS' | 'VmHWM' | 'RssAnon'

/** 0 where the kernel does not say, and when the process is gone. */
export function residentMb(pid: number | undefined, field: Field): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
