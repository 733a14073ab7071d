// What the tests of live traffic share: a series as it is labelled.
import type { SeriesLabels } from './series.ts'

export function labels(more: Partial<SeriesLabels> = {}): SeriesLabels {
  return {
    namespace: 'shop',
    route: 'httproutes/web',
    host: 'web.test',
    service: 'web',
    rollout: 'web',
    hash: 'abc',
    source: 'user',
    ...more,
  }
}
