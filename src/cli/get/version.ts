// `version`: which build this is.
import { isOn } from '../command.ts'
import type { Call } from '../command.ts'
import { asData } from '../print.ts'

export async function run({ flags, world }: Call): Promise<number> {
  const info = world.version()
  const first = `kubectl-argo-rollouts: v${info.version}\n`
  const rest = `  NodeVersion: ${info.node}\n  Platform: ${info.platform}\n`
  world.stdout.write((await asData(info, flags)) ?? (isOn(flags, 'short') ? first : first + rest))
  return 0
}
