// The synchronous model world as a stage. Only a user's commands and questions to the outside have promises; time
// stands still while one is under way.
import { answersFrom } from '../../src/controller/answers.ts'
import type { Clock } from '../../src/doors/clock.ts'
import type { Answer, Question } from '../../src/kube/reconciler.ts'
import type { Client } from '../../src/runtime/network/client.ts'
import type { Way } from '../../src/sim/model/process.ts'
import { createModelWorld } from '../../src/sim/model/world.ts'
import type { ModelWorld } from '../../src/sim/model/world.ts'
import type { Instant } from '../../src/std/instant.ts'
import type { Json } from '../../src/std/json.ts'
import { modelClient } from './model-client.ts'
import { play } from './play.ts'
import type { Recording, Scenario } from './recording.ts'
import { SERVER, scriptedServer } from './scripted-server.ts'
import type { Stage } from './stage.ts'
import { typedCommand } from './typed-command.ts'

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
  const place = { client, clock: clockOf(world), advance: (ms: number) => advance(timeline.now() + ms) }
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
    server: SERVER,
    run: (line, namespace) => typedCommand(place, line, namespace),
  }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

/** Nothing is lost and nothing is late; questions are asked by the very code that asks in the product. */
function quietWay(asking: { underWay: number }, now: () => Instant, client: Client): Way {
  const clock = { now, sleepUntil: () => new Promise<void>(() => {}) }
  const answerer = answersFrom({ client, clock, ...scriptedServer() })
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

/** Who sleeps is woken by the timeline, or when nobody needs it any more. */
function clockOf({ timeline }: ModelWorld): Clock {
  return {
    now: timeline.now,
    sleepUntil: (at, signal) =>
      new Promise(resolve => {
        timeline.at(at, resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
      }),
  }
}
