// Pods that can never start: a Job waits for them for ever, so the measurement looks at them itself. Asked out of band,
// at moments that grow further apart, since nobody watches the pods of Jobs.
import type { Measurement } from '../../api/analysis.ts'
import type { Job } from '../../kube/apps.ts'
import type { ContainerStatus, Pod } from '../../kube/core.ts'
import type { Answer, Question, Wait } from '../../kube/reconciler.ts'
import type { Instant } from '../../std/instant.ts'
import { parseInstant } from '../../std/instant.ts'

export interface PodsLook {
  /** What is wrong with the pods; undefined while nothing is known to be. */
  readonly problem: string | undefined
  readonly questions: readonly Question[]
  readonly waits: readonly Wait[]
}

/** What the answerer is to read. */
export interface PodsQuestion {
  readonly podsOf: { readonly namespace: string; readonly job: string }
}

const FIRST_MS = 2000
const AT_MOST_MS = 60_000

export function lookAtPods(
  { startedAt = '' }: Measurement,
  job: Job,
  { now, answers }: { now: Instant; answers: Readonly<Record<string, Answer>> },
): PodsLook {
  const since = parseInstant(startedAt) ?? now
  const { last, next } = moments(now - since)
  const { name, namespace = '' } = job.metadata
  const wait: Wait = { for: `a look at the pods of ${name}`, since: now, until: since + next }
  if (last === undefined) return { problem: undefined, questions: [], waits: [wait] }
  const id = `pods of ${name} at ${last / 1000} s`
  const about = { podsOf: { namespace, job: name } }
  const answer = answers[id]
  const problem = answer !== undefined && 'value' in answer ? answer.value : undefined
  return {
    problem: typeof problem === 'string' && problem !== '' ? problem : undefined,
    questions: [{ id, about }],
    waits: [wait],
  }
}

/** 2 s, 4 s, 8 s … after the beginning, then each minute. */
function moments(elapsed: number): { readonly last: number | undefined; readonly next: number } {
  let [last, next]: [number | undefined, number] = [undefined, FIRST_MS]
  while (next < AT_MOST_MS && next <= elapsed) [last, next] = [next, next * 2]
  if (next <= elapsed) {
    last = next + Math.floor((elapsed - next) / AT_MOST_MS) * AT_MOST_MS
    next = last + AT_MOST_MS
  }
  return { last, next }
}

const HOPELESS = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']

/** Compat: the sentence, with a line's end for each container; empty when all may yet start. */
export function podsProblem(pods: readonly Pod[]): string {
  return pods
    .flatMap(({ metadata, status }) => {
      const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
      return all.map(container => containerProblem(metadata.name, container))
    })
    .join('')
}

function containerProblem(pod: string, { name, state }: ContainerStatus): string {
  const { reason = '', message = '' } = state?.waiting ?? {}
  return HOPELESS.includes(reason)
    ? `Pod ${pod}, container ${name} has terminal error (${reason}): ${message}\n`
    : ''
}
