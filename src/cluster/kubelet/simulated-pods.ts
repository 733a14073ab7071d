// Simulated pods as a reconciler: the table of stages decides, the status follows. What a pod needs of the real world,
// a port that answers and later its orderly end, are questions, answered out of band by kubelet.ts.
import { isConditionTrue } from '../../kube/conditions.ts'
import type { Pod } from '../../kube/core.ts'
import { CONFIG_MAP, POD, SECRET } from '../../kube/kinds.ts'
import { asJson, keyOf, parseKey, refOf } from '../../kube/object.ts'
import type { Kind, KubeObject } from '../../kube/object.ts'
import type { Answer, Decision, Question, Reconciler, Wait, WatchDeclaration } from '../../kube/reconciler.ts'
import type { Instant } from '../../std/instant.ts'
import { createdAt } from './pod-status.ts'
import { keysAlone, missingOf, referenceKey, referenceKeys } from './references.ts'
import { killingEvents, mountFailedEvent, unscheduledEvent } from './pod-events.ts'
import type { PodStatus } from './pod-status.ts'
import { isPending, nextStage } from './stages.ts'
import type { Stage, Surroundings } from './stages.ts'

/** What a question of this reconciler is about. */
export type PodQuestion =
  /** Open a port for the pod; it stays open until the question is dropped. */
  | { readonly what: 'serve'; readonly pod: ServedPod }
  /** Let the requests in flight end, and close the port. */
  | { readonly what: 'end'; readonly uid: string }

export interface ServedPod {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly ip: string
  readonly image: string
  readonly container: string
  readonly env: { readonly [name: string]: string }
}

export interface SimulatedSnapshot extends Surroundings {
  readonly now: Instant
  /** Undefined when it has gone: nothing of it is to stay open. */
  readonly pod: Pod | undefined
  readonly answers: Readonly<Record<string, Answer>>
}

const SERVE_AGAIN_MS = 5000
const MOUNT_MS = 1000
const TOLD_AGAIN_MS = 120_000
const NAMED = 'pods-by-reference'

export function simulatedPods(around: Surroundings): Reconciler<SimulatedSnapshot, PodStatus> {
  return {
    kind: POD,
    indices: {
      [NAMED]: { of: POD, values: pod => (isPending(pod as Pod) ? referenceKeys(pod as Pod) : []) },
    },
    watches: [
      { kind: POD, keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)] },
      named(CONFIG_MAP),
      named(SECRET),
    ],
    gather(key, cache, now, answers) {
      const { namespace, name } = parseKey(key)
      const pod = cache.get<Pod>({ kind: POD, namespace, name })
      const missing = pod !== undefined && isPending(pod) ? missingOf(pod, cache) : undefined
      return { ...around, now, pod, missing, answers }
    },
    decide,
  }
}

/** A ConfigMap or a Secret that comes or goes concerns the pods that wait to start and name it. */
function named(kind: Kind): WatchDeclaration {
  return {
    kind,
    trim: keysAlone,
    keysFor: (now, before, cache) =>
      cache.by<Pod>(POD, NAMED, referenceKey(kind, (now ?? before) as KubeObject)).map(keyOf),
  }
}

function decide(snapshot: SimulatedSnapshot): Decision<PodStatus> {
  const { pod, now } = snapshot
  if (pod === undefined) return { writes: [] }
  if (pod.metadata.deletionTimestamp === undefined) {
    const held = heldBack(pod, snapshot)
    if (held !== undefined) return held
  }
  const stage = nextStage(pod, snapshot)
  if (stage !== undefined && stage.status === undefined && stage.at <= now) return ended(pod, snapshot)
  const serve = servesNow(pod) || stage?.serves === true ? questionOf(pod) : undefined
  const answer = serve === undefined ? undefined : snapshot.answers[serve.id]
  const asked = { writes: [], questions: serve === undefined ? [] : [serve] }
  if (answer !== undefined && 'error' in answer) return refused(answer, asked, now)
  if (stage === undefined) return asked
  if (stage.at > now) return { ...asked, waits: [waitFor(stage, now)] }
  if (stage.serves && answer === undefined) return asked
  return {
    ...asked,
    ...(stage.status && { status: stage.status(now) }),
    ...(stage.events && { afterwards: stage.events }),
  }
}

/** Bound to no node, or without a volume: nothing happens to it until somebody mends that. It is told now and then. */
function heldBack(pod: Pod, { missing, now }: SimulatedSnapshot): Decision<PodStatus> | undefined {
  const unscheduled = unscheduledEvent(pod)
  if ((pod.spec.nodeName ?? '') === '')
    return { writes: [], ...(unscheduled && { announced: [unscheduled], waits: [againAt(now)] }) }
  if (missing?.volume === undefined) return undefined
  const from = createdAt(pod) + MOUNT_MS
  if (now < from) return { writes: [], waits: [{ for: 'its volumes', since: now, until: from }] }
  return { writes: [], announced: [mountFailedEvent(missing.volume, missing.message)], waits: [againAt(now)] }
}

function againAt(now: Instant): Wait {
  return { for: 'what it names', since: now, until: now + TOLD_AGAIN_MS }
}

/** No port could be had: the question is kept for a while, then asked anew. */
function refused(
  answer: Answer & { error: string },
  asked: Decision<PodStatus>,
  now: Instant,
): Decision<PodStatus> {
  const again = answer.at + SERVE_AGAIN_MS
  const waits = [{ for: 'a port', since: answer.at, until: Math.max(again, now + 1) }]
  const announced = [{ type: 'Warning' as const, reason: 'FailedToServe', message: answer.error }]
  return now < again ? { ...asked, waits, announced } : { writes: [], waits }
}

function ended(pod: Pod, { answers }: SimulatedSnapshot): Decision<PodStatus> {
  const uid = pod.metadata.uid ?? ''
  const end: Question = { id: `end/${uid}`, about: { what: 'end', uid } }
  if (answers[end.id] === undefined) return { writes: [], questions: [end] }
  return {
    questions: [end],
    afterwards: killingEvents(pod),
    writes: [
      {
        verb: 'delete',
        target: refOf(POD, pod),
        ifUid: uid,
        gracePeriodSeconds: 0,
        why: `nothing of pod ${pod.metadata.name} runs any more`,
      },
    ],
  }
}

/** Its containers run, by its own status: after a restart of this program its port must be opened again. */
export function servesNow(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isConditionTrue(pod, 'ContainersReady')
}

function questionOf(pod: Pod): Question {
  const [container] = pod.spec.containers
  const values = (container?.env ?? []).flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value]],
  )
  const about: PodQuestion = {
    what: 'serve',
    pod: {
      uid: pod.metadata.uid ?? '',
      namespace: pod.metadata.namespace ?? '',
      name: pod.metadata.name,
      ip: pod.status?.podIP ?? '',
      image: container?.image ?? '',
      container: container?.name ?? '',
      env: Object.fromEntries(values) as Record<string, string>,
    },
  }
  return { id: `serve/${about.pod.uid}`, about: asJson(about) }
}

function waitFor(stage: Stage, now: Instant): Wait {
  return { for: stage.name, since: now, until: stage.at }
}
