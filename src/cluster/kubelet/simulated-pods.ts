// Simulated pods as a reconciler: the table of stages decides, the status follows. What a pod needs of the real world,
// a port that answers and later its orderly end, are questions, answered out of band by kubelet.ts.
import { isConditionTrue } from '../../kube/conditions.ts'
import type { Pod } from '../../kube/core.ts'
import { POD } from '../../kube/kinds.ts'
import { asJson, keyOf, parseKey, refOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Answer, Decision, Question, Reconciler, Wait } from '../../kube/reconciler.ts'
import type { Instant } from '../../std/instant.ts'
import { killingEvents } from './pod-events.ts'
import type { PodStatus } from './pod-status.ts'
import { nextStage } from './stages.ts'
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

export function simulatedPods(around: Surroundings): Reconciler<SimulatedSnapshot, PodStatus> {
  return {
    kind: POD,
    indices: {},
    watches: [{ kind: POD, keysFor: (now, before) => [keyOf((now ?? before) as KubeObject)] }],
    gather(key, cache, now, answers) {
      const { namespace, name } = parseKey(key)
      return { ...around, now, pod: cache.get<Pod>({ kind: POD, namespace, name }), answers }
    },
    decide,
  }
}

function decide(snapshot: SimulatedSnapshot): Decision<PodStatus> {
  const { pod, now } = snapshot
  if (pod === undefined) return { writes: [] }
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
