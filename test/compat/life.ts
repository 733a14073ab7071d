// One user in a namespace of their own: makes objects, types commands, patches statuses as scripts do, and looks. Every
// look is bounded, and says on failure what the world was like.
import { runRollouts } from '../../src/cli/program.ts'
import type { Rollout } from '../../src/api/rollout.ts'
import type { ReplicaSet } from '../../src/kube/apps.ts'
import type { Pod, Service } from '../../src/kube/core.ts'
import { EVENT, knownKind, NAMESPACE, POD, REPLICA_SET, ROLLOUT, SERVICE } from '../../src/kube/kinds.ts'
import type { Kind, KubeObject } from '../../src/kube/object.ts'
import { refOf } from '../../src/kube/object.ts'
import type { PatchType, Write } from '../../src/kube/write.ts'
import type { Client } from '../../src/runtime/network/client.ts'
import { systemClock } from '../../src/runtime/system.ts'
import type { Json } from '../../src/std/json.ts'
import { shownPhase } from '../../src/view/phase.ts'
import { podHashOf, revisionOf } from '../../src/workload/replica-set.ts'
import { described } from './describe.ts'
import type { Seen } from './window.ts'
import type { World } from './world.ts'

interface Ran {
  readonly exit: number
  readonly out: string
  readonly err: string
}

interface PatchOptions {
  readonly type?: PatchType
  readonly status?: true
}

export interface Life {
  readonly namespace: string
  readonly client: Client
  make(...objects: readonly KubeObject[]): Promise<void>
  patch(kind: Kind, name: string, patch: Json, options?: PatchOptions): Promise<void>
  remove(kind: Kind, name: string): Promise<void>
  /** A command line of `kubectl argo rollouts` that must succeed; gives what it printed. */
  run(line: string): Promise<string>
  /** One that may fail. */
  ran(line: string): Promise<Ran>
  rollout(name?: string): Rollout
  /** All ReplicaSets, by revision; deleted ones are not there. */
  replicaSets(): readonly ReplicaSet[]
  /** The ReplicaSet that has this revision now. */
  revision(number: number): ReplicaSet
  hasRevision(number: number): boolean
  /** Living pods, of one revision or of all. */
  pods(revision?: number): readonly Pod[]
  /** The hash that a Service selects; empty when it selects by its own labels alone. */
  selected(service: string): string
  get<T extends KubeObject>(kind: Kind, name: string): T | undefined
  /** Reasons of the Events of the Rollout, as they were told, repeated ones again. */
  events(since?: number): readonly string[]
  messages(since?: number): readonly string[]
  /** How much has been seen so far: for `since`. */
  now(): number
  /** Everything that was seen of a kind since then, oldest first. */
  history<T extends KubeObject>(kind: Kind, since?: number): readonly T[]
  /** Everything that was seen since then, oldest first. */
  changes(since?: number): readonly Seen[]
  /** The phases that a user saw since then, without repetition. */
  phases(since?: number): readonly string[]
  until(what: string, check: () => boolean, boundMs?: number): Promise<void>
  untilPhase(phase: string, message?: string): Promise<void>
  /** Nothing that the check forbids is seen for so long. */
  whileTrue(what: string, check: () => boolean, forMs: number): Promise<void>
}

const BOUND_MS = 90_000
const CATCH_UP_MS = 2000

let lives = 0

export async function beginLife(world: World): Promise<Life> {
  const namespace = `life-${++lives}`
  await world.client.write({
    verb: 'create',
    object: { apiVersion: 'v1', kind: NAMESPACE.kind, metadata: { name: namespace } },
    why: 'a life needs a namespace',
  })
  const client = seeingClient(world, namespace)
  const look = looks(world, namespace)
  const fail = (what: string, after: number) => {
    throw new Error(`${what}: not so after ${after} ms\n${described(world, namespace)}`)
  }
  const life: Life = {
    namespace,
    client,
    ...look,
    ...acts(client, namespace),
    async until(what, check, boundMs = BOUND_MS) {
      const end = systemClock.now() + boundMs
      while (!check()) {
        if (systemClock.now() >= end) fail(what, boundMs)
        await world.window.next(namespace, end)
      }
      await caughtUp(world, namespace)
    },
    async whileTrue(what, check, forMs) {
      const from = systemClock.now()
      while (systemClock.now() < from + forMs) {
        if (!check()) fail(`it no longer holds that ${what}`, systemClock.now() - from)
        await world.window.next(namespace, from + forMs)
      }
    },
    untilPhase: (phase, message) =>
      life.until(`${phase} ${message ?? ''}`.trim(), () => {
        const shown = shownPhase(life.rollout())
        return shown.phase === phase && (message === undefined || shown.message === message)
      }),
  }
  return life
}

/** What follows looks at several kinds: none of their watches may be behind the one that was waited for. */
async function caughtUp({ client, window }: World, namespace: string): Promise<void> {
  const end = systemClock.now() + CATCH_UP_MS
  for (const kind of [REPLICA_SET, SERVICE]) {
    const { items } = await client.list(kind, { namespace })
    const isBehind = () =>
      items.some(item => {
        const found = window.cache.get(refOf(kind, item))
        return found === undefined || version(found) < version(item)
      })
    while (isBehind() && systemClock.now() < end) await window.next(namespace, end)
  }
}

