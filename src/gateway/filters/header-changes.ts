// Headers that a route sets, adds and takes away, on the way to the pod or back to the client. Those that frame a
// message are not a route's to change.
import { canBeSent, isOfTheMessage } from '../headers.ts'
import type { RawHeaders } from '../headers.ts'
import type { HeaderChanges } from '../routes/route.ts'

export function changed(raw: string[], changes: readonly HeaderChanges[]): string[] {
  return changes.reduce(changedOnce, raw)
}

function changedOnce(raw: string[], { set, add, remove }: HeaderChanges): string[] {
  const gone = new Set([...set.map(([name]) => name), ...remove].map(name => name.toLowerCase()))
  return [...without(raw, gone), ...set.flat(), ...add.flat()]
}

function without(raw: RawHeaders, gone: ReadonlySet<string>): string[] {
  return raw.filter((_, i) => !gone.has((raw[i - (i % 2)] as string).toLowerCase()))
}

/** What of them a route may not ask for, in words. */
export function changesProblem({ set, add, remove }: HeaderChanges): string | undefined {
  const own = [...set.map(([name]) => name), ...add.map(([name]) => name), ...remove].find(isOfTheMessage)
  if (own !== undefined) return `the header ${own} belongs to the message itself and is not changed`
  const bad = [...set, ...add, ...remove.map(name => [name, ''] as const)].find(
    ([name, value]) => !canBeSent(name, value),
  )
  return bad === undefined ? undefined : `a header cannot be sent: ${JSON.stringify(bad[0])}`
}
