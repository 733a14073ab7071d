// The synchronous model world as a stage. Only a user's commands and questions to the outside have promises; time
// stands still while one is under way.
import { runRollouts } from '../../src/cli/program.ts'
import { answersFrom } from '../../src/controller/answers.ts'
import type { Clock } from '../../src/doors/clock.ts'
import type { Answer, Question } from '../../src/kube/reconciler.ts'
import type { Client } from '../../src/runtime/network/client.ts'
import type { Way } from '../../src/sim/model/process.ts'
import { createModelWorld } from '../../src/sim/model/world.ts'
import type { ModelWorld } from '../../src/sim/model/world.ts'
import type { Instant } from '../../src/std/instant.ts'
import type { Json } from '../../src/std/json.ts'
import { scriptedOutside } from '../tools/scripted-outside.ts'
import { modelClient } from './model-client.ts'
import { play } from './play.ts'
import type { Recording, Scenario } from './recording.ts'
import { COMMAND_MS } from './stage.ts'
import type { Ran, Stage } from './stage.ts'

const SERVER_HOST = '127.0.0.1:6443'
const VERSION = JSON.stringify({ major: '1', minor: '34' })
const LONGEST_COMMAND_MS = 150_000
const TICK_MS = 10

export function playInModel(scenario: Scenario): Promise<Recording> {
  return play(scenario, modelStage())
}

function modelStage(): Stage {
  const asking = { underWay: 0 }
  const world = createModelWorld({
    keepsEvents: true,
    way: ({ timeline, cluster }) => quietWay(asking, timeline.now, modelClient(cluster)),
  })
  const client = modelClient(world.cluster)
  const { timeline } = world
  const advance = async (until: Instant) => {
    for (;;) {
      const next = Math.min(timeline.nextAt() ?? Infinity, until)
      timeline.runUntil(next)
      while (asking.underWay > 0) await turn()
      if (next >= until && (timeline.nextAt() ?? Infinity) > until) return
    }
  }
  return {
    client: {
      ...client,
      async write(write) {
        const written = await client.write(write)
        await advance(timeline.now())
        return written
      },
    },
    clock: { now: timeline.now, sleepUntil: at => advance(Math.max(at, timeline.now())) },
    server: `https://${SERVER_HOST}`,
    run: (line, namespace) => run({ world, client, advance }, line, namespace),
  }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

/** Nothing is lost and nothing is late; questions are asked by the very code that asks in the product. */
function quietWay(asking: { underWay: number }, now: () => Instant, client: Client): Way {
  const outside = scriptedOutside(({ host, path }) =>
    host === SERVER_HOST && path === '/version' ? VERSION : undefined,
  )
  const clock = { now, sleepUntil: () => new Promise<void>(() => {}) }
  const answerer = answersFrom({ client, clock, ...outside })
  const answered = async (question: Question): Promise<Answer> =>
    answerer(question, new AbortController().signal).then(
      (value: Json) => ({ at: now(), value }),
      (error: unknown) => ({ at: now(), error: String(error) }),
    )
  return {
    event: () => ({ afterMs: 0, times: 1 }),
    write: (_, make) => ({ result: make(), afterMs: 0 }),
    ask({ question }, reply) {
      asking.underWay++
      void answered(question).then(answer => {
        asking.underWay--
        reply(answer)
      })
    },
  }
}

interface Running {
  readonly world: ModelWorld
  readonly client: Client
  advance(until: Instant): Promise<void>
}

async function run({ world, client, advance }: Running, line: string, namespace: string): Promise<Ran> {
  let [stdout, stderr] = ['', '']
  const interrupted = new AbortController()
  const running = { status: undefined as number | undefined, sleeping: 0 }
  const { timeline } = world
  const done = runRollouts(line.split(' '), {
    program: 'kubectl argo rollouts',
    stdout: { write: text => void (stdout += text), isTerminal: false },
    stderr: { write: text => void (stderr += text), isTerminal: false },
    env: {},
    clock: sleepingClock(world, running),
    interrupted: interrupted.signal,
    version: () => ({ version: '', node: '', platform: '' }),
    connect: async () => ({ client, namespace }),
    read: async () => '',
    dashboard: async () => {},
  }).then(status => (running.status = status))
  const end = timeline.now() + LONGEST_COMMAND_MS
  while (running.status === undefined && timeline.now() < end) {
    if (running.sleeping > 0) await advance(timeline.now() + TICK_MS)
    await turn()
  }
  interrupted.abort()
  const exit = await done
  await advance(timeline.now() + COMMAND_MS)
  return { exit, stdout, stderr }
}

/** A command that waits lets time go on. */
function sleepingClock({ timeline }: ModelWorld, running: { sleeping: number }): Clock {
  return {
    now: timeline.now,
    sleepUntil: (at, signal) =>
      new Promise(resolve => {
        running.sleeping++
        let isOver = false
        const wake = () => {
          if (isOver) return
          isOver = true
          running.sleeping--
          resolve()
        }
        timeline.at(at, wake)
        signal.addEventListener('abort', wake, { once: true })
      }),
  }
}
