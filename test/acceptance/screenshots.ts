// The pictures of the documentation, made anew: the gateway's home page, and the demo's page with 0, 30 and 100 % of
// the users on the new version, light and dark. Needs Chromium.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProgram, temporaryHome, typed, until } from './program.ts'
import type { Program } from './program.ts'

const FOLDER = 'docs/pictures'
const HOST = 'rollout-canary-all-traffic.default.localhost'
const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
/** As long as the page needs for the last 100 answers that it shows. */
const PAGE_MS = 30_000

function picture(name: string, url: string, [width, height]: readonly [number, number]): void {
  for (const theme of ['light', 'dark'] as const) {
    const profile = mkdtempSync(join(tmpdir(), 'chromium-'))
    const file = join(FOLDER, `${name}-${theme}.png`)
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      '--no-first-run',
      '--disable-background-networking',
      `--user-data-dir=${profile}`,
      `--window-size=${width},${height}`,
      `--virtual-time-budget=${PAGE_MS}`,
      ...(theme === 'dark' ? ['--force-dark-mode', '--blink-settings=preferredColorScheme=0'] : []),
      `--screenshot=${file}`,
    ]
    const { status, stderr } = spawnSync('chromium', [...flags, url], { encoding: 'utf8' })
    rmSync(profile, { recursive: true, force: true })
    if (status !== 0) throw new Error(`chromium: ${stderr}`)
    console.log(file)
  }
}

async function say(program: Program, line: string): Promise<void> {
  const { exit, stderr } = await typed(program, `kubectl-argo-rollouts ${line}`)
  if (exit !== 0) throw new Error(`${line}: ${stderr}`)
}

async function stands(program: Program, wanted: RegExp): Promise<void> {
  const text = async () => (await typed(program, 'kubectl-argo-rollouts get rollout rollout-canary')).stdout
  await until(String(wanted), text, now => wanted.test(now), 90)
}

const home = temporaryHome()
const program = await startProgram(home.path, ['--demo', '--no-load'])
const demo = `${program.gateway.replace('127.0.0.1', HOST)}/`
mkdirSync(FOLDER, { recursive: true })
try {
  await stands(program, /Status: +✔ Healthy/)
  picture('demo-0', demo, [900, 520])
  await say(program, `set image rollout-canary webserver-simple=${IMAGE}:v2.0`)
  await stands(program, /Status: +॥ Paused/)
  picture('demo-30', demo, [900, 520])
  picture('home', `${program.gateway.replace('127.0.0.1', 'localhost')}/`, [900, 760])
  await say(program, 'promote rollout-canary --full')
  await stands(program, /Status: +✔ Healthy/)
  picture('demo-100', demo, [900, 520])
} finally {
  program.signal('SIGTERM')
  await program.ended
  home.remove()
}
