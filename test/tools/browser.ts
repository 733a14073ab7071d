// A real Chromium, as the system has it, with the dashboard's page in it; and axe-core, which looks for what people who
// see, hear or move otherwise would miss.
import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

const EXECUTABLE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)

/** Why nothing can be played in a browser here. */
export const missingBrowser = EXECUTABLE === undefined ? 'there is no Chromium on this machine' : undefined

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE ?? '', args: ['--no-sandbox', '--disable-gpu'] })
}

/** A browser of its own (no session yet), English and wide. Errors of its pages are kept in `problems`. */
export async function aUser(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({ viewport: { width: 1280, height: 1000 }, locale: 'en-US', ...options })
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[]
}

/** What axe-core finds wrong, a line each. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate('axe.run().then(({ violations }) => violations)')
  return (found as readonly Violation[]).map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(one => `${one.target.join(' ')} ${one.failureSummary ?? ''}`).join('; ')}`,
  )
}
