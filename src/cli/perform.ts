// Carries an action out: reads, plans, writes in order; when somebody else was faster, reads and plans anew.
import { KubeError } from '../kube/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Act, Planned, Refused } from './act/act.ts'
import { CommandError } from './command.ts'

const ATTEMPTS = 5

/** What was done. `plan` reads what it needs; it is called again after a conflict. */
export async function perform(client: Client, plan: () => Promise<Planned> | Planned): Promise<Act> {
  const done = await performed(client, plan)
  if ('refused' in done) throw new CommandError(done.refused, done.meant)
  return done.act
}

type Done = { readonly act: Act; readonly written: readonly KubeObject[] } | Refused

/** `written`: each object as it then was. Throws what the server answers. */
export async function performed(client: Client, plan: () => Promise<Planned> | Planned): Promise<Done> {
  for (let attempt = 1; ; attempt++) {
    const planned = await plan()
    if ('refused' in planned) return planned
    try {
      const written: KubeObject[] = []
      for (const write of planned.writes) written.push(...present(await client.write(write)))
      return { act: planned, written }
    } catch (error) {
      const isConflict = error instanceof KubeError && error.reason === 'Conflict'
      if (!isConflict || attempt === ATTEMPTS) throw error
    }
  }
}

function present(object: KubeObject | undefined): KubeObject[] {
  return object === undefined ? [] : [object]
}
