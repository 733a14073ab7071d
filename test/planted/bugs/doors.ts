// Bugs where others come in: the gateway, patterns, patches, rules, what a server says.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { CEL, GATEWAY, JSON_PATCH, PATTERNS, SECRETS, STORE, WATCHERS } from '../rooms.ts'

export const DOOR_BUGS: readonly Bug[] = [
  ...inFile('src/gateway/headers.ts', GATEWAY, [
    {
      name: 'a reason phrase with control characters goes to the client',
      find: '/^[\\x20-\\x7e]*$/.test(said)) return said',
      replace: 'said.length < 100) return said',
    },
    {
      name: 'of two Connection headers the second counts for nothing',
      find: "for (const value of valuesOf(raw, 'connection')) {",
      replace: "for (const value of valuesOf(raw, 'connection').slice(0, 1)) {",
    },
    {
      name: 'an upgrade to h2c goes to the pod',
      find: "!['', 'h2c'].includes(protocol.toLowerCase())",
      replace: "protocol !== ''",
    },
  ]),
  ...inFile('src/gateway/normal-path.ts', GATEWAY, [
    {
      name: 'an encoded step upwards is matched as it stands and forwarded',
      find: 'return UNRESERVED.test(char) ? char : code.toUpperCase()',
      replace: "return char === '~' ? char : code.toUpperCase()",
    },
    {
      name: 'a step upwards behind an encoded slash goes to the pod',
      find: "HIDDEN_STEP.test(plain.replaceAll(/%2f|%5c/gi, '/'))",
      replace: 'HIDDEN_STEP.test(plain)',
    },
  ]),
  ...inFile('src/gateway/answer.ts', GATEWAY, [
    {
      name: 'a stream of events is not open before its first event',
      find: 'if (!isEventStream(told.headers)) return',
      replace: 'if (told.status > 0) return',
    },
  ]),
  ...inFile('src/gateway/deadline.ts', GATEWAY, [
    {
      name: 'an attempt behind an answer that broke off has all the time in the world',
      find: 'if (this.isOver || this.#all.has(this)) return',
      replace: 'if (this.isOver || this.until > 0) return',
    },
  ]),
  ...inFile('src/gateway/failures.ts', GATEWAY, [
    {
      name: 'what is not HTTP is asked for again and again',
      find: 'if (!OF_CONNECTION.test(codeOf(failed))) return false',
      replace: 'if (TIME_OUTS.has(codeOf(failed))) return false',
    },
    {
      name: 'a POST that a pod may have seen goes to another',
      find: "return IDEMPOTENT.has(request.method ?? '') && !hasBody(request)",
      replace: 'return !hasBody(request)',
    },
  ]),
  ...inFile('src/gateway/upstream.ts', GATEWAY, [
    {
      name: 'a 304 that says a length is a 502',
      find: 'return status === 204 || status === 304',
      replace: 'return status === 204',
    },
    {
      name: 'an answer in a coding of its own loses the name of it',
      find: "every(coding => coding.trim().toLowerCase() === 'chunked')",
      replace: "every(coding => coding.trim().toLowerCase().endsWith('chunked'))",
    },
  ]),
  ...inFile('src/gateway/without-upgrade.ts', GATEWAY, [
    {
      name: 'a header that belongs to the connection goes on when an upgrade does not',
      find: "return [...named.filter(name => !/^(keep-alive|close|upgrade|)$/i.test(name)), 'close']",
      replace: "return [...named.slice(named.length), 'close']",
    },
  ]),
  ...inFile('src/gateway/upgrade.ts', GATEWAY, [
    {
      name: 'a pod upgrades to what nobody asked for',
      find: 'if (!isAsked(request, upgraded)) {',
      replace: "if (upgraded === '') {",
    },
    {
      name: 'an upgrade gives up with the first pod',
      find: '!isReached && others.length > 0',
      replace: 'isReached && others.length > 0',
    },
  ]),
  ...inFile('src/std/pattern-size.ts', PATTERNS, [
    {
      name: 'repetitions in repetitions add up and do not multiply',
      find: ': last * Math.max(1, counted) + Math.max(0, counted - Number(least))',
      replace: ': last + Math.max(1, counted) + Math.max(0, counted - Number(least))',
    },
  ]),
  ...inFile('src/kube/json-patch.ts', JSON_PATCH, [
    {
      name: 'a pointer leads into what every object inherits',
      find: 'return isJsonObject(container) ? own(container, token) : undefined',
      replace: 'return isJsonObject(container) ? container[token] : undefined',
    },
  ]),
  ...inFile('src/kube/secrets.ts', SECRETS, [
    {
      name: 'a secret that is the beginning of another leaves its end',
      find: 'return [...found].toSorted((a, b) => b.length - a.length)',
      replace: 'return [...found].toSorted((a, b) => a.length - b.length)',
    },
  ]),
  ...inFile('src/cluster/serve/watch/outboxes.ts', WATCHERS, [
    {
      name: 'a line that many wait for counts for each of them',
      find: 'const shared = all > 0 ? line.bytes : own > 0 ? line.ownBytes : 0',
      replace: 'const shared = (all + own) * line.bytes',
    },
  ]),
  ...inFile('src/cluster/schema/counterparts.ts', CEL, [
    {
      name: 'an element continues the one at its place',
      find: 'return value.map(one => byKey.get(keyOf(one, keys)))',
      replace: 'return value.map((_, i) => (old as Json[])[i])',
    },
  ]),
  ...inFile('src/cluster/schema/cel/macros.ts', CEL, [
    {
      name: 'has() says yes to what every object inherits',
      find: 'return Object.hasOwn(object, field) && object[field] !== undefined',
      replace: 'return object[field] !== undefined',
    },
  ]),
  ...inFile('src/cluster/storage/log-store.ts', STORE, [
    {
      name: 'history grows with the size of what is written',
      find: 'state.bytes += bytesOf(changes)',
      replace: 'state.bytes += changes.length',
    },
  ]),
]