/** Whoever has written sees what they wrote. */
function seeingClient(world: World, namespace: string): Client {
  const isSeen = (kind: Kind, object: KubeObject) => {
    const found = world.window.cache.get(refOf(kind, object))
    return found !== undefined && version(found) >= version(object)
  }
  return {
    ...world.client,
    async write(write) {
      const written = await world.client.write(write)
      const kind = written === undefined || write.verb === 'delete' ? undefined : knownKind(written)
      if (written === undefined || kind === undefined || !world.window.cache.has(kind)) return written
      const end = systemClock.now() + BOUND_MS
      while (!isSeen(kind, written) && systemClock.now() < end) await world.window.next(namespace, end)
      return written
    },
  }
}

function version(object: KubeObject): bigint {
  return BigInt(object.metadata.resourceVersion ?? '0')
}

type Acts = Pick<Life, 'make' | 'patch' | 'remove' | 'run' | 'ran'>

function acts(client: Client, namespace: string): Acts {
  const why = 'the user wants it'
  const write = async (one: Write): Promise<void> => void (await client.write(one))
  const ran: Life['ran'] = async line => {
    let [out, err] = ['', '']
    const exit = await runRollouts(words(line), {
      program: 'kubectl argo rollouts',
      stdout: { write: text => void (out += text), isTerminal: false },
      stderr: { write: text => void (err += text), isTerminal: false },
      env: {},
      clock: systemClock,
      interrupted: new AbortController().signal,
      version: () => ({ version: '', node: '', platform: '' }),
      connect: async () => ({ client, namespace }),
      read: async () => '',
      dashboard: async () => {},
    })
    return { exit, out, err }
  }
  return {
    async make(...objects) {
      for (const object of objects) {
        const own = { ...object, metadata: { ...object.metadata, namespace } }
        await write({ verb: 'create', object: own, why })
      }
    },
    patch: (kind, name, patch, { type, status } = {}) =>
      write({
        verb: 'patch',
        target: { kind, namespace, name },
        patch,
        why,
        ...(type && { type }),
        ...(status && { subresource: 'status' }),
      }),
    remove: (kind, name) => write({ verb: 'delete', target: { kind, namespace, name }, why }),
    ran,
    async run(line) {
      const { exit, out, err } = await ran(line)
      if (exit !== 0) throw new Error(`${line}: exit ${exit}: ${err}`)
      return out
    },
  }
}

function words(line: string): string[] {
  return line.split(' ').filter(word => word !== '')
}

type Looks = Omit<Life, keyof Acts | 'namespace' | 'client' | 'until' | 'untilPhase' | 'whileTrue'>

function looks({ window }: World, namespace: string): Looks {
  const get = <T extends KubeObject>(kind: Kind, name: string) =>
    window.cache.get<T>({ kind, namespace, name })
  const since = (from = 0): readonly Seen[] => window.changes(namespace).slice(from)
  const replicaSets = () =>
    window.cache.list<ReplicaSet>(REPLICA_SET, namespace).toSorted((a, b) => revisionOf(a) - revisionOf(b))
  const revision = (number: number) => {
    const found = replicaSets().find(one => revisionOf(one) === number)
    if (found === undefined) throw new Error(`no ReplicaSet has revision ${number}`)
    return found
  }
  const history = <T extends KubeObject>(kind: Kind, from = 0) =>
    since(from).flatMap(({ now }) => (now?.kind === kind.kind ? [now as T] : []))
  const told = (from = 0) =>
    history<ToldEvent>(EVENT, from).filter(event => event.involvedObject.kind === ROLLOUT.kind)
  return {
    get,
    rollout(name = 'app') {
      const found = get<Rollout>(ROLLOUT, name)
      if (found === undefined) throw new Error(`no Rollout ${name} in ${namespace}`)
      return found
    },
    replicaSets,
    revision,
    hasRevision: number => replicaSets().some(one => revisionOf(one) === number),
    pods(number) {
      const hash = number === undefined ? undefined : podHashOf(revision(number))
      return window.cache
        .list<Pod>(POD, namespace)
        .filter(pod => pod.metadata.deletionTimestamp === undefined)
        .filter(pod => hash === undefined || podHashOf(pod) === hash)
    },
    selected: name => get<Service>(SERVICE, name)?.spec.selector?.['rollouts-pod-template-hash'] ?? '',
    events: from => told(from).map(event => event.reason),
    messages: from => told(from).map(event => `${event.reason}: ${event.message}`),
    now: () => window.changes(namespace).length,
    changes: since,
    history,
    phases(from) {
      const all = history<Rollout>(ROLLOUT, from).map(rollout => shownPhase(rollout).phase)
      return all.filter((phase, i) => phase !== all[i - 1])
    },
  }
}

interface ToldEvent extends KubeObject {
  readonly involvedObject: { readonly kind: string }
  readonly reason: string
  readonly message: string
}
