// What the conditions of an object say.
import type { Condition } from './core.ts'

interface Conditioned {
  readonly status?: { readonly conditions?: readonly Condition[] }
}

export function isConditionTrue({ status }: Conditioned, type: string): boolean {
  return status?.conditions?.some(one => one.type === type && one.status === 'True') === true
}
