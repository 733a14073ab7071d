// Bugs of order and of timing: each needs two things that happen at an unlucky moment. Lives by chance must find them.
import { inFile } from '../bug.ts'
import type { Bug, Change } from '../bug.ts'

const byLives = (file: string, changes: readonly Omit<Change, 'by'>[]): readonly Bug[] =>
  inFile(
    file,
    [],
    changes.map(change => ({ ...change, by: 'sim' })),
  )

export const ORDER_BUGS: readonly Bug[] = [
  ...byLives('src/runtime/loop/barrier.ts', [
    {
      name: 'a key is decided although the cache does not show yet what was written for it',
      find: 'return { open: !expectations.has(key), givenUp, recheckAt }',
      replace: 'return { open: true, givenUp, recheckAt }',
    },
  ]),
  ...byLives('src/runtime/loop/passes.ts', [
    {
      name: 'what a pass has written is not waited for',
      find: 'if (expectation !== undefined) controller.barrier.expect(pass.key, expectation)',
      replace: "if (expectation?.what === 'removed') controller.barrier.expect(pass.key, expectation)",
    },
    {
      name: 'a pass that failed is never tried again',
      find: 'controller.queue.add(pass.key, now + retryInMs)',
      replace: 'controller.queue.add(pass.key, now + retryInMs + 1e9)',
    },
    {
      name: 'what a decision waits for wakes nobody',
      find: 'until > now ? until : now + PAST_WAIT_MS',
      replace: 'until > now ? until + 1e9 : now + PAST_WAIT_MS',
    },
  ]),
  ...byLives('src/runtime/loop/workqueue.ts', [
    {
      name: 'news of a key in flight are lost',
      find: 'if (known !== undefined && known <= at) return',
      replace: 'if (inFlight.has(key) || (known !== undefined && known <= at)) return',
    },
  ]),
  ...byLives('src/runtime/loop/pass.ts', [
    {
      name: 'a status is written over what came meanwhile',
      find: "if (write.verb !== 'patch' || write.subresource === 'scale' || pass.version === undefined) return write",
      replace:
        "if (write.verb !== 'patch' || write.subresource !== undefined || pass.version === undefined) return write",
    },
    {
      name: 'a pass forgets that it has written to its own object',
      find: 'result?.metadata.resourceVersion ?? pass.version',
      replace: 'pass.version ?? result?.metadata.resourceVersion',
    },
  ]),
  ...byLives('src/rollout/moves.ts', [
    {
      name: 'weight goes back before the stable Service selects the stable revision',
      find: 'return (drains && name === servicesOf(story.rollout).stable) || leaving.backTo.includes(name)',
      replace: "return (drains && name === '') || leaving.backTo.includes(name)",
    },
  ]),
  ...byLives('src/rollout/sizes.ts', [
    {
      name: 'old pods go before their delay has passed',
      find: 'const at = story.now + rules.delaySeconds * 1000',
      replace: 'const at = story.now + rules.delaySeconds * 500',
    },
  ]),
  ...byLives('src/rollout/blue-green/situation.ts', [
    {
      name: 'a timed promotion comes too early',
      find: 'const until = since + seconds * 1000',
      replace: 'const until = since + seconds * 500',
    },
  ]),
  ...byLives('src/rollout/blue-green/status.ts', [
    {
      name: 'a revision that the Service was moved to by hand becomes stable without its pods',
      find: 'if (availableReplicas(story.current) < story.replicas) return undefined',
      replace: 'if (availableReplicas(story.current) < 0) return undefined',
    },
  ]),
  ...byLives('src/rollout/verdict.ts', [
    {
      name: 'who tries again is late at once',
      find: 'const counts = !story.isRetry && !story.isPromoted',
      replace: 'const counts = !story.isPromoted',
    },
  ]),
]
