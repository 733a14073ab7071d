import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 30_000,
    // Lives mostly wait for their pods: many at once load a machine less than one reconciler does.
    maxConcurrency: 24,
    hookTimeout: 60_000,
  },
})
