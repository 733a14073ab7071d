// The pictures of the dashboard in the documentation, made anew: a list of 200 and of two, a canary under way and right
// after its abort, wide and on a phone, light and dark, in English and Chinese. Needs Chromium.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { aUser, startBrowser } from '../tools/browser.ts'
import { startProgram, temporaryHome, typed, until } from './program.ts'

const FOLDER = 'docs/pictures'
const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
const MANY = 198
const WIDE = { width: 1280, height: 860 }
const PHONE = { width: 390, height: 844 }

const home = temporaryHome()
const program = await startProgram(home.path, ['--demo'])
const browser = await startBrowser()
const user = await aUser(browser)
const at = program.dashboard.split('#')[0] ?? ''

async function say(line: string): Promise<void> {
  const { exit, stderr } = await typed(program, line)
  if (exit !== 0) throw new Error(`${line}: ${stderr}`)
}

async function stands(wanted: RegExp): Promise<void> {
  const text = async () => (await typed(program, 'kubectl-argo-rollouts get rollout rollout-canary')).stdout
  await until(String(wanted), text, now => wanted.test(now), 90)
}

async function picture(page: Page, name: string): Promise<void> {
  const file = join(FOLDER, `dashboard-${name}.png`)
  await page.screenshot({ path: file })
  console.log(file)
}

/** Traffic is drawn over minutes. */
const lookFor = (page: Page, ms: number) => page.waitForTimeout(ms)

function many(): string {
  const one = (i: number) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name: `service-${String(i).padStart(3, '0')}`,
      labels: { team: i % 3 === 0 ? 'red' : 'blue' },
    },
    spec: {
      replicas: i % 40 === 7 ? 1 : 0,
      ...(i % 40 === 7 ? { progressDeadlineSeconds: 2 } : {}),
      selector: { matchLabels: { app: `service-${i}` } },
      strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
      template: {
        metadata: { labels: { app: `service-${i}` } },
        spec: {
          containers: [{ name: 'app', image: `${i % 40 === 7 ? 'nowhere.example/app' : IMAGE}:v1.0` }],
        },
      },
    },
  })
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: Array.from({ length: MANY }, (_, i) => one(i)),
  })
}

mkdirSync(FOLDER, { recursive: true })
try {
  const page = await user.newPage()
  await page.setViewportSize(WIDE)
  await page.goto(program.dashboard)
  const rollout = `${at}rollout/default/rollout-canary`
  await stands(/Status: +✔ Healthy/)
  await lookFor(page, 30_000)
  await say(`kubectl-argo-rollouts set image rollout-canary webserver-simple=${IMAGE}:v2.0`)
  await stands(/Status: +॥ Paused/)
  await page.goto(rollout)
  await page.getByRole('button', { name: '1 min' }).click()
  await lookFor(page, 20_000)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await lookFor(page, 1000)
    await picture(page, `canary-${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(PHONE)
  await lookFor(page, 1000)
  await picture(page, 'phone')
  await page.setViewportSize(WIDE)
  await page.getByRole('button', { name: 'Promote', exact: true }).click()
  await lookFor(page, 2000)
  await picture(page, 'promote')
  await page.keyboard.press('Escape')
  await say('kubectl-argo-rollouts abort rollout-canary')
  await stands(/Status: +✖ Degraded/)
  await page.getByRole('button', { name: '1 min' }).click()
  await lookFor(page, 8000)
  await picture(page, 'aborted')
  const chinese = await aUser(browser, {
    locale: 'zh-CN',
    storageState: await user.storageState(),
    viewport: WIDE,
  })
  const translated = await chinese.newPage()
  await translated.goto(rollout)
  await lookFor(translated, 4000)
  await picture(translated, 'chinese')
  await say(`printf '%s' '${many()}' | kubectl apply -f - > /dev/null`)
  await page.goto(at)
  await until(
    'all are there',
    () => page.locator('[role=status]').first().innerText(),
    text => text.includes('200 of 200'),
  )
  await lookFor(page, 8000)
  await picture(page, 'list')
} finally {
  await browser.close()
  program.signal('SIGTERM')
  await program.ended
  home.remove()
}
