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
