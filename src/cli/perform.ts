// Carries an action out: reads, plans, writes in order; when somebody else was faster, reads and plans anew.
import { KubeError } from '../kube/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Planned } from './act/act.ts'
import { CommandError } from './command.ts'

const ATTEMPTS = 5

/** What is to be printed. `plan` reads what it needs; it is called again after a conflict. */
export async function perform(client: Client, plan: () => Promise<Planned> | Planned): Promise<string> {
  const done = await performed(client, plan)
  if ('refused' in done) throw new CommandError(done.refused)
  return done.text
}

type Done = { readonly text: string; readonly written: readonly KubeObject[] } | { readonly refused: string }

/** `written`: each object as it then was. Throws what the server answers. */
export async function performed(client: Client, plan: () => Promise<Planned> | Planned): Promise<Done> {
  for (let attempt = 1; ; attempt++) {
    const planned = await plan()
    if ('refused' in planned) return planned
    try {
      const written: KubeObject[] = []
      for (const write of planned.writes) written.push(...present(await client.write(write)))
      return { text: planned.text, written }
    } catch (error) {
      const isConflict = error instanceof KubeError && error.reason === 'Conflict'
      if (!isConflict || attempt === ATTEMPTS) throw error
    }
  }
}

function present(object: KubeObject | undefined): KubeObject[] {
  return object === undefined ? [] : [object]
}
