// Bugs in the picture of live traffic: what is kept of it, who is told of it, and when.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { LIVE_TRAFFIC } from '../rooms.ts'

export const LIVE_TRAFFIC_BUGS: readonly Bug[] = [
  ...inFile('src/gateway/history/buckets.ts', LIVE_TRAFFIC, [
    {
      name: 'a duration at a rounded bound is in the bucket behind it',
      find: 'if (seconds <= (BOUNDS[near - 1] as number)) return near - 1',
      replace: 'if (seconds < 0) return near - 1',
    },
  ]),
  ...inFile('src/gateway/history/series.ts', LIVE_TRAFFIC, [
    {
      name: 'what one has been told comes again every quarter of a second',
      find: 'if (series.last <= serial) return',
      replace: 'if (series.last < serial) return',
    },
    {
      name: 'a second that is over loses its last requests when others have looked',
      find: 'const slot = { at: series.second, last: series.last, text: textOf(series) }',
      replace: 'const slot = { at: series.second, last: 0, text: textOf(series) }',
    },
  ]),
  ...inFile('src/gateway/history/history.ts', LIVE_TRAFFIC, [
    {
      name: 'a series that has nothing to show any more stays',
      find: 'if (series.second === second || !isEmpty(series)) continue',
      replace: 'if (series.second > 0 || !isEmpty(series)) continue',
    },
    {
      name: 'the history of live traffic grows as far as it likes',
      find: 'while (kept.bytes > kept.limits.bytes) cut(kept)',
      replace: 'if (kept.bytes > 2 * kept.limits.bytes) cut(kept)',
    },
    {
      name: 'a series that is back is counted where nobody sees it',
      find: 'if (series?.isKept !== true) series = found(kept, key, labels)',
      replace: 'series ??= found(kept, key, labels)',
    },
  ]),
  ...inFile('src/gateway/history/looks.ts', LIVE_TRAFFIC, [
    {
      name: 'the gateway goes on gathering when nobody looks any more',
      find: 'while (looks.size > 0) {',
      replace: 'for (;;) {',
    },
    {
      name: 'whoever asks once is never told that this was all',
      find: 'const isLast = isOver && !look.asked.isFollowing',
      replace: 'const isLast = text === "" && !look.asked.isFollowing',
    },
  ]),
  ...inFile('src/gateway/history/wished.ts', LIVE_TRAFFIC, [
    {
      name: 'three pods are wished three times the traffic of their Service',
      find: 'backend.weight / whole / backend.endpoints.length',
      replace: 'backend.weight / whole',
    },
    {
      name: 'a route for testers by header is taken for what everybody is wished',
      find: 'return conditionsOf(one) <= conditionsOf(other)',
      replace: 'return conditionsOf(one) >= conditionsOf(other)',
    },
  ]),
  ...inFile('src/gateway/history/wished-history.ts', LIVE_TRAFFIC, [
    {
      name: 'a weight that was set before the history begins was never wished',
      find: 'return last.get(one.key) === one && Object.keys(one.shares).length > 0',
      replace: 'return false',
    },
  ]),
  ...inFile('src/gateway/counting.ts', LIVE_TRAFFIC, [
    {
      name: 'an answer of 500 is no error in the picture',
      find: 'const isError = status >= 500',
      replace: 'const isError = status > 500',
    },
  ]),
  ...inFile('src/cluster/serve/traffic.ts', LIVE_TRAFFIC, [
    {
      name: 'whoever takes nothing of live traffic is waited for without end',
      find: 'if (!(await isTaken(wire))) return void response.destroy()',
      replace: 'await isTaken(wire)',
    },
    {
      name: 'whoever has looked at live traffic takes the room of others for ever',
      find: '      leave()',
      replace: '      stop()',
    },
  ]),
  ...inFile('src/dashboard/traffic-feed.ts', LIVE_TRAFFIC, [
    {
      name: 'a server that tells nothing is asked twice a second for ever',
      find: 'Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS)',
      replace: 'Math.min(FIRST_WAIT_MS, LONGEST_WAIT_MS)',
    },
  ]),
]
