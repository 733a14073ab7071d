// The dashboard's page in a real browser: the stories by clicking alone, and what must not be possible there.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadAll } from 'js-yaml'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiOf, apply } from './acceptance/api.ts'
import type { Manifest } from './acceptance/api.ts'
import { sendRequests, startLoad } from './acceptance/load.ts'
import { startProgram, temporaryHome, typed } from './acceptance/program.ts'
import type { Program } from './acceptance/program.ts'
import { aUser, missingBrowser, startBrowser, violations } from './tools/browser.ts'

const IMAGE = 'docker.io/kostiscodefresh/gitops-canary-app'
/** Of a machine that does much else besides. */
const SLOW_MS = 60_000
const LONGEST_MS = 300_000
const ROLLOUTS = '/apis/argoproj.io/v1alpha1/namespaces'
const SCRIPT = `"'><script>globalThis.__ran = 1</script><img src=x onerror="globalThis.__ran = 2">`
const TURNED = '\u202etxet'
const AT = '2026-08-01T12:00:00Z'

/** The controller leaves it alone: what stands there stays. */
const hostileObjects = {
  namespace: 'default',
  rollout: {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'hostile', labels: { 'argo-rollouts.argoproj.io/controller-instance-id': 'nobody' } },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'hostile' } },
      strategy: { canary: { steps: [{ setHeaderRoute: { name: SCRIPT } }] } },
      template: {
        metadata: { labels: { app: 'hostile' } },
        spec: { containers: [{ name: 'app', image: SCRIPT }] },
      },
    },
  },
  event: {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'hostile' },
    involvedObject: { kind: 'Rollout', namespace: 'default', name: 'hostile' },
    type: 'Warning',
    reason: TURNED,
    message: SCRIPT,
    lastTimestamp: AT,
  },
}
/** A program at this port behind the gateway, for every host. */
const podAt = (port: number) => ({
  '/api/v1/namespaces/default/services': {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'pod' },
    spec: { ports: [{ name: 'http', port: 80 }] },
  },
  '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices': {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'pod', labels: { 'kubernetes.io/service-name': 'pod' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port }],
    endpoints: [{ addresses: ['127.0.0.1'] }],
  },
  '/apis/networking.k8s.io/v1/namespaces/default/ingresses': {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'pod' },
    spec: { defaultBackend: { service: { name: 'pod', port: { number: 80 } } } },
  },
})
const hostileStatus = {
  phase: 'Degraded',
  message: SCRIPT,
  observedGeneration: '1',
  conditions: [
    {
      type: TURNED,
      status: 'True',
      reason: SCRIPT,
      message: SCRIPT,
      lastTransitionTime: AT,
      lastUpdateTime: AT,
    },
  ],
}

