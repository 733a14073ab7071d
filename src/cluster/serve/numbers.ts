// The API server's own numbers for `/metrics`: what is under way, and what waits for watchers. Two have the names that
// a kube-apiserver gives them.
import { metricText, type Metric } from '../../std/metric-text.ts'
import type { InFlight } from './in-flight.ts'
import type { Outboxes } from './watch/outboxes.ts'

interface Counted {
  readonly inFlight: InFlight
  readonly lasting: InFlight
  readonly outboxes: Outboxes
}

export function serverNumbers({ inFlight, lasting, outboxes }: Counted): string {
  return [
    gauge(
      'apiserver_current_inflight_requests',
      'Requests under way that end by themselves.',
      inFlight.count(),
    ),
    gauge('apiserver_longrunning_requests', 'Watches and followed logs.', lasting.count()),
    gauge(
      'crossfade_watch_waiting_bytes',
      'Bytes that wait for all watchers together; shared ones count once.',
      outboxes.waitingBytes(),
    ),
  ].join('')
}

function gauge(name: string, help: string, value: number): string {
  const metric: Metric = { name, help, type: 'gauge', rows: [{ labels: {}, value }] }
  return metricText(metric)
}
