// `dashboard`: serves the page and the peer's API, or prints a link or a token for one that runs.
import { CommandError, isOn, textOf } from './command.ts'
import type { Call } from './command.ts'
import { numberFlag } from './print.ts'

const ROOT_PATH = /^[\w.~/-]{0,200}$/
const PORT_MAX = 65_535

export async function run({ flags, world }: Call): Promise<number> {
  const port = numberFlag(flags, 'port') ?? 0
  const rootPath = textOf(flags, 'root-path') ?? ''
  if (port > PORT_MAX)
    throw new CommandError(`invalid argument "${port}" for "--port" flag: ${PORT_MAX} is the largest`)
  if (!ROOT_PATH.test(rootPath) || rootPath.split('/').some(word => word === '.' || word === '..')) {
    throw new CommandError('--root-path takes letters, digits, -, _, ., ~ and /')
  }
  const what = isOn(flags, 'url') ? 'url' : isOn(flags, 'print-token') ? 'token' : 'serve'
  await world.dashboard({ what, port, rootPath, flags }, line => world.stdout.write(`${line}\n`))
  return 0
}
