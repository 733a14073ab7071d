// The dashboard's page in a real Chromium for bench/dashboard.ts: its heap after a forced collection, how long its
// thread is at work, its nodes. The hub runs within the page, so that its memory and its work are counted too.
import type { CDPSession, Page } from 'playwright-core'

export interface PageFigures {
  /** Of the first third and of the last one, and the most. */
  readonly firstMb: number
  readonly lastMb: number
  readonly mostMb: number
  /** Shares of the time: as the clock has it, and without what others took from the thread. */
  readonly taskShare: number
  readonly threadShare: number
  readonly nodes: number
}

const SAMPLE_MS = 5000

/** Before the page is opened. */
export async function withinThePage(page: Page): Promise<void> {
  await page.addInitScript('delete globalThis.SharedWorker')
}

export async function watchPage(page: Page, seconds: number): Promise<PageFigures> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const heaps: number[] = []
  let nodes = 0
  let [taskSeconds, threadSeconds, allSeconds] = [0, 0, 0]
  for (let spent = 0; spent < seconds; spent += SAMPLE_MS / 1000) {
    const before = await metrics(session)
    const began = performance.now()
    await new Promise(resolve => setTimeout(resolve, SAMPLE_MS))
    const after = await metrics(session)
    allSeconds += (performance.now() - began) / 1000
    taskSeconds += after('TaskDuration') - before('TaskDuration')
    threadSeconds += after('ThreadTime') - before('ThreadTime')
    // What the collection itself takes is not the page's.
    await session.send('HeapProfiler.collectGarbage')
    const collected = await metrics(session)
    heaps.push(collected('JSHeapUsedSize') / 1024 / 1024)
    nodes = Math.max(nodes, collected('Nodes'))
  }
  await session.detach()
  const third = Math.max(1, Math.floor(heaps.length / 3))
  return {
    firstMb: mean(heaps.slice(0, third)),
    lastMb: mean(heaps.slice(-third)),
    mostMb: Math.max(...heaps),
    taskShare: taskSeconds / allSeconds,
    threadShare: threadSeconds / allSeconds,
    nodes,
  }
}

async function metrics(session: CDPSession): Promise<(name: string) => number> {
  const { metrics: all } = await session.send('Performance.getMetrics')
  return name => all.find(one => one.name === name)?.value ?? 0
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length
}

export interface Scrolled {
  /** Places on the screen where a line belongs and none is. */
  readonly wrong: number
  readonly frames: number
  /** Of work of the page's thread: what others take from the processor does not count. */
  readonly frameMs: number
}

/** Down the whole list, as a thrown wheel does: in 120 frames. Runs in the page. */
const SCROLLING = `(async () => {
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve))
  const height = document.documentElement.scrollHeight - innerHeight
  const seen = { wrong: 0, frames: 120 }
  scrollTo(0, 0)
  await frame()
  for (let i = 1; i <= seen.frames; i++) {
    scrollTo(0, (height * i) / seen.frames)
    await frame()
    const { top, bottom } = document.querySelector('.lines').getBoundingClientRect()
    for (const y of [Math.max(top, 0) + 5, innerHeight / 2, innerHeight - 5]) {
      const isOfList = y > top && y < bottom
      if (isOfList && document.elementFromPoint(innerWidth / 2, y).closest('.line') === null) seen.wrong++
    }
  }
  return seen
})()`

export async function scroll(page: Page): Promise<Scrolled> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const before = await metrics(session)
  const seen = await page.evaluate<Omit<Scrolled, 'frameMs'>>(SCROLLING)
  const after = await metrics(session)
  await session.detach()
  return { ...seen, frameMs: ((after('ThreadTime') - before('ThreadTime')) * 1000) / seen.frames }
}