describe.skipIf(missingBrowser !== undefined)(
  `the dashboard's page${missingBrowser === undefined ? '' : `: ${missingBrowser}`}`,
  { timeout: LONGEST_MS },
  () => {
    const home = temporaryHome()
    let program: Program
    let browser: Browser
    let user: BrowserContext
    let page: Page
    const problems: string[] = []
    beforeAll(async () => {
      ;[program, browser] = await Promise.all([startProgram(home.path, ['--demo']), startBrowser()])
      user = await aUser(browser)
      user.setDefaultTimeout(SLOW_MS)
      user.on('weberror', error => problems.push(error.error().message))
      page = await user.newPage()
    }, LONGEST_MS)
    afterAll(async () => {
      await browser.close()
      program.signal('SIGTERM')
      await program.ended
      home.remove()
    })

    const at = () => program.dashboard.split('#')[0] ?? ''
    const open = (name: string, on = page) => on.goto(`${at()}rollout/default/${name}`)
    const state = (on = page) => on.locator('.standing strong').first()
    const stands = async (phase: string, on = page) =>
      expect.poll(() => state(on).innerText(), poll).toBe(phase)
    const poll = { timeout: SLOW_MS, interval: 100 }
    /** Elements that only a text of an object can have made. */
    const made = () => page.locator('main :is(script, img, iframe, [onerror], [onclick])').count()
    const press = async (name: string, on = page) => {
      await on.getByRole('button', { name, exact: true }).first().click()
      await on.getByRole('dialog').getByRole('button', { name, exact: true }).click()
    }
    const setImage = async (tag: string, on = page) => {
      await on.getByLabel('Image', { exact: true }).fill(`${IMAGE}:${tag}`)
      await press('Set image', on)
    }
    /** In percent; 0 for a revision that no longer has any. */
    const share = async (revision: number) => {
      const row = page.locator('tbody tr', {
        has: page.getByRole('rowheader', { name: String(revision), exact: true }),
      })
      if ((await row.count()) === 0) return 0
      return Number.parseFloat(await row.locator('td').first().innerText()) || 0
    }

    test('the link signs in, once, and leaves no key in the address', async () => {
      await page.goto(program.dashboard)
      await expect.poll(() => page.locator('.line').count(), poll).toBe(3)
      expect(page.url()).toBe(at())
      const other = await aUser(browser)
      const late = await other.newPage()
      await late.goto(program.dashboard)
      await expect.poll(() => late.getByRole('alert').innerText(), poll).toContain('used already')
      await other.close()
    })

    test('blue/green by clicking: a new image, a look at what will happen, promoted', async () => {
      await page.getByRole('link', { name: 'simple-rollout' }).click()
      await stands('Healthy')
      await setImage('v2.0')
      await stands('Paused')
      await page.getByRole('button', { name: 'Promote', exact: true }).click()
      const dialog = page.getByRole('dialog')
      await expect.poll(() => dialog.innerText(), poll).toContain('switch service simple-rollout-active')
      expect(await dialog.innerText()).toContain('kubectl argo rollouts promote simple-rollout -n default')
      expect(await violations(page)).toEqual([])
      await dialog.getByRole('button', { name: 'Promote', exact: true }).click()
      await stands('Healthy')
      await expect
        .poll(() => page.locator('.outcome').innerText(), poll)
        .toContain("rollout 'simple-rollout' promoted")
    })

    test('a canary by clicking: traffic is seen to shift and, after an abort, to come back', async () => {
      await open('rollout-canary')
      await stands('Healthy')
      await setImage('v2.0')
      await stands('Paused')
      await expect.poll(() => share(2), poll).toBeGreaterThan(15)
      await sendRequests(program.gateway, 'rollout-canary-preview.default.localhost', 500)
      await expect.poll(() => share(2), poll).toBeLessThan(50)
      await press('Abort')
      await stands('Degraded')
      await expect.poll(() => share(2), poll).toBe(0)
      await press('Retry')
      await stands('Paused')
    })

    test('a bad version goes back by itself, and the page shows what was measured', async () => {
      const api = apiOf(program.environment.KUBECONFIG as string)
      await apply(api, loadAll(readFileSync('examples/analysis/quick.yaml', 'utf8')) as Manifest[])
      api.close()
      await open('shop')
      await stands('Healthy')
      await page.getByLabel('Image', { exact: true }).fill('argoproj/rollouts-demo:bad-red')
      await press('Set image')
      const load = startLoad(program.gateway, 'shop.localhost', 30)
      await expect.poll(() => state().innerText(), { ...poll, timeout: 2 * SLOW_MS }).toBe('Degraded')
      await load.stop()
      await expect.poll(() => page.locator('.run summary').first().innerText(), poll).toContain('Failed')
      expect(await page.locator('.measured circle.failed').count()).toBeGreaterThan(0)
      expect(await page.locator('.measured .limit').count()).toBeGreaterThan(0)
      expect(await violations(page)).toEqual([])
    })

    test('of two who promote the second is told that it came too late', async () => {
      const other = await aUser(browser)
      other.setDefaultTimeout(SLOW_MS)
      const second = await other.newPage()
      const { stdout } = await typed(
        program,
        `CROSSFADE_HOME=${home.path} crossfade dashboard --url --port ${new URL(at()).port}`,
      )
      await second.goto(stdout.trim())
      await open('rollout-canary', second)
      await stands('Paused', second)
      await open('rollout-canary')
      for (const on of [page, second])
        await on.getByRole('button', { name: 'Promote', exact: true }).first().click()
      await page.getByRole('dialog').getByRole('button', { name: 'Promote', exact: true }).click()
      await expect.poll(() => page.locator('.outcome').innerText(), poll).toContain('promoted')
      await second.getByRole('dialog').getByRole('button', { name: 'Promote', exact: true }).click()
      await expect.poll(() => second.locator('.outcome').innerText(), poll).toContain('nothing was done')
      await other.close()
    })

    test('everything can be done by keyboard', async () => {
      await open('rollout-canary')
      await stands('Paused')
      const button = page.getByRole('button', { name: 'Promote', exact: true })
      const hasFocus = () => button.evaluate(one => one.matches(':focus'))
      for (let i = 0; i < 30 && !(await hasFocus()); i++) await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await expect.poll(() => page.getByRole('dialog').count(), poll).toBe(0)
      expect(await hasFocus()).toBe(true)
    })

    test.each(['light', 'dark'] as const)(
      'axe-core finds nothing in the list and in a rollout, %s',
      async colorScheme => {
        await page.emulateMedia({ colorScheme })
        await page.goto(at())
        await page.locator('.line').first().waitFor()
        expect(await violations(page)).toEqual([])
        await open('rollout-canary')
        await page.locator('.chart canvas').first().waitFor()
        expect(await violations(page)).toEqual([])
      },
    )

    test('what objects say is text: no script of theirs runs, and nothing turns the direction of others', async () => {
      const api = apiOf(String(program.environment.KUBECONFIG))
      const { namespace, rollout, event } = hostileObjects
      const { body } = await api('POST', `${ROLLOUTS}/${namespace}/rollouts`, rollout)
      const path = `${ROLLOUTS}/${namespace}/rollouts/${rollout.metadata.name}/status`
      expect((await api('PATCH', path, { status: hostileStatus })).status).toBe(200)
      const involvedObject = { ...event.involvedObject, uid: body.metadata.uid }
      const told = await api('POST', `/api/v1/namespaces/${namespace}/events`, { ...event, involvedObject })
      expect(told.status).toBe(201)
      api.close()
      await page.goto(`${at()}?q=${rollout.metadata.name}`)
      await expect.poll(() => page.locator('.line').innerText(), poll).toContain(SCRIPT)
      expect(await made()).toBe(0)
      await open(rollout.metadata.name)
      for (const part of ['.standing', '.events', '.steps'])
        await expect.poll(() => page.locator(part).first().innerText(), poll).toContain(SCRIPT)
      expect(await made()).toBe(0)
      expect(await page.evaluate('globalThis.__ran')).toBeUndefined()
      await expect.poll(() => page.locator('.events strong').first().innerText(), poll).toBe(TURNED)
      const style = "getComputedStyle(document.querySelector('.events strong')).unicodeBidi"
      expect(await page.evaluate(style)).toBe('isolate')
    })

    test('ten tabs are all live, over one stream', async () => {
      const tabs = await Promise.all(Array.from({ length: 9 }, () => user.newPage()))
      for (const tab of tabs) await tab.goto(`${at()}rollout/default/rollout-canary`)
      for (const tab of tabs)
        await expect.poll(() => tab.locator('.connection').innerText(), poll).toBe('Live')
      for (const tab of tabs) expect(await state(tab).innerText()).not.toBe('')
      await Promise.all(tabs.map(tab => tab.close()))
    })

    test("a pod's page sees no session and presses no button, at the same host and under the same path", async () => {
      const heard: (string | undefined)[] = []
      const pod = createServer(({ headers }, answer) => {
        heard.push(headers.cookie)
        answer.setHeader('content-type', 'text/html')
        answer.end('<h1>a pod</h1>')
      })
      await new Promise<void>(resolve => pod.listen(0, '127.0.0.1', resolve))
      const api = apiOf(String(program.environment.KUBECONFIG))
      const { port } = pod.address() as AddressInfo
      for (const [list, object] of Object.entries(podAt(port)))
        expect((await api('POST', list, object)).status).toBe(201)
      api.close()
      const before = await typed(program, 'kubectl-argo-rollouts get rollout rollout-canary -o json')
      const foreign = await user.newPage()
      await user.addCookies([{ name: 'mine', value: '1', domain: '127.0.0.1', path: '/' }])
      const title = async () => {
        await foreign.goto(`${program.gateway}/rollouts/`)
        return foreign.locator('h1').innerText()
      }
      await expect.poll(title, poll).toBe('a pod')
      expect([...new Set(heard)]).toEqual(['mine=1'])
      expect(await user.cookies(at())).toHaveLength(2)
      const asked = { act: 'abort', namespace: 'default', name: 'rollout-canary' }
      const outcome = await foreign.evaluate(
        ([url, body]) =>
          fetch(url ?? '', {
            method: 'POST',
            body: body ?? '',
            credentials: 'include',
            mode: 'no-cors',
          }).then(
            ({ type }) => type,
            () => 'refused',
          ),
        [`${at()}crossfade/act`, JSON.stringify(asked)],
      )
      expect(['opaque', 'refused']).toContain(outcome)
      expect(await foreign.evaluate('document.cookie')).toBe('mine=1')
      const after = await typed(program, 'kubectl-argo-rollouts get rollout rollout-canary -o json')
      expect(JSON.parse(after.stdout)).toMatchObject({ phase: JSON.parse(before.stdout).phase })
      await foreign.close()
      pod.closeAllConnections()
      pod.close()
    })

    test('the page goes on when the program is started anew', async () => {
      await open('simple-rollout')
      await stands('Healthy')
      program.signal('SIGTERM')
      await program.ended
      await expect.poll(() => page.locator('.connection').innerText(), poll).toContain('Trying again')
      program = await startProgram(home.path, ['--demo', '--dashboard-port', new URL(at()).port])
      await expect.poll(() => page.locator('.connection').innerText(), poll).toBe('Live')
      await setImage('v3.0')
      await stands('Paused')
    })

    test('nothing of all that was an error to the page', () => expect(problems).toEqual([]))
  },
)
