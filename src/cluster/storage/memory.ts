// The in-memory twin of the durable store: for tests and for simulated lives.
import { createLogStore } from './log-store.ts'
import type { LogStoreOptions } from './log-store.ts'
import type { Store } from './store.ts'

export function createMemoryStore(options: Pick<LogStoreOptions, 'clock' | 'limits'>): Store {
  return createLogStore(options)
}
