// One rollout with 300 pods and live traffic of 500 requests a second, for bench/dashboard.ts.
import { Agent, get } from 'node:http'
import type { Page } from 'playwright-core'
import type { Api } from '../test/acceptance/api.ts'
import { until } from '../test/acceptance/program.ts'
import type { Program } from '../test/acceptance/program.ts'
import type { DashboardProcess } from './dashboard-process.ts'
import { ROLLOUTS_PATH } from './many-rollouts.ts'

const PODS = 300
const PER_SECOND = 500
const NAME = 'busy'

export interface Busy {
  readonly api: Api
  readonly program: Program
  readonly server: DashboardProcess
  readonly page: Page
  readonly measured: (page: Page, what: string) => Promise<void>
  readonly followed: (server: DashboardProcess, what: string, topics: readonly string[]) => Promise<void>
}

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: NAME },
  spec: { selector: { app: NAME }, ports: [{ port: 80, targetPort: 8080 }] },
}

function busy(image: string) {
  const container = { name: 'app', image, ports: [{ containerPort: 8080 }] }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: NAME },
    spec: {
      replicas: PODS,
      selector: { matchLabels: { app: NAME } },
      strategy: { canary: { maxSurge: 0, maxUnavailable: '50%', steps: [{ setWeight: 30 }, { pause: {} }] } },
      template: { metadata: { labels: { app: NAME } }, spec: { containers: [container] } },
    },
  }
}

/** A canary that stands at 30 %. */
async function paused(api: Api): Promise<void> {
  const path = `${ROLLOUTS_PATH}/${NAME}`
  const phase = (wanted: string) =>
    until(
      wanted,
      async () => (await api('GET', path)).body.status?.phase,
      found => found === wanted,
      300,
    )
  await api('POST', '/api/v1/namespaces/default/services', SERVICE)
  await api('POST', ROLLOUTS_PATH, busy('argoproj/rollouts-demo:blue'))
  await phase('Healthy')
  await api('PATCH', path, busy('argoproj/rollouts-demo:green'))
  await phase('Paused')
}

/** Until it is stopped; gives what was answered a second. */
function traffic(gateway: string): () => Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const headers = { host: `${NAME}.default.localhost:${new URL(gateway).port}` }
  const began = performance.now()
  let [sent, answered] = [0, 0]
  const timer = setInterval(() => {
    const due = Math.min(200, ((performance.now() - began) / 1000) * PER_SECOND - sent)
    for (let i = 0; i < due; i++, sent++)
      get(gateway, { agent, headers }, answer => {
        if (answer.statusCode === 200) answered++
        answer.resume()
      }).on('error', () => {})
  }, 20)
  return async () => {
    clearInterval(timer)
    agent.destroy()
    return (answered * 1000) / (performance.now() - began)
  }
}

export async function busyRollout({ api, program, server, page, measured, followed }: Busy): Promise<void> {
  await paused(api)
  const stop = traffic(program.gateway)
  await page.goto(`${server.url.split('#')[0]}rollout/default/${NAME}`)
  await page.locator('.chart canvas').first().waitFor()
  await measured(page, `${PODS} pods, live traffic`)
  await followed(server, `${PODS} pods, live traffic`, [`rollout:default/${NAME}`, `traffic:default/${NAME}`])
  process.stdout.write(`${(await stop()).toFixed(0)} requests a second were answered\n`)
}
