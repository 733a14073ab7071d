// What stands once a router's objects are placed, and who has users there that nobody but a person can take back.
import { refKey } from '../kube/object.ts'
import type { KubeObject, RefKey } from '../kube/object.ts'
import type { Instant } from '../std/instant.ts'
import type { Found, Placed, Placing, Weights } from './router.ts'

export function foundAfter(placed: readonly Placed[], found: Found): Found {
  if (placed.length === 0) return found
  const after: Record<RefKey, KubeObject> = { ...found }
  for (const { ref, object } of placed) {
    if (object === undefined) delete after[refKey(ref)]
    else after[refKey(ref)] = object
  }
  return after
}

/** A router that was left is not done while a part of its objects that can not be weighed gives the canary users. */
export function stuckIn(router: string, said: Weights | undefined, now: Instant): Pick<Placing, 'waits'> {
  if ((said?.canary ?? 0) === 0) return {}
  const what = `users of the canary to go back: what stands for the router ${router} can not be weighed`
  const cure = 'Let each of its routes name both sides once, or the stable one alone.'
  return { waits: [{ for: what, since: now, cure }] }
}
