// The memory of `npm start` at rest: resident megabytes of the program, and of everything that npm started with it,
// against the limit of 250 MB. Waits until the demo is Healthy and garbage has settled.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const LIMIT_MB = 250
const REST_SECONDS = Number(process.argv[2] ?? 60)

/** pid → its parent and its resident megabytes. */
function processes(): ReadonlyMap<number, { parent: number; residentMb: number; command: string }> {
  const found = new Map<number, { parent: number; residentMb: number; command: string }>()
  for (const name of readdirSync('/proc').filter(one => /^\d+$/.test(one))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8')
      const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      found.set(Number(name), { parent: field('PPid'), residentMb: field('VmRSS') / 1024, command })
    } catch {
      continue // it has ended meanwhile
    }
  }
  return found
}

function treeOf(root: number) {
  const all = processes()
  const inTree = (pid: number): boolean => pid === root || (all.has(pid) && inTree(all.get(pid)!.parent))
  return [...all].filter(([pid]) => pid > 1 && inTree(pid)).map(([, one]) => one)
}

const home = mkdtempSync(join(tmpdir(), 'crossfade-'))
const child = spawn('npm', ['start', '--', '--port', '0', '--gateway-port', '0'], {
  env: { ...process.env, CROSSFADE_HOME: home },
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
})
await new Promise<void>(resolve =>
  child.stdout.on('data', chunk => String(chunk).includes('export PATH') && resolve()),
)
await new Promise(resolve => setTimeout(resolve, REST_SECONDS * 1000))
const tree = treeOf(child.pid as number)
const total = tree.reduce((sum, one) => sum + one.residentMb, 0)
const program = Math.max(...tree.map(one => one.residentMb))
process.kill(-(child.pid as number), 'SIGTERM')
await new Promise(resolve => child.on('exit', resolve))
rmSync(home, { recursive: true, force: true })
console.log(
  `npm start at rest for ${REST_SECONDS} s: ${program.toFixed(0)} MB resident, ${(program / LIMIT_MB).toFixed(2)} of ` +
    `${LIMIT_MB} MB (with npm itself, ${tree.length} processes: ${total.toFixed(0)} MB)`,
)
