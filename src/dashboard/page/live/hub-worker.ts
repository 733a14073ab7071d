// The hub as a SharedWorker: all tabs of a browser connect to it.
import { browserDoors, createHub } from './hub.ts'

const connect = createHub(browserDoors(new URL('.', import.meta.url).href))
addEventListener('connect', event => {
  for (const port of (event as MessageEvent).ports) connect(port)
})
