// What a simulated container's command line means: it sleeps, exits, or cannot be executed at all.
import type { Container, Pod } from '../../kube/core.ts'

/** `exit` is a word of shells and no program; a path that calls itself bad is taken at its word. */
const CANNOT_EXECUTE = /^\/bad-command|^exit$/
const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

export function isCommandBroken(pod: Pod): boolean {
  return pod.spec.containers.some(container => CANNOT_EXECUTE.test(container.command?.[0] ?? ''))
}

/** How long the longest `sleep N` of a lifecycle hook takes. */
export function sleepSeconds(pod: Pod, hook: 'preStop' | 'postStart'): number {
  return Math.max(0, ...pod.spec.containers.map(container => hookSleep(container, hook)))
}

function hookSleep(container: Container, hook: string): number {
  const { lifecycle } = container as {
    readonly lifecycle?: {
      readonly [hook: string]: {
        readonly exec?: { readonly command?: readonly string[] }
        readonly sleep?: { readonly seconds?: number }
      }
    }
  }
  const handler = lifecycle?.[hook]
  const [program, amount] = handler?.exec?.command ?? []
  const seconds = program === 'sleep' ? Number(amount) : (handler?.sleep?.seconds ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0
}

/** A Job's first container: it sleeps as long as `sleep N[smhd]` says and ends as `exit N` says. */
export function jobCommand(pod: Pod): { readonly seconds: number; readonly exitCode: number } {
  const { command = [], args = [] } = pod.spec.containers[0] ?? {}
  const line = [...command, ...args].join(' ')
  const [, amount = '0', unit = ''] = /sleep (\d+)([smhd]?)/.exec(line) ?? []
  const [, code = '0'] = /exit (\d+)/.exec(line) ?? []
  return { seconds: Number(amount) * (UNIT_SECONDS[unit] ?? 1), exitCode: Number(code) }
}
