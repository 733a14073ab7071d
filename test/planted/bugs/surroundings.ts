// Bugs of what stands around the loop: the lease, the copy of the cluster, the store on disk, what reaches a terminal.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { DECISION, LEASE, MIRROR, STORE, TERMINAL } from '../rooms.ts'

export const SURROUNDING_BUGS: readonly Bug[] = [
  ...inFile('src/runtime/leader.ts', LEASE, [
    {
      name: 'a leader that has slept renews a lease that may be with another',
      find: 'if (askedAt.ms >= giveUpAt(own, times)) return lost(options)',
      replace: 'if (askedAt.ms < 0) return lost(options)',
    },
    {
      name: 'a lease is taken from a holder who renews it',
      find: 'if (!isOurs && isHeld(observed, stopwatch())) return undefined',
      replace: 'if (!isOurs && isHeld(observed, stopwatch() + 15_000)) return undefined',
    },
    {
      name: 'a leader whose clock was set back believes that it leads for as long',
      find: 'return Math.max(now.at - at, now.ms - ms)',
      replace: 'return now.at - at',
    },
    {
      name: 'a renewal that was put off lengthens the lease of one that has lost it',
      find: 'if (stopwatch() >= deadline) throw',
      replace: 'if (stopwatch() < 0) throw',
    },
    {
      name: 'who waits for a lease waits as long as an answer hangs',
      find: 'askedAt.ms + times.renewDeadlineMs)',
      replace: 'askedAt.ms + 3_600_000)',
    },
  ]),
  ...inFile(
    'src/runtime/network/http-client.ts',
    ['src/runtime/network/http-client.test.ts'],
    [
      {
        name: 'a write that was put off is sent while another leads',
        find: '        mayTry,\n      },\n      signal,',
        replace: '      },\n      signal,',
      },
    ],
  ),
  ...inFile(
    'src/doors/http.ts',
    ['src/doors/http.test.ts', 'src/runtime/network/connection.test.ts'],
    [
      {
        name: 'a write that had to wait for a connection, or for a second one, is sent while another leads',
        find: "else sent.once('socket', socket => whenConnected(socket, secure, () => endIfAllowed(sent, request)))",
        replace: 'else endIfAllowed(sent, request)',
      },
      {
        name: 'a write whose connection is long in coming is sent while another leads',
        find: "if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', then)\n  else then()",
        replace: 'then()',
      },
    ],
  ),
  ...inFile(
    'src/controller/run.ts',
    ['src/controller/run.test.ts'],
    [
      {
        name: 'writes that hang starve the lease',
        find: 'campaign({ client, clock, random, log, ...election, signal',
        replace: 'campaign({ ...election, client, clock, random, log, signal',
      },
    ],
  ),
  ...inFile(
    'src/kube/errors.ts',
    ['src/runtime/mirror/reflector.test.ts'],
    [
      {
        name: 'a watch is blind for as long as a server asks',
        find: 'Math.min(more.retryAfterMs, LONGEST_WAIT_MS)',
        replace: 'Math.max(more.retryAfterMs, 0)',
      },
    ],
  ),
  ...inFile(
    'src/runtime/system.ts',
    ['src/runtime/system.test.ts'],
    [
      {
        name: 'a sleep lasts as long as the clock was set back',
        find: 'Stopwatch = () => performance.now()',
        replace: 'Stopwatch = () => Date.now()',
      },
    ],
  ),
  ...inFile('src/runtime/mirror/reflector.ts', MIRROR, [
    {
      name: 'objects of a kind that an API server does not list for some seconds are told as deleted',
      find: 'if (!state.isKnown || misses === LOOKS) return absent(state)',
      replace: 'if (misses > 0) return absent(state)',
    },
    {
      name: 'after an outage a kind that is not listed is forgotten at once',
      find: 'misses === LOOKS',
      replace: 'misses + state.failures > LOOKS',
    },
    {
      name: 'a short cut after a long quiet watch counts as one more of an outage before it',
      find: 'return go({ ...state, failures: 0 }, again, now)',
      replace: 'return go(state, again, now)',
    },
    {
      name: 'lists are repeated without rest while each ends in a version that is too old',
      find: 'const state = hasLived(before, now) ? ',
      replace: "const state = hasLived(before, now) || before.place.at === 'watching' ? ",
    },
  ]),
  ...inFile('src/runtime/mirror/mirror.ts', MIRROR, [
    {
      name: 'a kind that comes without a CRD that changes is never noticed',
      find: 'void askAgain(options, recheck)',
      replace: 'if (reflectors.length === 0) void askAgain(options, recheck)',
    },
    {
      name: 'who may not read AnalysisRuns decides as if there were none',
      find: 'watch.isOwn !== true && ',
      replace: '',
    },
  ]),
  ...inFile('src/runtime/mirror/reflecting.ts', MIRROR, [
    {
      name: 'an optional kind that may not be read holds up every Rollout',
      find: '  store.forbid(kind)\n',
      replace: '',
    },
  ]),
  ...inFile('src/rollout/problem.ts', DECISION, [
    {
      name: 'what may not be read is said to be missing',
      find: 'forbiddenProblem(snapshot) ??',
      replace: 'forbiddenProblem({ ...snapshot, forbidden: [] }) ??',
    },
  ]),
  ...inFile(
    'src/controller/answers.ts',
    ['src/controller/answers.test.ts'],
    [
      {
        name: 'a Rollout has gone because its kind is not served',
        find: 'if (isAbsent(error, ref)) return false',
        replace: 'if (isAbsent(error, ref) || String(error).length > 0) return false',
      },
    ],
  ),
  ...inFile('src/cluster/storage/log-store.ts', STORE, [
    {
      name: 'a change that must survive waits with the renewals',
      find: 'late.every(one => options.mayBeLate?.(one) === true)',
      replace: 'late.some(one => options.mayBeLate?.(one) === true)',
    },
    {
      name: 'more changes may be lost than a start passes over revisions',
      find: 'late.length <= LATE_MAX && ',
      replace: '',
    },
  ]),
  ...inFile('src/cluster/storage/page-tree.ts', STORE, [
    {
      name: 'a page that is another one is followed',
      find: 'read === walk.pageSize && page.readBigUInt64LE(0) === BigInt(number)',
      replace: 'read === walk.pageSize',
    },
  ]),
  ...inFile('src/view/styled.ts', TERMINAL, [
    {
      name: 'control characters of an image reach the terminal',
      find: "return printableText(text).replaceAll('\\t', '^I')",
      replace: 'return text',
    },
  ]),
]
