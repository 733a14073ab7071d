// The demo's logs as the API server's log endpoint asks for them.
import type { Demo } from '../cluster/demo/demo.ts'
import type { LogSource } from '../cluster/serve/pod-logs.ts'

/** Only the present run of a simulated pod's containers has a log. */
export function podLogs(demo: Pick<Demo, 'log'>): LogSource {
  return {
    async read({ pod, isPrevious, from }) {
      return isPrevious ? undefined : demo.log(pod.metadata.uid ?? '', from)
    },
  }
}
