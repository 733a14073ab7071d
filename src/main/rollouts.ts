// `kubectl argo rollouts …` and `crossfade rollouts …`: the command line in this process, with its terminal
// and signals.
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandError } from '../cli/command.ts'
import type { CliWorld, Output } from '../cli/command.ts'
import { runRollouts } from '../cli/program.ts'
import { parseJson } from '../std/json.ts'
import { stopSignal, systemClock } from '../runtime/system.ts'

/** `program`: how users call us. Gives the exit status; nothing is left to be written then. */
export async function rollouts(args: readonly string[], program: string): Promise<number> {
  const status = await runRollouts(args, processWorld(program))
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  return status
}

/** One command line on the cluster of a kubeconfig. */
export function rolloutsAt(args: readonly string[], kubeconfig: string): Promise<number> {
  return runRollouts([...args, '--kubeconfig', kubeconfig], processWorld('kubectl argo rollouts'))
}

function processWorld(program: string): CliWorld {
  const interrupted = stopSignal()
  return {
    program,
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    env: process.env,
    clock: systemClock,
    interrupted,
    version: () => ({
      version: packageVersion(),
      node: process.version,
      platform: `${process.platform}/${process.arch}`,
    }),
    async connect(flags) {
      const { connectWith } = await import('../cli/access.ts')
      return connectWith({ flags, clock: systemClock, userAgent: `crossfade/rollouts (${process.platform})` })
    },
    async read(file) {
      try {
        return readFileSync(file, 'utf8')
      } catch (error) {
        throw new CommandError(`cannot read ${file}: ${(error as Error).message}`)
      }
    },
    async dashboard(asked, told) {
      const { dashboard } = await import('./dashboard.ts')
      await dashboard(asked, { env: process.env, version: packageVersion(), interrupted, told })
    },
  }
}

function outputTo(stream: NodeJS.WriteStream): Output {
  return {
    write: text => void stream.write(text),
    isTerminal: stream.isTTY === true,
    get size() {
      return { columns: stream.columns || 80, rows: stream.rows || 24 }
    },
  }
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return stream.writableLength === 0
    ? Promise.resolve()
    : new Promise(resolve => stream.once('drain', resolve))
}

/** The programs stand in `dist/bin` and `dist/main`, two folders below the package's own. */
function packageVersion(): string {
  const program = realpathSync(process.argv[1] ?? '.')
  const manifest = parseJson(readFileSync(join(dirname(program), '..', '..', 'package.json'), 'utf8'))
  return String((manifest as { version?: string } | undefined)?.version)
}
