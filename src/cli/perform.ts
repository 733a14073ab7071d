// Carries an action out: reads, plans, writes in order; when somebody else was faster, reads and plans anew.
import { KubeError } from '../kube/errors.ts'
import type { Client } from '../runtime/network/client.ts'
import type { Act, Planned } from './act/act.ts'
import { CommandError } from './command.ts'

const ATTEMPTS = 5

/** What was done. `plan` reads what it needs; it is called again after a conflict. */
export async function perform(client: Client, plan: () => Promise<Planned> | Planned): Promise<Act> {
  for (let attempt = 1; ; attempt++) {
    const planned = await plan()
    if ('refused' in planned) throw new CommandError(planned.refused, planned.meant)
    try {
      for (const write of planned.writes) await client.write(write)
      return planned
    } catch (error) {
      const isConflict = error instanceof KubeError && error.reason === 'Conflict'
      if (!isConflict || attempt === ATTEMPTS) throw error
    }
  }
}
